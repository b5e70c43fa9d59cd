"""Which column tells the period of a record, and how often there are records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from statlas.definitions.drafting import names
from statlas.definitions.drafting.profile import ColumnProfile, Profile
from statlas.tabular import FORMS_OF, ColumnShape, Kind

_FLOORS = {"month": "month", "quarter": "month", "year": "year", "financial_year": "financial_year"}
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_MOST_PERIODS = 1_000
# January and July alone are three months apart too, and say nothing of quarters.
_QUARTERS = 3


@dataclass(frozen=True)
class DateGuess:
    """The column of the period and its frequency; without a column, the one ``period`` that the file's name tells."""

    column: str | None
    frequency: str
    period: str | None = None

    @property
    def shape(self) -> ColumnShape | None:
        """How the column is read."""
        return _shape(self.column, self.frequency) if self.column else None


def guess_date(profile: Profile, stem: str) -> DateGuess:
    """The likeliest column: always filled, all dates, named for a period, of the fewest periods."""
    found = [(column, frequency) for column in profile if (frequency := _frequency(profile, column))]
    if found:
        column, frequency = min(found, key=lambda one: (not names.names_period(one[0].name), one[0].n_distinct))
        return DateGuess(column.name, frequency)
    year = _YEAR.search(stem)
    return DateGuess(None, "year", year[0] if year else None)


def _shape(column: str, frequency: str) -> ColumnShape:
    return ColumnShape(column, Kind.DATE, forms=FORMS_OF[frequency], floor=_FLOORS[frequency])


def _frequency(profile: Profile, column: ColumnProfile) -> str:
    """How often there are records by this column; "" if it is no column of periods."""
    if column.n_values < column.n_rows or not column.n_rows or names.names_life_event(column.name):
        return ""
    forms = [form for form, n in column.dated.items() if n == column.n_rows]
    if "financial_year" in forms and ("month" not in forms or _means_years(column)):
        return "financial_year"
    if "month" in forms or "day" in forms:
        return _monthly(profile, column)
    # Any four figures could be a year, so only the name can tell.
    return "year" if "year" in forms and names.names_period(column.name) else ""


def _means_years(column: ColumnProfile) -> bool:
    """201112 is December 2011 or the financial year 2011/12; several of them that are both are years."""
    return bool({"year", "financial", "fy"} & set(names.words(column.name))) or column.n_distinct > 1


def _monthly(profile: Profile, column: ColumnProfile) -> str:
    months = profile.dates(_shape(column.name, "month"))
    if len(months) > _MOST_PERIODS:
        return ""
    of_year = {int(month[5:7]) for month in months}
    quarterly = len(of_year) >= _QUARTERS and len({month % 3 for month in of_year}) == 1
    return "quarter" if quarterly else "month"
