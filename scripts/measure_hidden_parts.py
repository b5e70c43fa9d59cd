"""What a hidden part beside a printed whole tells of one person, and what it costs to hide that.

    .venv/bin/python scripts/measure_hidden_parts.py

The measurement behind docs/adr/0071-a-hidden-part-beside-a-printed-whole.md, by three rules: *before*, where no hidden
cell inherits; *anywhere*, where one does that has a count and no sibling with any; and *now*, where areas do not.

Told: in one area of so many, one person has B = yes; nobody else there has, and the attacker knows it and three more
variables of the person.
Printed is the share of such areas in which, in any of the crossings of these variables, "B = no" prints otherwise than
everybody, or "B = yes" prints a number; in the other areas that never happens.
With five variables in a table there are eight crossings, with three four.

Cost: in tables crowded in the first categories, the share of the cells with one person that print a number, the share
of all cells that do, and the root mean square error of those.
Looks: the share of the people with B = yes, among those who are alone in a cell of any of the eight crossings, who are
printed in one of them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import Axis
from statlas.disclosure.cubes import PerturbedCube
from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import THRESHOLD
from statlas.disclosure.presets import preset_ptable
from statlas.disclosure.printing import print_cells
from statlas.engine import kernel
from statlas.engine.plan import Plan, plan
from statlas.engine.raw import RawCube
from statlas.model.database import FieldKind
from statlas.model.query import Dimension, Query

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from worlds import NOISE_KEY, MemoryRecords, database, draw, flat  # type: ignore[import-not-found]  # made for tests

Ints = NDArray[np.int64]

STANDARD = preset_ptable("standard")
MARGIN = 2 * STANDARD.D + 1
KNOWN = ("C", "D", "E")
NO, YES = 1, 2
N_PERSONS, N_TABLES = 1_500, 12
RULES = ("before", "anywhere", "now")


def axes_by(made: Plan, rule: str) -> list[Axis]:
    """The axes of a table as a rule has them."""
    axes = [axis.axis for axis in made.axes]
    return axes if rule == "now" else [replace(axis, hidden_inherit=rule == "anywhere") for axis in axes]


def printed(made: Plan, raw: RawCube) -> list[Ints]:
    """What each cell prints by each rule, 0 for nothing."""
    secret = {"noise_key": NOISE_KEY, "purpose": COUNT_PURPOSE, "epoch": 0, "ptable_id": STANDARD.id}
    counts = perturb_counts(raw.counts, look_up_numbers(raw.keys, raw.counts, **secret), STANDARD)
    cube = PerturbedCube(counts, np.ones(counts.shape, dtype=bool))
    return [print_cells(cube, axes_by(made, rule), threshold=THRESHOLD, margin=MARGIN).values for rule in RULES]


@dataclass(frozen=True)
class Places:
    """Areas of ``n_people``, in one of ``one_in`` of which the person looked for has B = yes.

    n_codes: codes of each known variable; most: how many of them stand in one table.
    """

    n_people: int
    n_codes: int
    most: int = 3
    n_areas: int = 400
    one_in: int = 1

    def crossings(self, columns: dict[str, NDArray[np.generic]], seed: int) -> Iterator[tuple[Plan, RawCube]]:
        """Every table that the attacker asks for, with its true counts."""
        area = replace(flat("AREA", self.n_areas), kind=FieldKind.GEOGRAPHY)
        world = database(area, flat("B", 2), *(flat(name, self.n_codes) for name in KNOWN))
        keys = np.random.default_rng([seed, 1]).integers(0, 2**32, len(columns["B"]), dtype=np.uint32)
        records = MemoryRecords(keys, columns)
        for crossing in (c for n in range(self.most + 1) for c in combinations(KNOWN, n)):
            made = plan(world, Query("world", dimensions=tuple(Dimension(n) for n in ("AREA", "B", *crossing))))
            yield made, kernel.count(made, records)

    def columns(self, seed: int) -> dict[str, NDArray[np.generic]]:
        """Everybody in the areas, nobody with B = yes."""
        rng, n = np.random.default_rng(seed), self.n_areas * self.n_people
        columns: dict[str, NDArray[np.generic]] = {name: rng.integers(0, self.n_codes, n, np.uint8) for name in KNOWN}
        areas = np.repeat(np.arange(self.n_areas, dtype=np.uint16), self.n_people)
        return columns | {"AREA": areas, "B": np.zeros(n, np.uint8)}


def at(
    made: Plan, columns: dict[str, NDArray[np.generic]], people: Ints, **instead: int
) -> tuple[NDArray[np.generic], ...]:
    """The cells of a table that people are in, or would be in with another code."""
    names = [axis.field.id for axis in made.axes]
    return tuple(
        np.full(len(people), instead[name]) if name in instead else columns[name][people].astype(np.int64) + 1
        for name in names
    )


def told(places: Places) -> list[float]:
    """The share of those with B = yes whose presence is proved, by each rule."""
    proved: list[list[NDArray[np.bool_]]] = [[] for _ in RULES]
    for seed in range(math.ceil(N_PERSONS * places.one_in / places.n_areas)):
        columns = places.columns(seed)
        persons = np.arange(0, places.n_areas, places.one_in) * places.n_people
        columns["B"][persons] = 1
        found = np.zeros((len(RULES), len(persons)), bool)
        for made, raw in places.crossings(columns, seed):
            for rule, cells in enumerate(printed(made, raw)):
                whole, no, yes = (cells[at(made, columns, persons, B=node)] for node in (0, NO, YES))
                found[rule] |= (whole != no) | (yes > 0)
        for rule, shares in enumerate(proved):
            shares.append(found[rule])
    return [float(np.concatenate(shares).mean()) for shares in proved]


def looks(places: Places, share: float) -> list[float]:
    """The share of lone people with B = yes who are printed in one of the crossings, where so many have it."""
    columns = places.columns(0)
    columns["B"][np.random.default_rng(2).random(len(columns["B"])) < share] = 1
    people = np.flatnonzero(columns["B"])
    lone, shown = np.zeros(len(people), bool), np.zeros((len(RULES), len(people)), bool)
    for made, raw in places.crossings(columns, 0):
        cells = at(made, columns, people)
        is_alone = raw.counts[cells] == 1
        lone |= is_alone
        for rule, numbers in enumerate(printed(made, raw)):
            shown[rule] |= is_alone & (numbers[cells] > 0)
    return [float(found[lone].mean()) for found in shown]


def cost(sizes: Sequence[int], mean: int) -> list[tuple[float, float, float]]:
    """Cells with one person that print, cells that print, and the error of those, by each rule."""
    alone: list[list[NDArray[np.bool_]]] = [[] for _ in RULES]
    errors: list[list[NDArray[np.float64]]] = [[] for _ in RULES]
    for seed in range(N_TABLES):
        made, raw = table(sizes, mean, seed)
        for rule, cells in enumerate(printed(made, raw)):
            alone[rule].append(cells[raw.counts == 1] > 0)
            errors[rule].append(np.where(cells > 0, cells - raw.counts, np.nan).reshape(-1))
    return [
        (float(np.concatenate(a).mean()), float(np.isfinite(np.concatenate(e)).mean()), rms(np.concatenate(e)))
        for a, e in zip(alone, errors, strict=True)
    ]


def rms(errors: NDArray[np.float64]) -> float:
    """Root mean square of what is not nan."""
    return float(np.sqrt(np.nanmean(errors**2)))


def table(sizes: Sequence[int], mean: int, seed: int) -> tuple[Plan, RawCube]:
    """The plan and the true counts of one table with ``mean`` people a cell; the first field is a geography."""
    fields = [flat(f"F{n}", size) for n, size in enumerate(sizes)]
    world = database(replace(fields[0], kind=FieldKind.GEOGRAPHY), *fields[1:])
    made = plan(world, Query("world", dimensions=tuple(Dimension(field.id) for field in fields)))
    n_people = mean * math.prod(sizes)
    return made, kernel.count(made, draw(world, n_people, seed, skew=2.0)["202501"])


ANSWERED = [Places(*at_once) for at_once in ((400, 3), (1_000, 5), (400, 4), (1_000, 6), (400, 5), (300, 5))]
SMALL = [Places(120, n_codes, most=1) for n_codes in (5, 12, 15, 20, 45)]
RARE = [replace(ANSWERED[0], one_in=n) for n in (4, 16, 64)] + [Places(120, 5, 1, one_in=n) for n in (4, 16, 64)]
NOT_ANSWERED = [Places(120, 3), Places(60, 3)]
"""Tables of five variables, of three in small areas, the first of each where few in the country have B = yes; and such
of five in areas that are too small for them, which are refused."""


def main() -> None:
    """Print what is told and what it costs, by each rule."""
    print("variables  people in an area  codes  people in a cell  with B = yes   " + "  ".join(RULES))
    for places in (*ANSWERED, *SMALL, *RARE, *NOT_ANSWERED):
        in_a_cell, n_yes = places.n_people / (2 * places.n_codes**places.most), places.n_areas // places.one_in
        row = f"{places.most + 2:>9}  {places.n_people:>17}  {places.n_codes:>5}  {in_a_cell:>16.1f}  {n_yes:>12}"
        print(row + "   " + "  ".join(f"{share:>.3f}" for share in told(places)))
    print("\ncategories   people in a cell   one person shown, cells shown, error, by each rule")
    for sizes in ((60, 4, 5), (60, 5, 5, 5)):
        for mean in (1, 3, 8):
            rows = ["{:.3f} {:.3f} {:.2f}".format(*row) for row in cost(sizes, mean)]
            print(f"{' by '.join(map(str, sizes[1:])):>11}   {mean:>15}   {'   '.join(rows)}")
    print("\npeople in an area   codes   share with B = yes   lone people shown in one of eight tables, by each rule")
    for places, share in ((ANSWERED[0], 0.02), (ANSWERED[1], 0.02), (ANSWERED[5], 0.02), (ANSWERED[5], 0.2)):
        shares = "  ".join(f"{found:.3f}" for found in looks(places, share))
        print(f"{places.n_people:>17}   {places.n_codes:>5}   {share:>18}   {shares}")


if __name__ == "__main__":
    main()
