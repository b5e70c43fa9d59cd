"""Sentences of the screening: how far a figure moved, in words made of printed numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

from statlas.model.words import listed
from statlas.wording import _, several

_TIMES = 2.0
"""From twice on a rise is told in times rather than in per cent."""
MOST_NAMED = 5
"""Codes that one sentence names."""


def moved(was: float, now: float) -> str:
    """*rose by 12%*, *fell by 48%*, *rose to 2.0 times what it was*."""
    ratio = now / was if was > 0 else math.inf
    if not math.isfinite(ratio):
        return _("appeared")
    if ratio >= _TIMES:
        return _("rose to {times:,.1f} times what it was").format(times=ratio)
    percent = f"{abs(ratio - 1):.0%}"
    return (
        _("rose by {percent}").format(percent=percent) if ratio > 1 else _("fell by {percent}").format(percent=percent)
    )


def named(labels: Iterable[str]) -> str:
    """*A, B and C*; of many the first, and how many more."""
    found = [*labels]
    more = len(found) - MOST_NAMED
    if more <= 1:
        return listed(found)
    rest = several("{n:,} more", "{n:,} more", more).format(n=more)
    return listed((*found[:MOST_NAMED], rest))
