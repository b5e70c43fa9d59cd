"""Queries with derived numbers: what is needed is asked for and left out again, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import NOISE_KEY, database, draw, flat, geography, manifest

from statlas.disclosure.policy import policy_for
from statlas.engine import tabulate
from statlas.errors import DisclosureRefused, QueryError, TooManyCellsError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.cube import CellStatus, Cube
from statlas.model.database import Measure
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.protection import RuleOutcome
from statlas.model.query import Dimension, Item, Query, Role, TimeKind, TimeSelector
from statlas.service.tables.derived_steps import MOST_DERIVED
from statlas.service.tables.deriving import MORE_CELLS, with_derived

PERIODS = (*(f"2024{n:02d}" for n in range(1, 13)), "202501")
PAY = Measure("PAY", "Pay", "T", "pay", "GBP", 2, ("SUM", "MEAN", "MEDIAN"), edges=(0, 5000, 10_000, 20_000, 40_000))
WORLD = replace(database(geography(), flat("KIND", 3), periods=PERIODS), measures=(PAY,))
RECORDS = draw(WORLD, 400, 7, skew=1.6)
ALL = TimeSelector(TimeKind.ALL)


def ask(query: Query, most: int | None = None) -> Cube:
    """The printed table."""
    return tabulate(
        WORLD,
        manifest(WORLD),
        query,
        open_period=RECORDS.__getitem__,
        policy=policy_for("standard"),
        noise_key=NOISE_KEY,
        max_cells=most,
    )


def derive(query: Query, max_cells: int | None = None) -> Cube:
    """The table with everything derived."""
    return with_derived(WORLD, query, ask, exact=False, max_cells=max_cells)


def nodes(valueset: str, *codes: str) -> tuple[Item, ...]:
    """An item for each code."""
    return tuple(Item((Node(valueset, code),)) for code in codes)


AREA = Dimension("AREA", valueset="REGION")
KIND = Dimension("KIND", role=Role.COLUMNS)
LATEST = Dimension("MONTH", role=Role.WAFERS)


def same_numbers(left: Cube, right: Cube) -> None:
    """The measures of the second are the first ones of the first, to the last bit and word."""
    for one, other in zip(left.measures, right.measures, strict=False):
        for array in ("values", "status", "flags", "sd"):
            assert np.array_equal(getattr(one, array), getattr(other, array)), (one.id, array)
        assert (one.id, one.label, one.unit, one.precision) == (other.id, other.label, other.unit, other.precision)


items = st.sampled_from(
    [
        AREA,
        replace(AREA, total=True),
        Dimension("AREA", items=nodes("TOWN", "E1-1", "E1-2"), total=True),
        Dimension("AREA", items=(Item((Node("TOWN", "E1-1"), Node("REGION", "E2")), "Mine"), *nodes("COUNTRY", "W"))),
    ]
)
kinds = st.sampled_from(
    [KIND, replace(KIND, total=True), Dimension("KIND", items=nodes("C_KIND", "1"), role=Role.COLUMNS)]
)
times = st.sampled_from(
    [TimeSelector(), TimeSelector(n=3), ALL, TimeSelector(TimeKind.RANGE, start="202403", end="202405")]
)
numbers = st.lists(
    st.sampled_from(
        [
            Percentage(Share.ROW),
            Percentage(Share.TOTAL, "PAY:SUM"),
            Percentage(Share.COLUMN, "T"),
            Change(Since.PREVIOUS),
            Change(Since.YEAR, percent=True),
            Change(Since.YEAR, measure="PAY:MEAN"),
            Rank("AREA"),
            Rank("KIND", "PAY:SUM", ascending=True),
            Rank("MONTH"),
            Formula("Pay a head", "{PAY:SUM} / {T}", precision=2),
            Formula("Share of 2", "{2} / ({1} + {2}) * 100", "KIND"),
            Formula("North less Wales", "{North} - {Wales}", "AREA", 0),
            Formula("Since January", "{202501} - {202401}", "MONTH", 0),
        ]
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
measures = st.sampled_from([(), ("PAY:MEAN",), ("T", "PAY:SUM", "PAY:MEDIAN")])


@given(items, kinds, times, st.booleans(), numbers, measures)
def test_the_table_asked_stays_as_it_is(area, kind, time, dated_total, wanted, names):
    """Whatever is derived, the items, numbers, totals and notes asked are those of the table without it."""
    dimensions = (Dimension("MONTH", time=time, role=Role.WAFERS, total=dated_total), area, kind)
    query = Query("world", names, dimensions)
    if names != () and Percentage(Share.ROW) in wanted and names[0] == "PAY:MEAN":
        wanted = [one for one in wanted if one != Percentage(Share.ROW)] or [Rank("AREA")]
    plain, made = ask(query), derive(replace(query, derived=tuple(wanted)))
    over_items = [one for one in wanted if isinstance(one, Formula) and one.field]
    for before, after in zip(plain.dimensions, made.dimensions, strict=True):
        more = [one.label for one in over_items if one.field == after.field]
        assert after.items[: len(before)] == before.items
        assert [item.label for item in after.items[len(before) :]] == more
        assert (after.role, after.label, after.is_date) == (before.role, before.label, before.is_date)
        if not more:
            assert after == before
    assert len(made.measures) == len(plain.measures) + len(wanted) - len(over_items)
    own = tuple(slice(len(d)) for d in plain.dimensions)
    if not over_items:
        same_numbers(made, plain)
    for one, other in zip(made.measures, plain.measures, strict=False):
        assert np.array_equal(one.values[own], other.values)
        assert np.array_equal(one.status[own], other.status)
    assert made.query == replace(plain.query, derived=tuple(wanted))
    assert made.annotations == plain.annotations


def test_a_percentage_is_of_the_total_that_the_table_would_print():
    """The total asked for by hand is the denominator."""
    query = Query("world", dimensions=(LATEST, AREA, KIND))
    by_hand = ask(replace(query, dimensions=(LATEST, replace(AREA, total=True), replace(KIND, total=True))))
    count = by_hand.measures[0]
    made = derive(replace(query, derived=(Percentage(Share.TOTAL),))).measures[1]
    whole = count.values[0, -1, -1]
    assert count.status[0, -1, -1] == CellStatus.SHOWN
    shown = made.status == CellStatus.SHOWN
    assert shown.any()
    parts = count.values[:, :-1, :-1]
    assert np.allclose(made.values[shown], np.round(100 * parts[shown] / whole, 1), atol=0.051)
    assert not (made.status[count.status[:, :-1, :-1] == CellStatus.LOW] == CellStatus.SHOWN).any()


def test_a_change_takes_periods_that_the_table_does_not_show():
    """The latest month alone is compared with the month before and with a year ago."""
    query = Query("world", dimensions=(LATEST, AREA), derived=(Change(Since.PREVIOUS), Change(Since.YEAR)))
    made = derive(query)
    months = ask(Query("world", dimensions=(Dimension("MONTH", time=ALL), AREA))).measures[0].values
    assert made.shape == (1, 3)
    assert made.measures[1].values[0].tolist() == (months[-1] - months[-2]).tolist()
    assert made.measures[2].values[0].tolist() == (months[-1] - months[0]).tolist()


def test_the_period_before_is_the_one_published_before():
    """A database of months may be published every quarter; a year before is a year before."""
    world = WORLD.with_periods(("202401", "202404", "202501"))

    def quarters(query: Query, most: int | None = None) -> Cube:
        return tabulate(
            world,
            manifest(world),
            query,
            open_period=RECORDS.__getitem__,
            policy=policy_for("standard"),
            noise_key=NOISE_KEY,
            max_cells=most,
        )

    date = Dimension("MONTH", time=ALL)
    query = Query("world", dimensions=(date,), derived=(Change(Since.PREVIOUS), Change(Since.YEAR)))
    count, before, year = with_derived(world, query, quarters, exact=False, max_cells=None).measures
    absent = CellStatus.NOT_AVAILABLE
    assert before.status.tolist() == [absent, CellStatus.SHOWN, CellStatus.SHOWN]
    assert before.values[1:].tolist() == np.diff(count.values).tolist()
    assert year.status.tolist() == [absent, absent, CellStatus.SHOWN]
    assert year.values[2] == count.values[2] - count.values[0]


def test_the_first_month_published_has_no_earlier_one():
    """*Not available*, and not refused."""
    time = TimeSelector(TimeKind.RANGE, start="202401", end="202401")
    made = derive(Query("world", dimensions=(Dimension("MONTH", time=time), AREA), derived=(Change(Since.YEAR),)))
    assert (made.measures[1].status == CellStatus.NOT_AVAILABLE).all()


def test_a_total_of_dates_is_of_the_dates_asked():
    """Months that are only compared with do not come into it."""
    date = Dimension("MONTH", time=TimeSelector(n=2), role=Role.WAFERS, total=True)
    query = Query("world", dimensions=(date, AREA))
    made = derive(replace(query, derived=(Change(Since.YEAR),)))
    same_numbers(made, ask(query))
    assert made.measures[1].status[-1].tolist() == [CellStatus.NOT_AVAILABLE] * 3


def test_codes_that_only_a_formula_names_are_no_rivals():
    """A place is among the items of the table."""
    area = Dimension("AREA", items=nodes("REGION", "E2", "W"))
    query = Query("world", dimensions=(LATEST, area), derived=(Rank("AREA"), Formula("N", "{E1} * 1", "AREA", 0)))
    made = derive(query)
    assert sorted(made.measures[1].values[0, :2].tolist()) == [1, 2]
    assert [item.label for item in made.dimensions[1].items] == ["South", "Wales", "N"]


def test_measures_that_only_a_formula_names_are_left_out_again():
    """The table has the count asked for and the formula."""
    made = derive(Query("world", dimensions=(AREA,), derived=(Formula("Pay a head", "{PAY} / {T}", precision=2),)))
    assert [measure.id for measure in made.measures] == ["T", "=Pay a head"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("E1", (Node("REGION", "E1"),)),
        ("W@COUNTRY", (Node("COUNTRY", "W"),)),
        ("Mine", (Node("TOWN", "E1-1"), Node("TOWN", "E1-2"))),
        ("Town 1 of W", (Node("TOWN", "W-1"),)),
        ("England", (Node("COUNTRY", "E"),)),
        ("Total", (Node("REGION", "E1"), Node("TOWN", "E1-1"), Node("TOWN", "E1-2"))),
    ],
)
def test_a_name_in_a_formula_is_a_code_or_a_label(name, expected):
    """Items of the table first, then *Total*, then any code of the field."""
    group = Item((Node("TOWN", "E1-1"), Node("TOWN", "E1-2")), "Mine")
    area = Dimension("AREA", items=(*nodes("REGION", "E1"), group))
    made = derive(Query("world", dimensions=(LATEST, area), derived=(Formula("F", f"{{{name}}} + 0", "AREA", 0),)))
    direct = ask(Query("world", dimensions=(LATEST, Dimension("AREA", items=(Item(expected),)))))
    assert made.measures[0].status[0, -1] == direct.measures[0].status[0, 0]
    assert made.measures[0].values[0, -1] == direct.measures[0].values[0, 0]


REFUSED = {
    "an unknown measure": (Percentage(Share.ROW, "AGE"), UnknownNameError, "'AGE' is not a measure"),
    "a statistic that is not offered": (Change(Since.YEAR, measure="PAY:P99"), QueryError, "'P99' is not a statistic"),
    "a percentage of means": (Percentage(Share.ROW, "PAY:MEAN"), QueryError, "Mean of Pay cannot be added up"),
    "the rank of an unknown field": (Rank("SHOE"), UnknownNameError, "'SHOE' is not a field"),
    "the rank of a field elsewhere": (Rank("KIND"), QueryError, "Kind is needed .* not in the table"),
    "a formula over a field elsewhere": (Formula("F", "{1}", "KIND"), QueryError, "not in the table"),
    "an unknown code": (Formula("F", "{Narnia}", "AREA"), UnknownNameError, "'Narnia' is not a code of AREA"),
    "an unknown name": (Formula("F", "{AGE} / 2"), UnknownNameError, "'AGE' is not a measure"),
    "no arithmetic": (Formula("F", "{T} ** 2"), QueryError, "at character 6"),
    "a formula without a label": (Formula("", "{T} * 2"), QueryError, "no label"),
    "too many decimals": (Formula("F", "{T} * 2", precision=99), QueryError, "0 to 6 decimals"),
    "what is itself derived": (Change(Since.YEAR, measure="T:PERCENTAGE:row"), UnknownNameError, "not a measure"),
    "a row of one number": (Percentage(Share.ROW), QueryError, "need a field in the columns"),
}


@pytest.mark.parametrize(("wanted", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_before_anything_is_counted(wanted, error, said):
    """With what is wrong and how to mend it; nothing is asked of the records."""

    def never(query: Query, most: int | None) -> Cube:
        raise AssertionError

    query = Query("world", dimensions=(LATEST, AREA), derived=(wanted,))
    with pytest.raises(error, match=said) as caught:
        with_derived(WORLD, query, never, exact=False, max_cells=None)
    assert caught.value.mend


def test_a_number_is_derived_once():
    """The same twice, or two formulas of one label, are refused; and a great many of them."""
    twice = (Percentage(Share.COLUMN), Percentage(Share.COLUMN, "T"))
    for wanted in (twice, (Formula("F", "{T}"), Formula("F", "{T} * 2"))):
        with pytest.raises(QueryError, match="asked twice"):
            derive(Query("world", dimensions=(AREA,), derived=wanted))
    many = tuple(Formula(str(n), "{T}") for n in range(MOST_DERIVED + 1))
    with pytest.raises(QueryError, match="13 derived numbers"):
        derive(Query("world", dimensions=(AREA,), derived=many))


def test_cells_are_limited_by_the_table_asked():
    """A table that a door answers is not refused for its denominators; one that needs far more than itself is."""
    query = Query("world", dimensions=(LATEST, AREA, KIND), derived=(Percentage(Share.TOTAL), Change(Since.YEAR)))
    assert derive(query, max_cells=9).n_cells == 9
    with pytest.raises(TooManyCellsError):
        derive(query, max_cells=8)
    towns = " + ".join(f"{{E{r}-{n}}}" for r in (1, 2) for n in (1, 2, 3))
    area = Dimension("AREA", items=nodes("REGION", "W"))
    greedy = Query("world", dimensions=(LATEST, area), derived=(Formula("F", towns, "AREA"),))
    with pytest.raises(TooManyCellsError) as caught:
        derive(greedy, max_cells=1)
    assert caught.value.limit == MORE_CELLS


def test_a_table_that_rules_hide_whole_is_refused_though_its_total_is_not():
    """As it is without derived numbers: the total behind it was not asked for."""
    outcome = RuleOutcome("mean_cell_size", 1, 4, 1, "Too many cells.", "Take larger areas.", ("North",))

    def hidden(query: Query, most: int | None = None) -> Cube:
        cube = ask(query, most)
        blocked = np.ones(cube.shape, np.uint8)
        blocked[:, -1] = 0
        return replace(cube, rules=(outcome,), blocked=blocked)

    query = Query("world", dimensions=(LATEST, AREA), derived=(Percentage(Share.COLUMN),))
    with pytest.raises(DisclosureRefused) as caught:
        with_derived(WORLD, query, hidden, exact=False, max_cells=None)
    assert caught.value.rule == "mean_cell_size"
