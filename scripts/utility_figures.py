"""Cells of a table as printed, beside the truth, and the figures that ``measure_utility.py`` prints about them.

*Error* is printed less true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CellFlag, CellStatus, CubeMeasure

Numbers = NDArray[np.float64]
Cells = NDArray[np.bool_]

SIZES = (5, 10, 20, 50, 100, 1_000, 10**9)
"""Bounds of the bands of printed counts; arbitrary."""


@dataclass(frozen=True, eq=False)
class Compared:
    """The cells of tables side by side, flat: what is printed, its status and flags, its stated sd, and the truth."""

    printed: Numbers
    true: Numbers
    status: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sd: Numbers

    @property
    def shown(self) -> Cells:
        """Which cells print a number that is not a structural zero."""
        return np.asarray(self.status == CellStatus.SHOWN)

    @property
    def errors(self) -> Numbers:
        """Printed less true, of shown cells."""
        return np.asarray((self.printed - self.true)[self.shown])

    def where(self, chosen: Cells) -> Compared:
        """Some of the cells."""
        return Compared(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def compare(printed: CubeMeasure, true: CubeMeasure) -> Compared:
    """The cells of one measure of a table, and of the same table of the open home."""
    flat = (
        np.asarray(part).ravel() for part in (printed.values, true.values, printed.status, printed.flags, printed.sd)
    )
    values, truth, status, flags, sd = flat
    return Compared(values.astype(np.float64), truth.astype(np.float64), status, flags, sd)


def together(several: Sequence[Compared]) -> Compared:
    """The cells of several tables."""
    names = Compared.__dataclass_fields__
    return Compared(*(np.concatenate([getattr(one, name) for one in several]) for name in names))


def hidden(cells: Compared) -> tuple[str, ...]:
    """Numbers of cells by what they print, how many hold nobody, and the share of the people in shown cells."""
    n = len(cells.status)
    of = {status: int((cells.status == status).sum()) for status in CellStatus}
    possible = n - of[CellStatus.STRUCTURAL_ZERO]
    shares = (of[CellStatus.SHOWN], of[CellStatus.LOW], of[CellStatus.CONFIDENTIAL])
    nobody = int(((cells.true == 0) & (cells.status != CellStatus.STRUCTURAL_ZERO)).sum())
    enough = cells.true >= SIZES[0]
    lost = (enough & ~cells.shown).sum() / max(enough.sum(), 1)
    people = cells.true[cells.shown].sum() / max(cells.true.sum(), 1)
    return (
        f"{n:,}",
        *(share(one, possible) for one in shares),
        f"{of[CellStatus.STRUCTURAL_ZERO]:,}",
        share(nobody, possible),
        f"{lost:.1%}",
        f"{people:.1%}",
    )


HIDDEN = (
    "cells",
    "shown",
    "low",
    "blocked",
    "structural zeros",
    "hold nobody",
    "hidden of those with 5+",
    "people in shown",
)


def share(part: int, whole: int) -> str:
    """A share in percent."""
    return f"{part / max(whole, 1):.1%}"


def moved(cells: Compared) -> tuple[str, ...]:
    """Mean and sd of the errors of shown counts, how many are right, and how far off the others are."""
    errors = cells.errors
    if not len(errors):
        return ("0", *[""] * (len(MOVED) - 1))
    off = np.abs(errors)
    within = (f"{(off <= limit).mean():.1%}" for limit in (0, 1, 2, 3, 5))
    relative = off / np.maximum(cells.true[cells.shown], 1)
    quantiles = (f"{np.quantile(relative, q):.2%}" for q in (0.5, 0.95))
    return (f"{len(errors):,}", f"{errors.mean():+.2f}", f"{errors.std():.2f}", *within, f"{off.max():.0f}", *quantiles)


MOVED = (
    "shown cells",
    "mean",
    "sd",
    "exact",
    "within 1",
    "within 2",
    "within 3",
    "within 5",
    "most",
    "relative: median",
    "95%",
)


def by_size(cells: Compared) -> Iterator[tuple[str, ...]]:
    """The errors by the size of the printed count."""
    for low, high in pairwise(SIZES):
        name = f"{low:,} to {high - 1:,}" if high < SIZES[-1] else f"{low:,} and more"
        yield name, *moved(cells.where(cells.shown & (cells.printed >= low) & (cells.printed < high)))


def grouping(cells: Compared, plain: NDArray[np.int64 | np.float64]) -> tuple[str, ...]:
    """What groups print: how much too many people all shown groups have together, and how far off each is.

    ``plain`` is the sum of the shown cells of each group, which counts hidden ones as nobody.
    """
    shown = cells.shown
    if not shown.any():
        return ("0.0%", *[""] * (len(GROUPS) - 1))
    people = cells.true[shown].sum()
    unreliable = ((cells.flags & CellFlag.UNRELIABLE) > 0)[shown].mean()
    return (
        f"{shown.mean():.1%}",
        f"{people / shown.sum():,.1f}",
        f"{cells.errors.sum() / people:+.1%}",
        f"{(plain - cells.true)[shown].sum() / people:+.1%}",
        f"{np.sqrt((cells.errors**2).mean()):.1f}",
        f"{cells.sd[shown].mean():.1f}",
        f"{unreliable:.1%}",
    )


GROUPS = ("groups shown", "people a group", "bias", "bias if low were 0", "rms error", "stated sd", "marked u")


def additive(gaps: Numbers, n_rows: int) -> tuple[str, ...]:
    """Totals less the sum of their parts, for the rows of ``n_rows`` that show all of them."""
    if not len(gaps):
        return f"{n_rows:,}", "0", "", "", "", ""
    equal = f"{(gaps == 0).mean():.1%}"
    return (
        f"{n_rows:,}",
        f"{len(gaps):,}",
        f"{gaps.mean():+.2f}",
        f"{gaps.std():.2f}",
        equal,
        f"{np.abs(gaps).max():.0f}",
    )


def relative(cells: Compared) -> tuple[str, ...]:
    """Errors of shown amounts in percent of the truth."""
    n, shown = f"{len(cells.status):,}", cells.shown
    if not shown.any():
        return (n, "0.0%", *[""] * (len(AMOUNTS) - 2))
    errors = cells.errors / cells.true[shown]
    quantiles = (f"{np.quantile(np.abs(errors), q):.1%}" for q in (0.5, 0.95))
    return n, f"{shown.mean():.1%}", f"{np.median(errors):+.2%}", *quantiles


AMOUNTS = ("cells", "shown", "median error", "median of its size", "95%")
