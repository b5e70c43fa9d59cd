"""The screening of a draft: every check, in order, and what each looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from statlas.model.finding import Finding, Report, gravest_first
from statlas.service.tables.screening import areas, pairs, periods, repeats, telling, totals
from statlas.service.tables.screening.breaking import breaking
from statlas.service.tables.screening.coming import coming_and_going, gone
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid, grids
from statlas.service.tables.screening.looked import Looked
from statlas.service.tables.screening.revising import revision_findings

Step = Callable[[float], None]
"""Told the fraction that is done."""


def screen(compared: Compared, step: Step = lambda _done: None) -> Report:
    """Whether the figures of a draft are likely to be right, from printed figures alone."""
    found = [*periods.missing_periods(compared.database, compared.before, compared.periods)]
    step(0.05)
    found += totals.total_findings(compared)
    step(0.2)
    looked = [*grids(compared.draft, compared.window)]
    found += repeats.repeat_findings(compared, looked)
    found += _code_findings(compared, [*looked, *_mean_grids(compared)])
    step(0.5)
    reviewed = [*_reviewed_grids(compared)]
    found += revision_findings(compared, reviewed)
    step(0.6)
    crossed, left_out = pairs.crossings(compared)
    found += pairs.pair_findings(compared, crossed, _codes_of(found))
    step(0.9)
    found += areas.area_findings(compared)
    read = Looked(compared, looked, reviewed, len(crossed), left_out)
    return Report(gravest_first(tuple(found)), read.checks(found))


def _codes_of(found: Iterable[Finding]) -> frozenset[tuple[str, str, str]]:
    """Period, field and code of each finding on a single code."""
    places = (finding.place for finding in found if len(finding.place) == 2)  # noqa: PLR2004 - a period and a code
    return frozenset((period, field_id, code) for (_date, period), (field_id, code) in places)


def _code_findings(compared: Compared, looked: Sequence[Grid]) -> Iterator[Finding]:
    told = telling.Told()
    for grid in looked:
        for period in compared.looked_at:
            yield from breaking(compared, grid, period, told, gone(grid, period))
            yield from coming_and_going(compared, grid, period, told)


def _mean_grids(compared: Compared) -> Iterator[Grid]:
    """The means of every measure by the first geography, down to authorities: a unit may change in one delivery."""
    geography = areas.geography_of(compared.draft)
    if geography is None or not compared.window:
        return
    for measure in totals.measures_of(compared.draft):
        if measure.endswith(":MEAN"):
            yield from grids(compared.draft, compared.window, measure, only=(geography[0].id,))


def _reviewed_grids(compared: Compared) -> Iterator[tuple[Grid, Grid]]:
    """What both releases print for the codes that both have, at the periods that are revised."""
    if compared.last is None or not compared.reviewed:
        return
    was = {grid.field.id: grid for grid in grids(compared.last, compared.reviewed, common=compared.database)}
    for now in grids(compared.draft, compared.reviewed, common=compared.last.database):
        if now.field.id in was and was[now.field.id].nodes == now.nodes:
            yield was[now.field.id], now
