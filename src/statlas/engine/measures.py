"""What a query asks of every cell: the count of records, or statistics of measures, by their canonical ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from statlas.errors import QueryError, UnknownNameError
from statlas.model.database import Database, Measure
from statlas.wording import _

COUNT, SUM, MEAN, MEDIAN = "COUNT", "SUM", "MEAN", "MEDIAN"

PROTECTED_PERCENTILES = (10, 25, 50, 75, 90)
"""Percentiles that a protected database prints (decisions page, D6)."""

_PERCENTILE = re.compile(r"P([1-9]\d?)")


@dataclass(frozen=True)
class Asked:
    """One number of every cell: ``Asked("LAHBAMT:MEAN", "MEAN", measure)``; without a measure the count."""

    id: str
    statistic: str
    measure: Measure | None = None

    @property
    def percentile(self) -> int | None:
        """From 1 to 99 for a percentile, the median being the 50th; None for everything else."""
        return percentile_of(self.statistic)


def percentile_of(statistic: str) -> int | None:
    """50 for ``MEDIAN``, 30 for ``P30``; None for what is no percentile."""
    if statistic == MEDIAN:
        return 50
    found = _PERCENTILE.fullmatch(statistic)
    return int(found[1]) if found else None


def resolve_measures(database: Database, names: tuple[str, ...], *, exact: bool) -> tuple[Asked, ...]:
    """What is asked, in the order of the query; the count where nothing is.

    Args:
        names: ``MEASURE:STATISTIC``, ``MEASURE`` for its first statistic, or the record table's id for the count.
        exact: whether the policy is open, so that any percentile may be asked of a measure that has some.

    Raises:
        UnknownNameError: there is no such measure.
        QueryError: the measure has no such statistic, or one number is asked twice.
    """
    asked = [_resolve(database, name, exact=exact) for name in names or (database.records.id,)]
    for one in asked:
        if asked.count(one) > 1:
            raise QueryError(_("{one} is asked twice.").format(one=one.id), mend=_("Ask for each number once."))
    return tuple(asked)


def _resolve(database: Database, name: str, *, exact: bool) -> Asked:
    if name == database.records.id:
        return Asked(name, COUNT)
    measure_id, colon, statistic = name.partition(":")
    measure = next((measure for measure in database.measures if measure.id == measure_id), None)
    if measure is None:
        raise UnknownNameError(
            _("{name!r} is not a measure of {database}.").format(name=name, database=database.id),
            component=name,
            mend=_("Ask for {listed}.").format(listed=_offered(database)),
        )
    if not colon:
        statistic = measure.statistics[0]
    statistic = MEDIAN if statistic == "P50" else statistic
    if not _is_offered(measure, statistic, exact=exact):
        raise QueryError(
            _("{statistic!r} is not a statistic of {measure}.").format(statistic=statistic, measure=measure.label),
            mend=_("Ask for {listed}.").format(
                listed=", ".join(f"{measure.id}:{offered}" for offered in measure.statistics)
            ),
        )
    return Asked(f"{measure.id}:{statistic}", statistic, measure)


def _is_offered(measure: Measure, statistic: str, *, exact: bool) -> bool:
    percentile = percentile_of(statistic)
    if percentile is None:
        return statistic in measure.statistics
    if exact:
        return measure.has_percentiles
    listed = {percentile_of(offered) for offered in measure.statistics}
    return percentile in listed and percentile in PROTECTED_PERCENTILES


def _offered(database: Database) -> str:
    names = [f"{measure.id}:{statistic}" for measure in database.measures for statistic in measure.statistics]
    return ", ".join([f"{database.records.id} (the count)", *names])
