"""The screening of a draft: every check, in order, and what each looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from statlas.model.finding import Check, Finding, Report, gravest_first
from statlas.service.tables.screening import areas, pairs, periods, repeats, telling, totals
from statlas.service.tables.screening.breaking import breaking
from statlas.service.tables.screening.coming import coming_and_going, gone
from statlas.service.tables.screening.compared import MOST_PERIODS, Compared
from statlas.service.tables.screening.grids import MOST_CODES, Grid, grids
from statlas.service.tables.screening.revising import revision_findings
from statlas.wording import _, several

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
    checks = _checks(compared, looked, reviewed, len(crossed), left_out)
    return Report(gravest_first(tuple(found)), _with_numbers(checks, found))


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


def _with_numbers(checks: Iterable[Check], found: Sequence[Finding]) -> tuple[Check, ...]:
    ids = [finding.check for finding in found]
    return tuple(Check(c.id, c.title, c.looked_at, ids.count(c.id), c.left_out) for c in checks)


def _checks(
    compared: Compared, looked: Sequence[Grid], reviewed: Sequence[tuple[Grid, Grid]], n_pairs: int, left_out: int
) -> Iterator[Check]:
    """What every check looked at, and what it did not."""
    n_all, n_new = len(compared.periods), len(compared.looked_at)
    every = several("{n:,} period", "{n:,} periods", n_all).format(n=n_all)
    new = several("{n:,} new period", "{n:,} new periods", n_new).format(n=n_new)
    measures = 1 + len([*totals.measures_of(compared.draft)])
    wholes = several("{n} measure, {periods}", "{n} measures, {periods}", measures).format(n=measures, periods=every)
    n_series = sum(len(grid.nodes) for grid in looked)
    series = _("{n:,} series of {fields}, {periods}").format(n=n_series, fields=_fields(len(looked)), periods=new)
    older = len(compared.added) - n_new
    not_looked = [_("levels of more than {n:,} codes").format(n=MOST_CODES)]
    if older:
        text = several("{n} older new period", "{n} older new periods", older)
        not_looked += [_("{older}, beyond the newest {most}").format(older=text.format(n=older), most=MOST_PERIODS)]
    if compared.window and len(compared.window) < len(compared.past_of(compared.looked_at[-1])):
        not_looked.append(_("of the past all but {n} periods, as people are many").format(n=len(compared.window)))
    beyond = "; ".join(not_looked)
    again = several("{n} period of both releases", "{n} periods of both releases", len(compared.reviewed))
    twice = _("{periods}, {fields}").format(
        periods=again.format(n=len(compared.reviewed)), fields=_fields(len(reviewed))
    )
    crossed = several("{n} pair of fields, {periods}", "{n} pairs of fields, {periods}", n_pairs)
    other = several("{n} pair of fields", "{n} pairs of fields", left_out).format(n=left_out) if left_out else ""
    yield Check(periods.CHECK, _("Periods that are missing"), every)
    yield Check(repeats.CHECK, _("A period sent twice"), new)
    yield Check(totals.CHECK, _("Totals against their past and the last release"), wholes)
    yield Check(totals.UNITS, _("Changes of units"), wholes)
    yield Check(telling.BREAK, _("Sudden breaks"), series, left_out=beyond)
    yield Check(telling.VANISHED, _("Codes that vanish"), series, left_out=beyond)
    yield Check(telling.APPEARED, _("Codes that appear"), series, left_out=beyond)
    yield Check(telling.REVISED, _("Revisions of single codes"), twice, left_out=beyond if reviewed else "")
    yield Check(pairs.NEW, _("Combinations never seen before"), crossed.format(n=n_pairs, periods=new), left_out=other)
    yield Check(pairs.GONE, _("Combinations that are gone"), crossed.format(n=n_pairs, periods=new), left_out=other)
    yield Check(areas.CHECK, _("Areas that have become sparse"), _sparse_looked(compared))


def _fields(n: int) -> str:
    return several("{n} field", "{n} fields", n).format(n=n)


def _sparse_looked(compared: Compared) -> str:
    geography = areas.geography_of(compared.draft)
    fields = areas.broken_down_by(compared.draft)
    if geography is None or not fields or not compared.looked_at:
        return _("nothing: there are no areas to look at, or no new period")
    field, nodes = geography
    level = field.classification[nodes[0].valueset].label
    return _("{n:,} areas of {level} by {fields}").format(
        n=len(nodes), level=level, fields=", ".join(one.label for one in fields)
    )
