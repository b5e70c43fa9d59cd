from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.model.classification import Node
from statlas.model.cube import CellFlag, CellStatus, Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.derived import Formula
from statlas.model.query import Query, Role
from statlas.web.configuration import Settings
from statlas.web.grid import Part, grid_of, largest_sd
from statlas.web.notes import legend, noise, notes
from statlas.web.paging import paging_of, part_of

LOW, SHOWN, DERIVED = CellStatus.LOW, CellStatus.SHOWN, CellFlag.DERIVED


def _dimension(field, n, role, *, total=False, notes=()):
    items = [CubeItem(f"{field}{i}", (Node(field, str(i)),), (f"{field}{i}",)) for i in range(n)]
    items += [CubeItem("Total", (Node(field, "0"),), (), is_total=True)] if total else []
    return CubeDimension(field, f"Field {field}", "T", tuple(items), role, annotations=notes)


def _cube(*dimensions, values=None, status=None, flags=None, **facts):
    shape = tuple(len(d) for d in dimensions)
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape) if values is None else np.asarray(values)
    zeros = np.zeros(shape, np.uint8)
    status = zeros if status is None else np.asarray(status, np.uint8)
    flags = zeros if flags is None else np.asarray(flags, np.uint8)
    measure = CubeMeasure("T", "Things", "COUNT", "thing", 0, values, status, flags, np.full(shape, 1.7))
    return Cube("d", "Database", "1", "2025-11-18T09:30:00Z", Query("d"), dimensions, (measure,), **facts)


def _texts(grid):
    return [[cell.text for cell in row.cells] for row in grid.rows]


def test_two_fields_on_each_side_nest():
    """The outer header spans its inner ones, and numbers stand where both meet."""
    made = _cube(
        _dimension("A", 2, Role.ROWS), _dimension("B", 3, Role.ROWS),
        _dimension("C", 2, Role.COLUMNS), _dimension("D", 2, Role.COLUMNS),
    )  # fmt: skip
    grid = grid_of(made, Part())
    assert [header.text for header in grid.row_fields] == ["Field A", "Field B"]
    assert [(h.text, h.span) for h in grid.header_rows[0].headers] == [("C0", 2), ("C1", 2)]
    assert [(h.text, h.span) for h in grid.header_rows[1].headers] == [("D0", 1), ("D1", 1)] * 2
    assert [[(h.text, h.span) for h in row.headers] for row in grid.rows] == [
        [("A0", 3), ("B0", 1)], [("B1", 1)], [("B2", 1)], [("A1", 3), ("B0", 1)], [("B1", 1)], [("B2", 1)],
    ]  # fmt: skip
    assert _texts(grid) == [[str(4 * row + column) for column in range(4)] for row in range(6)]


def test_equal_labels_of_different_categories_are_not_joined():
    """Two places of one name stay two."""
    same = tuple(CubeItem("Newport", (Node("A", str(i)),), ("Newport",)) for i in range(2))
    grid = grid_of(_cube(CubeDimension("A", "A", "T", same, Role.COLUMNS), _dimension("B", 1, Role.ROWS)), Part())
    assert [header.span for header in grid.header_rows[0].headers] == [1, 1]


def test_the_order_of_dimensions_in_the_cube_does_not_matter():
    """Sides are found by role, wherever the engine put an axis."""
    made = _cube(_dimension("M", 2, Role.WAFERS), _dimension("C", 2, Role.COLUMNS), _dimension("A", 3, Role.ROWS))
    assert _texts(grid_of(made, Part(wafer=2))) == [["6", "9"], ["7", "10"], ["8", "11"]]


@pytest.mark.parametrize("sides", [(), (Role.ROWS,), (Role.COLUMNS,), (Role.WAFERS,)])
def test_a_side_without_a_field_is_headed_by_what_is_counted(sides):
    """A table of a single number is a table too."""
    grid = grid_of(_cube(*(_dimension("A", 2, role) for role in sides)), Part())
    if Role.ROWS not in sides:
        assert [header.text for row in grid.rows for header in row.headers] == ["Things"]
    if Role.COLUMNS not in sides:
        assert [header.text for header in grid.header_rows[0].headers] == ["Things"]
    assert _texts(grid)[0][0] == "0"


SIZES = st.integers(1, 5)


