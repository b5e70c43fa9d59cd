"""Which period a change on a year before is told from."""

from __future__ import annotations

import pytest

from statlas.model.period import Calendar, Frequency


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
