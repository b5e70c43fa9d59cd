"""The whole of every measure: against its own past in a new period, against the last release in a revised one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from statlas.model.cells import CubeMeasure
from statlas.model.display import cell_text
from statlas.model.finding import Finding, Severity, finding_id
from statlas.service.tables.release_tables import ReleaseTables, Series
from statlas.service.tables.screening.breaks import FLOOR_OF_WHOLE, NOISES, Family, breaks
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.wording import moved
from statlas.wording import _, later

CHECK, UNITS = "total-changed", "units-changed"

_FACTORS = (
    (100.0, later("pence and pounds")),
    (1_000.0, later("ones and thousands")),
    (12.0, later("a month and a year")),
    (52.0, later("a week and a year")),
    (52 / 12, later("a week and a month")),
    (7.0, later("a day and a week")),
    (10.0, later("a decimal point")),
)
"""Ratios that a change of units makes."""
_NEAR = float(np.log(1.12))
"""How near to such a ratio an average must be: amounts themselves move by some per cent. Arbitrary."""


@dataclass(frozen=True, eq=False)
class Total:
    """The whole of one measure at some periods; ``measure`` is its id, empty for the count."""

    measure: str
    periods: tuple[str, ...]
    series: Series

    @property
    def printed(self) -> CubeMeasure:
        """The numbers as they are printed."""
        return self.series.measure

    def text(self, period: str) -> str:
        """What is printed at a period."""
        return cell_text(self.series.cube, self.printed, (self.periods.index(period),))

    def value(self, period: str) -> float:
        """The printed number; NaN where there is none."""
        return float(self.series.values[self.periods.index(period)])


def totals(tables: ReleaseTables, periods: tuple[str, ...]) -> tuple[Total, ...]:
    """The count, then every sum and mean that can be asked for."""
    asked = (tables.database.records.id, *measures_of(tables))
    names = ("", *asked[1:])
    found = tables.all_series(periods, (), asked)
    return tuple(Total(name, periods, series) for name, series in zip(names, found, strict=bool(found)))


def measures_of(tables: ReleaseTables) -> Iterator[str]:
    """Ids of the means, then of the sums: a changed unit is told of a mean."""
    for statistic in ("MEAN", "SUM"):
        for measure in tables.database.measures:
            if statistic in measure.statistics:
                yield f"{measure.id}:{statistic}"


def total_findings(compared: Compared) -> Iterator[Finding]:
    """What is strange about the wholes."""
    told: set[tuple[str, str]] = set()
    for total in totals(compared.draft, compared.periods):
        for period in compared.added:
            if _is_new(total, period, told) and _breaks(total, compared.past_of(period)):
                told.add((_family(total), period))
                yield _sudden(compared, total, period)
    if compared.last is not None and compared.reviewed:
        pairs = zip(totals(compared.last, compared.reviewed), totals(compared.draft, compared.reviewed), strict=False)
        for was, now in pairs:
            for period in compared.reviewed:
                if was.measure == now.measure and _is_new(now, period, told) and _differs(was, now, period):
                    told.add((_family(now), period))
                    yield _revised(compared, was, now, period)


def _family(total: Total) -> str:
    return total.printed.measure if total.measure else ""


def _is_new(total: Total, period: str, told: set[tuple[str, str]]) -> bool:
    """Whether nothing has been told that a sum only follows: of its mean, or of how many there are."""
    follows = total.printed.statistic == "SUM"
    return not (follows and {("", period), (_family(total), period)} & told)


def _breaks(total: Total, past: tuple[str, ...]) -> bool:
    until = slice(total.periods.index(past[0]), total.periods.index(past[-1]) + 1)
    values, error = total.series.values[until, None], total.series.error[until, None]
    alone = Family(np.array([-1]), (), ())
    return bool(breaks(values, error, np.full(len(values), np.nan), alone, floor=FLOOR_OF_WHOLE)[0])


def _differs(was: Total, now: Total, period: str) -> bool:
    n = was.periods.index(period)
    before, after = was.value(period), now.value(period)
    error = max(float(was.series.error[n]), float(now.series.error[n]))
    if not (before > 0 and after > 0):
        return math.isfinite(before) != math.isfinite(after)
    return abs(math.log(after / before)) > FLOOR_OF_WHOLE and abs(after - before) > NOISES * error


def _sudden(compared: Compared, total: Total, period: str) -> Finding:
    before = compared.periods[compared.periods.index(period) - 1]
    was, now = total.value(before), total.value(period)
    units = _units(total, was, now)
    label, n = total.printed.label, len(compared.past_of(period)) - 2
    said = _("{what} {moved} from {before} to {period}, more than it has moved in the {n} periods before.").format(
        what=label, moved=moved(was, now), before=compared.label_of(before), period=compared.label_of(period), n=n
    )
    return Finding(
        finding_id(UNITS if units else CHECK, compared.database.id, total.measure, period, _way(was, now)),
        UNITS if units else CHECK,
        Severity.PROBLEM,
        f"{label}; {compared.label_of(period)}",
        f"{said} {units}".strip(),
        total.text(before),
        total.text(period),
        _("See whether the file is complete, and holds each record once, in the usual units."),
        place=((compared.database.date.id, period),),
    )


def _revised(compared: Compared, was: Total, now: Total, period: str) -> Finding:
    label, before, after = now.printed.label, was.value(period), now.value(period)
    units = _units(now, before, after)
    said = _("{what} of {period} {moved} against the last release.").format(
        what=label, period=compared.label_of(period), moved=moved(before, after)
    )
    return Finding(
        finding_id(
            UNITS if units else CHECK, compared.database.id, "revised", now.measure, period, _way(before, after)
        ),
        UNITS if units else CHECK,
        Severity.PROBLEM,
        f"{label}; {compared.label_of(period)}",
        f"{said} {units}".strip(),
        was.text(period),
        now.text(period),
        _("See whether the new file is complete; if the revision is meant, say why it is so large."),
        place=((compared.database.date.id, period),),
    )


def _way(was: float, now: float) -> str:
    return "up" if now > was else "down"


def _units(total: Total, was: float, now: float) -> str:
    """What a mean that has changed by a known ratio looks like; empty for other changes and other numbers."""
    if total.printed.statistic != "MEAN" or not (was > 0 and now > 0):
        return ""
    return units_of(now / was)


def units_of(ratio: float) -> str:
    """*It looks like a change of units, between pence and pounds.*, or nothing."""
    distances = [(abs(abs(math.log(ratio)) - math.log(factor)), words) for factor, words in _FACTORS]
    distance, words = min(distances)
    if distance > _NEAR:
        return ""
    return _("It looks like a change of units, as between {units}.").format(units=_(words))
