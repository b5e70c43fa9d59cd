"""What is counted for a table of a few areas: which rows, beside whom, and when all of them."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from measured import PAY, WEIGHT
from worlds import NOISE_KEY, MemoryRecords, database, flat, manifest, with_amounts, with_weights

from statlas.disclosure.policy import Policy, policy_for
from statlas.engine import few_areas, kernel, slicing
from statlas.engine.plan import plan
from statlas.engine.slicing import SomeRows, usually_counted
from statlas.engine.tabulate import tabulate
from statlas.errors import TooManyCellsError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.cube import Cube
from statlas.model.database import Field, FieldKind
from statlas.model.derivation import Column
from statlas.model.query import Dimension, Filter, Item, Query

TOWNS, BOROUGHS, SIZE = 40, 8, 100
BOROUGH = TOWNS // BOROUGHS * SIZE
"""People of a borough: five towns of a hundred."""


def towns() -> Field:
    """Boroughs of five towns each."""
    boroughs = Valueset("BOROUGH", "Borough", tuple(Code(f"B{n}", f"Borough {n}") for n in range(BOROUGHS)))
    listed = tuple(Code(f"T{n}", f"Town {n}", (Node("BOROUGH", f"B{n // 5}"),)) for n in range(TOWNS))
    tree = Classification((boroughs, Valueset("TOWN", "Town", listed)))
    return Field("AREA", "Area", "T", tree, Column("area"), FieldKind.GEOGRAPHY)


MADE = database(towns(), flat("SEX", 2))
STANDARD = policy_for("standard")


def people(changed: dict[int, tuple[int, int]] | None = None) -> MemoryRecords:
    """A hundred people in each town, half of each sex; in the towns ``changed`` so many women and men."""
    many = dict.fromkeys(range(TOWNS), (SIZE // 2, SIZE // 2)) | (changed or {})
    areas = np.repeat(np.arange(TOWNS), [sum(many[town]) for town in range(TOWNS)]).astype(np.uint16)
    sexes = np.concatenate([np.repeat([0, 1], many[town]) for town in range(TOWNS)]).astype(np.uint16)
    keys = np.random.default_rng(1).integers(0, 2**32, len(areas), dtype=np.uint32)
    return MemoryRecords(keys, {"AREA": areas, "SEX": sexes})


def of_areas(*codes: str, measures: tuple[str, ...] = ()) -> Query:
    """Some areas by sex: ``of_areas("T3", "B2")``."""
    nodes = [Node("TOWN" if code.startswith("T") else "BOROUGH", code) for code in codes]
    area = Dimension("AREA", items=tuple(Item((node,)) for node in nodes))
    return Query(MADE.id, measures, dimensions=(area, Dimension("SEX")))


def answer(query: Query, records: MemoryRecords, policy: Policy = STANDARD, made=MADE) -> tuple[Cube, list[int]]:
    """The table of a query, and how many rows were given to be counted, once for each count."""
    rows = []

    def count(counted, some):
        rows.append(some.n_rows)
        return kernel.count(counted, some)

    cube = tabulate(
        made,
        manifest(made),
        query,
        open_period=lambda _: records,
        policy=policy,
        noise_key=NOISE_KEY,
        backend=count,
    )
    return cube, rows


def whole(query: Query, records: MemoryRecords, policy: Policy = STANDARD, made=MADE) -> Cube:
    """The table from that of all areas."""
    with patch.object(few_areas, "MOST_AREAS", 0):
        cube, rows = answer(query, records, policy, made)
    assert set(rows) == {records.n_rows}
    return cube


def same(one: Cube, other: Cube) -> bool:
    """Whether both print the same."""
    pairs = zip(one.measures, other.measures, strict=True)
    return all(np.array_equal(a.values, b.values) and np.array_equal(a.status, b.status) for a, b in pairs)


@pytest.fixture
def no_row_is_cheap(monkeypatch):
    """Records are as dear to read as those of a country."""
    monkeypatch.setattr(slicing, "FEW_ROWS", -1)


def test_of_a_small_area_the_rows_of_its_parent_are_counted():
    """Where a borough has few rows, a town is counted with its borough, and no other row is."""
    records = people()
    cube, rows = answer(of_areas("T7"), records)
    assert rows == [BOROUGH]
    assert same(cube, whole(of_areas("T7"), records))


@pytest.mark.usefixtures("no_row_is_cheap")
def test_where_rows_are_many_a_town_is_counted_beside_three_siblings():
    """One town of the five in a large borough is not read at all."""
    records = people()
    cube, rows = answer(of_areas("T7"), records)
    assert rows == [4 * SIZE]
    assert same(cube, whole(of_areas("T7"), records))


def test_an_area_below_nothing_but_the_country_is_counted_beside_its_siblings():
    """A borough needs three other boroughs, which stand next to it, and never the country."""
    records = people()
    with patch.object(few_areas, "MOST_OF_AXIS", 0.9):
        for code in ("B0", "B4", "B7"):
            cube, rows = answer(of_areas(code), records)
            assert rows == [records.n_rows]  # half of the country: the view would save nothing
            assert same(cube, whole(of_areas(code), records))
        with patch.object(slicing, "N_SIBLINGS", 1):
            assert answer(of_areas("B4"), records)[1] == [2 * BOROUGH]


@pytest.mark.usefixtures("no_row_is_cheap")
def test_what_holds_an_area_is_looked_at_where_its_siblings_are_small():
    """The nearest three towns have no printed women, but the borough has many more: it is enough."""
    records = people({5: (3, 50), 6: (3, 50), 8: (3, 50), 9: (90, 90)})
    cube, rows = answer(of_areas("T7"), records)
    assert rows == [SIZE + 3 * 53, SIZE + 3 * 53 + 180]
    assert same(cube, whole(of_areas("T7"), records))


def test_where_an_area_inherits_all_areas_are_counted():
    """All women of the borough live in one town: it prints the borough's number, which only the whole axis tells."""
    alone = dict.fromkeys(range(5, 10), (0, 50)) | {7: (50, 50), 6: (2, 50)}
    records = people(alone)
    cube, rows = answer(of_areas("T7"), records)
    assert rows[-1] == records.n_rows
    assert len(rows) > 1
    assert same(cube, whole(of_areas("T7"), records))
    borough, by_itself = (
        whole(of_areas("B1"), records),
        whole(of_areas("T7"), records, replace(STANDARD, inherit=False)),
    )
    women = [found.measures[0].values.reshape(-1)[0] for found in (cube, borough, by_itself)]
    assert women[0] == women[1] != women[2]


