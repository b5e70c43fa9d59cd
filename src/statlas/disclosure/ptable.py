"""The perturbation table: for each true count, which noise with which probability.

A block of rows for every true count 0..n_max; the last block serves all larger counts.
The table is frozen, and its identity is the SHA-256 of the text that ``statlas ptable`` writes, so that ``sha256sum``
of a file tells whether it is the table in use.
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

from statlas.errors import DataError

COLUMNS: Final = ("i", "j", "v", "p", "lb", "ub")
# Digits of a probability that are kept; of ptable 1.0.0, whose tables ours equal.
DIGITS: Final = 8
# What rounding the bounds may do to ub - lb as a double, and to the mean of a block's noise.
DOUBLE_SLACK: Final = 1e-9
MEAN_SLACK: Final = 1e-6
# A variance this far below V misses it: half of the third digit, as ptable 1.0.0 compares (of V itself if V < 1).
VARIANCE_SLACK: Final = 0.0005
# Arbitrary: tables in use have D of at most 10, and a table grows with the square of D.
MAX_D: Final = 100

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ptable:
    """A perturbation table: D5 V3 js2 has 9 blocks and turns a true 1 into 0 with probability .734.

    Args:
        D: largest noise in size.
        V: largest variance of the noise of any true count.
        js: largest positive count that is never printed by noise.
        i: (n_rows,) int64, true count; blocks 0..n_max in order.
        j: (n_rows,) int64, count after noise, ascending in a block.
        v: (n_rows,) int64, the noise j - i.
        p: (n_rows,) float64, its probability, ub - lb.
        lb: (n_rows,) float64, lower bound of its interval of look-up numbers.
        ub: (n_rows,) float64, upper bound, not included; 1 at the end of each block.

    Raises:
        DataError: the rows are no perturbation table for D, V and js.
    """

    D: int
    V: float
    js: int
    i: Ints
    j: Ints
    v: Ints
    p: Floats
    lb: Floats
    ub: Floats

    def __post_init__(self) -> None:
        for name in COLUMNS:
            kept = np.array(getattr(self, name), np.int64 if name in "ijv" else np.float64)
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)
        fault = next(_faults(self), None)
        if fault:
            raise DataError(f"This is no perturbation table: {fault}.", mend="Make it with `statlas ptable`.")

    @classmethod
    def from_blocks(cls, D: int, V: float, js: int, blocks: Sequence[tuple[Ints, Floats]]) -> Ptable:
        """The table of noise and probabilities per true count 0, 1, ...; bounds rounded, p their differences."""
        counts = [np.full(len(v), n, np.int64) for n, (v, _) in enumerate(blocks)]
        bounds = [rounded_bounds(p) for _, p in blocks]
        i, v = np.concatenate(counts), np.concatenate([v for v, _ in blocks])
        lb, ub = np.concatenate([b[:-1] for b in bounds]), np.concatenate([b[1:] for b in bounds])
        return cls(D, V, js, i, i + v, v, np.round(ub - lb, DIGITS), lb, ub)

    def __len__(self) -> int:
        return len(self.i)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ptable) and (self.V, self.digest) == (other.V, other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Ptable(D={self.D}, V={self.V:g}, js={self.js}, {len(self)} rows, {self.digest[:12]})"

    @property
    def n_max(self) -> int:
        """The last true count with a block of its own; larger counts use it too."""
        return int(self.i[-1])

    @cached_property
    def starts(self) -> Ints:
        """(n_max + 2,) int64: block n is rows starts[n] to starts[n + 1] - 1."""
        return np.searchsorted(self.i, np.arange(self.n_max + 2)).astype(np.int64)

    @property
    def variance(self) -> float:
        """V, an upper bound of the noise variance of every count."""
        return self.V

    @property
    def sd(self) -> float:
        """Standard deviation of the noise, the public figure: the square root of V to one decimal."""
        return round(float(np.sqrt(self.V)), 1)

    @cached_property
    def variances(self) -> Floats:
        """(n_max + 1,) float64: the noise variance of each true count."""
        return np.add.reduceat(self.v**2 * self.p, self.starts[:-1])

    @property
    def rows_below_variance(self) -> tuple[int, ...]:
        """True counts above 0 whose noise, though of greatest entropy, has a variance below V (to 3 digits)."""
        return tuple(n for n in range(1, self.n_max + 1) if misses_variance(float(self.variances[n]), self.V))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of ``ptable_to_csv``, 64 hexadecimal digits."""
        return hashlib.sha256(ptable_to_csv(self).encode()).hexdigest()

    @property
    def id(self) -> int:
        """The first 64 bits of the digest, as the look-up hashes them."""
        return int(self.digest[:16], 16)

    def rows(self) -> Iterator[tuple[int, int, int, float, float, float]]:
        """The rows (i, j, v, p, lb, ub) in order."""
        columns = (getattr(self, name).tolist() for name in COLUMNS)
        return zip(*columns, strict=True)


