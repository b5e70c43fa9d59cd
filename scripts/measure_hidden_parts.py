"""What a hidden part beside a printed whole tells of one person, and what hiding that would cost.

    .venv/bin/python scripts/measure_hidden_parts.py

The measurement behind docs/adr/0071-a-hidden-part-beside-a-printed-whole.md.

Told: in 3,000 areas one person has B = yes; everybody else has not, and the attacker knows it and three more variables
of the person. Printed is the share of areas in which, in any of the eight crossings of these variables, "B = no"
prints otherwise than everybody, or "B = yes" prints a number.  Where nobody has B = yes that never happens.

Cost: in tables of 60 areas by 4 by 5 categories, crowded in the first ones, the share of the cells with one person
that print a number, the share of all cells that do, and the root mean square error of those.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, Axis, Level, sums_under
from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import THRESHOLD
from statlas.disclosure.presets import preset_ptable
from statlas.engine import kernel
from statlas.engine.plan import Plan, plan
from statlas.engine.raw import RawCube
from statlas.model.query import Dimension, Query

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from worlds import NOISE_KEY, MemoryRecords, database, draw, flat  # type: ignore[import-not-found]  # made for tests

Ints = NDArray[np.int64]

STANDARD = preset_ptable("standard")
MARGIN = 2 * STANDARD.D + 1
N_AREAS = 3_000
KNOWN = ("C", "D", "E")
NO, YES = 1, 2


def perturbed(raw: RawCube) -> Ints:
    """The counts with the noise of the standard policy."""
    secret = {"noise_key": NOISE_KEY, "purpose": COUNT_PURPOSE, "epoch": 0, "ptable_id": STANDARD.id}
    return perturb_counts(raw.counts, look_up_numbers(raw.keys, raw.counts, **secret), STANDARD)


def printed(counts: Ints, axes: list[Axis], *, hidden_too: bool) -> Ints:
    """What each cell prints, 0 for nothing; with ``hidden_too`` a hidden cell may inherit from a printed whole."""
    pointers = np.arange(counts.size).reshape(counts.shape)
    itself = pointers.copy()
    for position, axis in enumerate(axes):
        front = [np.moveaxis(array, position, 0) for array in (pointers, itself, counts)]
        for level in axis.levels:
            _point_up(front[0], front[1], front[2], level, hidden_too=hidden_too)
    ends = pointers.reshape(-1)
    while not np.array_equal(ends, ends[ends]):
        ends = ends[ends]
    found: Ints = counts.reshape(-1)[ends].reshape(counts.shape)
    return np.where(found < THRESHOLD, 0, found)


def _point_up(pointers: Ints, itself: Ints, counts: Ints, level: Level, *, hidden_too: bool) -> None:
    """Point cells at the whole that they are all but a few of.

    A shown cell needs all its siblings hidden; a hidden cell, if it may, needs them to have no count even with noise,
    some count itself, and a whole that is printed.
    """
    own, nodes = counts[level.nodes], level.nodes
    shown = (own >= THRESHOLD).astype(np.int64)
    for parents in level.above:
        movable = (level.home & (parents != NOWHERE) & (parents != nodes)).reshape(-1, *[1] * (counts.ndim - 1))
        whole, others = counts[parents], sums_under(own, parents, len(counts))[parents] - own
        n_others = sums_under(shown, parents, len(counts))[parents] - shown
        alone = (shown == 1) & (n_others == 0)
        if hidden_too:
            alone |= (shown == 0) & (others == 0) & (own > 0) & (whole >= THRESHOLD)
        move = alone & movable & (whole - own <= MARGIN) & (pointers[nodes] == itself[nodes])
        pointers[nodes] = np.where(move, itself[parents], pointers[nodes])


def told(n_people: int, n_codes: int, *, hidden_too: bool) -> float:
    """The share of areas in which the person's presence is proved."""
    rng = np.random.default_rng(0)
    names = ("AREA", "B", *KNOWN)
    world = database(flat("AREA", N_AREAS), flat("B", 2), *(flat(name, n_codes) for name in KNOWN))
    columns = {name: rng.integers(0, n_codes, N_AREAS * n_people).astype(np.uint8) for name in KNOWN}
    persons = np.arange(N_AREAS) * n_people
    columns["AREA"] = np.repeat(np.arange(N_AREAS), n_people).astype(np.uint16)
    columns["B"] = np.zeros(N_AREAS * n_people, np.uint8)
    columns["B"][persons] = 1
    records = MemoryRecords(rng.integers(0, 2**32, N_AREAS * n_people, dtype=np.uint32), columns)
    proved = np.zeros(N_AREAS, bool)
    for crossing in (c for n in range(len(KNOWN) + 1) for c in combinations(KNOWN, n)):
        asked = [name for name in names if name in ("AREA", "B", *crossing)]
        made = plan(world, Query("world", dimensions=tuple(Dimension(name) for name in asked)))
        cells = printed(perturbed(kernel.count(made, records)), [a.axis for a in made.axes], hidden_too=hidden_too)
        areas, mine = np.arange(N_AREAS) + 1, [columns[name][persons].astype(int) + 1 for name in crossing]
        whole, no, yes = (cells[(areas, np.full(N_AREAS, node), *mine)] for node in (0, NO, YES))
        proved |= (whole != no) | (yes > 0)
    return float(proved.mean())


def cost(mean: int, *, hidden_too: bool) -> tuple[float, float, float]:
    """Cells with one person that print, cells that print, and the error of those."""
    alone, all_shown, errors = [], [], []
    for seed in range(12):
        made, raw = table(mean, seed)
        cells = printed(perturbed(raw), [a.axis for a in made.axes], hidden_too=hidden_too)
        alone.append(cells[raw.counts == 1] > 0)
        all_shown.append((cells > 0).reshape(-1))
        errors.append((cells - raw.counts)[cells > 0])
    rmse = float(np.sqrt((np.concatenate(errors) ** 2).mean()))
    return float(np.concatenate(alone).mean()), float(np.concatenate(all_shown).mean()), rmse


def table(mean: int, seed: int) -> tuple[Plan, RawCube]:
    """The plan and the true counts of one table with ``mean`` people a cell."""
    world = database(flat("AREA", 60), flat("A", 4), flat("B", 5))
    made = plan(world, Query("world", dimensions=tuple(Dimension(f) for f in ("AREA", "A", "B"))))
    return made, kernel.count(made, draw(world, mean * 1_200, seed, skew=2.0)["202501"])


def main() -> None:
    """Print what is told and what it costs, by today's rule and by the other."""
    print("people in an area   codes of a variable   proved today   proved otherwise")
    for n_people, n_codes in ((60, 3), (120, 3), (120, 4), (300, 4), (1_000, 5)):
        shares = [told(n_people, n_codes, hidden_too=rule) for rule in (False, True)]
        print(f"{n_people:>17}   {n_codes:>19}   {shares[0]:>12.2f}   {shares[1]:>16.2f}")
    print("\npeople in a cell   one person shown, cells shown, error: today   otherwise")
    for mean in (1, 3, 8):
        rows = ["{:.3f} {:.3f} {:.2f}".format(*cost(mean, hidden_too=rule)) for rule in (False, True)]
        print(f"{mean:>16}   {rows[0]:>44}   {rows[1]}")


if __name__ == "__main__":
    main()
