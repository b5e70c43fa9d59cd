"""Files of a cube, read back by other readers to the same cells and statuses."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from worlds import NOISE_KEY, database, draw, flat, geography, manifest

from statlas import formats
from statlas.disclosure.policy import policy_for
from statlas.engine import tabulate
from statlas.errors import QueryError
from statlas.formats.csv_tidy import neutral
from statlas.model.classification import Node
from statlas.model.cube import CellStatus, Cube
from statlas.model.display import cell_text
from statlas.model.frames import STATUS_TEXTS
from statlas.model.query import Dimension, Item, Query, Role, TimeKind, TimeSelector


@pytest.fixture(scope="module")
def cube() -> Cube:
    """A table with hidden cells, groups, totals and two months."""
    world = database(geography(), flat("KIND", 3), periods=("202501", "202502"))
    records = draw(world, 150, 5, skew=3.0)
    groups = (Item((Node("TOWN", "E1-1"),)), Item((Node("TOWN", "E1-2"), Node("REGION", "E2")), "Mine, and more"))
    query = Query(
        "world",
        dimensions=(
            Dimension("MONTH", time=TimeSelector(TimeKind.ALL)),
            Dimension("AREA", items=groups, total=True),
            Dimension("KIND"),
        ),
    )
    made = tabulate(
        world,
        manifest(world),
        query,
        open_period=records.__getitem__,
        policy=policy_for("standard"),
        noise_key=NOISE_KEY,
    )
    assert set(np.unique(made.measures[0].status)) == {CellStatus.SHOWN, CellStatus.LOW}
    return made


def relabelled(cube: Cube, label: str) -> Cube:
    """The cube with the first item of its second dimension called ``label``."""
    area = cube.dimensions[1]
    items = (replace(area.items[0], label=label), *area.items[1:])
    return replace(cube, dimensions=(cube.dimensions[0], replace(area, items=items), *cube.dimensions[2:]))


def text_of(cube: Cube, form: str) -> str:
    """The whole file as text."""
    return b"".join(formats.write(cube, form)).decode()


def test_a_csv_has_a_line_for_every_cell_and_reads_back_to_it(cube):
    """Python's reader finds every cell once, in order, with its value or its symbol."""
    rows = list(csv.DictReader(io.StringIO(text_of(cube, "csv"))))
    assert len(rows) == cube.n_cells
    measure = cube.measures[0]
    for row, value, status in zip(rows, measure.values.reshape(-1), measure.status.reshape(-1), strict=True):
        assert row["status"] == STATUS_TEXTS[status]
        assert row["value"] == (str(value) if status == CellStatus.SHOWN else "")
        assert row["remark"] == "synthetic"


def test_the_note_of_a_cell_stands_in_its_own_line(cube):
    """A cell with an annotation names its key; every other line has none."""
    noted = replace(cube, cell_annotations={4: ("r", "p")}, annotations={"r": "Revised.", "p": "Provisional."})
    rows = list(csv.DictReader(io.StringIO(text_of(noted, "csv"))))
    assert [row["notes"] for row in rows] == ["r p" if cell == 4 else "" for cell in range(cube.n_cells)]
    assert noted.to_arrow().column("notes").to_pylist()[3:6] == ["", "r p", ""]


def test_a_csv_has_codes_beside_labels(cube):
    """A group's codes are joined, a total's are empty, and a label with a comma stays one field."""
    frame = pd.read_csv(io.StringIO(text_of(cube, "csv")), dtype=str, keep_default_na=False)
    pairs = list(dict.fromkeys(zip(frame["AREA_code"], frame["Area"], strict=True)))
    assert pairs == [("E1-1", "Town 1 of E1"), ("E1-2+E2", "Mine, and more"), ("", "Total")]


@pytest.mark.parametrize("label", ["=1+1", "+44", "-5 to 0", "@home", "\tx", "\rx"])
def test_a_label_that_a_spreadsheet_would_run_is_neutralised(cube, label):
    """An apostrophe stands in front of every text that could be a formula."""
    rows = list(csv.reader(io.StringIO(text_of(relabelled(cube, label), "csv"), newline="")))
    assert rows[1][3] == "'" + label


@pytest.mark.parametrize("label", ['He said "no"', "a\nb", "Ynys Môn", "x;y"])
def test_an_odd_label_reads_back_as_it_was(cube, label):
    """Quotes, line breaks and accents survive."""
    rows = list(csv.reader(io.StringIO(text_of(relabelled(cube, label), "csv"), newline="")))
    assert rows[1][3] == label


def test_an_ordinary_text_is_not_touched():
    """Only the first character decides."""
    assert neutral("0 to 5 = few") == "0 to 5 = few"


def test_json_has_null_and_a_symbol_where_nothing_is_printed(cube):
    """Values and statuses are nested like the axes."""
    body = json.loads(text_of(cube, "json"))
    values = np.array(body["measures"][0]["values"], dtype=object)
    status = np.array(body["measures"][0]["status"])
    low = cube.measures[0].status == CellStatus.LOW
    assert values.shape == cube.shape
    assert all(value is None for value in values[low])
    assert (status[low] == "low").all()
    assert (values[~low] == cube.measures[0].values[~low]).all()
    assert body["synthetic"] is True


def test_frames_agree_with_the_cube(cube):
    """pyarrow, pandas and polars give the same column of values, null where nothing is printed."""
    arrow, pandas, polars = cube.to_arrow(), cube.to_pandas(), cube.to_polars()
    assert arrow.num_rows == len(pandas) == len(polars) == cube.n_cells
    expected = arrow.column("value").to_pylist()
    assert [None if pd.isna(v) else int(v) for v in pandas["value"]] == expected
    assert polars["value"].to_list() == expected


def test_a_cube_shows_itself_as_text_and_html(cube):
    """The title, a hidden cell's symbol, what it means, and *synthetic* are there to read; labels are escaped."""
    text, html = repr(cube), relabelled(cube, "<b>")._repr_html_()
    assert "Persons by Month, Area and Kind" in text
    assert "[low]" in text
    assert "fewer than 5, or none" in text
    assert "Synthetic" in text
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_an_unknown_format_is_refused_with_those_there_are(cube):
    """The message names the formats."""
    with pytest.raises(QueryError, match="csv, csv-bom"):
        formats.write(cube, "xls")


def test_of_several_months_aside_the_latest_is_told(cube):
    """A date in the wafers shows its last month, and the note says how many there are."""
    aside = replace(cube, dimensions=(replace(cube.dimensions[0], role=Role.WAFERS), *cube.dimensions[1:]))
    assert "Month: February 2025 (one of 2)" in repr(aside)
    first_cell = cell_text(cube, cube.measures[0], (1, 0, 0))
    assert repr(aside).splitlines()[2].split()[4] == first_cell