def test_several_areas_are_read_without_what_lies_between_them():
    """Two towns at the ends of the country need two boroughs."""
    records = people()
    cube, rows = answer(of_areas("T38", "T1"), records)
    assert rows == [2 * BOROUGH]
    assert same(cube, whole(of_areas("T38", "T1"), records))


@pytest.mark.parametrize("policy", [policy_for("open"), replace(STANDARD, inherit=False)], ids=["open", "no inherit"])
def test_where_nothing_inherits_the_area_is_counted_alone(policy):
    """Under an open policy, or one without inheriting, no other row matters; percentiles of open data included."""
    made = replace(MADE, measures=(PAY,))
    records = with_amounts(people(), "PAY", "pay", blank=0.1)
    query = of_areas("T7", measures=("T", "PAY:MEAN", *(("PAY:MEDIAN",) if policy.open else ())))
    cube, rows = answer(query, records, policy, made)
    assert rows == [SIZE]
    assert same(cube, whole(query, records, policy, made))


def test_percentiles_and_weights_are_sliced_too():
    """The table of bands is counted from the same rows; amounts, blanks and weights are cut alike."""
    made = replace(MADE, measures=(PAY,), weight=WEIGHT)
    records = with_weights(with_amounts(people(), "PAY", "pay", blank=0.1), WEIGHT)
    query = of_areas("T7", measures=("T", "PAY:MEAN"))
    cube, rows = answer(query, records, made=made)
    assert rows == [BOROUGH]
    assert same(cube, whole(query, records, made=made))


