"""Which cuboids are chosen: within the limits of D8, by what they save for each byte, and why the others are not."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import combinations

import pytest
from worlds import ages, database, draw, flat, geography

from statlas.engine.cuboids.building import axes_of, build
from statlas.engine.cuboids.choosing import (
    FIXED_ROWS,
    Choice,
    Verdict,
    candidates,
    choose,
    fields_asked,
)
from statlas.engine.plan import plan
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Weight
from statlas.model.query import Dimension, Filter, Item, Query

WORLD = database(geography(), ages(), flat("SEX", 2))
AXES = axes_of(WORLD)
MILLION = 1_000_000


def chosen(choices: tuple[Choice, ...]) -> list[tuple[str, ...]]:
    """The fields of those chosen, in their order."""
    return [one.fields for one in choices if one.verdict is Verdict.CHOSEN]


def ask(*names: str) -> frozenset[str]:
    """A table of these fields."""
    return frozenset(names)


def choices(demand, *, axes=AXES, n_rows=MILLION, n_bytes=100 * MILLION, budget=0.1, held=()):
    """What is decided for a file of a million records."""
    return choose(axes, demand, n_rows=n_rows, n_bytes=n_bytes, budget=budget, held=held)


def test_what_is_asked_for_is_chosen_and_nothing_else():
    """A cuboid that answers no table that anybody asks for saves nothing."""
    assert chosen(choices({ask("AREA", "SEX"): 1})) == [("AREA", "SEX")]
    assert chosen(choices({})) == []


def test_the_cuboid_that_saves_most_for_its_bytes_comes_first():
    """With room for one of two, the one asked for more often stands unless it is larger by more than that."""
    areas, years = AXES["AREA"].n_atoms, AXES["AGE"].n_atoms
    assert areas == years == 8
    beside = 4 * sum(len(axis.leaf_atoms) for axis in AXES.values())
    room = (8 * 8 + beside) / 0.1
    assert chosen(choices({ask("AREA"): 2, ask("AGE"): 3}, n_bytes=round(room))) == [("AGE",)]
    assert chosen(choices({ask("SEX"): 1, ask("AGE"): 3}, n_bytes=round(room))) == [("SEX",)]


def test_one_cuboid_for_two_tables_counts_for_both():
    """Two fields apart and together: the smaller ones add nothing worth a byte once the larger one is there."""
    found = choices({ask("AREA", "SEX"): 1000, ask("SEX"): 1, ask("AREA"): 1})
    assert chosen(found)[0] in (("AREA", "SEX"), ("SEX",))
    assert all(one.saved <= 16 for one in found if chosen(found).index(("AREA", "SEX")) < _place(found, one))


def _place(found, one) -> int:
    return found.index(one)


def test_no_cuboid_has_more_cells_than_a_twentieth_of_the_records():
    """D8; whatever the budget."""
    axes = axes_of(database(flat("A", 300), flat("B", 300)))
    found = choices({ask("A", "B"): 1}, axes=axes, n_rows=20 * 90_000 - 1, budget=0.5)
    assert [one.verdict for one in found if len(one.fields) == 2] == [Verdict.TOO_MANY_CELLS]
    found = choices({ask("A", "B"): 1}, axes=axes, n_rows=20 * 90_000, budget=0.5)
    assert chosen(found) == [("A", "B")]


@pytest.mark.parametrize("budget", [0.0, 0.01, 0.1, 0.5, 7.0])
def test_all_together_keep_within_the_budget_and_within_half(budget):
    """Words and lists of leaves together; D8 allows half of the records, whoever asks for more."""
    axes = axes_of(database(*(flat(name, 40) for name in "ABCDEF")))
    demand = {ask(*fields): 1.0 for fields in candidates(axes)}
    n_bytes = 200_000
    found = choices(demand, axes=axes, n_bytes=n_bytes, budget=budget)
    beside = 4 * sum(len(axis.leaf_atoms) for axis in axes.values())
    taken = sum(one.n_bytes for one in found if one.verdict is Verdict.CHOSEN)
    assert taken == 0 or taken + beside <= min(budget, 0.5) * n_bytes
    assert budget in (0.0, 0.5, 7.0) or taken > 0 or budget * n_bytes < 4_000
    assert {one.verdict for one in found} <= {Verdict.CHOSEN, Verdict.NO_ROOM, Verdict.NOTHING_SAVED}


def test_files_that_are_read_as_fast_have_none():
    """Where all records are read in the time that a cuboid takes, nothing is saved."""
    assert chosen(choices({ask("SEX"): 9}, n_rows=FIXED_ROWS)) == []
    assert chosen(choices({ask("SEX"): 9}, n_rows=FIXED_ROWS + 10)) == [("SEX",)]


def test_those_that_are_there_stay_while_there_is_room():
    """What was chosen before is not given up for something better, unless it may not be there any more."""
    demand = {ask("AREA"): 1, ask("AGE"): 3}
    beside = 4 * sum(len(axis.leaf_atoms) for axis in AXES.values())
    one = round((8 * 8 + beside) / 0.1)
    assert chosen(choices(demand, n_bytes=one, held=[("AREA",)])) == [("AREA",)]
    assert chosen(choices(demand, n_bytes=one, held=[("AREA",), ("GONE",)])) == [("AREA",)]
    assert chosen(choices(demand, n_bytes=one, held=[("SEX",)])) == [("AGE",)]


def test_tables_of_three_fields_have_no_cuboid():
    """At most two fields (D8): a third one in a table is nobody's gain."""
    assert max(len(fields) for fields in candidates(AXES)) == 2
    assert chosen(choices({ask("AREA", "AGE", "SEX"): 1000})) == []


