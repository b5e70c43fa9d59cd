"""Random queries on random records: every backend, and the printed table against the decisions read as recursion."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, all_items
from worlds import NOISE_KEY, ages, database, draw, flat, geography, manifest

from statlas.disclosure.axis import ROOT
from statlas.disclosure.lookup import look_up_number_definition, perturb_count_definition
from statlas.disclosure.policy import policy_for
from statlas.engine import kernel
from statlas.engine.backends import duckdb, reference
from statlas.engine.plan import plan
from statlas.engine.tabulate import tabulate
from statlas.model.classification import Node
from statlas.model.cube import CellFlag, CellStatus
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Filter, Item, Query, TimeKind, TimeSelector

PERIODS = ("202412", "202501", "202502")
WORLD = database(geography(), ages(), flat("SEX", 2), flat("TENURE", 4, inherit=False), periods=PERIODS)


def nodes_of(field: Field) -> st.SearchStrategy[Node]:
    """Any official node of a field."""
    return st.sampled_from(field.classification.nodes)


def items_of(field: Field) -> st.SearchStrategy[Item]:
    """A node, or a group of nodes at mixed levels."""
    return st.lists(nodes_of(field), min_size=1, max_size=4, unique=True).map(lambda nodes: Item(tuple(nodes)))


def dimensions_of(field: Field) -> st.SearchStrategy[Dimension]:
    """A whole level, the default one, or any items; with or without a total."""
    total = st.booleans()
    listed = st.lists(items_of(field), min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Dimension, st.just(field.id), total=total),
        st.builds(
            Dimension, st.just(field.id), valueset=st.sampled_from([v.id for v in field.classification]), total=total
        ),
        st.builds(Dimension, st.just(field.id), items=listed, total=total),
    )


def times() -> st.SearchStrategy[Dimension]:
    """The date at a selector, or as groups of months with a total."""
    selectors = st.one_of(
        st.integers(1, 5).map(lambda n: TimeSelector(TimeKind.LATEST, n=n)),
        st.just(TimeSelector(TimeKind.ALL)),
        st.just(TimeSelector(TimeKind.YEARLY)),
        st.sampled_from(PERIODS).map(lambda p: TimeSelector(TimeKind.FROM, start=p)),
        st.just(TimeSelector(TimeKind.RANGE, start=PERIODS[0], end=PERIODS[1])),
    )
    date = WORLD.date
    return st.one_of(
        st.builds(Dimension, st.just(date.id), time=selectors, total=st.booleans()),
        st.builds(Dimension, st.just(date.id), items=st.lists(items_of(date), min_size=1, max_size=2).map(tuple)),
    )


@st.composite
def queries(draw_: st.DrawFn) -> Query:
    """Up to three fields as dimensions in any order, one filter, the date or not."""
    fields = draw_(st.permutations(WORLD.categories))
    n = draw_(st.integers(0, 3))
    dimensions = [draw_(dimensions_of(field)) for field in fields[:n]]
    if draw_(st.booleans()):
        dimensions.insert(draw_(st.integers(0, n)), draw_(times()))
    filters = []
    if draw_(st.booleans()):
        held = draw_(st.lists(nodes_of(fields[3]), min_size=1, max_size=3, unique=True))
        filters.append(Filter(fields[3].id, tuple(held)))
    return Query(WORLD.id, dimensions=tuple(dimensions), filters=tuple(filters))


worlds = st.tuples(st.integers(0, 2**20), st.sampled_from([20, 150, 600]), st.sampled_from([1.0, 3.0]))


@given(query=queries(), world=worlds, backend=st.sampled_from([reference.count, duckdb.count]))
def test_every_backend_gives_the_same_raw_numbers(query, world, backend):
    """The kernel, DuckDB and the slow reference agree on counts and key sums at every official node."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    period = made.all_periods[0]
    ours, theirs = kernel.count(made, records[period]), backend(made, records[period])
    assert np.array_equal(ours.counts, theirs.counts)
    assert np.array_equal(ours.keys, theirs.keys)


@given(query=queries(), world=worlds)
def test_words_of_their_own_count_as_the_packed_word_does(query, world):
    """Beyond 2^32 - 1 records counts and keys are kept apart; both ways give the same numbers."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    one = records[made.all_periods[0]]
    packed, wide = kernel.count(made, one), kernel.count(made, one, packed_rows=0)
    assert np.array_equal(packed.counts, wide.counts)
    assert np.array_equal(packed.keys, wide.keys)


def table(query: Query, records: dict, **more):
    """The cube of a query under the world's policy."""
    policy = policy_for(more.pop("policy", "standard"))
    return tabulate(
        WORLD,
        manifest(WORLD, epochs=more.pop("epochs", None)),
        query,
        open_period=records.__getitem__,
        policy=policy,
        noise_key=NOISE_KEY,
        **more,
    )


def perturbed_of(world: Database, records, fields: list[Field], epoch: int):
    """The perturbed count of a place by looking at every record, and by the definitions of key and look-up."""
    ptable = policy_for("standard").ptable
    leaves = [records.positions(field.id) for field in fields]

    def perturbed(place) -> int:
        inside = np.ones(records.n_rows, dtype=bool)
        for held, column in zip(place, leaves, strict=True):
            inside &= np.isin(column, list(held))
        n = int(inside.sum())
        if n == 0:
            return 0
        key = int(records.keys[inside].astype(object).sum()) % 2**32
        u = look_up_number_definition(key, n, noise_key=NOISE_KEY, purpose=0, epoch=epoch, ptable_id=ptable.id)
        return perturb_count_definition(n, u, ptable)

    return perturbed


