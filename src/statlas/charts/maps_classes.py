"""Breaks between the classes of a map.

A class reaches from its lower break, included, to its upper one, left out; the first and last are open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.charts.maps import Classes, MapChoice

MOST_DISTINCT = 800
"""Numbers that natural breaks are sought among: more are first put together into as many equal shares."""


@dataclass(frozen=True)
class Scale:
    """Classes of a map: ``breaks`` between them; ``is_diverging`` where numbers go both ways from none."""

    breaks: tuple[float, ...]
    is_diverging: bool = False

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.breaks) + 1

    def class_of(self, value: float) -> int:
        """The class of a number, from 0."""
        return int(np.searchsorted(self.breaks, value, side="right"))


def scale_of(values: Sequence[float], choice: MapChoice) -> Scale:
    """The classes of numbers; of changes they go both ways from a class in the middle."""
    if choice.classes is Classes.OWN and choice.breaks:
        return Scale(choice.breaks, choice.against is not None)
    if choice.against is not None:
        sizes = _breaks(np.abs(values), choice.classes, 3)
        return Scale((*(-size for size in reversed(sizes)), *sizes), is_diverging=True)
    return Scale(_breaks(np.asarray(values, dtype=float), choice.classes, choice.n_classes))


def _breaks(values: NDArray[np.float64], classes: Classes, n: int) -> tuple[float, ...]:
    """Breaks above the smallest number; fewer than asked for where numbers are alike."""
    numbers = np.sort(values)
    if not len(numbers) or numbers[0] == numbers[-1]:
        return ()
    if classes is Classes.EQUAL:
        found = np.linspace(numbers[0], numbers[-1], n + 1)[1:-1]
    elif classes is Classes.NATURAL:
        found = natural(numbers, n)
    else:
        found = np.quantile(numbers, np.arange(1, n) / n, method="higher")
    return tuple(float(one) for one in np.unique(found) if one > numbers[0])


def natural(numbers: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Breaks for which numbers differ least within their classes (Fisher, 1958; Jenks, 1977).

    ``numbers`` are sorted. The sum of squares about the mean of a class comes from running sums, so each further class
    is one row of a table: best[j] = min over i of best[i] + squares(i, j).
    """
    points, weights = _together(numbers)
    size, total, squares = (np.concatenate([[0.0], np.cumsum(weights * points**k)]) for k in range(3))
    m = len(points)
    n = min(n, m)
    best = _within(0, np.arange(m + 1), size, total, squares)
    cuts = np.zeros((n, m + 1), dtype=np.int64)
    for k in range(1, n):
        row = np.full(m + 1, np.inf)
        for j in range(k + 1, m + 1):
            i = np.arange(k, j)
            costs = best[i] + _within(i, j, size, total, squares)
            cuts[k, j] = i[np.argmin(costs)]
            row[j] = costs.min()
        best = row
    found, j = [], m
    for k in range(n - 1, 0, -1):
        j = int(cuts[k, j])
        found.append(points[j])
    return np.array(found[::-1])


def _within(
    i: Any, j: Any, size: NDArray[np.float64], total: NDArray[np.float64], squares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum of squares about their mean of points ``i`` to ``j``, the last left out."""
    count = np.maximum(size[j] - size[i], 1e-12)
    found: NDArray[np.float64] = squares[j] - squares[i] - (total[j] - total[i]) ** 2 / count
    return found


def _together(numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points, counts = np.unique(numbers, return_counts=True)
    if len(points) <= MOST_DISTINCT:
        return points, counts.astype(float)
    shares = np.array_split(numbers, MOST_DISTINCT)
    merged, weights = np.unique([share[0] for share in shares], return_counts=True)
    return merged, weights.astype(float)
