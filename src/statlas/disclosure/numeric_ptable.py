"""The perturbation table of amounts: noise in fractions of a step, by how many steps fit into the total.

A row says with which probability the noise of a contribution is ``v`` steps.
What a step is (a share of the contribution) stands in ``magnitude``.
Blocks belong to a ratio ``i``, the total over the step: a total of two steps has room for two steps down, no more.
The last block is symmetric and serves all larger ratios.

Two forms are looked up.
The published one interpolates between the two blocks around a ratio.
Ours takes the block below: noises of opposite sign would average to none, and a block below has room enough.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.ptable import DIGITS, interval_faults, rounded_bounds
from statlas.errors import DataError

COLUMNS: Final = ("i", "v", "p", "lb", "ub")
# What rounding to eight digits may do to the two sides of a symmetric block.
SYMMETRY_SLACK: Final = 1e-6

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NumericPtable:
    """A perturbation table of amounts: with D5, ten steps to a unit and a least noise of 1, v is ±1, ±1.1, ... ±5.

    Args:
        D: largest noise in size, in steps.
        V: largest variance of the noise of any block.
        grain: v is a multiple of ``1 / grain``.
        least: smallest noise in size; 0 if there may be none.
        interpolated: whether a ratio between two blocks is interpolated, or takes the block below.
        i: (n_rows,) int64, the ratio of total to step that the row's block belongs to, ascending.
        v: (n_rows,) float64, the noise in steps, ascending in a block.
        p: (n_rows,) float64, its probability, ub - lb.
        lb: (n_rows,) float64, lower bound of its interval of look-up numbers.
        ub: (n_rows,) float64, upper bound, not included; 1 at the end of each block.

    Raises:
        DataError: the rows are no such table.
    """

    D: float
    V: float
    grain: int
    least: float
    interpolated: bool
    i: Ints
    v: Floats
    p: Floats
    lb: Floats
    ub: Floats

    def __post_init__(self) -> None:
        for name in COLUMNS:
            kept = np.array(getattr(self, name), np.int64 if name == "i" else np.float64)
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)
        fault = next(_faults(self), None)
        if fault:
            raise DataError(f"This is no perturbation table of amounts: {fault}.", mend="Install Statlas again.")

    def __len__(self) -> int:
        return len(self.i)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NumericPtable) and (self.V, self.interpolated, self.digest) == (
            other.V,
            other.interpolated,
            other.digest,
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"NumericPtable(D={self.D:g}, V={self.V:g}, {len(self)} rows, {self.digest[:12]})"

    @cached_property
    def ratios(self) -> Floats:
        """(n_blocks,) float64: the ratio of each block, ascending."""
        return np.unique(self.i).astype(np.float64)

    @cached_property
    def starts(self) -> Ints:
        """(n_blocks + 1,) int64: block k is rows starts[k] to starts[k + 1] - 1."""
        return np.append(np.searchsorted(self.i, np.unique(self.i)), len(self.i)).astype(np.int64)

    @cached_property
    def last_variance(self) -> float:
        """Variance of the last block, m1² of the paper: that of the noise of nearly every cell."""
        last = slice(int(self.starts[-2]), None)
        return float(self.v[last] ** 2 @ self.p[last])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of ``numeric_ptable_to_csv``, 64 hexadecimal digits."""
        return hashlib.sha256(numeric_ptable_to_csv(self).encode()).hexdigest()

    @property
    def id(self) -> int:
        """The first 64 bits of the digest, as the look-up hashes them."""
        return int(self.digest[:16], 16)


def numeric_ptable_from_blocks(
    blocks: Sequence[tuple[int, Floats, Floats]], *, D: float, V: float, grain: int, least: float, interpolated: bool
) -> NumericPtable:
    """The table of (ratio, noise, probabilities) for each block; bounds rounded, p their differences."""
    bounds = [rounded_bounds(p) for _, _, p in blocks]
    i = np.concatenate([np.full(len(v), ratio, np.int64) for ratio, v, _ in blocks])
    v = np.concatenate([v for _, v, _ in blocks])
    lb, ub = np.concatenate([b[:-1] for b in bounds]), np.concatenate([b[1:] for b in bounds])
    return NumericPtable(D, V, grain, least, interpolated, i, v, np.round(ub - lb, DIGITS), lb, ub)


def numeric_ptable_to_csv(table: NumericPtable) -> str:
    """The text of the table: columns i, v, p, lb, ub, probabilities with eight decimals, lines ended by LF."""
    columns = zip(*(getattr(table, name).tolist() for name in COLUMNS), strict=True)
    lines = [f"{i},{v:g},{p:.{DIGITS}f},{lb:.{DIGITS}f},{ub:.{DIGITS}f}" for i, v, p, lb, ub in columns]
    return "\n".join([",".join(COLUMNS), *lines, ""])


def numeric_ptable_from_csv(
    text: str, *, D: float, V: float, grain: int, least: float, interpolated: bool
) -> NumericPtable:
    """The table of such a text; further columns, such as the target and type of others' tables, are passed over.

    Raises:
        DataError: columns are missing, a value is no number, or the rows are no table with these settings.
    """
    records = list(csv.DictReader(text.splitlines()))
    try:
        i = np.array([int(record["i"]) for record in records], np.int64)
        v, p, lb, ub = (np.array([float(record[name]) for record in records], np.float64) for name in COLUMNS[1:])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise DataError(
            f"A perturbation table of amounts has numbers in the columns {', '.join(COLUMNS)}.",
            mend="Install Statlas again.",
        ) from None
    return NumericPtable(D, V, grain, least, interpolated, i, v, p, lb, ub)


def _faults(table: NumericPtable) -> Iterator[str]:
    """What is wrong with the rows; nothing for a table that can be looked up."""
    if len({len(getattr(table, name)) for name in COLUMNS}) != 1 or not len(table.i):
        yield "its columns differ in length or are empty"
        return
    if not all(np.isfinite(getattr(table, name)).all() for name in COLUMNS):
        yield "a value is not finite"
        return
    if table.i[0] not in (0, 1) or (np.diff(table.i) < 0).any():
        yield "its blocks do not begin at a ratio of 0 or 1 and ascend"
        return
    yield from _noise_faults(table)
    yield from interval_faults(table.starts, table.v, table.p, (table.lb, table.ub), table.V)


def _noise_faults(table: NumericPtable) -> Iterator[str]:
    within = np.diff(table.i) == 0
    if (np.diff(table.v)[within] <= 0).any() or (np.rint(table.v * table.grain) / table.grain != table.v).any():
        yield f"its noise is not an ascending multiple of 1/{table.grain}"
    size = np.abs(table.v)
    if (size > table.D).any() or (table.v < -table.i).any():
        yield f"its noise exceeds D={table.D:g} or the ratio of its block"
    if (size[table.i > 0] < table.least).any():
        yield f"its noise is smaller than {table.least:g}"
    last = slice(int(table.starts[-2]), None)
    v, p = table.v[last], table.p[last]
    if (v != -v[::-1]).any() or (np.abs(p - p[::-1]) > SYMMETRY_SLACK).any():
        yield "its last block is not symmetric"
