"""From perturbed numbers to printed cells: structural zeros, inherit, threshold (decisions page, D4 and D6).

Rules of the room: arrays in, arrays out; the perturbed numbers are not reachable from a ``PublicCube``.

Theory of operation.
A cell whose siblings under some official node P are all hidden is P less people nobody can see; printing both P and
the cell with noise of their own gives two looks at the same people.
So such a cell *inherits*: it prints what P prints.
A cell too small to be printed inherits only if its siblings under P have no count at all, even with noise: it is then
P as far as the perturbed counts can tell, and ``low`` beside a printed P would tell that somebody of P is not in it.
Along a geography it stays hidden: beside hundreds of areas without a count it may well be one person.
Every cell holds a pointer to the cell whose number it prints, itself at first; pointers only go to containing nodes, so
following them ends.
A hidden cell may point at one that is hidden too; what stands at the end is a number or ``low`` for both.

A sum follows the count beside it: it is the sum of the cell whose count is printed.
Where amounts may be blank, that count is of the records with an amount, a cell of its own, as if a last field of the
table told them from those without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import ROOT, Axis, Level
from statlas.disclosure.cubes import (
    DesignErrors,
    Ints,
    PerturbedCube,
    PerturbedMeasure,
    Printed,
    PublicCube,
    PublicMeasure,
)
from statlas.disclosure.inheriting import point_up
from statlas.disclosure.policy import N_MIN_MAGNITUDE
from statlas.model.cells import CellStatus

Kind = TypeVar("Kind", bound=np.generic)

_WITH, _WITHOUT = 1, 2
_IN_ROOT = np.array([ROOT, ROOT])
_BLANKNESS = Axis(3, (Level(np.array([_WITH, _WITHOUT]), _IN_ROOT, (_IN_ROOT,), np.array([True, True])),))
"""All records of a cell, and under them those with an amount and those without."""


def print_cells(
    cube: PerturbedCube, axes: Sequence[Axis], *, threshold: int, margin: int, n_min: int = N_MIN_MAGNITUDE
) -> PublicCube:
    """The printed table of a perturbed one.

    Args:
        cube: perturbed counts, nodes of ``axes`` along each axis, in the order of the definition.
        axes: what contains what.
        threshold: printed counts are at least this; smaller ones and none print ``LOW``.
        margin: largest difference for which an all-but-one margin inherits, 2D + 1; negative switches it off.
        n_min: printed counts beside a printed sum are at least this.

    Returns:
        Values and statuses of the same shape.

    Source: decisions page D4; it has no second condition for hidden cells, and would print most lone people.
    """
    pointers = _pointers(cube.counts, axes, threshold, margin)
    printed = cube.counts.reshape(-1)[pointers]
    counts = _printed(cube, printed, printed >= threshold)
    shown = counts.status == CellStatus.SHOWN
    measures = {}
    for name, measure in cube.measures.items():
        if measure is None:
            measures[name] = _not_collected(cube)
        else:
            source = _source(cube, measure, pointers, axes, threshold, margin)
            measures[name] = _print_sums(cube, measure, source, threshold=threshold, n_min=max(n_min, threshold))
    return PublicCube(
        counts.values,
        counts.status,
        measures,
        None if cube.weights is None else np.where(shown, cube.weights.reshape(-1)[pointers], 0),
        None if cube.se is None else np.where(shown, cube.se.reshape(-1)[pointers], 0.0),
    )


def print_exact(cube: PerturbedCube) -> PublicCube:
    """The printed table under an open policy: every number as it is, structural zeros marked."""
    itself = np.arange(cube.counts.size, dtype=np.int64).reshape(cube.counts.shape)
    counts = _printed(cube, cube.counts, np.True_)
    measures = {
        name: _print_sums(cube, measure, _Source(itself), threshold=0, n_min=0) if measure else _not_collected(cube)
        for name, measure in cube.measures.items()
    }
    return PublicCube(counts.values, counts.status, measures, cube.weights, cube.se)


def _printed(cube: PerturbedCube, values: Ints, enough: NDArray[np.bool_] | np.bool_) -> Printed:
    """Numbers with statuses: ``LOW`` where there is not enough to print them."""
    status = np.full(values.shape, CellStatus.SHOWN, dtype=np.uint8)
    status[~enough] = CellStatus.LOW
    if cube.collected is not None:
        status[np.broadcast_to(~cube.collected, status.shape)] = CellStatus.NOT_AVAILABLE
    status[~cube.possible] = CellStatus.STRUCTURAL_ZERO
    return Printed(np.where(status == CellStatus.SHOWN, values, 0), status)


def _not_collected(cube: PerturbedCube) -> PublicMeasure:
    status = np.where(cube.possible, CellStatus.NOT_AVAILABLE, CellStatus.STRUCTURAL_ZERO).astype(np.uint8)
    nothing, no_error = Printed(np.zeros(cube.counts.shape, dtype=np.int64), status), np.zeros(cube.counts.shape)
    if cube.weights is None:
        return PublicMeasure(nothing, nothing)
    return PublicMeasure(nothing, nothing, nothing.values, DesignErrors(no_error, no_error, no_error))


@dataclass(frozen=True, eq=False)
class _Source:
    """From where each cell takes what it prints of a measure.

    pointers: for every cell the flat position of the cell whose sum it prints.
    whole: bool array, where that is scaled by the count of all records; None where all records have an amount.
    """

    pointers: Ints
    whole: NDArray[np.bool_] | None = None

    def take(self, scaled_by_records: NDArray[Kind], scaled_by_all: NDArray[Kind] | None) -> NDArray[Kind]:
        """What each cell prints, of numbers scaled by the records with an amount or by all."""
        taken = scaled_by_records.reshape(-1)[self.pointers]
        if self.whole is None or scaled_by_all is None:
            return taken
        return np.where(self.whole, scaled_by_all.reshape(-1)[self.pointers], taken)

    def errors(self, measure: PerturbedMeasure) -> DesignErrors | None:
        """The standard errors of what each cell prints."""
        own, of_all = measure.errors, measure.blanks.errors if measure.blanks else None
        if own is None:
            return None
        return DesignErrors(
            self.take(own.sums, of_all.sums if of_all else None),
            self.take(own.means, of_all.means if of_all else None),
            self.take(own.weights, of_all.weights if of_all else None),
        )


def _source(
    cube: PerturbedCube, measure: PerturbedMeasure, pointers: Ints, axes: Sequence[Axis], threshold: int, margin: int
) -> _Source:
    """Where the sums of a measure come from; with blanks, by the pointers of the records with an amount.

    A cell that prints another's number of records prints what that one prints of its sum, so that no cell has two.
    """
    if measure.blanks is None:
        return _Source(pointers)
    split = np.stack([cube.counts, measure.blanks.with_amount, measure.blanks.without], axis=-1)
    ends = _pointers(split, [*axes, _BLANKNESS], threshold, margin)[..., _WITH]
    cells = _follow(ends // split.shape[-1])
    return _Source(cells, (ends % split.shape[-1]).reshape(-1)[cells] != _WITH)


def _print_sums(
    cube: PerturbedCube, measure: PerturbedMeasure, source: _Source, *, threshold: int, n_min: int
) -> PublicMeasure:
    blanks = measure.blanks
    records = source.take(blanks.with_amount if blanks else cube.counts, cube.counts if blanks else None)
    sums = source.take(measure.sums, blanks.sums if blanks else None)
    printed = _printed(cube, sums, records >= n_min)
    weights = None if measure.weights is None else source.take(measure.weights, blanks.weights if blanks else None)
    shown, errors = printed.status == CellStatus.SHOWN, source.errors(measure)
    return PublicMeasure(
        printed,
        _printed(cube, records, records >= threshold) if blanks else None,
        None if weights is None else np.where(shown, weights, 0),
        errors and errors.printed(shown),
    )


def _pointers(counts: Ints, axes: Sequence[Axis], threshold: int, margin: int) -> Ints:
    """For every cell the flat position of the cell whose number it prints."""
    pointers, moved = np.arange(counts.size, dtype=np.int64).reshape(counts.shape), False
    for position, axis in enumerate(axes):
        if margin >= 0 and axis.inherit:
            least = 1 if axis.hidden_inherit else threshold
            for level in axis.levels:
                moved |= point_up(pointers, counts, position, level, threshold=threshold, margin=margin, least=least)
    return _follow(pointers) if moved else pointers


def _follow(pointers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow every pointer to its end; they lead to containing cells only, so they end."""
    flat = pointers.reshape(-1)
    while True:
        further = flat[flat]
        if np.array_equal(further, flat):
            return flat.reshape(pointers.shape)
        flat = further
