"""About how long a table takes, from its plan and the sizes of the records: only the order of magnitude matters."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from statlas.model.release import Manifest

if TYPE_CHECKING:
    from statlas.engine.plan import Plan

# Measured with `make bench` on two cores in November 2026.
_SECONDS_A_ROW_AND_FIELD = 2e-9
_SECONDS_A_CELL = 4e-7
_SECONDS_AT_LEAST = 0.01


def working_cells(made: Plan) -> int:
    """Published cells counted behind a table, all periods together."""
    return len(made.all_periods) * prod(made.shape)


def seconds(made: Plan, manifest: Manifest, *, read: float = 1.0) -> float:
    """About how long a plan takes to count and to protect.

    Args:
        read: the part of the records that is read for it; none where cuboids answer it.
    """
    rows = {record.period: record.rows for record in manifest.records}
    n_rows = read * sum(rows[period] for period in made.all_periods)
    counting = _SECONDS_A_ROW_AND_FIELD * n_rows * (len(made.axes) + 1)
    return _SECONDS_AT_LEAST + counting + _SECONDS_A_CELL * working_cells(made) * len(made.asked)
