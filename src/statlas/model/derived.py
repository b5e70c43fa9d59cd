"""What can be worked out from printed numbers: percentages, changes, ranks and formulas.

Each is a frozen noun of the query; ``service`` asks for what it needs and ``disclosure.derived`` works it out from the
printed cells alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Share(StrEnum):
    """Of what a percentage is a part: the whole row, the whole column, or the whole table."""

    ROW = "row"
    COLUMN = "column"
    TOTAL = "total"


@dataclass(frozen=True)
class Percentage:
    """Each cell as a percentage of its row's, column's or table's total; both parts must be printed."""

    of: Share
    measure: str = ""


class Since(StrEnum):
    """Since when a change is told: the period before, or the same period a year ago."""

    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True)
class Change:
    """Each cell less the same cell of an earlier period, or that as a percentage of the earlier one."""

    since: Since
    percent: bool = False
    measure: str = ""


@dataclass(frozen=True)
class Rank:
    """The place of each item of a field among the items of its valueset, 1 for the largest; equal numbers share one."""

    field: str
    measure: str = ""
    ascending: bool = False


@dataclass(frozen=True)
class Formula:
    """Arithmetic over printed numbers: ``Formula("Share private", "{2} / ({1} + {2}) * 100", field="TENURE_PUB")``.

    Without a ``field`` the names in braces are measures of the query, and the formula is one more measure; with one
    they are codes (or labels) of items of that field, and the formula is one more item of it.
    """

    label: str
    expression: str
    field: str | None = None
    precision: int = 1


Derived = Percentage | Change | Rank | Formula
