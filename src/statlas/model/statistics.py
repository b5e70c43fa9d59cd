"""What the statistics of a measure are called: *Sum*, *Mean*, *Median*, *90th percentile*."""

from __future__ import annotations

_WORDS = {"COUNT": "Count", "SUM": "Sum", "MEAN": "Mean", "MEDIAN": "Median"}
_TEENS = range(10, 20)


def name_of(statistic: str) -> str:
    """A statistic as people read it; ``P90`` is *90th percentile*."""
    if statistic in _WORDS:
        return _WORDS[statistic]
    n = int(statistic.removeprefix("P"))
    ending = "th" if n in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending} percentile"
