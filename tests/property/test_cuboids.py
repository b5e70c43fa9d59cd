"""Tables from cuboids are those that the records give, to the bit, however the leaves of a file are listed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import NOISE_KEY, MemoryRecords, ages, banded, database, draw, flat, geography, manifest

from statlas.disclosure.policy import policy_for
from statlas.engine import kernel
from statlas.engine.cuboids.building import axes_of, build
from statlas.engine.cuboids.choosing import candidates, fields_asked
from statlas.engine.cuboids.file import dumps, open_cuboids
from statlas.engine.cuboids.using import Cuboids
from statlas.engine.plan import plan
from statlas.engine.tabulate import tabulate
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Filter, Item, Query

WORLD = database(
    geography(), ages(), flat("SEX", 2), banded(9, (0, 0, 0, 1, 1, None, 2, 2, 2), (0, 1, 1, 1, 0, 0, 0, 1, 1))
)
EVERY = candidates(axes_of(WORLD))
MONTH = "202501"


def items_of(field: Field) -> st.SearchStrategy[Item]:
    """A node, or a group of nodes at mixed levels."""
    nodes = st.lists(st.sampled_from(field.classification.nodes), min_size=1, max_size=4, unique=True)
    return nodes.map(lambda chosen: Item(tuple(chosen)))


@st.composite
def queries(draw_: st.DrawFn) -> Query:
    """Up to three fields, each at a level or as items, with or without a total, one of them perhaps a filter."""
    dimensions, filters = [], []
    for field in draw_(st.lists(st.sampled_from(WORLD.categories), max_size=3, unique=True)):
        if draw_(st.booleans()):
            level = draw_(st.sampled_from([v.id for v in field.classification]))
            dimensions.append(Dimension(field.id, valueset=level, total=draw_(st.booleans())))
        elif draw_(st.booleans()):
            dimensions.append(
                Dimension(field.id, items=tuple(draw_(st.lists(items_of(field), min_size=1, max_size=3))))
            )
        else:
            filters.append(Filter(field.id, draw_(items_of(field)).nodes))
    return Query(WORLD.id, dimensions=tuple(dimensions), filters=tuple(filters))


@dataclass
class Listed(MemoryRecords):
    """Records of a file that lists its leaves in an order of its own."""

    orders: dict = None

    def translation(self, field_id):
        """Where each leaf of the file stands today."""
        return self.orders[field_id].astype(np.int32)


def listed(records: MemoryRecords, world: Database, seed: int) -> Listed:
    """The same records in a file whose leaves stand in another order."""
    rng = np.random.default_rng(seed)
    orders = {field.id: rng.permutation(len(field.classification.leaves)) for field in world.categories}
    columns = {name: np.argsort(orders[name])[positions] for name, positions in records.columns.items()}
    return Listed(records.keys, columns, records.amounts, records.blank, records.weighed, orders)


def written(cuboids: Cuboids) -> Cuboids:
    """The cuboids as they are read again from the disk."""
    with tempfile.NamedTemporaryFile() as file:
        file.writelines(dumps(cuboids))
        file.flush()
        found = open_cuboids(Path(file.name), cuboids.records)
    assert found is not None
    return found


worlds = st.tuples(st.integers(0, 2**20), st.sampled_from([0, 30, 900]), st.sampled_from([1.0, 3.0]))
wanted = st.lists(st.sampled_from(EVERY), unique=True)


def records_of(world) -> Listed:
    """Records by seed, number and skew."""
    seed, n_rows, skew = world
    return listed(draw(WORLD, n_rows, seed, skew=skew)[MONTH], WORLD, seed)


@given(query=queries(), world=worlds, chosen=wanted)
def test_a_cuboid_counts_to_the_bit_as_the_records_do(query, world, chosen):
    """Whichever cuboids there are: what they answer is what the kernel counts, and they answer what they cover."""
    records, made = records_of(world), plan(WORLD, query)
    cuboids = written(build(WORLD, records, chosen, sha256="ab", budget=0.1))
    ours, theirs = cuboids.count(made, records), kernel.count(made, records)
    asked = fields_asked(made)
    assert (ours is not None) == any(asked <= set(fields) for fields in chosen)
    assert (cuboids.cells_behind(made, records) is None) == (ours is None)
    if ours is not None:
        assert ours.counts.dtype == theirs.counts.dtype
        assert ours.keys.dtype == theirs.keys.dtype
        assert np.array_equal(ours.counts, theirs.counts)
        assert np.array_equal(ours.keys, theirs.keys)


@given(query=queries(), world=worlds, epoch=st.integers(0, 2))
def test_a_table_prints_the_same_with_cuboids_and_without(query, world, epoch):
    """Protection, groups and totals see no difference, rules and notes included."""
    records, policy = records_of(world), policy_for("standard")
    held = build(WORLD, records, EVERY, sha256="ab", budget=0.1)

    def table(**more):
        return tabulate(
            WORLD,
            manifest(WORLD, epochs={MONTH: epoch}),
            query,
            open_period=lambda _: records,
            policy=replace(policy, rules=None),
            noise_key=NOISE_KEY,
            **more,
        )

    ours, theirs = table(cuboids=lambda _: held), table()
    assert ours.query == theirs.query
    for name in ("values", "status", "flags", "sd"):
        assert np.array_equal(getattr(ours.measures[0], name), getattr(theirs.measures[0], name))


@given(world=worlds, before=wanted, after=wanted)
def test_cuboids_that_stay_are_those_that_would_be_counted(world, before, after):
    """Taken over or not, rolled up or counted: the bytes of a file depend on the records and the choice alone."""
    records = records_of(world)
    held = written(build(WORLD, records, before, sha256="ab", budget=0.1))
    kept = build(WORLD, records, after, sha256="ab", budget=0.1, before=held)
    anew = build(WORLD, records, after, sha256="ab", budget=0.1)
    assert b"".join(dumps(kept)) == b"".join(dumps(anew))


# --- definitions that change over kept records ------------------------------------------------------------------------


def grouped(of: dict[str, str], more: tuple[str, ...] = ()) -> Field:
    """Codes under groups, and groups under everything; ``more`` codes come before the others."""
    groups = Valueset("GROUP", "Group", tuple(Code(name, name) for name in sorted(set(of.values()))))
    codes = tuple(Code(c, c, (Node("GROUP", of[c]),)) for c in (*more, *(c for c in of if c not in more)))
    classification = Classification((groups, Valueset("CODE", "Code", codes)))
    return replace(flat("CODE", 1), classification=classification)


BEFORE = {"a": "x", "b": "x", "c": "y", "d": "y"}
groupings = st.fixed_dictionaries({code: st.sampled_from("xyz") for code in "abcd"})


@settings(max_examples=60)
@given(now=groupings, n_new=st.integers(0, 2), level=st.sampled_from(["GROUP", "CODE"]), fine=st.booleans())
def test_cuboids_of_another_definition_are_right_or_not_used(now, n_new, level, fine):
    """Codes that moved to another group, and codes that are new: the records and their cuboids tell the same."""
    old = database(grouped(BEFORE), flat("SEX", 2))
    rng = np.random.default_rng(1)
    columns = {"CODE": rng.integers(0, 4, 500).astype(np.uint16), "SEX": rng.integers(0, 2, 500).astype(np.uint16)}
    keys = rng.integers(0, 2**32, 500, dtype=np.uint32)
    orders = {"CODE": np.arange(4), "SEX": np.arange(2)}
    chosen = [("CODE",), ("CODE", "SEX")]
    counted = old if fine else database(_only_groups(BEFORE), flat("SEX", 2))
    by_group = np.array([sorted(set(BEFORE.values())).index(BEFORE[code]) for code in "abcd"])
    of_groups = Listed(keys, columns, orders={"CODE": by_group, "SEX": np.arange(2)})
    held = build(counted, Listed(keys, columns, orders=orders) if fine else of_groups, chosen, sha256="ab", budget=0.1)

    news = tuple(f"0{n}" for n in range(n_new))
    today = database(grouped({**dict.fromkeys(news, "x"), **now}, news), flat("SEX", 2))
    leaves = [leaf.code for leaf in today.field("CODE").classification.leaves]
    orders_now = {"CODE": np.array([leaves.index(code) for code in "abcd"]), "SEX": np.arange(2)}
    records = Listed(keys, columns, orders=orders_now)
    for fields in (("CODE",), ("CODE", "SEX"), ("SEX",), ()):
        dimensions = tuple(Dimension(name, valueset=level if name == "CODE" else None) for name in fields)
        made = plan(today, Query(today.id, dimensions=dimensions))
        ours, theirs = held.count(made, records), kernel.count(made, records)
        assert ours is not None or not fine
        if ours is not None:
            assert np.array_equal(ours.counts, theirs.counts)
            assert np.array_equal(ours.keys, theirs.keys)


def _only_groups(of: dict[str, str]) -> Field:
    """The groups alone, as a definition may list them."""
    codes = tuple(Code(name, name) for name in sorted(set(of.values())))
    return replace(flat("CODE", 1), classification=Classification((Valueset("GROUP", "Group", codes),)))


def test_every_combination_of_two_fields_can_be_a_cuboid():
    """One field or two, in definition order, never the date."""
    names = [field.id for field in WORLD.categories]
    assert list(EVERY) == [(name,) for name in names] + list(combinations(names, 2))