@given(SIZES, SIZES, SIZES, SIZES, st.integers(1, 4), st.integers(1, 4), st.randoms(use_true_random=False))
def test_parts_put_together_are_the_whole_table(a, b, c, w, n_rows, n_columns, chance):
    """Whatever is left out of one part stands in another, under headers that span the same numbers."""
    roles = (Role.ROWS, Role.ROWS, Role.COLUMNS, Role.WAFERS)
    dimensions = [_dimension(*made) for made in zip("ABCW", (a, b, c, w), roles, strict=True)]
    chance.shuffle(dimensions)
    made = _cube(*dimensions)
    in_order = sorted(made.dimensions, key=lambda d: (d.role is not Role.WAFERS, d.role is Role.COLUMNS))
    axes = [made.dimensions.index(d) for d in in_order]
    expected = np.transpose(made.measures[0].values, axes).reshape(w, a * b, c)
    for wafer in range(1, w + 1):
        found = [
            [text for part in row_parts for text in _texts_of_row(part, row)]
            for row_parts in _parts_by_rows(made, wafer, n_rows, n_columns)
            for row in range(len(row_parts[0].rows))
        ]
        assert found == [[str(value) for value in row] for row in expected[wafer - 1].tolist()]


def _parts_by_rows(made, wafer, n_rows, n_columns):
    row = 1
    while True:
        parts, column = [], 1
        while True:
            part = grid_of(made, Part(row, column, wafer, n_rows, n_columns))
            assert sum(h.span for r in part.rows for h in r.headers[:1] if len(r.headers) == 2) == len(part.rows)
            assert sum(h.span for h in part.header_rows[0].headers) == part.column_span.size
            parts.append(part)
            if part.column_span.last == part.column_span.total:
                break
            column = part.column_span.last + 1
        yield parts
        if parts[0].row_span.last == parts[0].row_span.total:
            break
        row = parts[0].row_span.last + 1


def _texts_of_row(grid, row):
    return [cell.text for cell in grid.rows[row].cells]


def test_symbols_stand_for_numbers_that_are_not_printed():
    """The value beneath a symbol is never read; a zero by definition prints 0."""
    status = [[SHOWN, LOW, CellStatus.CONFIDENTIAL, CellStatus.NOT_AVAILABLE, CellStatus.STRUCTURAL_ZERO]]
    made = _cube(
        _dimension("A", 1, Role.ROWS), _dimension("B", 5, Role.COLUMNS), values=[[1234, 9, 9, 9, 0]], status=status
    )
    grid = grid_of(made, Part())
    assert _texts(grid) == [["1,234", "[low]", "[c]", "[x]", "0"]]
    assert [cell.is_number for cell in grid.rows[0].cells] == [True, False, False, False, True]
    assert grid.symbols == ("low", "c", "x", "z")
    assert grid.rows[0].cells[4].marks == ("[z]",)


def test_the_legend_explains_the_symbols_of_the_table_and_no_others():
    """[low] is explained with the threshold of the table."""
    made = _cube(_dimension("A", 2, Role.ROWS), status=[LOW, SHOWN], threshold=5)
    assert legend(made, grid_of(made, Part()).symbols) == (("[low]", "fewer than 5, or none"),)


def test_a_column_of_sums_bears_the_mark_once():
    """Where every number of an item is a sum, the header says so; a single sum bears its own mark."""
    flags = [[0, 0, DERIVED], [0, DERIVED, DERIVED]]
    made = _cube(_dimension("A", 2, Role.ROWS), _dimension("B", 2, Role.COLUMNS, total=True), flags=flags)
    grid = grid_of(made, Part())
    assert [header.marks for header in grid.header_rows[0].headers] == [(), (), ("[d]",)]
    assert [[cell.marks for cell in row.cells] for row in grid.rows] == [[(), (), ()], [(), ("[d]",), ()]]


def test_a_category_is_no_sum_for_standing_among_sums():
    """A row whose only number shown stands in a column of sums bears no mark: the column does."""
    flags, status = [[0, 0, DERIVED], [0, 0, DERIVED]], [[LOW, LOW, SHOWN], [SHOWN, SHOWN, SHOWN]]
    made = _cube(
        _dimension("A", 2, Role.ROWS), _dimension("B", 2, Role.COLUMNS, total=True), flags=flags, status=status
    )
    grid = grid_of(made, Part())
    assert [row.headers[0].marks for row in grid.rows] == [(), ()]
    assert grid.header_rows[0].headers[2].marks == ("[d]",)


def test_marks_of_numbers_follow_the_shorthand():
    """Provisional, revised and of low reliability, in letters everybody knows."""
    flags = [CellFlag.UNRELIABLE | CellFlag.PROVISIONAL, CellFlag.REVISED]
    grid = grid_of(_cube(_dimension("A", 2, Role.ROWS), flags=flags), Part())
    assert [row.cells[0].marks for row in grid.rows] == [("[u]", "[p]"), ("[r]",)]


