"""Codes whose numbers in a revised period are far from those of the last release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from statlas.model.cells import CellStatus
from statlas.model.finding import Finding, Severity
from statlas.service.tables.screening.breaks import revisions
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid
from statlas.service.tables.screening.telling import REVISED, held, id_of, told_of, where_of
from statlas.service.tables.screening.wording import moved
from statlas.wording import _


def revision_findings(compared: Compared, pairs: Iterable[tuple[Grid, Grid]]) -> Iterator[Finding]:
    """Codes that are revised by more than their like, or hidden now.

    Args:
        pairs: for each field what the last release and the draft print for the codes that both have.
    """
    seen: set[tuple[float, float, str]] = set()
    for was, now in pairs:
        for period in now.periods:
            codes = [code for code in _revised(was, now, period) if _is_new(was, now, period, code, seen)]
            yield from told_of(compared, now, period, REVISED, codes, partial(_revision, compared, was, now, period))


def _is_new(was: Grid, now: Grid, period: str, code: int, seen: set[tuple[float, float, str]]) -> bool:
    """Whether a code with the same two numbers has not been told of: the same people, in another field."""
    n = now.periods.index(period)
    key = (float(was.series.values[n, code]), float(now.series.values[n, code]), period)
    is_new = key not in seen
    seen.add(key)
    return is_new


def _revised(was: Grid, now: Grid, period: str) -> list[int]:
    n = now.periods.index(period)
    then, today = (np.concatenate([[part.whole.values[n]], part.series.values[n]]) for part in (was, now))
    errors = [np.concatenate([[part.whole.error[n]], part.series.error[n]]) for part in (was, now)]
    found = revisions(then, today, np.fmax(*errors), now.family)[1:]
    hidden = np.isin(now.series.status[n], (CellStatus.LOW, CellStatus.CONFIDENTIAL))
    lost = (np.nan_to_num(then[1:]) >= now.series.clear_number) & hidden
    return [int(code) for code in np.flatnonzero(found | lost) if not held(now, int(code), lost)]


def _revision(compared: Compared, was: Grid, now: Grid, period: str, code: int) -> Finding:
    n = now.periods.index(period)
    before, after = was.series.values[n, code], now.series.values[n, code]
    kept = period in compared.kept
    words = (
        _("{label} of {period} {moved} against the last release, though its records are the same.")
        if kept
        else _("{label} of {period} {moved} against the last release; the others did not.")
    )
    gone = _("{label} of {period} prints no number; the last release had one.")
    said = (words if np.isfinite(after) else gone).format(
        label=now.label(code),
        period=compared.label_of(period),
        moved=moved(before, after) if np.isfinite(after) else "",
    )
    return Finding(
        id_of(compared, now, REVISED, period, code, "up" if after > before else "down"),
        REVISED,
        Severity.WARNING,
        where_of(compared, now, period, code),
        said,
        was.text(period, code),
        now.text(period, code),
        _("See whether the code means the same as before; if the revision is meant, say why it is so large."),
        place=now.place(period, code),
    )
