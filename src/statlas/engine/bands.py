"""The bands of a measure as one more field of a table, from which protected percentiles are read.

No definition names this field: it is last in every table, so that the cells of the other fields print what they print
without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis, field_axis
from statlas.engine.plan import Plan, refuse_working_size
from statlas.engine.raw import Records
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Field, Measure
from statlas.model.derivation import Column

_AMOUNT, _BAND = "AMOUNT", "BAND"
_GIVEN, _BLANK = Node(_AMOUNT, "given"), Node(_AMOUNT, "blank")

_PREFERRED = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
"""Ten steps to a decade, in hundredths (Renard's series R10, ISO 3): each band is about a quarter wider than the one
before."""

_DECADES = 6
"""Bands chosen by Statlas go from one unit to a million."""


def edges_of(measure: Measure) -> tuple[int, ...]:
    """The bounds of the bands, in units of 10**-precision: those of the definition, else 0 and preferred numbers.

    They never depend on the records.
    """
    if measure.edges:
        return measure.edges
    unit = 10**measure.precision
    steps = [round(n * unit * 10**decade / 100) for decade in range(_DECADES) for n in _PREFERRED]
    return tuple(sorted({0, *steps, unit * 10**_DECADES}))


@lru_cache(maxsize=64)
def band_field(measure: Measure) -> Field:
    """The field: under everything the records with an amount and those without, under the former the bands.

    Its leaves are *blank*, then the bands: below the first edge, between two, from the last on.
    """
    split = Valueset(_AMOUNT, "Amount", (Code(_GIVEN.code, "With an amount"), Code(_BLANK.code, "Without")))
    bands = tuple(Code(str(n), f"Band {n}", (_GIVEN,)) for n in range(len(edges_of(measure)) + 1))
    classification = Classification((split, Valueset(_BAND, "Band", bands)))
    name = f"{measure.id}~band"
    return Field(name, name, "", classification, Column(measure.column), available_from=measure.available_from)


@dataclass(frozen=True, eq=False)
class BandAxis:
    """Where on the axis of a measure's bands what stands: records with an amount, and each band in order."""

    axis: FieldAxis
    edges: tuple[int, ...]
    given: int
    bands: NDArray[np.int64]


@lru_cache(maxsize=64)
def band_axis(measure: Measure) -> BandAxis:
    """The axis of a measure's bands."""
    field = band_field(measure)
    nodes = field.classification[_BAND].nodes()
    axis = field_axis(field, [(_GIVEN,), *((node,) for node in nodes)])
    given, *bands = (int(cover.positions[0]) for cover in axis.covers)
    return BandAxis(axis, edges_of(measure), given, np.array(bands, dtype=np.int64))


def with_bands(plan: Plan, measure: Measure) -> Plan:
    """The plan with the bands of a measure as its last axis, and nothing to add up.

    Raises:
        TooManyCellsError: that is too large a table.
    """
    banded = replace(plan, axes=(*plan.axes, band_axis(measure).axis), measures=())
    refuse_working_size(banded)
    return banded


@dataclass(frozen=True)
class BandedRecords:
    """Records of one period with the band of each amount as one more field."""

    records: Records
    banded: Measure

    @property
    def n_rows(self) -> int:
        """Records in the period."""
        return self.records.n_rows

    @property
    def keys(self) -> NDArray[np.uint32]:
        """(n_rows,) record keys."""
        return self.records.keys

    def positions(self, field_id: str) -> NDArray[np.unsignedinteger]:
        """(n_rows,) position of each record's code; that of an amount's band comes after *blank*."""
        if field_id != band_field(self.banded).id:
            return self.records.positions(field_id)
        amounts = self.records.measure(self.banded.id)
        bands = np.searchsorted(np.array(edges_of(self.banded)), amounts, side="right").astype(np.uint16) + np.uint16(1)
        missing = self.records.missing(self.banded.id)
        return bands if missing is None else np.where(missing, np.uint16(0), bands)

    def translation(self, field_id: str) -> NDArray[np.int32]:
        """(file leaves,) position of each in the leaves of today's definition."""
        field = band_field(self.banded)
        if field_id == field.id:
            return np.arange(len(field.classification.leaves), dtype=np.int32)
        return self.records.translation(field_id)

    def starts(self, field_id: str) -> NDArray[np.int64] | None:
        """(file leaves + 1,) where the rows of each leaf begin; None where they are not sorted by the field."""
        return None if field_id == band_field(self.banded).id else self.records.starts(field_id)

    def measure(self, measure_id: str) -> NDArray[np.int64]:
        """(n_rows,) amounts."""
        return self.records.measure(measure_id)

    def missing(self, measure_id: str) -> NDArray[np.bool_] | None:
        """(n_rows,) whether an amount was blank; None where none was."""
        return self.records.missing(measure_id)

    def weights(self) -> tuple[NDArray[np.int64], ...]:
        """(n_rows,) weights, then each replicate; empty where nothing is weighted."""
        return self.records.weights()
