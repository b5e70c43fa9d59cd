"""One query, once through each room: plan, count, protect, group, annotate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.company import Company
from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.policy import Policy
from statlas.engine import kernel
from statlas.engine.annotate import cube_of
from statlas.engine.answering import PrintedTables, answer
from statlas.engine.bands import BandedRecords, with_bands
from statlas.engine.cuboids.using import OpenCuboids, no_cuboids
from statlas.engine.foreseeing import Foreseen, areas_alone, foresee_table
from statlas.engine.grouping import Grouping
from statlas.engine.percentile_numbers import ExactPercentiles
from statlas.engine.percentiles import percentiles
from statlas.engine.plan import Plan, plan
from statlas.engine.protect import Protecting, passes_sparsity, protect, protect_beside
from statlas.engine.query_rules import refuse_by_query
from statlas.engine.raw import Backend, OpenPeriod, RawCube, Records
from statlas.engine.replicates import design_sums
from statlas.engine.ruling import rule_areas
from statlas.engine.slicing import WHOLE_AXIS, Slice, slice_of
from statlas.model.cube import Cube
from statlas.model.database import Database, Measure
from statlas.model.query import Query
from statlas.model.release import Manifest


def tabulate(  # noqa: PLR0913 - all that a table is made of, by keyword
    database: Database,
    manifest: Manifest,
    query: Query,
    *,
    open_period: OpenPeriod,
    policy: Policy,
    noise_key: bytes,
    max_cells: int | None = None,
    backend: Backend = kernel.count,
    cuboids: OpenCuboids = no_cuboids,
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
        cuboids: gives the cuboids of a period, from which the same numbers are added up where they have them.

    Raises:
        UnknownNameError, QueryError, TooManyCellsError: as ``engine.plan.plan``.
        DisclosureRefused: a rule refuses the table.
    """
    made = plan(database, query, max_cells=max_cells, exact=policy.open)
    refuse_by_query(made, policy.rules)
    epochs = {record.period: record.epoch for record in manifest.records}
    counting = Counting(made, open_period, policy, noise_key, epochs, backend, cuboids, slice_of(made, policy))
    tables, made = counting.printed(), counting.table
    ruling = rule_areas(made, tables.cells, policy, counting.sparsity())
    if ruling is None:
        return cube_of(made, manifest, policy, answer(made, tables, policy))
    measures = answer(made, ruling.applied(tables), policy)
    cube = cube_of(made, manifest, policy, measures)
    return replace(cube, rules=ruling.outcomes, blocked=ruling.marks(Grouping(made, policy), measures))


def foresee(
    database: Database,
    manifest: Manifest,
    query: Query,
    *,
    open_period: OpenPeriod,
    policy: Policy,
    noise_key: bytes,
    cuboids: OpenCuboids = no_cuboids,
) -> tuple[Plan, Foreseen]:
    """The plan of a query, and what the rules would say of its table, without counting it.

    Raises:
        UnknownNameError, QueryError, TooManyCellsError: as ``engine.plan.plan``.
    """
    made = plan(database, query, exact=policy.open)
    if policy.rules is None:
        return made, Foreseen((), 1, 1)
    epochs = {record.period: record.epoch for record in manifest.records}
    counting = Counting(areas_alone(made), open_period, policy, noise_key, epochs, kernel.count, cuboids)
    return made, foresee_table(made, counting.printed().cells, policy.rules)


@dataclass(frozen=True, eq=False)
class Counting:
    """A plan with all that is needed to count and to protect it."""

    plan: Plan
    open_period: OpenPeriod
    policy: Policy
    noise_key: bytes
    epochs: dict[str, int]
    backend: Backend
    cuboids: OpenCuboids = no_cuboids
    sliced: Slice | None = None

    @property
    def table(self) -> Plan:
        """The plan at whose nodes tables are printed."""
        return self.plan if self.sliced is None else self.sliced.of(self.plan)

    def printed(self) -> PrintedTables:
        """The printed cells of every period, of which alone the answer is made."""
        banded = {} if self.policy.open else {m: with_bands(self.plan, m) for m in self._measures()}
        cells = {period: self._print(self.plan, period) for period in self.plan.all_periods}
        bands = {measure.id: self._bands(measure, plan) for measure, plan in banded.items()}
        return PrintedTables(cells, bands, self._exact() if self.policy.open else {})

    def sparsity(self) -> dict[str, dict[str, NDArray[np.bool_]]]:
        """For each period which areas pass ``sparsity``; nothing where it is off, as it mostly is."""
        if self.policy.rules is None or not self.policy.rules.sparsity:
            return {}
        return {
            period: passes_sparsity(
                self._raw(self.table, period, self._rows(period)),
                self.table,
                period,
                policy=self.policy,
                noise_key=self.noise_key,
                epoch=self.epochs[period],
            )
            for period in self.plan.all_periods
        }

    def _measures(self) -> tuple[Measure, ...]:
        """The measures of which percentiles are asked."""
        asked = (one.measure for one in self.plan.asked if one.percentile is not None)
        return tuple(dict.fromkeys(measure for measure in asked if measure))

    def _print(self, made: Plan, period: str, banded: Measure | None = None) -> PublicCube:
        """The printed cells of a period at the nodes of ``table``; ``banded`` is the measure whose bands a plan has."""
        records = self.open_period(period)
        for way, some in [(WHOLE_AXIS, records)] if self.sliced is None else self.sliced.ways_for(records):
            counted = made if self.sliced is None else self.sliced.to_count(made, way)
            found = self._protected(counted, period, BandedRecords(some, banded) if banded else some, way.company)
            if found is not None:
                return found if self.sliced is None or way.kept is None else found.at(way.kept, self.sliced.position)
        raise AssertionError("the whole axis is enough")

    def _protected(self, made: Plan, period: str, records: Records, company: Company | None) -> PublicCube | None:
        raw, designs = self._raw(made, period, records), design_sums(made, records)
        chosen: Protecting = {"policy": self.policy, "noise_key": self.noise_key, "epoch": self.epochs[period]}
        if company is None:
            return protect(raw, made, period, **chosen, designs=designs)
        return protect_beside(raw, made, period, company, **chosen, designs=designs)

    def _rows(self, period: str) -> Records:
        """The records of a period that lie in the areas of ``table``."""
        records = self.open_period(period)
        return records if self.sliced is None else self.sliced.rows_of(records)

    def _raw(self, made: Plan, period: str, records: Records) -> RawCube:
        """The true numbers of a period: from its cuboids, which know all records, if they have them; else counted."""
        held = self.cuboids(period)
        found = None if held is None else held.count(made, self.open_period(period))
        return self.backend(made, records) if found is None else found

    def _bands(self, measure: Measure, made: Plan) -> dict[str, PublicCube]:
        return {period: self._print(made, period, measure) for period in made.all_periods}

    def _exact(self) -> dict[str, ExactPercentiles]:
        found = {}
        for measure in self._measures():
            ps = tuple(p for one in self.plan.asked if one.measure == measure and (p := one.percentile))
            periods = [[self._rows(period) for period in date] for date in self.plan.periods]
            values, counts = percentiles(self.table, periods, measure.id, ps)
            found[measure.id] = ExactPercentiles(ps, values, counts)
        return found
