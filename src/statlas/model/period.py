"""Periods: the months, quarters and years a database is published for.

A period is written as its code, a text that sorts in time: ``202509`` (month, or quarter by its last month), ``2025``
(year), ``202526`` (financial year, April 2025 to March 2026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from statlas.errors import QueryError
from statlas.model.classification import Code
from statlas.wording import _


class Frequency(StrEnum):
    """How often a database has a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FINANCIAL_YEAR = "financial_year"


APRIL, DECEMBER = 4, 12
_MONTHLY = (Frequency.MONTH, Frequency.QUARTER)
_DEFAULT_LABEL = {
    Frequency.MONTH: "%B %Y",
    Frequency.QUARTER: "%b-%y",
    Frequency.YEAR: "%Y",
    Frequency.FINANCIAL_YEAR: "",
}
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Calendar:
    """The frequency of a database and how its periods are labelled.

    ``label`` is a pattern of ``%Y %y %m %B %b`` (English names whatever the locale) and ``%y+1``, the year after; empty
    means the default of the frequency: *September 2025*, *Sep-25*, *2025*, *2025/26*.
    """

    frequency: Frequency = Frequency.MONTH
    label: str = ""

    def period_of(self, day: date) -> str:
        """The period a day lies in; a quarter is named by the month its records are dated with."""
        match self.frequency:
            case Frequency.MONTH | Frequency.QUARTER:
                return f"{day.year:04d}{day.month:02d}"
            case Frequency.YEAR:
                return f"{day.year:04d}"
            case Frequency.FINANCIAL_YEAR:
                start = day.year if day.month >= APRIL else day.year - 1
                return f"{start:04d}{(start + 1) % 100:02d}"

    def check(self, period: str) -> str:
        """The period itself, if it is one.

        Raises:
            QueryError: it is not a period code of this frequency.
        """
        if not self._is_period(period):
            raise QueryError(
                _("{period!r} is not a period of frequency {frequency}.").format(
                    period=period, frequency=self.frequency
                ),
                mend=_("Write months and quarters as 202509, years as 2025, financial years as 202526."),
            )
        return period

    def check_month(self, month: str) -> str:
        """The two digits of a month itself, if periods can lie in it; empty stands for that of the newest.

        Raises:
            QueryError: periods of this frequency are whole years.
        """
        if month and self.frequency not in _MONTHLY:
            raise QueryError(
                _("A database with a period each {frequency} has no months.").format(
                    frequency=self.frequency.replace("_", " ")
                ),
                mend=_("Write all for every year."),
            )
        return month

    def same_each_year(self, periods: tuple[str, ...], month: str = "") -> tuple[str, ...]:
        """Those of the periods that lie in a month of the year; in that of the newest where none is named."""
        if self.frequency not in _MONTHLY:
            return periods
        wanted = month or max(periods, default="")[4:]
        return tuple(period for period in periods if period[4:] == wanted)

    def _is_period(self, period: str) -> bool:
        if self.frequency is Frequency.YEAR:
            return re.fullmatch(r"[0-9]{4}", period) is not None
        if re.fullmatch(r"[0-9]{6}", period) is None:
            return False
        if self.frequency is Frequency.FINANCIAL_YEAR:
            return int(period[4:]) == (int(period[:4]) + 1) % 100
        return 1 <= int(period[4:]) <= DECEMBER

    def year_before(self, period: str) -> str:
        """The same period of the year before: ``202401`` for ``202501``, ``202425`` for ``202526``."""
        year = int(period[:4])
        if self.frequency is Frequency.FINANCIAL_YEAR:
            return f"{year - 1:04d}{year % 100:02d}"
        return f"{year - 1:04d}{period[4:]}"

    def label_of(self, period: str) -> str:
        """What people read for a period code: *202509 (Sep-25)*."""
        year, rest = period[:4], period[4:]
        if self.frequency is Frequency.FINANCIAL_YEAR and not self.label:
            return f"{year}/{rest}"
        text = self.label or _DEFAULT_LABEL[self.frequency]
        month = _MONTH_NAMES[int(rest) - 1] if self.frequency in _MONTHLY else ""
        after = f"{(int(year) + 1) % 100:02d}"
        parts = {"%y+1": after, "%Y": year, "%y": year[2:], "%m": rest, "%B": month, "%b": month[:3]}
        for mark, value in parts.items():
            text = text.replace(mark, value)
        return text

    def code(self, period: str) -> Code:
        """The code of a period in the date field's valueset."""
        return Code(period, self.label_of(period))
