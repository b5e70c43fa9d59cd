"""What differs between two releases of a database, as lists and files tell it: definition, periods, printed numbers."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.errors import QueryError
from statlas.model.change import Change
from statlas.model.database import Database
from statlas.model.release import ReleaseFacts
from statlas.wording import _

MOST_CODES = 2_000
"""Codes of a level that is compared without being chosen. Arbitrary: authorities and constituencies are."""


@dataclass(frozen=True)
class ChangedCell:
    """A number that changed by more than noise.

    period, code: as in the later release; ``code`` is empty for the whole database. measure: id, ``RENT:MEAN``.
    before, after: the numbers printed, None where there is a symbol instead; the texts say either.
    limit: the largest change that would have been taken for noise.
    """

    period: str
    code: str
    label: str
    measure: str
    measure_label: str
    before: float | int | None
    after: float | int | None
    before_text: str
    after_text: str
    limit: float

    @property
    def change(self) -> float | int | None:
        """By how much the number changed; None where one side prints a symbol."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Level:
    """One level of a field, of which the tables of two releases are compared; the whole database has empty names.

    periods: those whose numbers can differ, oldest first.
    """

    field: str
    level: str
    field_label: str
    level_label: str
    n_codes: int
    periods: tuple[str, ...]

    @property
    def name(self) -> str:
        """``FIELD@LEVEL``; ``all`` for the whole database."""
        return f"{self.field}@{self.level}" if self.field else "all"


@dataclass(frozen=True)
class LevelDifference:
    """What differs at one level: ``n_beyond`` of ``n_compared`` numbers. ``why_not`` says why none is compared."""

    level: Level
    n_compared: int = 0
    n_beyond: int = 0
    cells: tuple[ChangedCell, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class ReleaseDifference:
    """What differs between two releases, without a number counted yet.

    changes: of the definition and the periods. added, revised, removed: periods. levels: those that both have.
    """

    database: Database
    then: ReleaseFacts
    now: ReleaseFacts
    changes: tuple[Change, ...]
    added: tuple[str, ...]
    revised: tuple[str, ...]
    removed: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def compared_unasked(self) -> tuple[Level, ...]:
        """The levels whose numbers are compared without being chosen, those of few codes first."""
        return tuple(sorted((one for one in self.levels if one.n_codes <= MOST_CODES), key=lambda one: one.n_codes))

    def level(self, name: str) -> Level:
        """A level by its name.

        Raises:
            QueryError: both releases have none of that name.
        """
        for one in self.levels:
            if one.name == name:
                return one
        raise QueryError(
            _("{name!r} is no level of both releases.").format(name=name),
            mend=_("They have {listed}.").format(listed=", ".join(one.name for one in self.levels[:20])),
        )
