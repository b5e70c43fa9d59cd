"""What a record contributes to a measure, how large contributions are ranked, and how much can be added up.

The contribution of a record is its amount; in a survey its amount times its weight, rounded half to even to the unit
of the measure.
Everything is whole numbers: no sum depends on the order of its records, and every backend gives the same bits.

A contribution x is ranked by |x|, of equal ones the positive first.
As an unsigned number, its *rank* is 2|x| for x > 0 and 2|x| - 1 for x < 0 (the zigzag of the protocol buffers), so that
the larger rank goes first, and 0 stands for nothing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.raw import N_TOP, Records
from statlas.errors import BackendError
from statlas.model.database import Measure, Weight

Kind = TypeVar("Kind", bound=np.generic)

LARGEST_TOTAL = 2**62
"""What the absolute contributions of a period must stay below together: half of what 64 bits hold, so that no sum in
any cell can overflow. In pence it is forty-six thousand million million pounds."""

WEIGHTS, SQUARES = "the weights", "the weights squared"
"""What a refusal calls the sums of weights and of w(w - 1)."""

_MOST_DECIMALS = 9
"""Decimal places of a weight for which a product of two remainders fits into 64 bits."""

_SAFE = 1.5 * LARGEST_TOTAL
"""An estimate below it, wrong by a few parts in 2^53, is of a product that 64 bits hold."""


def refuse_total(what: str, total: int) -> None:
    """Refuse to add up what might not fit.

    Args:
        what: the measure's id, or words for the weights.
        total: sum of the absolute contributions of a period, exact; it goes no further.

    Raises:
        BackendError: the total is ``LARGEST_TOTAL`` or more.
    """
    if total >= LARGEST_TOTAL:
        raise too_large(what)


def too_large(what: str) -> BackendError:
    """The refusal of sums that 64 bits may not hold."""
    return BackendError(
        f"The numbers of {what} are too large to be added up exactly.",
        mend="Publish the records again in a larger unit or with fewer decimal places.",
        component=what,
    )


def contribution_definition(amount: int, weight: int, decimals: int) -> int:
    """Amount times weight in the amount's unit, rounded half to even; ``weight`` in units of 10**-decimals; slow."""
    return round(Fraction(amount * weight, 10**decimals))


def contributions(
    records: Records, measure: Measure, weight: Weight | None, rows: slice = slice(None)
) -> NDArray[np.int64]:
    """(rows,) int64, what each record contributes to the measure, in units of 10**-precision; 0 where blank.

    Raises:
        BackendError: one of them is too large.
    """
    amounts = records.measure(measure.id)[rows]
    return amounts if weight is None else multiplied(amounts, records.weights()[0][rows], weight, what=measure.id)


def multiplied(
    values: NDArray[np.int64], weights: NDArray[np.int64], weight: Weight, *, what: str
) -> NDArray[np.int64]:
    """(n,) int64, values times weights in the values' unit, rounded half to even; ``what`` names them in a refusal.

    Raises:
        BackendError: a product is too large.
    """
    if weight.precision > _MOST_DECIMALS:
        raise BackendError(
            f"Weights are added up with at most {_MOST_DECIMALS} decimal places.",
            mend=f"Publish the records again with a precision of {_MOST_DECIMALS} or less.",
        )
    out = np.empty(len(values), dtype=np.int64)
    if not _multiply(read_only(values), read_only(weights), np.uint64(10**weight.precision), out):
        raise too_large(what)
    return out


def squares(weights: NDArray[np.int64], weight: Weight, rows: slice = slice(None)) -> NDArray[np.int64]:
    """(rows,) int64, w(w - 1) of each record, in units of the weight, rounded half to even.

    Raises:
        BackendError: one of them is too large.
    """
    return multiplied(weights[rows] - 10**weight.precision, weights[rows], weight, what=SQUARES)


def read_only(array: NDArray[Kind]) -> NDArray[Kind]:
    """A view that cannot be written to, as mapped records are: a compiled loop then needs to know one kind only."""
    view = array.view()
    view.flags.writeable = False
    return view


@compiled
def absolute(value: np.int64) -> np.uint64:
    """|value|, which an unsigned word always holds."""
    return np.uint64(0) - np.uint64(value) if value < 0 else np.uint64(value)


@compiled
def _multiply(values: NDArray[np.int64], weights: NDArray[np.int64], one: np.uint64, out: NDArray[np.int64]) -> bool:
    """Round value * weight / one; False as soon as one is too large.

    With value = q one + r and weight = c one + d it is q weight + r c + r d / one, none of which overflows.
    """
    for row in range(out.size):
        value, weight = absolute(values[row]), absolute(weights[row])
        if float(value) * float(weight) / float(one) > _SAFE:
            return False
        rest = (value % one) * (weight % one)
        found = value // one * weight + value % one * (weight // one) + rest // one
        twice = np.uint64(2) * (rest % one)
        if twice > one or (twice == one and found & np.uint64(1)):
            found += np.uint64(1)
        out[row] = -np.int64(found) if (values[row] < 0) != (weights[row] < 0) else np.int64(found)
    return True


@compiled
def rank(contribution: np.int64) -> np.uint64:
    """The rank of a contribution; the larger goes first."""
    return np.uint64((contribution << 1) ^ (contribution >> 63))


@compiled
def of_rank(rank_: np.uint64) -> np.int64:
    """The contribution of that rank."""
    return np.int64(rank_ >> np.uint64(1)) ^ -np.int64(rank_ & np.uint64(1))


@compiled
def keep_largest(cells: NDArray[np.uint64], cell: int, rank_: np.uint64) -> None:
    """Put a rank among the ``N_TOP`` largest of a cell, which stand first in it, the largest first."""
    place = N_TOP - 1
    if rank_ <= cells[cell, place]:
        return
    while place > 0 and rank_ > cells[cell, place - 1]:
        cells[cell, place] = cells[cell, place - 1]
        place -= 1
    cells[cell, place] = rank_


@compiled
def add_cell(cells: NDArray[np.uint64], cell: int, others: NDArray[np.uint64], other: int) -> None:
    """Add a cell to another that shares no unit with it: the largest of both, and the sums of all that follows."""
    for place in range(N_TOP):
        if others[other, place] <= cells[cell, N_TOP - 1]:  # nor is any of those that follow larger
            break
        keep_largest(cells, cell, others[other, place])
    for place in range(N_TOP, cells.shape[1]):
        cells[cell, place] += others[other, place]


def ranks_of(contributions_: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The ranks of contributions, in any shape."""
    return ((contributions_ << 1) ^ (contributions_ >> 63)).astype(np.uint64)


def contributions_of(ranks: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The contributions of ranks, in any shape."""
    return (ranks >> np.uint64(1)).astype(np.int64) ^ -(ranks & np.uint64(1)).astype(np.int64)
