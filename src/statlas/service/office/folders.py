"""Folders of an account, in which its saved tables and groups lie; one level of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.office.saved import queries
from statlas.wording import gettext as _

LONGEST_NAME = 100
MOST_FOLDERS = 100
"""Folders of one account: arbitrary, more than a page lists well."""


@dataclass(frozen=True)
class FolderFacts:
    """A folder: ``FolderFacts(7, "Housing", n_tables=3, n_groups=1)``."""

    id: int
    name: str
    n_tables: int = 0
    n_groups: int = 0


def list_all(*, account_id: int) -> tuple[FolderFacts, ...]:
    """The folders of an account, by name."""
    found = queries.folders(account_id)
    return tuple(FolderFacts(f.pk, f.name, f.n_tables, f.n_groups) for f in found)  # type: ignore[attr-defined]


def get(*, account_id: int, folder_id: int) -> FolderFacts:
    """A folder of an account.

    Raises:
        UnknownNameError: there is none, or it is somebody else's.
    """
    found = queries.folder(account_id, folder_id)
    if found is None:
        raise _unknown(folder_id)
    return FolderFacts(found.pk, found.name)


def make(*, account_id: int, name: str) -> FolderFacts:
    """Make a folder.

    Raises:
        UnusableNameError: the name cannot be used or is taken, or there are too many.
    """
    name = _checked(name)
    if len(queries.folders(account_id)) >= MOST_FOLDERS:
        raise UnusableNameError(
            _("An account has at most {most} folders.").format(most=MOST_FOLDERS),
            mend=_("Delete one first."),
            name=name,
        )
    made = queries.add_folder(account_id, name, timezone.now())
    if made is None:
        raise _taken(name)
    return FolderFacts(made.pk, made.name)


def rename(*, account_id: int, folder_id: int, name: str) -> None:
    """Give a folder another name.

    Raises:
        UnknownNameError: there is none of theirs.
        UnusableNameError: the name cannot be used or is taken.
    """
    get(account_id=account_id, folder_id=folder_id)
    if not queries.rename_folder(account_id, folder_id, _checked(name)):
        raise _taken(name)


def remove(*, account_id: int, folder_id: int) -> None:
    """Forget a folder; what lies in it stays, without one.

    Raises:
        UnknownNameError: there is none of theirs.
    """
    if not queries.remove_folder(account_id, folder_id):
        raise _unknown(folder_id)


def checked(account_id: int | None, folder_id: int | None) -> int | None:
    """The folder itself, if it is the account's.

    Raises:
        UnknownNameError: it is not.
    """
    if folder_id is None:
        return None
    if account_id is None:
        raise _unknown(folder_id)
    return get(account_id=account_id, folder_id=folder_id).id


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("The name of a folder has 1 to {longest} printable characters.").format(longest=LONGEST_NAME),
            mend=_("Give it a name."),
            name=name,
        )
    return name


def _taken(name: str) -> UnusableNameError:
    return UnusableNameError(_("You have a folder of this name."), mend=_("Give it another name."), name=name)


def _unknown(folder_id: int) -> UnknownNameError:
    return UnknownNameError(
        _("There is no such folder."), component=str(folder_id), mend=_("Choose one of the list of your folders.")
    )
