"""Medians and other percentiles from printed numbers of bands (decisions page, D6).

Rules of the room: nothing here may see a perturbed or a raw number.

The bands of a measure stand along one more axis of the table, under all records with an amount.
Printed bands count as they are printed, hidden ones with their share of D5, so the percentile is a function of what
anybody may see::

    lower + (p/100 * total - below) / count * width

of the band in which the running total first reaches p/100 of the whole: its count, its lower end, and what lies below.
It is rounded to a power of ten that is at most a tenth of the band's width, since where in the band the records lie is
not known.
A percentile in the first or the last band, which have one end only, is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.cubes import Ints

Floats = NDArray[np.float64]

PER_WIDTH = 10
"""Units of publication in the width of a band, at least; arbitrary, about what interpolation can be trusted with."""


@dataclass(frozen=True, eq=False)
class Percentile:
    """A percentile of every cell, in units of 10**-precision.

    values: int64; inside: bool, false where it falls outside the bounded bands, where values are 0.
    spread: float64, width of its band for each record counted in it: what one record of noise moves it.
    """

    values: Ints
    inside: NDArray[np.bool_]
    spread: Floats


def percentile_of_bands(counted: Floats, edges: Sequence[int], percentile: int) -> Percentile:
    """A percentile by linear interpolation within a band.

    Args:
        counted: (n_bands, ...) what each band counts: its printed number, or the share of a hidden one. The first band
            lies below the first edge, the last at the last edge and above.
        edges: (n_bands - 1,) ascending bounds; each belongs to the band above it.
        percentile: from 1 to 99.
    """
    # In millionths, whole numbers, so that the order of adding cannot tip a percentile into the next band.
    parts = np.rint(counted * 1e6).astype(np.int64)
    running = np.cumsum(parts, axis=0)
    wanted = percentile * running[-1]
    band = np.argmax(100 * running >= wanted, axis=0)
    inside = (running[-1] > 0) & (band > 0) & (band < len(edges))
    bounds = np.asarray(edges, dtype=np.int64)
    lower = bounds[np.where(inside, band - 1, 0)]
    width = np.where(inside, bounds[np.where(inside, band, 0)] - lower, 1)
    count = np.where(inside, np.take_along_axis(parts, band[np.newaxis], axis=0)[0], 1)
    below = np.take_along_axis(running, np.maximum(band - 1, 0)[np.newaxis], axis=0)[0]
    exact = lower + (wanted - 100 * below) / (100 * count) * width
    unit = unit_of(width)
    values = np.where(inside, np.rint(np.round(exact / unit, 6)) * unit, 0).astype(np.int64)
    return Percentile(values, inside, np.where(inside, width / (count / 1e6), 0.0))


def unit_of(width: Ints) -> Ints:
    """The largest power of ten of which at least ten go into each width; 1 where none does."""
    powers = 10 ** np.arange(18)
    fitting = np.searchsorted(powers, np.asarray(width) // PER_WIDTH, side="right")
    return np.asarray(powers[np.maximum(fitting - 1, 0)])