def test_notes_stand_at_their_field_category_and_cell():
    """Every key points to its text, and texts are listed once."""
    items = (CubeItem("a", (Node("A", "0"),), ("a",), annotations=("III",)), CubeItem("b", (Node("A", "1"),), ("b",)))
    noted = CubeDimension("A", "Field A", "T", items, Role.ROWS, annotations=("II",))
    texts_by_key = {"I": "one", "II": "two", "III": "three", "r": "revised"}
    made = _cube(noted, cell_annotations={1: ("r",)}, annotations=texts_by_key, database_annotations=("I",))
    grid = grid_of(made, Part())
    assert grid.row_fields[0].marks == ("[note II]",)
    assert grid.rows[0].headers[0].marks == ("[note III]",)
    assert grid.rows[1].cells[0].marks == ("[r]",)
    assert notes(made) == (("[note I]", "one"), ("[note II]", "two"), ("[note III]", "three"), ("[r]", "revised"))


def _empty_rows(n, n_empty):
    return _cube(_dimension("A", n, Role.ROWS), status=[LOW] * n_empty + [SHOWN] * (n - n_empty))


@pytest.mark.parametrize(("n", "n_empty", "folded"), [(30, 5, 5), (30, 2, 0), (24, 5, 0), (30, 30, 30), (30, 0, 0)])
def test_empty_rows_of_a_long_table_are_left_out_and_counted(n, n_empty, folded):
    """Short tables are not folded, nor is a row or two."""
    grid = grid_of(_empty_rows(n, n_empty), Part())
    assert (grid.folded_rows, len(grid.rows)) == (folded, n - folded)
    assert len(grid_of(_empty_rows(n, n_empty), Part(is_folded=False)).rows) == n


def test_nested_rows_are_left_out_by_whole_groups():
    """A group that is shown has all its rows, the empty ones too, so that groups can be compared."""
    status = np.full((20, 3), SHOWN, np.uint8)
    status[4:8] = LOW
    status[:, 1] = LOW
    grid = grid_of(_cube(_dimension("A", 20, Role.ROWS), _dimension("B", 3, Role.ROWS), status=status), Part())
    assert grid.folded_rows == 4 * 3
    assert [row.headers[0].span for row in grid.rows if len(row.headers) == 2] == [3] * 16


def test_folding_is_stated_with_the_way_back():
    """Nothing is left out in silence."""
    made = _empty_rows(30, 5)
    paging = paging_of("d", (), Part(), grid_of(made, Part()))
    assert paging.folding is not None
    assert "5 rows" in paging.folding[0]
    assert paging.folding[2] == "/databases/d/table?empty=shown#table"


def test_a_part_states_its_place_and_links_to_its_neighbours():
    """Rows 201 to 400 of 450, with the addresses of the parts before and after."""
    made = _cube(_dimension("A", 450, Role.ROWS), _dimension("B", 120, Role.COLUMNS))
    parameters = (("rows", "A"), ("row", "201"))
    part = part_of(parameters, Settings())
    paging = paging_of("d", parameters, part, grid_of(made, part))
    assert paging.rows is not None
    assert paging.columns is not None
    assert paging.rows.said == "rows 201 to 400 of 450"
    assert paging.rows.before == "/databases/d/table?rows=A&row=1#table"
    assert paging.rows.after == "/databases/d/table?rows=A&row=401#table"
    assert (paging.columns.said, paging.columns.before) == ("columns 1 to 50 of 120", "")
    assert paging.wafers is None


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "1.5", "²", "9" * 50, "1e3"])
def test_a_place_that_is_no_number_is_the_first(text):
    """A hand in the address bar breaks nothing."""
    assert part_of((("row", text), ("wafer", text)), Settings()) == part_of((), Settings())


@pytest.mark.parametrize("place", [1, 2, 30, 999_999_999])
def test_a_place_beyond_the_table_shows_its_end(place):
    """And says so, as every part does."""
    grid = grid_of(_cube(_dimension("A", 3, Role.ROWS)), Part(row=place, column=place, wafer=place))
    assert grid.rows
    assert grid.row_span.first == min(place, 3)


def test_the_noise_sentence_states_the_standard_deviation():
    """Of single numbers and of the largest sum; an open table says nothing of noise."""
    plain = _cube(_dimension("A", 2, Role.ROWS), noise_sd=1.7)
    assert "standard deviation of 1.7;" in noise(plain)[0]
    summed = replace(plain, measures=(replace(plain.measures[0], sd=np.array([1.7, 4.2])),))
    assert "1.7 (up to 4.2 for sums" in noise(summed)[0]
    assert noise(_cube(_dimension("A", 2, Role.ROWS))) == ()
    assert largest_sd(_cube(_dimension("A", 2, Role.ROWS), status=[LOW, LOW]).measures[0]) == 0.0


# --- several measures -------------------------------------------------------------------------------------------------


