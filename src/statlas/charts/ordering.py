"""In which order bars stand: that of the table where it means something, else the largest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from statlas.charts.cells import parts
from statlas.model.cells import CubeDimension

_NUMBERED = 0.6  # share of labels with a figure in them from which an order is believed (arbitrary)


def is_ordered(dimension: CubeDimension) -> bool:
    """Whether the items have an order of their own: dates, ages, amounts; told by figures in their labels."""
    labels = [dimension.items[n].label for n in parts(dimension)]
    return dimension.is_date or sum(any(c.isdigit() for c in label) for label in labels) >= _NUMBERED * len(labels)


def by_size(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The names on ``x``, those with the largest sums first; those without a number last, in the table's order."""
    sums: dict[str, tuple[bool, float, int]] = {}
    for row in rows:
        seen, total, order = sums.get(row["x"], (False, 0.0, row["order"]))
        value = row["value"]
        sums[row["x"]] = (seen or value is not None, total + (value or 0.0), order)
    return sorted(sums, key=lambda name: (not sums[name][0], -sums[name][1], sums[name][2]))
