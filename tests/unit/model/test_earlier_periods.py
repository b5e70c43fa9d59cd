"""Which period a change is told from."""

from __future__ import annotations

import pytest

from statlas.model.period import Calendar, Frequency

CASES = {
    Frequency.MONTH: [("202501", "202412", "202401"), ("202512", "202511", "202412")],
    Frequency.QUARTER: [("202502", "202411", "202402"), ("202511", "202508", "202411")],
    Frequency.YEAR: [("2025", "2024", "2024"), ("2000", "1999", "1999")],
    Frequency.FINANCIAL_YEAR: [("202526", "202425", "202425"), ("200001", "199900", "199900")],
}


@pytest.mark.parametrize(
    ("frequency", "period", "before", "year"), [(f, *case) for f, c in CASES.items() for case in c]
)
def test_the_period_before_and_a_year_before_follow_from_the_calendar(frequency, period, before, year):
    """They are periods of the same frequency, across the ends of years and of the century."""
    calendar = Calendar(frequency)
    assert (calendar.before(period), calendar.year_before(period)) == (before, year)
    assert calendar.check(before) == before
    assert calendar.check(year) == year