def test_thousands_of_larger_tables_do_not_hold_up_the_choice():
    """Whoever asks for every combination of fields costs no more than one line each."""
    world = database(*(flat(f"F{n}", 3) for n in range(20)))
    demand = {frozenset(fields): 1.0 for n in (3, 4, 5) for fields in combinations(axes_of(world), n)}
    assert len(demand) > 20_000
    begun = time.process_time()
    found = choices({**demand, ask("F1", "F2"): 1.0}, axes=axes_of(world))
    assert time.process_time() - begun < 1
    assert chosen(found) == [("F1", "F2")]


# --- geography --------------------------------------------------------------------------------------------------------


def places(n_small: int, *, small: bool | None) -> Database:
    """Three authorities with small areas under them."""
    authorities = Valueset("LA", "Authority", tuple(Code(f"L{n}", f"L{n}") for n in range(3)))
    codes = tuple(Code(f"S{n}", f"S{n}", (Node("LA", f"L{n % 3}"),)) for n in range(n_small))
    levels = (authorities, Valueset("SMALL", "Small area", codes, small))
    return database(replace(geography(), classification=Classification(levels)), flat("SEX", 2))


@pytest.mark.parametrize(
    ("n", "small", "atoms"), [(30, True, 3), (30, None, 30), (1_001, None, 3), (1_001, False, 1001)]
)
def test_cuboids_stop_at_authorities(n, small, atoms):
    """Levels below authorities are left out, as the query rules tell them."""
    world = places(n, small=small)
    assert axes_of(world)["AREA"].n_atoms == atoms
    held = build(world, draw(world, 400, 1)["202501"], [("AREA", "SEX")], sha256="ab", budget=0.1)
    assert held.tables[0].words.shape == (atoms, 2)


def test_a_geography_of_small_areas_alone_has_none():
    """There is no level at which it may be counted beforehand."""
    only = Classification((Valueset("SMALL", "Small area", (Code("a", "A"), Code("b", "B")), small_areas=True),))
    world = database(replace(geography(), classification=only), flat("SEX", 2))
    assert list(axes_of(world)) == ["SEX"]
    records = draw(world, 100, 1)["202501"]
    held = build(world, records, [("AREA",), ("AREA", "SEX"), ("SEX",)], sha256="ab", budget=0.1)
    assert [one.fields for one in held.tables] == [("SEX",)]
    assert held.count(plan(world, Query(world.id, dimensions=(Dimension("AREA"),))), records) is None


def test_no_two_geographies_have_a_cuboid():
    """Where they meet few people live, and a rule refuses such tables."""
    other = replace(geography(), id="SEAT")
    assert candidates(axes_of(database(geography(), other))) == (("AREA",), ("SEAT",))


def test_a_survey_has_none():
    """Its numbers are weights."""
    world = database(flat("SEX", 2), weight=Weight("w", "Weighted"))
    assert axes_of(world) == {}
    assert choices({ask("SEX"): 1}, axes={}) == ()


# --- what a table asks ------------------------------------------------------------------------------------------------


def asked_of(world: Database, *dimensions: Dimension, **more) -> frozenset[str] | None:
    """What the plan of a query asks of cuboids."""
    return fields_asked(plan(world, Query(world.id, dimensions=dimensions, **more)))


def test_a_table_asks_for_the_fields_that_it_tells_apart():
    """Filters count, the date does not, and neither does a field of which everything is asked together."""
    item = Item((Node("C_SEX", "1"),))
    assert asked_of(WORLD) == frozenset()
    assert asked_of(WORLD, Dimension("AREA")) == {"AREA"}
    assert asked_of(WORLD, Dimension("AREA"), filters=(Filter("SEX", item.nodes),)) == {"AREA", "SEX"}
    everybody = Item((Node("C_SEX", "1"), Node("C_SEX", "2")))
    assert asked_of(WORLD, Dimension("SEX", items=(everybody,))) == frozenset()


def test_sums_and_small_areas_ask_for_no_cuboid():
    """Cuboids hold counts and key sums alone, at authorities and above."""
    assert asked_of(WORLD, Dimension("SEX"), measures=("PAY:SUM",)) is None
    world = places(30, small=True)
    assert asked_of(world, Dimension("AREA", valueset="SMALL")) is None
    assert asked_of(world, Dimension("AREA", valueset="LA")) == {"AREA"}
