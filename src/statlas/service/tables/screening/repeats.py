"""A period that repeats another: last month's file under this month's name.

The same people print the same numbers, so a period whose every printed number is that of another holds its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from statlas.model.finding import Finding, Severity, finding_id
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid
from statlas.wording import _

CHECK = "period-repeated"

LEAST_NUMBERS = 20
"""Printed numbers that must be alike before it is no chance; arbitrary."""


def repeat_findings(compared: Compared, grids: Iterable[Grid]) -> Iterator[Finding]:
    """New periods that print what the period before them does."""
    looked = [*grids]
    for period in compared.looked_at:
        past = compared.past_of(period, 2)
        if len(past) > 1 and _is_repeated(looked, past):
            before, label = compared.label_of(past[0]), compared.label_of(period)
            yield Finding(
                finding_id(CHECK, compared.database.id, *past),
                CHECK,
                Severity.PROBLEM,
                label,
                _("Every number of {period} is that of {before}.").format(period=label, before=before),
                mend=_("The file of {before} seems to have been sent again: send that of {period}.").format(
                    before=before, period=label
                ),
                place=((compared.database.date.id, period),),
            )


def _is_repeated(grids: Sequence[Grid], periods: Sequence[str]) -> bool:
    compared = 0
    for grid in grids:
        a, b = (grid.series.values[grid.periods.index(period)] for period in periods)
        if not np.array_equal(a, b, equal_nan=True):
            return False
        compared += int(np.isfinite(a).sum())
    return compared >= LEAST_NUMBERS
