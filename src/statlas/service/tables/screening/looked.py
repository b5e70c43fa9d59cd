"""What every check of the screening looked at, and what it left out, so that no report is taken for more than it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from statlas.model.finding import Check, Finding
from statlas.service.tables.screening import areas, pairs, periods, repeats, telling, totals
from statlas.service.tables.screening.breaks import LEAST_PAST
from statlas.service.tables.screening.coming import STEADY
from statlas.service.tables.screening.compared import MOST_PERIODS, Compared
from statlas.service.tables.screening.grids import MOST_CODES, Grid
from statlas.wording import _, several


@dataclass(frozen=True, eq=False)
class Looked:
    """What was read: single codes of new periods and of reviewed ones, pairs of fields, and how many were left out."""

    compared: Compared
    grids: Sequence[Grid]
    reviewed: Sequence[tuple[Grid, Grid]]
    n_pairs: int
    pairs_left_out: int

    def checks(self, found: Sequence[Finding]) -> tuple[Check, ...]:
        """Every check, with how many of the findings are its own."""
        ids = [finding.check for finding in found]
        return tuple(Check(c.id, c.title, c.looked_at, ids.count(c.id), c.left_out) for c in self._checks())

    def _checks(self) -> Iterator[Check]:
        every, series, crossed = _periods(len(self.compared.periods)), self._series(), self._crossed()
        wholes = self._wholes()
        of_wholes = _said(self._without_past(self.compared.added, LEAST_PAST + 1))
        levels, alone = self._levels(), _said(self._short(1))
        of_pairs = _said((*self._other_pairs(), *self._short(pairs.LEAST_PAST)))
        yield Check(periods.CHECK, _("Periods that are missing"), every)
        yield Check(repeats.CHECK, _("A period sent twice"), self._new(), left_out=alone)
        yield Check(totals.CHECK, _("Totals against their past and the last release"), wholes, left_out=of_wholes)
        yield Check(totals.UNITS, _("Changes of units"), wholes, left_out=of_wholes)
        yield Check(telling.BREAK, _("Sudden breaks"), series, left_out=self._beyond(LEAST_PAST + 1))
        yield Check(telling.VANISHED, _("Codes that vanish"), series, left_out=self._beyond(1))
        yield Check(telling.APPEARED, _("Codes that appear"), series, left_out=self._beyond(STEADY))
        yield Check(telling.REVISED, _("Revisions of single codes"), self._twice(), left_out=_said(levels))
        yield Check(pairs.NEW, _("Combinations never seen before"), crossed, left_out=of_pairs)
        yield Check(pairs.GONE, _("Combinations that are gone"), crossed, left_out=of_pairs)
        yield Check(areas.CHECK, _("Areas that have become sparse"), self._areas(), left_out=alone)

    # --- what was looked at -------------------------------------------------------------------------------------------

    def _new(self) -> str:
        n = len(self.compared.looked_at)
        return several("{n:,} new period", "{n:,} new periods", n).format(n=n)

    def _wholes(self) -> str:
        n = 1 + len([*totals.measures_of(self.compared.draft)])
        said = several("{n} measure, {periods}", "{n} measures, {periods}", n)
        return said.format(n=n, periods=_periods(len(self.compared.periods)))

    def _series(self) -> str:
        n = sum(len(grid.nodes) for grid in self.grids)
        said = _("{n:,} series of {fields}, {periods}")
        return said.format(n=n, fields=_fields(len(self.grids)), periods=self._new())

    def _twice(self) -> str:
        n = len(self.compared.reviewed)
        if not n:
            return _("nothing: no period of the last release is revised")
        both = several("{n} period of both releases", "{n} periods of both releases", n).format(n=n)
        return _("{periods}, {fields}").format(periods=both, fields=_fields(len(self.reviewed)))

    def _crossed(self) -> str:
        said = several("{n} pair of fields, {periods}", "{n} pairs of fields, {periods}", self.n_pairs)
        return said.format(n=self.n_pairs, periods=self._new())

    def _areas(self) -> str:
        geography = areas.geography_of(self.compared.draft)
        fields = areas.broken_down_by(self.compared.draft)
        if geography is None or not fields or not self.compared.looked_at:
            return _("nothing: there are no areas to look at, or no new period")
        field, nodes = geography
        level, by = field.classification[nodes[0].valueset].label, ", ".join(one.label for one in fields)
        return _("{n:,} areas of {level} by {fields}").format(n=len(nodes), level=level, fields=by)

    # --- what was left out --------------------------------------------------------------------------------------------

    def _beyond(self, least: int) -> str:
        return _said((*self._levels(), *self._older(), *self._shortened(), *self._short(least)))

    def _levels(self) -> Iterator[str]:
        levels = (level for field in self.compared.database.categories for level in field.classification.valuesets)
        if any(len(level) > MOST_CODES for level in levels):
            yield _("levels of more than {n:,} codes").format(n=MOST_CODES)

    def _older(self) -> Iterator[str]:
        n = len(self.compared.added) - len(self.compared.looked_at)
        if n:
            older = several("{n} older new period", "{n} older new periods", n).format(n=n)
            yield _("{older}, beyond the newest {most}").format(older=older, most=MOST_PERIODS)

    def _shortened(self) -> Iterator[str]:
        window, last = self.compared.window, self.compared.looked_at[-1:]
        if last and len(window) < len(self.compared.past_of(last[0])):
            yield _("of the past all but {n} periods, as people are many").format(n=len(window))

    def _other_pairs(self) -> Iterator[str]:
        n = self.pairs_left_out
        if n:
            yield several("{n} pair of fields", "{n} pairs of fields", n).format(n=n)

    def _short(self, least: int) -> Iterator[str]:
        return self._without_past(self.compared.looked_at, least)

    def _without_past(self, new: tuple[str, ...], least: int) -> Iterator[str]:
        """New periods that have too few before them to be judged."""
        n = sum(self.compared.periods.index(period) < least for period in new)
        if n:
            said = several(
                "{n} new period, as there are fewer than {least} before it",
                "{n} new periods, as there are fewer than {least} before each",
                n,
            )
            yield said.format(n=n, least=least)


def _said(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _periods(n: int) -> str:
    return several("{n:,} period", "{n:,} periods", n).format(n=n)


def _fields(n: int) -> str:
    return several("{n} field", "{n} fields", n).format(n=n)
