"""A release as it is printed, or would be: the one window through which the reports look at a draft.

Rules of the room: what comes out of here are tables as readers get them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from statlas import definitions
from statlas.errors import DisclosureRefused, QueryError, StatlasError
from statlas.model.cells import CellStatus, CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Item, Query
from statlas.model.release import Manifest
from statlas.service.tables.counting import count
from statlas.service.tables.databases import DATABASE_FILE
from statlas.store import Home

Floats = NDArray[np.float64]
Statuses = NDArray[np.uint8]

LEAST_THRESHOLD = 5
"""What stands for the threshold where there is none, as numbers that small come and go by chance all the same."""


@dataclass(frozen=True, eq=False)
class ReleaseTables:
    """The tables of one release; ``database`` is dated with its periods."""

    home: Home
    database: Database
    manifest: Manifest
    noise_key: bytes

    @classmethod
    def of_draft(cls, home: Home, database: Database, manifest: Manifest, noise_key: bytes) -> ReleaseTables:
        """Those of a draft, whose definition is at hand."""
        return cls(home, database.with_periods(manifest.periods), manifest, noise_key)

    @classmethod
    def of_release(cls, home: Home, manifest: Manifest, noise_key: bytes) -> ReleaseTables:
        """Those of a release that has been made.

        Raises:
            HomeError, OSError: its definition cannot be read.
        """
        database = definitions.loads(home.read_file(manifest, DATABASE_FILE).decode())
        return cls(home, database.with_periods(manifest.periods), manifest, noise_key)

    def table(self, query: Query) -> Cube | None:
        """The table that a query asks, as it is printed; None where it cannot be made, or a rule refuses it."""
        found = self.answer(query)
        return None if isinstance(found, StatlasError) else found

    def answer(self, query: Query) -> Cube | DisclosureRefused | QueryError:
        """The table that a query asks, or why there is none."""
        try:
            return count(
                home=self.home,
                database=self.database,
                manifest=self.manifest,
                query=query,
                noise_key=self.noise_key,
            )
        except (DisclosureRefused, QueryError) as refusal:
            return refusal

    def series(
        self, periods: tuple[str, ...], fields: tuple[tuple[str, tuple[Node, ...]], ...] = (), measure: str = ""
    ) -> Series | None:
        """The numbers of every combination of some codes at some periods; None where a rule refuses the table."""
        found = self.all_series(periods, fields, (measure,) if measure else ())
        return found[0] if found else None

    def all_series(
        self, periods: tuple[str, ...], fields: tuple[tuple[str, tuple[Node, ...]], ...], measures: tuple[str, ...]
    ) -> tuple[Series, ...]:
        """The same for several measures, read at once; none where a rule refuses the table."""
        date = self.database.date
        dates = Dimension(date.id, items=tuple(Item((Node(date.valueset.id, period),)) for period in periods))
        codes = tuple(Dimension(name, items=tuple(Item((node,)) for node in nodes)) for name, nodes in fields)
        cube = self.table(Query(self.database.id, measures, (dates, *codes))) if periods else None
        return () if cube is None else tuple(Series(cube, measure) for measure in cube.measures)

    @cached_property
    def people(self) -> dict[str, float]:
        """For each period the printed number of records; 0 where none is printed."""
        series = self.series(self.manifest.periods)
        values = np.zeros(len(self.manifest.periods)) if series is None else np.nan_to_num(series.values)
        return dict(zip(self.manifest.periods, values.tolist(), strict=True))

    @cached_property
    def records_of(self) -> dict[str, tuple[str, int]]:
        """Of each period the digest of its records, and how often they were revised."""
        return {record.period: (record.sha256, record.epoch) for record in self.manifest.records}


@dataclass(frozen=True, eq=False)
class Series:
    """Printed numbers by period and code."""

    cube: Cube
    measure: CubeMeasure

    @cached_property
    def values(self) -> Floats:
        """(n_periods, ...) float64; NaN where no number is printed."""
        shown = self.status == CellStatus.SHOWN
        return np.where(shown, self.measure.values.astype(np.float64), np.nan)

    @property
    def status(self) -> Statuses:
        """(n_periods, ...) of ``CellStatus``."""
        return self.measure.status

    @property
    def clear_number(self) -> float:
        """The smallest number that nobody takes for a low one: the threshold, four times its root, thrice the noise.

        What holds fewer people than the threshold by chance does not print such a number a month later.
        """
        threshold = max(self.cube.threshold, LEAST_THRESHOLD)
        return float(np.ceil(threshold + 4 * np.sqrt(threshold) + 3 * self.cube.noise_sd))

    @cached_property
    def error(self) -> Floats:
        """Standard deviation of noise and, in a survey, of its design together."""
        design = 0.0 if self.measure.se is None else np.nan_to_num(self.measure.se)
        return np.hypot(self.measure.sd, design)


def levels_up_to(field: Field, most: int) -> tuple[Node, ...]:
    """Every code of the levels of a field that have at most so many."""
    return tuple(node for level in field.classification.valuesets if len(level) <= most for node in level.nodes())