@settings(max_examples=100)
@given(query=queries(), world=worlds, epoch=st.integers(0, 3))
def test_printed_tables_are_what_the_decisions_say(query, world, epoch):
    """Inherit, threshold, covers, groups and totals of one period equal the decisions page read as recursion."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    latest = TimeSelector(TimeKind.LATEST)
    dimensions = tuple(Dimension(d.field, time=latest) if d.field == WORLD.date.id else d for d in query.dimensions)
    one_date = Query(query.database, dimensions=dimensions, filters=query.filters)
    made = plan(WORLD, one_date)
    cube = table(one_date, records, epochs={PERIODS[-1]: epoch})
    fields = [axis.field for axis in made.axes]
    oracle = Oracle(fields, perturbed_of(WORLD, records[PERIODS[-1]], fields, epoch), 5, 11)
    asked = {d.field: [i.nodes for i in d.items] + ([_union(d)] if d.total else []) for d in made.query.dimensions}
    asked |= {f.field: [f.nodes] for f in made.query.filters}
    covers = [[oracle.cover(axis, nodes) for nodes in asked[field.id]] for axis, field in enumerate(fields)]
    expected = [oracle.item(place) for place in all_items(covers)]
    order = [d.field for d in made.query.dimensions]
    by_axis = _in_plan_order(cube.measures[0], fields, order)
    for (value, derived), (got, status, flags) in zip(expected, by_axis, strict=True):
        assert (None if status == CellStatus.LOW else got) == value
        assert bool(flags & CellFlag.DERIVED) == derived


def _union(dimension: Dimension) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(node for item in dimension.items for node in item.nodes))


def _in_plan_order(measure, fields: list[Field], order: list[str]):
    """Cells in row-major order of the plan's axes; filters and the one date have length one."""
    standing = [order.index(f.id) for f in fields if f.id in order]
    date = [i for i in range(len(order)) if i not in standing]
    for part in zip(
        *(np.transpose(a, [*date, *standing]).reshape(-1) for a in (measure.values, measure.status, measure.flags)),
        strict=True,
    ):
        yield tuple(int(x) for x in part)


@given(query=queries(), world=worlds)
def test_the_same_cell_prints_the_same_in_every_table(query, world):
    """A cell asked alone prints what it prints inside a larger table, whatever else is asked."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    cube = table(query, records)
    pick = [seed % n for n in cube.shape]
    alone = tuple(
        Dimension(d.field, items=(Item(d.items[p].nodes),)) for d, p in zip(cube.dimensions, pick, strict=True)
    )
    again = table(Query(query.database, dimensions=tuple(reversed(alone)), filters=query.filters), records)
    cell, first = cube.measures[0], again.measures[0]
    assert first.values.reshape(-1)[0] == cell.values[tuple(pick)]
    assert first.status.reshape(-1)[0] == cell.status[tuple(pick)]


@given(query=queries(), world=worlds)
def test_open_tables_are_exact_sums(query, world):
    """Under `open` every group, total, filter and sum over months is the plain count of its records."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    cube = table(query, records, policy="open")
    asked = {d.field: [i.nodes for i in d.items] + ([_union(d)] if d.total else []) for d in made.query.dimensions}
    held = {f.field: f.nodes for f in made.query.filters}
    for cell in np.ndindex(cube.shape):
        chosen = {d.field: asked[d.field][p] for d, p in zip(made.query.dimensions, cell, strict=True)}
        periods = {node.code for node in chosen.pop(WORLD.date.id)}
        expected = sum(_count(records[period], chosen | held) for period in periods)
        assert cube.measures[0].values[cell] == expected
    assert (cube.measures[0].status == CellStatus.SHOWN).all()
    assert not cube.measures[0].sd.any()


def _count(records, chosen: dict) -> int:
    inside = np.ones(records.n_rows, dtype=bool)
    for name, nodes in chosen.items():
        members = WORLD.field(name).classification.members
        inside &= np.isin(records.positions(name), [leaf for node in nodes for leaf in members[node]])
    return int(inside.sum())


@given(query=queries(), world=worlds, n_runs=st.integers(1, 7))
def test_the_answer_is_the_same_to_the_bit_however_the_records_are_split(query, world, n_runs):
    """One run or seven, the counts and key sums are equal."""
    seed, n_rows, skew = world
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    one = records[made.all_periods[0]]
    whole, split = kernel.count(made, one, n_runs=1), kernel.count(made, one, n_runs=n_runs)
    assert np.array_equal(whole.counts, split.counts)
    assert np.array_equal(whole.keys, split.keys)


def test_tables_counted_at_once_do_not_disturb_each_other():
    """Sixteen requests in eight threads give what each gives alone."""
    records = draw(WORLD, 250_000, 7)
    asked = [Query(WORLD.id, dimensions=(Dimension(f.id, total=True),)) for f in WORLD.categories] * 4
    alone = [table(query, records).measures[0].values for query in asked]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda query: table(query, records).measures[0].values, asked)
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_positions_of_the_root_is_zero_on_every_axis():
    """The root stands first on every axis, where the fast code expects it."""
    made = plan(WORLD, Query(WORLD.id, dimensions=(Dimension("AREA"),)))
    assert made.axes[0].nodes[ROOT] is None
