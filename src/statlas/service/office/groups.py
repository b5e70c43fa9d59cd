"""Saved groups: codes under a name, *My areas*, for any field of any database that has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.model.classification import Node
from statlas.model.database import Field
from statlas.office.saved import queries
from statlas.office.saved.models import SavedGroup
from statlas.service.office import folders
from statlas.service.office.saved import checked_name, uuid_of
from statlas.wording import gettext as _

MOST_GROUPS = 500
MOST_CODES = 20_000
"""Codes of one group: above the 7,264 middle-layer areas of England and Wales, arbitrary beyond that."""

_LONGEST_CODE = 100
_LONGEST_LABEL = 300


@dataclass(frozen=True)
class GroupFacts:
    """A saved group: ``GroupFacts(id="...", name="My areas", codes=(("E08000035", "Leeds"), ...))``."""

    id: str
    name: str
    codes: tuple[tuple[str, str], ...]
    made_of: str
    created: datetime
    folder_id: int | None = None
    folder: str = ""
    share: str = ""
    changed: datetime | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def touched(self) -> datetime:
        """When it was last changed, or made."""
        return self.changed or self.created


@dataclass(frozen=True)
class Fit:
    """How a group fits a field: the nodes that it has there, and the labels of codes that the field has not."""

    nodes: tuple[Node, ...]
    missing: tuple[str, ...]


def fit(group: GroupFacts, field: Field) -> Fit:
    """The codes of a group among those of a field: at the level that has most of them, then wherever they are."""
    codes = [code for code, _label in group.codes]
    levels = sorted(field.classification, key=lambda level: -sum(code in level for code in codes))
    found: list[Node] = []
    missing: list[str] = []
    for code, label in group.codes:
        level = next((level for level in levels if code in level), None)
        if level is None:
            missing.append(label or code)
        else:
            found.append(Node(level.id, code))
    return Fit(tuple(found), tuple(missing))


def save(
    *, account_id: int, name: str, codes: Iterable[tuple[str, str]], made_of: str = "", folder_id: int | None = None
) -> GroupFacts:
    """Keep codes under a name.

    Raises:
        UnusableNameError: the name cannot be used, there are no codes or too many, or too many groups.
        UnknownNameError: the folder is not the account's.
    """
    name = checked_name(name)
    if len(queries.groups(account_id)) >= MOST_GROUPS:
        raise UnusableNameError(
            _("An account has at most {most} groups.").format(most=MOST_GROUPS), mend=_("Delete one first."), name=name
        )
    made = queries.add_group(
        account_id,
        name=name,
        codes=_checked(codes),
        made_of=made_of[:200],
        folder_id=folders.checked(account_id, folder_id),
        created=timezone.now(),
    )
    return facts_of(made)


def list_all(*, account_id: int) -> tuple[GroupFacts, ...]:
    """The groups of an account, oldest first."""
    return tuple(facts_of(row) for row in queries.groups(account_id))


def get(*, account_id: int, group_id: str) -> GroupFacts:
    """A group of an account.

    Raises:
        UnknownNameError: there is none, or it is somebody else's.
    """
    known = uuid_of(group_id)
    found = known and queries.group(account_id, known)
    if not found:
        raise _unknown(group_id)
    return facts_of(found)


def change(
    *, account_id: int, group_id: str, name: str, codes: Iterable[tuple[str, str]], folder_id: int | None
) -> None:
    """Give a group another name, other codes, another folder.

    Raises:
        UnknownNameError, UnusableNameError: as ``save`` and ``get``.
    """
    fields = {
        "name": checked_name(name),
        "codes": _checked(codes),
        "folder_id": folders.checked(account_id, folder_id),
        "changed": timezone.now(),
    }
    known = uuid_of(group_id)
    if known is None or not queries.change_group(account_id, known, **fields):
        raise _unknown(group_id)


def remove(*, account_id: int, group_id: str) -> None:
    """Forget a group.

    Raises:
        UnknownNameError: there is none of theirs.
    """
    known = uuid_of(group_id)
    if known is None or not queries.remove_group(account_id, known):
        raise _unknown(group_id)


def set_share(*, account_id: int, group_id: str, token: str | None) -> None:
    """Open a group to whoever has ``token``, or close it again.

    Raises:
        UnknownNameError: there is none of theirs.
    """
    known = uuid_of(group_id)
    if known is None or not queries.change_group(account_id, known, share=token):
        raise _unknown(group_id)


def facts_of(row: SavedGroup) -> GroupFacts:
    """What is told of a saved group."""
    return GroupFacts(
        id=str(row.pk),
        name=row.name,
        codes=tuple((code, label) for code, label in row.codes),
        made_of=row.made_of,
        created=row.created,
        folder_id=row.folder_id,  # type: ignore[attr-defined]
        folder=row.folder.name if row.folder else "",
        share=row.share or "",
        changed=row.changed,
    )


def _checked(codes: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Each code once, in its order.

    Raises:
        UnusableNameError: there is none, there are too many, or one is no code.
    """
    found = {code.strip(): _plain(label) for code, label in codes if code.strip()}
    if not found or len(found) > MOST_CODES:
        raise UnusableNameError(
            _("A group holds 1 to {most} codes.").format(most=f"{MOST_CODES:,}"),
            mend=_("Choose the categories that belong to it."),
            name="codes",
        )
    if any(len(code) > _LONGEST_CODE or not code.isprintable() for code in found):
        raise UnusableNameError(_("This is no code."), mend=_("Write one code a line."), name="codes")
    return [[code, label] for code, label in found.items()]


def _plain(label: str) -> str:
    """A label on one line, without what cannot be printed (PostgreSQL takes no zero bytes)."""
    printable = "".join(letter if letter.isprintable() else " " for letter in label)
    return " ".join(printable.split())[:_LONGEST_LABEL]


def _unknown(group_id: str) -> UnknownNameError:
    return UnknownNameError(
        _("There is no such group."), component=group_id, mend=_("Choose one of the list of your groups.")
    )
