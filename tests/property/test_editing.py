"""Edits of a query: whatever it asks and whatever is pressed, it stays a query, and presses can be taken back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE, TIMES, queries

from statlas.definitions.address import parameters_of, query_of
from statlas.errors import QueryError
from statlas.model import editing
from statlas.model.classification import Node
from statlas.model.derived import Formula, Percentage, Rank, Share
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeSelector

FIELDS = st.sampled_from([field.id for field in DATABASE.fields])
PLACES = st.none() | st.integers(0, 4)
MEASURES = st.sampled_from(["T", "PAY:MEAN", "PAY:SUM", "PAY:P33"])


@st.composite
def _edits(draw):
    """One edit, as a function of a query."""
    field, measure = draw(FIELDS), draw(MEASURES)
    role, at, by = draw(st.sampled_from(Role)), draw(PLACES), draw(st.integers(-3, 3))
    level = draw(st.sampled_from([None, *(v.id for v in DATABASE.field(field).classification)]))
    return draw(
        st.sampled_from(
            [
                lambda q: editing.place(q, field, role, at),
                lambda q: editing.nudge(q, field, by),
                lambda q: editing.remove(q, field),
                editing.swap,
                lambda q: editing.set_level(q, field, level),
                lambda q: editing.set_items(q, field, [Item((DATABASE.field(field).classification.nodes[0],))]),
                lambda q: editing.set_total(q, field, total=by > 0),
                lambda q: editing.set_time(q, DATABASE.date.id, TimeSelector(n=max(by, 1))),
                lambda q: editing.add_measure(q, measure, "T"),
                lambda q: editing.remove_measure(q, measure, "T"),
                lambda q: editing.replace_measure(q, measure, "PAY:SUM", "T"),
                lambda q: editing.add_derived(q, Percentage(Share.ROW)),
            ]
        )
    )


@given(queries(), st.lists(_edits(), max_size=8))
def test_any_row_of_edits_gives_a_query_that_has_an_address(query, edits):
    """However many buttons are pressed in whatever order, the table can be linked to and read again."""
    for edit in edits:
        query = edit(query)
    assert query_of(DATABASE, parameters_of(query)) == query


@given(queries())
def test_rows_and_columns_swapped_twice_are_as_before(query):
    """Nothing else is touched by the way."""
    assert editing.swap(editing.swap(query)) == query


@given(queries(), FIELDS, st.sampled_from(Role), PLACES)
def test_a_field_added_and_removed_leaves_nothing_behind(query, field, role, at):
    """Wherever it was put."""
    if field in {d.field for d in query.dimensions} | {f.field for f in query.filters}:
        return
    query = replace(query, derived=tuple(one for one in query.derived if getattr(one, "field", None) != field))
    assert editing.remove(editing.place(query, field, role, at), field) == query


@given(queries(), FIELDS, st.sampled_from(Role), PLACES)
def test_a_field_stands_where_it_is_put_with_all_that_is_chosen(query, field, role, at):
    """On the axis, at the place, and with its categories, level, dates and total; the others keep their order."""
    before = editing.dimension(query, field)
    after = editing.place(query, field, role, at)
    found = editing.dimension(after, field)
    assert found.role is role
    assert before is None or replace(before, role=role) == found
    on_axis = [d.field for d in editing.axis(after, role)]
    assert on_axis.index(field) == (len(on_axis) - 1 if at is None else min(at, len(on_axis) - 1))
    others = [d for d in query.dimensions if d.field != field]
    assert [d for d in after.dimensions if d.field != field] == others


@given(queries(), FIELDS, st.integers(-5, 5))
def test_moving_within_an_axis_keeps_what_is_on_it(query, field, by):
    """The fields of each axis are the same ones, and one place out and in again is where it was."""
    moved = editing.nudge(query, field, by)
    for role in Role:
        assert {*editing.axis(moved, role)} == {*editing.axis(query, role)}
    if moved != query and abs(by) == 1:
        back = editing.nudge(moved, field, -by)
        assert all(editing.axis(back, role) == editing.axis(query, role) for role in Role)


@given(queries(), MEASURES)
def test_a_number_added_and_removed_leaves_nothing_behind(query, measure):
    """The count alone and no number named are the same table."""
    query = replace(query, derived=(), measures=() if query.measures == ("T",) else query.measures)
    if measure not in (query.measures or ("T",)):
        assert editing.remove_measure(editing.add_measure(query, measure, "T"), measure, "T") == query


@given(queries(), FIELDS, TIMES)
def test_choosing_takes_the_place_of_what_was_chosen(query, field, time):
    """A level, a list and dates never stand together."""
    level = DATABASE.field(field).classification.valuesets[0].id
    leveled = editing.dimension(editing.set_level(query, field, level), field)
    assert leveled is None or (leveled.valueset, leveled.items, leveled.time) == (level, None, None)
    dated = editing.dimension(editing.set_time(query, DATABASE.date.id, time), DATABASE.date.id)
    assert dated is None or (dated.time, dated.items, dated.valueset) == (time, None, None)


# --- single edits -----------------------------------------------------------------------------------------------------

TABLE = Query("d", dimensions=(Dimension("A"), Dimension("B"), Dimension("M", role=Role.COLUMNS)))


def test_a_field_is_nested_at_a_place():
    """Before the first, between two, or behind the last."""
    names = [[d.field for d in editing.place(TABLE, "X", Role.ROWS, at).dimensions] for at in (0, 1, 2, None)]
    assert names == [["X", "A", "B", "M"], ["A", "X", "B", "M"], ["A", "B", "X", "M"], ["A", "B", "X", "M"]]


def test_the_ends_of_an_axis_stop_a_field():
    """The outermost moves no further out."""
    assert editing.nudge(TABLE, "A", -1) == TABLE
    assert editing.nudge(TABLE, "B", 1) == TABLE
    assert [d.field for d in editing.nudge(TABLE, "A", 1).dimensions] == ["B", "A", "M"]
    assert editing.nudge(TABLE, "not there", 1) == TABLE


def test_a_filter_becomes_the_categories_of_its_field():
    """Who filters by a field and then adds it sees what was chosen, not everything."""
    filtered = replace(TABLE, filters=(Filter("X", (Node("V", "1"), Node("V", "2"))),))
    placed = editing.place(filtered, "X", Role.COLUMNS)
    assert placed.filters == ()
    assert editing.dimension(placed, "X").items == (Item((Node("V", "1"),)), Item((Node("V", "2"),)))


def test_what_is_worked_out_from_a_field_goes_with_it():
    """A place among areas means nothing without areas."""
    table = replace(TABLE, derived=(Rank("A"), Formula("Both", "{1} + {2}", "A"), Percentage(Share.ROW)))
    assert editing.remove(table, "A").derived == (Percentage(Share.ROW),)
    assert editing.place(table, "A", Role.WAFERS).derived == table.derived


def test_what_is_worked_out_from_a_number_goes_with_it():
    """Of the first by name or without; a formula if it uses the number."""
    numbers = ("T", "PAY:SUM")
    derived = (Percentage(Share.ROW), Percentage(Share.ROW, "PAY:SUM"), Formula("Each", "{PAY:SUM} / {T}"))
    table = replace(TABLE, measures=numbers, derived=derived)
    assert editing.remove_measure(table, "PAY:SUM", "T") == replace(TABLE, derived=derived[:1])
    assert editing.remove_measure(table, "T", "T").derived == derived[1:2]


def test_another_statistic_stands_where_the_first_one_did():
    """Sum by mean, in its place; by one that is there already, once."""
    table = replace(TABLE, measures=("PAY:SUM", "T"))
    assert editing.replace_measure(table, "PAY:SUM", "PAY:MEAN", "T").measures == ("PAY:MEAN", "T")
    assert editing.replace_measure(table, "PAY:SUM", "T", "T").measures == ()


def test_a_filter_is_set_changed_and_dropped():
    """And never stands beside its own field."""
    one, two = (Node("V", "1"),), (Node("V", "2"),)
    filtered = editing.set_filter(TABLE, "X", one)
    assert editing.set_filter(filtered, "X", two).filters == (Filter("X", two),)
    assert editing.set_filter(filtered, "X", ()) == TABLE
    with pytest.raises(QueryError):
        editing.set_filter(TABLE, "A", one)


def test_something_worked_out_is_added_once():
    """And taken away again."""
    share = Percentage(Share.TOTAL)
    added = editing.add_derived(editing.add_derived(TABLE, share), share)
    assert added.derived == (share,)
    assert editing.remove_derived(added, share) == TABLE
