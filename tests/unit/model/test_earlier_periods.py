"""Which period a change on a year before is told from."""

from __future__ import annotations

import pytest

from statlas.errors import QueryError
from statlas.model.period import Calendar, Frequency
from statlas.model.query import TimeKind, TimeSelector


@pytest.mark.parametrize(
    ("frequency", "period", "before"),
    [
        (Frequency.MONTH, "202501", "202401"),
        (Frequency.MONTH, "200012", "199912"),
        (Frequency.QUARTER, "202502", "202402"),
        (Frequency.YEAR, "2025", "2024"),
        (Frequency.FINANCIAL_YEAR, "202526", "202425"),
        (Frequency.FINANCIAL_YEAR, "200001", "199900"),
    ],
)
def test_the_same_period_of_the_year_before_follows_from_the_calendar(frequency, period, before):
    """It is a period of the same frequency, across the end of the century too."""
    assert Calendar(frequency).year_before(period) == before
    assert Calendar(frequency).check(before) == before


def test_the_same_month_of_every_year_follows_the_newest_or_is_named():
    """Of months and quarters those of one month; years are all alike."""
    months = ("202312", "202401", "202412", "202501")
    assert Calendar().same_each_year(months) == ("202401", "202501")
    assert Calendar().same_each_year(months, "12") == ("202312", "202412")
    assert Calendar().same_each_year(months, "03") == ()
    assert Calendar(Frequency.QUARTER).same_each_year(("202403", "202406", "202506")) == ("202406", "202506")
    assert Calendar(Frequency.FINANCIAL_YEAR).same_each_year(("202324", "202425")) == ("202324", "202425")


@pytest.mark.parametrize("frequency", [Frequency.YEAR, Frequency.FINANCIAL_YEAR])
def test_years_have_no_month_to_name(frequency):
    """The newest year's month is nothing to ask for, but it need not be named."""
    assert Calendar(frequency).check_month("") == ""
    with pytest.raises(QueryError):
        Calendar(frequency).check_month("03")


def test_thirteen_is_no_month():
    """Only the twelve months of a year are taken."""
    with pytest.raises(QueryError):
        TimeSelector(TimeKind.YEARLY, start="13")
