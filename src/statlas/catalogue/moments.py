"""Times that are typed: ``2024``, ``March 2024``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from statlas.model.database import Database
from statlas.model.period import Frequency
from statlas.model.query import TimeKind, TimeSelector

_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST = 3  # "jan", "sept"


@dataclass(frozen=True)
class Moment:
    """A year, or a month of one, and how it was typed: ``Moment("2024", "03", "March 2024")``."""

    year: str
    month: str = ""
    said: str = ""

    def selector(self, database: Database) -> TimeSelector | None:
        """The periods of a database that lie in it; None where it has none."""
        wanted = self.year if database.calendar.frequency is Frequency.FINANCIAL_YEAR else f"{self.year}{self.month}"
        if database.calendar.frequency is Frequency.YEAR:
            wanted = self.year
        there = [period for period in database.periods if period.startswith(wanted)]
        return TimeSelector(TimeKind.RANGE, start=there[0], end=there[-1]) if there else None


def moment_of(words: tuple[tuple[str, str], ...]) -> tuple[Moment | None, tuple[tuple[str, str], ...]]:
    """The first time among words, and the words without it; a month alone is a word like others."""
    place = next((n for n, (word, _) in enumerate(words) if _YEAR.fullmatch(word)), None)
    if place is None:
        return None, words
    month = next((n for n in (place - 1, place + 1) if 0 <= n < len(words) and _month(words[n][0])), None)
    kept = tuple(word for n, word in enumerate(words) if n not in (place, month))
    said = " ".join(words[n][1] for n in sorted({place, place if month is None else month}))
    return Moment(words[place][0], _month(words[month][0]) if month is not None else "", said), kept


def _month(word: str) -> str:
    if len(word) < _SHORTEST:
        return ""
    return next((f"{n:02d}" for n, month in enumerate(_MONTHS, start=1) if month.startswith(word)), "")
