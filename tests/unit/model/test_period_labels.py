"""How periods are written for people."""

import pytest

from statlas.model.period import Calendar, Frequency


@pytest.mark.parametrize(
    ("frequency", "pattern", "period", "written"),
    [
        (Frequency.MONTH, "", "202509", "September 2025"),
        (Frequency.QUARTER, "", "202509", "Sep-25"),
        (Frequency.MONTH, "%Y%m (%b-%y)", "202509", "202509 (Sep-25)"),
        (Frequency.FINANCIAL_YEAR, "", "202526", "2025/26"),
        (Frequency.YEAR, "", "2014", "2014"),
        (Frequency.YEAR, "%Y/%y+1", "2014", "2014/15"),
        (Frequency.YEAR, "%Y/%y+1", "1999", "1999/00"),
    ],
)
def test_periods_are_written_by_the_pattern(frequency, pattern, period, written):
    """A pattern may name the year after, for years that are known by the one in which they begin."""
    assert Calendar(frequency, pattern).label_of(period) == written
