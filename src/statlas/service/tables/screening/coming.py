"""Codes that vanish from a new period, and codes that appear in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CellStatus
from statlas.model.finding import Finding, Severity
from statlas.service.tables.screening.breaks import fading
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid
from statlas.service.tables.screening.telling import APPEARED, VANISHED, Told, held, id_of, told_of, where_of
from statlas.wording import _, several

STEADY = 6
"""Periods in which a code must have been there, or not, before its going or coming is told."""


def coming_and_going(compared: Compared, grid: Grid, period: str, told: Told) -> Iterator[Finding]:
    """A finding for each code that is there no more, or for the first time."""
    if not grid.is_count:
        return
    for check, found in ((VANISHED, gone(grid, period)), (APPEARED, _come(grid, period))):
        alone = [int(n) for n in np.flatnonzero(found) if not held(grid, int(n), found)]
        alone = [n for n in alone if told.is_new(grid, period, n)]
        one = partial(_came_or_went, compared, grid, period, check=check)
        yield from told_of(compared, grid, period, check, alone, one)


def _numbers(grid: Grid, period: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]:
    """Numbers of the steady past with 0 for none, of the period, and the statuses of the period."""
    until = grid.until(period)
    values, status = np.nan_to_num(grid.series.values[until]), grid.series.status[until]
    return values[-STEADY - 1 : -1], values[-1], status[-1]


def gone(grid: Grid, period: str) -> NDArray[np.bool_]:
    """Codes that were clearly there in every period of the past, were not on their way out, and print no number."""
    past, now, status = _numbers(grid, period)
    if not len(past):
        return np.zeros(now.shape, dtype=bool)
    none = (now <= 0) & np.isin(status, (CellStatus.LOW, CellStatus.SHOWN))
    found: NDArray[np.bool_] = (
        (past.min(axis=0) >= grid.series.clear_number) & none & ~fading(past, grid.series.clear_number)
    )
    return found


def _come(grid: Grid, period: str) -> NDArray[np.bool_]:
    """Codes that printed no number in any period of the past, and clearly do."""
    past, now, _status = _numbers(grid, period)
    if len(past) < STEADY:
        return np.zeros(now.shape, dtype=bool)
    collected = (grid.series.status[grid.until(period)][-STEADY - 1 : -1] == CellStatus.LOW).any(axis=0)
    declared = not grid.series.cube.threshold  # where nothing is hidden, none is printed as 0
    come: NDArray[np.bool_] = (past.max(axis=0) <= 0) & (now >= grid.series.clear_number) & (collected | declared)
    return come


def _came_or_went(compared: Compared, grid: Grid, period: str, code: int, *, check: str) -> Finding:
    before = grid.periods[grid.periods.index(period) - 1]
    n = min(STEADY, grid.periods.index(period))
    gone = several(
        "{label} prints no number in {period}; it did in the period before.",
        "{label} prints no number in {period}; it did in each of the {n} periods before.",
        n,
    )
    come = _("{label} prints a number in {period}; it did in none of the {n} periods before.")
    said = (gone if check == VANISHED else come).format(label=grid.label(code), period=compared.label_of(period), n=n)
    mend = {
        VANISHED: _(
            "See whether its records are missing or carry another code; if it has ended, say so in the definition."
        ),
        APPEARED: _("See whether the code is right; if it is new, say since when in the definition."),
    }
    return Finding(
        id_of(compared, grid, check, period, code),
        check,
        Severity.PROBLEM if check == VANISHED else Severity.WARNING,
        where_of(compared, grid, period, code),
        said,
        grid.text(before, code),
        grid.text(period, code),
        mend[check],
        place=grid.place(period, code),
    )
