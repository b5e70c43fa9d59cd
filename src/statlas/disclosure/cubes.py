"""The three shapes of a table's numbers after the true ones: perturbed, public, and public sums.

``RawCube -> PerturbedCube -> PublicCube``: types apart, so that a forgotten protection is a type error.
Nothing of a ``PerturbedCube`` can be reached from a ``PublicCube``; after it nothing may see one (decisions page, D3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CellStatus

Ints = NDArray[np.int64]
Statuses = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, repr=False)
class DesignErrors:
    """Standard errors of a survey's design for one measure, two significant figures.

    sums, means: float64, in units of 10**-precision of the measure.
    weights: float64, of the weight of the records with an amount, in whole persons or whatever is weighted.
    """

    sums: NDArray[np.float64]
    means: NDArray[np.float64]
    weights: NDArray[np.float64]

    def at(self, nodes: Ints, position: int) -> DesignErrors:
        """Some of the nodes along one axis."""
        return DesignErrors(*(part.take(nodes, position) for part in (self.sums, self.means, self.weights)))

    def printed(self, where: NDArray[np.bool_]) -> DesignErrors:
        """The same with 0 where nothing is printed."""
        return DesignErrors(*(np.where(where, part, 0.0) for part in (self.sums, self.means, self.weights)))


@dataclass(frozen=True, eq=False, repr=False)
class Blanks:
    """How the records of each cell split where amounts may be blank, with noise.

    with_amount, without: int64, perturbed counts of the records with an amount and of those without.
    sums, weights, errors: as in ``PerturbedMeasure``, scaled by the perturbed count of all records of the cell; printed
    where records with an amount print the number of all records.
    """

    with_amount: Ints
    without: Ints
    sums: Ints
    weights: Ints | None = None
    errors: DesignErrors | None = None


@dataclass(frozen=True, eq=False, repr=False)
class PerturbedMeasure:
    """Sums of one measure with noise; never leaves the engine.

    sums: int64, in units of 10**-precision, scaled by the perturbed count of the records with an amount.
    weights: int64, their weight scaled alike, in units of 10**-precision of the weight; None in no survey.
    blanks: None where every record has an amount.
    errors: of the survey's design; None in no survey.
    """

    sums: Ints
    weights: Ints | None = None
    blanks: Blanks | None = None
    errors: DesignErrors | None = None


@dataclass(frozen=True, eq=False, repr=False)
class PerturbedCube:
    """Counts with noise over the official nodes of every axis; never leaves the engine.

    counts: int64 array, one axis for each ``Axis``; possible: bool array, false in structural zeros.
    collected: bool array that broadcasts to the counts, false where a field was not collected; None if all were.
    measures: sums with noise by measure id; None for a measure that was not collected.
    weights: int64, weight of the records in units of 10**-precision, scaled by the perturbed count; None in no survey.
    se: float64, standard error of the survey's design; None in no survey.
    """

    counts: Ints
    possible: NDArray[np.bool_]
    collected: NDArray[np.bool_] | None = None
    measures: Mapping[str, PerturbedMeasure | None] = field(default_factory=dict)
    weights: Ints | None = None
    se: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Printed:
    """Printed numbers: int64 values, 0 where none is printed, and uint8 statuses of ``CellStatus``."""

    values: Ints
    status: Statuses

    def at(self, nodes: Ints, position: int) -> Printed:
        """Some of the nodes along one axis."""
        return Printed(self.values.take(nodes, position), self.status.take(nodes, position))

    def blocked(self, where: NDArray[np.bool_]) -> Printed:
        """The same with nothing printed in some cells; structural zeros and what was not collected stay as they are."""
        closed = where & ~np.isin(self.status, (CellStatus.STRUCTURAL_ZERO, CellStatus.NOT_AVAILABLE))
        status = np.where(closed, CellStatus.CONFIDENTIAL, self.status).astype(np.uint8)
        return Printed(np.where(closed, 0, self.values), status)


@dataclass(frozen=True, eq=False)
class PublicMeasure:
    """What is printed of one measure at the official nodes.

    sums: in units of 10**-precision, not yet rounded to units of publication; ``LOW`` beside a count too small for it.
    records: how many records have an amount; None where that is the count of the cell.
    weights, errors: their weight, and standard errors of the design, 0 where the sum is not printed; None in no survey.
    """

    sums: Printed
    records: Printed | None = None
    weights: Ints | None = None
    errors: DesignErrors | None = None

    def at(self, nodes: Ints, position: int) -> PublicMeasure:
        """Some of the nodes along one axis."""
        records, errors = (
            self.records and self.records.at(nodes, position),
            self.errors and self.errors.at(nodes, position),
        )
        weights = None if self.weights is None else self.weights.take(nodes, position)
        return PublicMeasure(self.sums.at(nodes, position), records, weights, errors)

    def blocked(self, where: NDArray[np.bool_]) -> PublicMeasure:
        """The same with nothing printed in some cells."""
        records = self.records and self.records.blocked(where)
        weights = None if self.weights is None else np.where(where, 0, self.weights)
        errors = self.errors and self.errors.printed(~where)
        return PublicMeasure(self.sums.blocked(where), records, weights, errors)


@dataclass(frozen=True, eq=False)
class PublicCube:
    """What is printed at the official nodes of every axis; all that anything later may see.

    values: int64 array, 0 where nothing is printed; status: uint8 array of ``CellStatus``.
    measures: printed sums by measure id.
    weights: int64, printed weights in units of 10**-precision; se: float64, standard errors of the design; both 0 where
    nothing is printed, None in no survey.
    A survey prints weights, and its counts only judge what is printed.
    """

    values: Ints
    status: Statuses
    measures: Mapping[str, PublicMeasure] = field(default_factory=dict)
    weights: Ints | None = None
    se: NDArray[np.float64] | None = None

    def at(self, nodes: Ints, position: int) -> PublicCube:
        """Some of the nodes along one axis: ``cube.at(np.array([0, 7]), 1)``."""
        return PublicCube(
            self.values.take(nodes, position),
            self.status.take(nodes, position),
            {name: measure.at(nodes, position) for name, measure in self.measures.items()},
            None if self.weights is None else self.weights.take(nodes, position),
            None if self.se is None else self.se.take(nodes, position),
        )

    def blocked(self, where: NDArray[np.bool_]) -> PublicCube:
        """The same with nothing printed in the cells that a rule blocks; their status is ``CONFIDENTIAL``.

        Args:
            where: bool array that broadcasts to the cells.
        """
        counts = Printed(self.values, self.status).blocked(where)
        return PublicCube(
            counts.values,
            counts.status,
            {name: measure.blocked(where) for name, measure in self.measures.items()},
            None if self.weights is None else np.where(where, 0, self.weights),
            None if self.se is None else np.where(where, 0.0, self.se),
        )
