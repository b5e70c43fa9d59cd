"""Suggested bands of a number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

from statlas.definitions.drafting import names
from statlas.definitions.drafting.profile import ColumnProfile, Profile

_AGES = (16.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0)
_SHARES = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Band:
    """``Band("2", "16 to 24", 16, 25)``: from ``low``, below ``high``; None is open."""

    code: str
    label: str
    low: float | None
    high: float | None


def bands_of(profile: Profile, column: ColumnProfile) -> list[Band]:
    """Bands that leave no number out: those customary for ages, else rounded fifths."""
    ends = _AGES if names.names_age(column.name) else _fifths(profile, column)
    return [_band(str(n), low, high) for n, (low, high) in enumerate(pairwise((None, *ends, None)), start=1)]


def _fifths(profile: Profile, column: ColumnProfile) -> tuple[float, ...]:
    """Quantiles rounded to one figure or, where that makes them equal, two; rounded, they tell of no record."""
    quantiles = profile.quantiles(column.name, _SHARES)
    coarse, fine = ({_rounded(q, figures) for q in quantiles} for figures in (1, 2))
    return tuple(sorted(fine if len(fine) > len(coarse) else coarse))


def _rounded(number: float, figures: int) -> float:
    if number == 0:
        return 0.0
    places = figures - 1 - floor(log10(abs(number)))
    return float(round(number, min(places, 0))) if abs(number) >= 1 else float(round(number))


def _band(code: str, low: float | None, high: float | None) -> Band:
    """Numbers are whole, so a band ends one below the next; one without a start goes up to its end."""
    if low is None:
        return Band(code, "All" if high is None else f"Under {high:,.0f}", low, high)
    if high is None:
        return Band(code, f"{low:,.0f} and over", low, high)
    label = f"{low:,.0f}" if high - low == 1 else f"{low:,.0f} to {high - 1:,.0f}"
    return Band(code, label, low, high)