def test_what_is_no_slice_is_counted_whole():
    """Groups of areas, the country, and most of the areas."""
    records = people()
    group = Dimension("AREA", items=(Item((Node("TOWN", "T1"), Node("TOWN", "T2"))),))
    for query in (
        Query(MADE.id, dimensions=(group,)),
        Query(MADE.id, dimensions=(Dimension("SEX"),)),
        Query(MADE.id, dimensions=(Dimension("AREA"), Dimension("SEX"))),
        Query(MADE.id, dimensions=(Dimension("SEX"),), filters=(Filter("AREA", group.items[0].nodes),)),
    ):
        assert answer(query, records)[1] == [records.n_rows]


def test_an_area_as_a_filter_is_a_slice():
    """What counts is that it is one area, not where it stands."""
    records = people()
    query = Query(MADE.id, dimensions=(Dimension("SEX"),), filters=(Filter("AREA", (Node("TOWN", "T7"),)),))
    assert answer(query, records)[1] == [BOROUGH]


def test_records_in_no_order_are_counted_whole_and_protected_in_part():
    """Without offsets every row is read, and the numbers are the same."""
    ordered = people()
    order = np.random.default_rng(2).permutation(ordered.n_rows)
    records = MemoryRecords(ordered.keys[order], {name: c[order] for name, c in ordered.columns.items()})
    cube, rows = answer(of_areas("T7"), records)
    assert rows == [records.n_rows]
    assert same(cube, answer(of_areas("T7"), ordered)[0])


def test_some_rows_cannot_be_written_to():
    """A copy of several runs is as read-only as the file; one run is a view of it."""
    records = people()
    records.keys.flags.writeable = False
    some = SomeRows.of(records, "AREA", records.starts("AREA"), [(3, 4), (5, 7)])
    assert some.n_rows == 3 * SIZE
    assert not some.keys.flags.writeable
    assert set(some.positions("AREA").tolist()) == {3, 5, 6}
    assert some.starts("AREA")[[3, 4, 5, 6, 7, -1]].tolist() == [0, 100, 100, 200, 300, 300]
    one = SomeRows.of(records, "AREA", records.starts("AREA"), [(5, 7)])
    assert np.shares_memory(one.keys, records.keys)


def test_no_area_is_no_row():
    """Leaves that the file does not hold give no rows."""
    records = people()
    none = SomeRows.of(records, "AREA", records.starts("AREA"), [])
    assert (none.n_rows, len(none.keys)) == (0, 0)


def test_one_area_of_open_data_may_have_any_number_of_variables():
    """What is held at once is judged by the slice where it is certain, under an open policy; else by the whole."""
    made = replace(MADE, fields=(*MADE.fields, *(flat(f"F{n}", 70) for n in range(3))))
    more = tuple(Dimension(f"F{n}") for n in range(3))
    query = replace(of_areas("T7"), dimensions=(*of_areas("T7").dimensions, *more))
    assert plan(made, query, exact=True).shape == (49, 3, 71, 71, 71)
    for tried, exact in (
        (query, False),
        (replace(query, dimensions=(Dimension("AREA", valueset="TOWN"), *query.dimensions[1:])), True),
    ):
        with pytest.raises(TooManyCellsError):
            plan(made, tried, exact=exact)


def test_what_a_slice_costs_is_told_by_what_is_counted_first():
    """A town of forty is counted with three more, by its policy; two towns in a group cost the whole."""
    town = plan(MADE, of_areas("T7"))
    beside, part = usually_counted(town, STANDARD)
    assert (beside.shape, part) == ((5, 3), 4 / TOWNS)
    alone, part = usually_counted(town, policy_for("open"))
    assert (alone.shape, part) == ((2, 3), 1 / TOWNS)
    group = plan(MADE, Query(MADE.id, dimensions=(Dimension("AREA", valueset="TOWN", total=True),)))
    assert usually_counted(group, STANDARD) == (group, 1.0)