def _with_pay(made, **facts):
    """The cube with a mean of pay beside its count, and a share made of the count."""
    count = made.measures[0]
    pay = replace(
        count, id="PAY:MEAN", label="Mean of pay", statistic="MEAN", unit="GBP", precision=2, values=count.values / 4,
        sd=np.full(made.shape, 0.25), **facts,
    )  # fmt: skip
    share = replace(
        count, id="T:PERCENTAGE:row", label="Things, % of row", statistic="PERCENTAGE", unit="%", precision=1,
        values=count.values * 10.0,
    )  # fmt: skip
    return replace(made, measures=(count, pay, share), noise_sd=1.7, unit="thing")


def test_measures_stand_side_by_side_as_the_innermost_columns():
    """Under each column a header for every measure, amounts with their unit, each number with its own decimals."""
    made = _with_pay(_cube(_dimension("A", 2, Role.ROWS), _dimension("B", 2, Role.COLUMNS)))
    grid = grid_of(made, Part())
    assert [(h.text, h.span) for h in grid.header_rows[0].headers] == [("B0", 3), ("B1", 3)]
    heads = ["Things", "Mean of pay (£)", "Things, % of row"]
    assert [h.text for h in grid.header_rows[1].headers] == heads * 2
    assert grid.header_rows[1].field.text == ""
    assert _texts(grid) == [["0", "0.00", "0.0", "1", "0.25", "10.0"], ["2", "0.50", "20.0", "3", "0.75", "30.0"]]


def test_without_a_field_in_the_columns_the_measures_head_them():
    """And without one in the rows everything stands in one row."""
    made = _with_pay(_cube(_dimension("A", 2, Role.ROWS)))
    assert [h.text for h in grid_of(made, Part()).header_rows[0].headers][:2] == ["Things", "Mean of pay (£)"]
    bare = _with_pay(_cube(_dimension("W", 1, Role.WAFERS)))
    grid = grid_of(bare, Part())
    assert [h.text for row in grid.rows for h in row.headers] == ["All"]
    assert len(grid.rows[0].cells) == 3


def test_a_part_may_begin_between_the_measures_of_a_column():
    """Its headers are begun anew, so that it can be read by itself."""
    made = _with_pay(_cube(_dimension("A", 1, Role.ROWS), _dimension("B", 3, Role.COLUMNS)))
    grid = grid_of(made, Part(column=3, n_columns=2))
    assert (grid.column_span.first, grid.column_span.last, grid.column_span.total) == (3, 4, 9)
    assert [(h.text, h.span) for h in grid.header_rows[0].headers] == [("B0", 1), ("B1", 1)]
    assert [h.text for h in grid.header_rows[1].headers] == ["Things, % of row", "Things"]


def test_a_row_is_folded_only_where_no_measure_shows_a_number():
    """A count without an amount beside it is still a count."""
    made = _cube(_dimension("A", 40, Role.ROWS), status=[LOW] * 40)
    pay = _with_pay(made, status=np.array([SHOWN] * 4 + [LOW] * 36, np.uint8))
    share = replace(pay.measures[2], status=np.full(40, LOW, np.uint8))
    assert grid_of(replace(pay, measures=(*pay.measures[:2], share)), Part()).folded_rows == 36


def test_a_formula_is_marked_once_and_has_its_own_decimals():
    """Its header bears the mark of what is made of printed numbers."""
    formula = CubeItem("Share", (), ("Share",), formula=Formula("Share", "{0} / {1}", "B", 3))
    columns = _dimension("B", 2, Role.COLUMNS)
    columns = replace(columns, items=(*columns.items, formula))
    flags = [[0, 0, int(CellFlag.DERIVED)]]
    made = _cube(_dimension("A", 1, Role.ROWS), columns, values=[[4.0, 8.0, 0.5]], flags=flags)
    grid = grid_of(made, Part())
    assert [h.marks for h in grid.header_rows[0].headers] == [(), (), ("[d]",)]
    assert _texts(grid) == [["4", "8", "0.500"]]
    assert not any(cell.marks for cell in grid.rows[0].cells)


def test_the_noise_of_every_measure_is_told():
    """Counts first, amounts in their unit, then what is made of them; ranks have none."""
    made = _with_pay(_cube(_dimension("A", 2, Role.ROWS)))
    counts, pay, share = noise(made)
    assert counts.startswith("To protect people, counts are changed")
    assert pay == "Mean of pay (£): the standard deviation of the change is up to £0.25."
    assert share.startswith("Things, % of row: made of changed numbers")
    ranked = replace(made, measures=(made.measures[0], replace(made.measures[2], statistic="RANK")))
    assert len(noise(ranked)) == 1
