"""Codes whose numbers break in a new period."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from statlas.model.finding import Finding, Severity
from statlas.service.tables.screening.breaks import FLOOR, FLOOR_OF_MEAN, NOISES, Beside, breaks
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid
from statlas.service.tables.screening.telling import BREAK, Told, id_of, told_of, where_of
from statlas.service.tables.screening.totals import units_of
from statlas.service.tables.screening.wording import moved
from statlas.wording import _, later

_WHY = {
    Beside.PAST: later("It has not moved so far in the periods before."),
    Beside.WHOLE: later("The whole did not move like that."),
    Beside.PARENT: later("What it is part of did not move like that."),
    Beside.SIBLINGS: later("Those beside it did not move like that."),
}


def breaking(compared: Compared, grid: Grid, period: str, told: Told, gone: NDArray[np.bool_]) -> Iterator[Finding]:
    """A finding for each code that breaks in a period, and is not told of yet; ``gone`` are the codes that vanish."""
    until = grid.until(period)
    beside = breaks(
        grid.series.values[until],
        grid.series.error[until],
        grid.whole.values[until],
        grid.family,
        heads=grid.is_count,
        floor=FLOOR if grid.is_count else FLOOR_OF_MEAN,
    )
    found = [int(n) for n in np.flatnonzero(beside)]
    parts = [*found, *(int(n) for n in np.flatnonzero(gone))]
    new = [n for n in found if told.is_new(grid, period, n)]
    alone = [n for n in new if not _is_of_its_parts(grid, period, n, parts)]
    yield from told_of(
        compared, grid, period, BREAK, alone, lambda n: _break(compared, grid, period, n, Beside(int(beside[n])))
    )


def _is_of_its_parts(grid: Grid, period: str, code: int, found: list[int]) -> bool:
    """Whether a code breaks because some of its parts do: without them, it is where it was."""
    parts = [n for n in found if grid.family.parents[n] == code]
    if not parts or not grid.is_count:
        return False
    at = grid.periods.index(period)
    before, now = np.nan_to_num(grid.series.values[at - 1]), np.nan_to_num(grid.series.values[at])
    rest = before[code] - before[parts].sum()
    change = abs(now[code] - now[parts].sum() - rest)
    return bool(change <= max(FLOOR * abs(rest), NOISES * float(grid.series.error[at, code])))


def _break(compared: Compared, grid: Grid, period: str, code: int, beside: Beside) -> Finding:
    at = grid.periods.index(period)
    was, now = grid.series.values[at - 1, code], grid.series.values[at, code]
    before, label = compared.label_of(grid.periods[at - 1]), grid.label(code)
    what = "" if grid.is_count else f"{grid.series.measure.label}, "
    said = _("{what}{label} {moved} from {before} to {period}.").format(
        what=what, label=label, moved=moved(was, now), before=before, period=compared.label_of(period)
    )
    units = units_of(now / was) if grid.series.measure.statistic == "MEAN" else ""
    missing = grid.nodes[code].code == grid.field.missing and now > was
    more = _("More records than usual have no value here.") if missing else ""
    said = " ".join(filter(None, (said, _(_WHY[beside]), more, units)))
    return Finding(
        id_of(compared, grid, BREAK, period, code, "up" if now > was else "down"),
        BREAK,
        Severity.WARNING,
        where_of(compared, grid, period, code),
        said,
        grid.text(grid.periods[at - 1], code),
        grid.text(period, code),
        _("Ask who delivers these records whether they are complete; if it is real, say what happened."),
        place=grid.place(period, code),
    )
