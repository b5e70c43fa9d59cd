"""One difference between two releases of a database: what happened to what, and how much it asks of its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from statlas.wording import _


class Bump(IntEnum):
    """How much a change asks of those who use the data; the larger, the more."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """``major``, ``minor`` or ``patch``, as files and addresses write it."""
        return self.name.lower()


class ChangeKind(StrEnum):
    """What happened to a thing: it was added, removed, called otherwise, otherwise changed, or its numbers revised."""

    ADDED = "added"
    REMOVED = "removed"
    RELABELLED = "relabelled"
    CHANGED = "changed"
    REVISED = "revised"


class Changed(StrEnum):
    """What a change happened to."""

    DATABASE = "database"
    FIELD = "field"
    LEVEL = "level"
    CODE = "code"
    MEASURE = "measure"
    STATISTIC = "statistic"
    PERIOD = "period"
    PROTECTION = "protection"
    NOTE = "note"
    READY_TABLE = "ready table"
    TEXT = "text"


@dataclass(frozen=True)
class Change:
    """One difference between two releases: the code ``("AREA", "V_AREA", "W")`` was removed, which is major.

    ``where`` is the path to it: field, level, code; measure, statistic; period; note; or the name of a property.
    ``before`` and ``after`` are what it was called or said, empty where it was not there.
    """

    kind: ChangeKind
    level: Bump
    what: Changed
    where: tuple[str, ...]
    before: str = ""
    after: str = ""

    def __post_init__(self) -> None:
        if self.kind is ChangeKind.REMOVED and self.what in _PROMISED and self.level is not Bump.MAJOR:
            raise ValueError(f"a {self.what} that is removed is a major change")


_PROMISED = (Changed.FIELD, Changed.LEVEL, Changed.CODE, Changed.MEASURE, Changed.STATISTIC, Changed.PERIOD)
"""What a query names: taking one away is what breaks it."""


def change_data(change: Change) -> dict[str, Any]:
    """A change as JSON holds it: ``{"kind": "removed", "level": "major", "what": "code", "where": [...]}``."""
    data: dict[str, Any] = {
        "kind": str(change.kind),
        "level": change.level.word,
        "what": str(change.what),
        "where": list(change.where),
    }
    said = {"before": change.before, "after": change.after}
    return data | {name: text for name, text in said.items() if text}


def read_change(data: Mapping[str, Any]) -> Change:
    """The change that ``change_data`` wrote.

    Raises:
        ValueError, KeyError: it did not.
    """
    return Change(
        ChangeKind(data["kind"]),
        Bump[str(data["level"]).upper()],
        Changed(data["what"]),
        tuple(str(part) for part in data["where"]),
        str(data.get("before", "")),
        str(data.get("after", "")),
    )


def level_label(level: Bump) -> str:
    """What readers read for a level."""
    return {Bump.MAJOR: _("major"), Bump.MINOR: _("minor"), Bump.PATCH: _("patch")}[level]
