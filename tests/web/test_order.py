"""The order of the rows of a table, on random cubes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statlas.model.cube import CellStatus
from statlas.model.query import Role
from statlas.web.grid import Part, grid_of
from statlas.web.order import Sort, sort_of
from tests.support.cubes import cube, dimension, measure

SORTS = st.builds(Sort, st.integers(0, 3), st.booleans())


@st.composite
def nested(draw):
    """Two fields in the rows, the inner one with a total, and one in the columns."""
    sides = [
        dimension("a", [f"a{n}" for n in range(draw(st.integers(1, 3)))]),
        dimension("b", [f"b{n}" for n in draw(st.permutations(range(4)))], total=True),
        dimension("c", ["c0", "c1", "c2"], role=Role.COLUMNS),
    ]
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = tuple(map(len, sides))
    return cube(sides, measure(chance.integers(0, 9, shape), chance.choice(3, shape, p=(0.7, 0.2, 0.1))))


@settings(max_examples=100, deadline=None)
@given(nested(), SORTS)
def test_rows_are_sorted_within_their_groups_with_totals_last(made, sort):
    """Every row is there once; printed numbers in order, hidden ones after them, the total at the end of each group."""
    rows = grid_of(made, Part(sort=sort)).rows
    assert sorted(row.cell for row in rows) == sorted(row.cell for row in grid_of(made, Part()).rows)
    n_columns, [of] = 3, made.measures
    values, status = of.values.reshape(-1, n_columns), of.status.reshape(-1, n_columns)
    groups = [rows[first : first + 5] for first in range(0, len(rows), 5)]
    for n, group in enumerate(groups):
        at = [row.cell // n_columns for row in group]
        assert {one // 5 for one in at} == {n}
        assert at[-1] % 5 == 4
        if sort.column:
            shown = [one for one in at[:-1] if status[one, sort.column - 1] != CellStatus.LOW]
            assert at[: len(shown)] == shown
            numbers = [int(values[one, sort.column - 1]) for one in shown]
            assert numbers == sorted(numbers, reverse=sort.is_descending)
        else:
            labels = [made.dimensions[1].items[one % 5].label for one in at[:-1]]
            assert labels == sorted(labels, reverse=sort.is_descending)


def test_dates_sort_in_time():
    """Whatever their months are called."""
    months = dimension("month", ["202503", "202504", "202512"], is_date=True)
    found = grid_of(cube([months], measure([1, 2, 3])), Part(sort=Sort(0, is_descending=True)))
    assert [row.cell for row in found.rows] == [2, 1, 0]


@pytest.mark.parametrize("text", ["", "0", "-0", "x", "--1", "1e3", "9" * 12, "label;", "１"])
def test_an_order_that_is_none_is_passed_over(text):
    """The table is shown as it is."""
    assert sort_of(text) is None or sort_of(text).column == 1


@pytest.mark.parametrize("sort", [Sort(3, is_descending=True), Sort(3), Sort(0), Sort(0, is_descending=True)])
def test_an_order_is_read_as_it_is_written(sort):
    """In the address of the table."""
    assert sort_of(str(sort)) == sort
