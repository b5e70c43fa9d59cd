"""Random public cubes through every format, read back by programs of others to the same cells and statuses."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cubes import cube, dimension, measure
from file_cubes import HOSTILE, file_cubes
from hypothesis import HealthCheck, given, settings
from pyjstat import pyjstat
from spreadsheets import breaches, ods_breaches, read_ods, read_xlsx, symbols_unexplained, xlsx_breaches

from statlas import formats
from statlas.formats.csv_text import neutral
from statlas.formats.json_stat import codes_of
from statlas.formats.sheets import is_by_wafer, plain
from statlas.formats.shown import Shown
from statlas.model.cube import CellStatus, Cube
from statlas.model.frames import STATUS_TEXTS, column_names, numbers
from statlas.model.query import Role

LINK = "https://example.org/databases/world/table?rows=area"


def written(made: Cube, name: str) -> bytes:
    """The whole file."""
    return b"".join(formats.write(made, name, formats.about_of(made, LINK)))


Cells = list[tuple[Any, str]]
"""For each cell its number, or None, and its status, in the order of the cube."""


def cells_of(made: Cube, at: int) -> Cells:
    """What a file has to say of one measure."""
    one = made.measures[at]
    status = [STATUS_TEXTS[s] for s in one.status.reshape(-1).tolist()]
    return list(zip(numbers(made, one).reshape(-1).tolist(), status, strict=True))


@given(file_cubes())
def test_csv_is_read_by_python_to_the_same_cells(made: Cube):
    """Numbers, statuses, codes and labels, measure by measure; the first line tells of the whole."""
    rows = list(csv.DictReader(io.StringIO(written(made, "csv").decode(), newline="")))
    assert len(rows) == made.n_cells
    for at, before in enumerate(column_names(made)):
        found = [(row[f"{before}value"], row[f"{before}status"]) for row in rows]
        assert [(None if text == "" else float(text), status) for text, status in found] == cells_of(made, at)
    labels = [[item.label for item in d.items] for d in made.dimensions]
    for row, place in zip(rows, np.ndindex(made.shape), strict=True):
        texts = [*row.values()][: 2 * len(labels)]
        assert texts[1::2] == [neutral(one[p]) for one, p in zip(labels, place, strict=True)]
    said = rows[0]["about"]
    assert LINK in said
    assert formats.about_of(made).digest in said
    assert all(row["about"] == "" for row in rows[1:])
    assert not any(str(text).lstrip().startswith(("=", "+", "@")) for row in rows for text in row.values())


@given(file_cubes())
def test_csv_with_a_byte_order_mark_is_the_same_file(made: Cube):
    """Three bytes more, nothing else."""
    assert written(made, "csv-bom") == b"\xef\xbb\xbf" + written(made, "csv")


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@settings(max_examples=25)
@given(made=file_cubes())
def test_parquet_and_arrow_are_read_to_the_same_cells(made: Cube, form: str):
    """Null where nothing is printed, texts as dictionaries, the query and what is said in the metadata."""
    data = pa.BufferReader(written(made, form))
    table = pq.read_table(data, read_dictionary=[]) if form == "parquet" else pa.ipc.open_file(data).read_all()
    assert table.num_rows == made.n_cells
    for at, before in enumerate(column_names(made)):
        found = zip(table[f"{before}value"].to_pylist(), table[f"{before}status"].to_pylist(), strict=True)
        assert list(found) == cells_of(made, at)
    assert pa.types.is_dictionary(table.schema.field(0).type)
    said = {key.decode(): text.decode() for key, text in table.schema.metadata.items()}
    assert said["link"] == LINK
    assert said["digest"] == formats.about_of(made).digest
    assert json.loads(said["query"])["database"] == "world"
    assert ("synthetic" in said) == made.synthetic


@settings(max_examples=15)
@given(made=file_cubes())
def test_duckdb_reads_parquet_and_csv_to_the_same_cells(tmp_path_factory, made: Cube):
    """Both files give the same table of values and statuses."""
    folder = tmp_path_factory.mktemp("read", numbered=True)
    for name in ("csv", "parquet"):
        (folder / f"table.{name}").write_bytes(written(made, name))
    before = column_names(made)[0].replace('"', '""')
    select = f'SELECT "{before}value", coalesce("{before}status", \'\') FROM'
    names = next(csv.reader(io.StringIO((folder / "table.csv").read_bytes().decode(), newline="")))
    columns = ", ".join("'{}': 'VARCHAR'".format(name.replace("'", "''")) for name in names)
    dialect = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', max_line_size = 1000000"
    read = f"read_csv('{folder}/table.csv', {dialect}, columns = {{{columns}}})"
    with duckdb.connect() as connection:
        of_parquet = connection.execute(f"{select} '{folder}/table.parquet'").fetchall()
        of_csv = connection.execute(f"{select} {read}").fetchall()
    assert of_parquet == cells_of(made, 0)
    assert [(None if value is None else float(value), status) for value, status in of_csv] == cells_of(made, 0)


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")  # pyjstat calls itself so
@settings(max_examples=25)
@given(file_cubes())
def test_json_stat_is_read_by_pyjstat_to_the_same_numbers(made: Cube):
    """Its frame has every cell in order, no number where none is printed; statuses are by position."""
    text = written(made, "json-stat").decode()
    frame = pyjstat.Dataset.read(text).write("dataframe", naming="id")
    values = [None if v != v or v is None else v for v in frame["value"].tolist()]  # noqa: PLR0124 - nan is not itself
    body = json.loads(text)
    n = len(made.measures)
    for at in range(n):
        statuses = [body["status"].get(str(cell * n + at), "") for cell in range(made.n_cells)]
        expected = cells_of(made, at)
        assert values[at::n] == [value for value, _ in expected]
        assert [said if hidden else "" for said, (_, hidden) in zip(statuses, expected, strict=True)] == [
            hidden for _, hidden in expected
        ]
    for dimension_ in made.dimensions:
        assert body["dimension"][dimension_.field]["category"]["index"] == {
            code: at for at, code in enumerate(codes_of(dimension_))
        }


@given(file_cubes())
def test_native_json_holds_the_same_cells(made: Cube):
    """Nested like the axes."""
    body = json.loads(written(made, "json"))
    for at, one in enumerate(body["measures"]):
        flat = zip(np.array(one["values"], object).reshape(-1), np.array(one["status"]).reshape(-1), strict=True)
        assert [(value, str(status)) for value, status in flat] == cells_of(made, at)


# --- spreadsheets and CSV as shown ------------------------------------------------------------------------------------


def tables_of(made: Cube) -> list[list[list[Any]]]:
    """For each wafer its rows, for each row a number or a symbol in brackets for every column and measure."""
    measures = [cells_of(made, at) for at in range(len(made.measures))]

    def places(role: Role) -> list[dict[int, int]]:
        axes = [at for at, d in enumerate(made.dimensions) if d.role is role]
        return [dict(zip(axes, place, strict=True)) for place in product(*(range(made.shape[at]) for at in axes))]

    def cell(place: dict[int, int], measure_: Cells) -> Any:
        number, status = measure_[np.ravel_multi_index([place[at] for at in range(len(made.shape))], made.shape)]
        return f"[{status}]" if status else number

    return [
        [[cell({**w, **r, **c}, one) for c in places(Role.COLUMNS) for one in measures] for r in places(Role.ROWS)]
        for w in places(Role.WAFERS)
    ]


def without_errors(row: list[Any], made: Cube) -> list[Any]:
    """The cells of a row of numbers but for the three columns behind each number of a survey that has an error."""
    kept = [kept for one in made.measures for kept in [True, *([False] * 3 if one.se is not None else [])]]
    return [cell for at, cell in enumerate(row) if kept[at % len(kept)]]


@pytest.mark.parametrize(("form", "read"), [("xlsx", read_xlsx), ("ods", read_ods)])
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(made=file_cubes())
def test_spreadsheets_are_read_to_the_same_cells_and_keep_every_rule(made: Cube, form: str, read: Any):
    """Openpyxl and odfdo find each number or its symbol where the page has it, its labels before it."""
    data = written(made, form)
    sheets = read(data)
    inside = xlsx_breaches(data) if form == "xlsx" else ods_breaches(data)
    assert [*breaches(sheets), *inside] == []
    tables = [sheet for sheet in sheets if sheet.name.startswith("Table")]
    laid_out = Shown(made, by_wafer=is_by_wafer(made), with_errors=True)
    n_texts, n_columns = len(laid_out.field_heads()), laid_out.n_columns
    found = [[without_errors(row[n_texts : n_texts + n_columns], made) for row in sheet.body] for sheet in tables]
    expected = tables_of(made)
    assert found == (expected if is_by_wafer(made) else [[row for rows in expected for row in rows]])
    assert symbols_unexplained(sheets, n_texts) == set()
    heads = [[plain(head) or "(no name)" for head in row.heads] for row in laid_out.wafer_rows(0)]
    assert [row[:n_texts] for row in tables[0].body] == heads


@given(file_cubes())
def test_csv_as_shown_has_the_cells_of_the_page(made: Cube):
    """Each wafer has its rows beneath its headings: a number, or a symbol in brackets; marks follow a blank."""
    lines = csv.reader(io.StringIO(written(made, "csv-shown").decode("utf-8-sig"), newline=""))
    sections: list[list[list[str]]] = [[]]
    for line in lines:
        if line:
            sections[-1].append(line)
        else:
            sections.append([])
    expected = tables_of(made)
    table = Shown(made)
    n_texts, n_rows = len(table.field_heads()), len(table.rows)
    for rows, section in zip(expected, sections[1:], strict=False):
        assert len(section) >= n_rows + 1
        assert [[_cell(text) for text in line[n_texts:]] for line in section[-n_rows:]] == rows
    assert len(sections) == len(expected) + 3  # the title before them; symbols, and what is said of the table, behind


def _cell(text: str) -> Any:
    first, *marks = text.split(" ")
    if "[z]" in marks:
        return "[z]"
    return first if first.startswith("[") else float(first)


# --- what is said -----------------------------------------------------------------------------------------------------

SAID = ("Persons by area", "2026", "Office of Tests", "Open Government Licence", "made up", "fewer than 5", LINK)


@pytest.mark.parametrize("name", [name for name in formats.FORMATS if name not in ("opendata-query", "xlsx", "ods")])
def test_every_file_says_what_it_is(name: str):
    """Title, date, source, licence, synthetic, symbols, link and digest are in every file."""
    made = cube(
        [dimension("month", ["202512"], role=Role.WAFERS, is_date=True), dimension("area", ["n", "s"])],
        measure([[7, 0]], [[0, int(CellStatus.LOW)]]),
        source="Office of Tests",
        licence="OGL-UK-3.0",
    )
    text = written(made, name).decode("utf-8", "replace").lower()
    for said in (*SAID, formats.about_of(made).digest):
        assert said.lower() in text, said


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_every_spreadsheet_says_what_it_is(name: str):
    """The same, on the cover and the sheet of notes."""
    made = cube(
        [dimension("month", ["202512"], role=Role.WAFERS, is_date=True), dimension("area", ["n", "s"])],
        measure([[7, 0]], [[0, int(CellStatus.LOW)]]),
        source="Office of Tests",
        licence="OGL-UK-3.0",
    )
    data = written(made, name)
    sheets = (read_xlsx if name == "xlsx" else read_ods)(data)
    text = " ".join(str(cell) for sheet in sheets for row in sheet.rows for cell in row).lower()
    for said in (*SAID[:-1], formats.about_of(made).digest):
        assert said.lower() in text, said


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_file_is_the_same_bytes_whenever_it_is_made(name: str):
    """Nothing of the hour or the machine is in it, so that a pinned table can be kept for good."""
    made = cube([dimension("month", ["202512"], is_date=True), dimension("area", ["n", "s"])], measure([[7, 8]]))
    assert written(made, name) == written(made, name)


@pytest.mark.parametrize("name", formats.FORMATS)
@pytest.mark.parametrize("label", ["half \ud83d pair", *HOSTILE[:3]])
def test_no_label_stops_a_writer(name: str, label: str):
    """Half a surrogate pair can be asked for in a request, and no file can hold it."""
    area = dimension("area", ["n", "s"])
    hostile = type(area)(label, label, "T", tuple(type(i)(label, i.nodes, (label,)) for i in area.items))
    made = cube([dimension("month", ["202512"], is_date=True), hostile], measure([[7, 8]]))
    assert written(made, name)
