"""One query, once through each room: plan, count, protect, group, annotate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import groups
from statlas.disclosure.policy import Policy
from statlas.disclosure.printing import PublicCube
from statlas.engine import kernel
from statlas.engine.annotate import cube_of
from statlas.engine.plan import Plan, plan
from statlas.engine.protect import protect
from statlas.engine.raw import Backend, Epochs, OpenPeriod
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest


@dataclass(frozen=True, eq=False)
class Protection:
    """What turns true counts into printed ones: a policy, the secret of its noise, the epoch of each period."""

    policy: Policy
    noise_key: bytes
    epochs: Epochs


def tabulate(
    database: Database,
    manifest: Manifest,
    query: Query,
    *,
    open_period: OpenPeriod,
    policy: Policy,
    noise_key: bytes,
    max_cells: int | None = None,
    backend: Backend = kernel.count,
) -> Cube:
    """The table that a query asks of a release, protected and complete.

    Args:
        database: with the periods of the release.
        manifest: the release; gives the epoch of each period.
        open_period: gives the records of a period.
        policy: how the database is protected.
        noise_key: 16 secret bytes of the family.
        max_cells: most cells of the answer.
        backend: who counts; all give the same numbers.

    Raises:
        UnknownNameError, QueryError, TooManyCellsError: as ``engine.plan.plan``.
    """
    made = plan(database, query, max_cells=max_cells)
    protection = Protection(policy, noise_key, {record.period: record.epoch for record in manifest.records})
    public = {p: _printed(made, p, open_period, protection, backend) for p in made.all_periods}
    printed, flags = table_of(made, public, threshold=policy.threshold or 0)
    return cube_of(made, manifest, policy, _measure(made, printed, flags, policy))


def _printed(made: Plan, period: str, open_period: OpenPeriod, protection: Protection, backend: Backend) -> PublicCube:
    raw = backend(made, open_period(period))
    return protect(
        raw,
        made,
        period,
        policy=protection.policy,
        noise_key=protection.noise_key,
        epoch=protection.epochs[period],
    )


def table_of(made: Plan, public: dict[str, PublicCube], *, threshold: int) -> tuple[PublicCube, NDArray[np.uint8]]:
    """The table in the query's layout, from the printed cells of each period alone.

    Args:
        public: for each period its printed cells at the official nodes of the plan.
        threshold: 0 under an open policy.

    Returns:
        Values with statuses, and flags, with one axis for each dimension of the query.
    """
    items = [_one_date(made, [public[p] for p in periods], threshold) for periods in made.periods]
    sums = groups.Sums(
        *(np.stack(parts) for parts in zip(*((s.values, s.imputed, s.status) for s in items), strict=True))
    )
    printed, flags = groups.finish(sums, n_parts(made) > 1, threshold=threshold)
    return PublicCube(_laid_out(made, printed.values), _laid_out(made, printed.status)), _laid_out(made, flags)


def _one_date(made: Plan, periods: Sequence[PublicCube], threshold: int) -> groups.Sums:
    sums = groups.add_periods(periods, threshold=threshold)
    for position, axis in enumerate(made.axes):
        covers = [cover.positions for cover in axis.covers]
        sums = groups.group(sums, axis.axis, position, covers, threshold=threshold)
    return sums


def n_parts(made: Plan) -> NDArray[np.int64]:
    """How many printed numbers make up each cell: date items along the first axis, then the plan's axes."""
    parts = np.array([len(periods) for periods in made.periods], dtype=np.int64)
    for axis in made.axes:
        parts = parts[..., np.newaxis] * np.array([len(cover.positions) for cover in axis.covers])
    return parts


def noise_sd(made: Plan, policy: Policy) -> NDArray[np.float64]:
    """Standard deviation of the noise of each cell, to one decimal, as an upper bound for groups.

    sqrt(m V) for a group of m cells, times the number of periods added up: constant keys correlate the months (D5).
    """
    n_periods = np.array([len(periods) for periods in made.periods], dtype=np.int64)
    months = n_periods.reshape(-1, *[1] * len(made.axes))
    return np.round(months * np.sqrt(n_parts(made) / months * policy.variance), 1)


def _laid_out(made: Plan, array: NDArray[Any]) -> NDArray[Any]:
    """From (date, plan's axes) to the dimensions of the query; filters, with their one item, fall away."""
    standing = [position + 1 for position in made.layout]
    filtered = [axis for axis in range(1, array.ndim) if axis not in standing]
    moved = np.moveaxis(array, [*standing, *filtered], range(array.ndim))
    return np.ascontiguousarray(moved.reshape(moved.shape[: len(standing)]))


def _measure(made: Plan, printed: PublicCube, flags: NDArray[np.uint8], policy: Policy) -> CubeMeasure:
    records = made.database.records
    return CubeMeasure(
        id=records.id,
        label=records.label,
        statistic="COUNT",
        unit=records.unit,
        precision=0,
        values=printed.values,
        status=printed.status,
        flags=flags,
        sd=_laid_out(made, noise_sd(made, policy)).astype(np.float64),
    )