def ptable_to_csv(ptable: Ptable) -> str:
    """The text of the table: columns i, j, v, p, lb, ub, probabilities with eight decimals, lines ended by LF."""
    lines = [f"{i},{j},{v},{p:.{DIGITS}f},{lb:.{DIGITS}f},{ub:.{DIGITS}f}" for i, j, v, p, lb, ub in ptable.rows()]
    return "\n".join([",".join(COLUMNS), *lines, ""])


def ptable_from_csv(text: str, *, D: int, V: float, js: int) -> Ptable:
    """The table of such a text.

    Raises:
        DataError: columns are missing, a value is no number, or the rows are no table for D, V and js.
    """
    records = list(csv.DictReader(text.splitlines()))
    try:
        i, j, v = (np.array([int(record[name]) for record in records], np.int64) for name in COLUMNS[:3])
        p, lb, ub = (np.array([float(record[name]) for record in records], np.float64) for name in COLUMNS[3:])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise DataError(
            f"A perturbation table has numbers in the columns {', '.join(COLUMNS)}.",
            mend="Make it with `statlas ptable`.",
        ) from None
    return Ptable(D, V, js, i, j, v, p, lb, ub)


def misses_variance(variance: float, V: float) -> bool:
    """Whether a row's variance lies below V by more than the digits kept."""
    return V - variance > VARIANCE_SLACK * min(1.0, V)


def rounded_bounds(p: Floats) -> Floats:
    """0, the cumulated probabilities to eight digits, and exactly 1 at the end."""
    bounds = np.concatenate([[0.0], np.round(np.cumsum(p), DIGITS)])
    bounds[-1] = 1.0
    return bounds


def _faults(table: Ptable) -> Iterator[str]:
    """What is wrong with the rows; nothing for a table that can be looked up."""
    if len({len(getattr(table, name)) for name in COLUMNS}) != 1 or not len(table.i):
        yield "its columns differ in length or are empty"
        return
    if not all(np.isfinite(getattr(table, name)).all() for name in COLUMNS):
        yield "a value is not finite"
        return
    if table.i[0] != 0 or not np.isin(np.diff(table.i), (0, 1)).all():
        yield "its blocks are not the true counts 0, 1, 2, ... in order"
        return
    yield from _range_faults(table)
    yield from interval_faults(table.starts, table.v, table.p, (table.lb, table.ub), table.V)


def _range_faults(table: Ptable) -> Iterator[str]:
    within = np.diff(table.i) == 0
    if (table.v != table.j - table.i).any() or (np.diff(table.j)[within] <= 0).any():
        yield "v is not j - i, ascending in each block"
    if (np.abs(table.v) > table.D).any() or (table.j < 0).any():
        yield f"noise exceeds D={table.D} or makes a count negative"
    if ((table.j >= 1) & (table.j <= table.js)).any():
        yield f"a forbidden count (1 to js={table.js}) occurs"
    if table.j[table.i == 0].tolist() != [0]:
        yield "a true zero does not stay zero"


def interval_faults(
    starts: Ints, v: Ints | Floats, p: Floats, bounds: tuple[Floats, Floats], V: float
) -> Iterator[str]:
    """What is wrong with the intervals and the moments of a perturbation table, be it of counts or of amounts."""
    first, last = starts[:-1], starts[1:] - 1
    inner = np.delete(np.arange(len(v)), first)
    lb, ub = bounds
    if (lb[first] != 0).any() or (ub[last] != 1).any() or (lb[inner] != ub[inner - 1]).any():
        yield "its intervals do not cover 0 to 1 without gaps"
    if (ub < lb).any() or (np.abs(p - (ub - lb)) > DOUBLE_SLACK).any():
        yield "p is not ub - lb"
    if (np.abs(np.add.reduceat(v * p, first)) > MEAN_SLACK).any():
        yield "its noise has a mean other than zero"
    if (np.add.reduceat(v**2 * p, first) > V + VARIANCE_SLACK).any():
        yield f"its noise has a variance above V={V:g}"
