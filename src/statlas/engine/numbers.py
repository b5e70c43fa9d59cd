"""What one statistic says of every item of a plan, and the rules by which statuses and marks are set on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.groups import UNRELIABLE_SHARE
from statlas.disclosure.published_units import round_to_figures
from statlas.engine.grouping import Grouping
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.database import Measure


@dataclass(frozen=True, eq=False)
class Numbers:
    """One number of every item: date items along the first axis, then the items of each axis of the plan.

    values: int64 counts, or float64 in the unit of the measure; 0 where the status prints none.
    se: standard errors of a survey's design; None where there are none.
    """

    values: NDArray[np.int64] | NDArray[np.float64]
    status: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sd: NDArray[np.float64]
    se: NDArray[np.float64] | None = None


def in_units(
    measure: Measure,
    values: NDArray[np.int64],
    sd: NDArray[np.float64],
    status: NDArray[np.uint8],
    flags: NDArray[np.uint8],
    se: NDArray[np.float64] | None = None,
) -> Numbers:
    """Numbers of the smallest unit in units of the measure, and nothing where nothing is printed."""
    shown, scale = status == CellStatus.SHOWN, 10**measure.precision
    errors = None if se is None else round_to_figures(np.where(shown, se / scale, 0.0))
    return Numbers(np.where(shown, values / scale, 0.0), status, flags, np.where(shown, sd / scale, 0.0), errors)


def mean_status(status: NDArray[np.uint8], of: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The status of means and percentiles: where there is nobody for certain, there is none to be had.

    Args:
        status: of the sums behind them.
        of: what they are means of, number or weight of records.
    """
    nobody = (status == CellStatus.STRUCTURAL_ZERO) | ((status == CellStatus.SHOWN) & (of == 0))
    return np.where(nobody, CellStatus.NOT_AVAILABLE, status).astype(np.uint8)


def flags_of(
    grouping: Grouping, status: NDArray[np.uint8], imputed: NDArray[np.float64], whole: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Which items are made of several printed numbers, and of which over a third of the records are imputed."""
    unreliable = (status == CellStatus.SHOWN) & (imputed > UNRELIABLE_SHARE * whole)
    return np.asarray(grouping.derived() * CellFlag.DERIVED + unreliable * CellFlag.UNRELIABLE).astype(np.uint8)
