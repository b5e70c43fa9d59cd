"""Months as whole numbers since the year 0, so that ages and durations are differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Months = NDArray[np.int32]


MONTHS_A_YEAR = 12


def month_number(period: str) -> int:
    """``month_number("201804")`` is 24219: months since January of the year 0; a year counts as its January."""
    return int(period[:4]) * MONTHS_A_YEAR + int(period[4:6] or 1) - 1


def period_code(month: int, every: int = 1) -> str:
    """The period code of a month number: the inverse of ``month_number``; a year where periods are twelve months."""
    year = f"{month // MONTHS_A_YEAR:04d}"
    return year if every == MONTHS_A_YEAR else f"{year}{month % MONTHS_A_YEAR + 1:02d}"


def months_between(first: str, last: str, every: int = 1) -> range:
    """Month numbers from one period to another, both included."""
    return range(month_number(first), month_number(last) + 1, every)


_SIXTY_FIVE = 65 * 12
_LAST_AT_65 = month_number("195311")
_FIRST_AT_66 = month_number("195410")


def pension_age(born: Months) -> Months:
    """State Pension age in months, by month of birth.

    65 for those born before December 1953, then a month more for every month, 66 from October 1954 on.
    Source: Pensions Act 2011, section 1; taken to whole months.
    Women born before December 1953, some of whom reached it earlier, are treated as men: none is under 65 in April 2018
    by more than a few months.
    """
    steps = np.clip(born - _LAST_AT_65, 0, None)
    return np.where(born >= _FIRST_AT_66, _SIXTY_FIVE + 12, _SIXTY_FIVE + np.minimum(steps, 12)).astype(np.int32)
