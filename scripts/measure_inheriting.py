"""Which lone people a table shows: where hidden cells inherit like shown ones, never, and beside none only.

    .venv/bin/python scripts/measure_inheriting.py

The measurement behind docs/adr/0003-only-shown-cells-inherit.md.
Tables of 60 areas by 4 by 5 categories are drawn with a mean of one, three and eight people a cell, crowded in the
first categories, and protected by the standard policy.
Printed is the share of the cells with one person, margins included, that show a number.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, Axis, Level, sums_under
from statlas.disclosure.cubes import PerturbedCube
from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import THRESHOLD
from statlas.disclosure.presets import preset_ptable
from statlas.disclosure.printing import print_cells
from statlas.engine import kernel
from statlas.engine.plan import Plan, plan
from statlas.engine.raw import RawCube
from statlas.model.cells import CellStatus
from statlas.model.query import Dimension, Query

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from worlds import NOISE_KEY, database, draw, flat  # type: ignore[import-not-found]  # made for the tests

N_CELLS = 60 * 4 * 5
MEANS = (1, 3, 8)
SEED, SKEW = 3, 2.0
STANDARD = preset_ptable("standard")
MARGIN = 2 * STANDARD.D + 1


def table(mean: int) -> tuple[Plan, RawCube]:
    """The plan and the true counts of one table with ``mean`` people a cell."""
    world = database(flat("AREA", 60), flat("A", 4), flat("B", 5))
    made = plan(world, Query("world", dimensions=tuple(Dimension(f) for f in ("AREA", "A", "B"))))
    return made, kernel.count(made, draw(world, mean * N_CELLS, SEED, skew=SKEW)["202501"])


def perturbed(raw: RawCube) -> NDArray[np.int64]:
    """The counts with the noise of the standard policy."""
    secret = {"noise_key": NOISE_KEY, "purpose": COUNT_PURPOSE, "epoch": 0, "ptable_id": STANDARD.id}
    return perturb_counts(raw.counts, look_up_numbers(raw.keys, raw.counts, **secret), STANDARD)


def shown_by_decision(counts: NDArray[np.int64], axes: list[Axis]) -> NDArray[np.bool_]:
    """Which cells print a number where only shown cells inherit."""
    return shown_today(counts, [replace(axis, hidden_inherit=False) for axis in axes])


def shown_today(counts: NDArray[np.int64], axes: list[Axis]) -> NDArray[np.bool_]:
    """Which cells print a number where hidden cells beside none inherit too."""
    cube = PerturbedCube(counts, np.ones(counts.shape, dtype=bool))
    return np.asarray(print_cells(cube, axes, threshold=THRESHOLD, margin=MARGIN).status == CellStatus.SHOWN)


def shown_by_letter(counts: NDArray[np.int64], axes: list[Axis]) -> NDArray[np.bool_]:
    """Which cells print a number where hidden cells inherit too; written plainly, a cell of a field at a time."""
    pointers = np.arange(counts.size).reshape(counts.shape)
    itself = pointers.copy()
    for position, axis in enumerate(axes):
        front = [np.moveaxis(array, position, 0) for array in (pointers, itself, counts)]
        for level in axis.levels:
            _point_up(front[0], front[1], front[2], level)
    flat_pointers = pointers.reshape(-1)
    while not np.array_equal(flat_pointers, flat_pointers[flat_pointers]):
        flat_pointers = flat_pointers[flat_pointers]
    return (counts.reshape(-1)[flat_pointers] >= THRESHOLD).reshape(counts.shape)


def _point_up(pointers: NDArray[np.int64], itself: NDArray[np.int64], counts: NDArray[np.int64], level: Level) -> None:
    """Point cells without a shown sibling at the containing cell, whether or not they are shown themselves."""
    own, nodes = counts[level.nodes], level.nodes
    shown = (own >= THRESHOLD).astype(np.int64)
    for parents in level.above:
        movable = level.home & (parents != NOWHERE) & (parents != nodes)
        n_others = sums_under(shown, parents, len(counts))[parents] - shown
        alone = (n_others == 0) & (pointers[nodes] == itself[nodes])
        move = alone & (counts[parents] - own <= MARGIN) & movable.reshape(-1, *[1] * (counts.ndim - 1))
        pointers[nodes] = np.where(move, itself[parents], pointers[nodes])


def main() -> None:
    """Print one line for each mean."""
    print("people a cell   cells with one person   shown by the letter   shown by the decision   with decision 71")
    for mean in MEANS:
        made, raw = table(mean)
        counts, axes, alone = perturbed(raw), [a.axis for a in made.axes], raw.counts == 1
        shares = [rule(counts, axes)[alone].mean() for rule in (shown_by_letter, shown_by_decision, shown_today)]
        print(f"{mean:>13}   {alone.sum():>21}   {shares[0]:>19.2f}   {shares[1]:>21.2f}   {shares[2]:>16.2f}")


if __name__ == "__main__":
    main()
