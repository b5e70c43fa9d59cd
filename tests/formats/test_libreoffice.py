"""Spreadsheets opened by LibreOffice: each sheet as it sees it, cell by cell."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, SHOWN, ZERO, cube, dimension, measure
from file_cubes import HOSTILE
from spreadsheets import read_ods, read_xlsx

from statlas import formats
from statlas.model.cube import CellFlag, Cube, CubeItem
from statlas.model.query import Role

EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotes, UTF-8, from the first line, texts in quotes only where needed, as shown off, every sheet a file."""


@pytest.fixture(scope="module")
def office(require_program, tmp_path_factory):
    """``office(file)``: what LibreOffice finds in each sheet of a file, row by row."""
    program = require_program("soffice", how="apt-get install libreoffice-calc-nogui")
    profile = tmp_path_factory.mktemp("profile")

    def opened(file: Path) -> dict[str, list[list[str]]]:
        out = file.parent / f"{file.stem}-{file.suffix[1:]}"
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", EVERY_SHEET]
        subprocess.run([*command, "--outdir", out, file], check=True, capture_output=True, timeout=100)
        return {path.stem.rpartition("-")[2]: rows(path) for path in sorted(out.glob("*.csv"))}

    return opened


def rows(path: Path) -> list[list[str]]:
    """A file of CSV."""
    return [*csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))]


@pytest.fixture(scope="module")
def table() -> Cube:
    """Every hostile label in rows, every status and mark, two measures, two wafers."""
    area = dimension("area", [f"a{n}" for n in range(len(HOSTILE))])
    items = tuple(CubeItem(label, item.nodes, (label,)) for label, item in zip(HOSTILE, area.items, strict=True))
    sides = [
        dimension("month", ["202511", "202512"], role=Role.WAFERS, is_date=True),
        type(area)("area", "Place, or =area", "T", items),
        dimension("sex", ["f", "m"], role=Role.COLUMNS, total=True),
    ]
    shape = tuple(len(side) for side in sides)
    kinds = np.array([SHOWN, LOW, SHOWN, ZERO, SECRET, SHOWN, ABSENT, SHOWN])
    status = np.resize(kinds, shape)
    flags = np.where(status == SHOWN, np.resize([0, int(CellFlag.REVISED), int(CellFlag.UNRELIABLE)], shape), 0)
    counts = np.arange(status.size).reshape(shape) * 1_234_567
    return cube(
        sides,
        measure(counts, status, flags=flags),
        measure(counts / 8 - 3, status, id_="PAY:SUM", statistic="SUM", precision=2),
        source="Office of Tests",
        licence="OGL-UK-3.0",
    )


@pytest.mark.parametrize(("form", "read"), [("xlsx", read_xlsx), ("ods", read_ods)])
def test_libreoffice_finds_every_cell(office, tmp_path, table, form: str, read: Any):
    """The same sheets with the same texts and numbers as other readers find, and nothing run as a formula."""
    file = tmp_path / f"table.{form}"
    file.write_bytes(b"".join(formats.write(table, form, formats.about_of(table, "https://example.org/table"))))
    found = office(file)
    sheets = read(file.read_bytes())
    assert list(found) == sorted(sheet.name for sheet in sheets)
    for sheet in sheets:
        top, _, last, right = sheet.place
        expected = [[said(cell) for cell in row[: right + 1]] for row in sheet.rows[top : last + 1]]
        assert [[said(cell) for cell in row[: right + 1]] for row in found[sheet.name][top : last + 1]] == expected
        assert [row[0] for row in found[sheet.name][:top]] == [row[0] for row in sheet.rows[:top]]


def said(cell: Any) -> Any:
    """A cell as it is compared: numbers as numbers, texts without what a program may do to line ends."""
    try:
        return round(float(cell), 6)
    except (TypeError, ValueError):
        return str(cell).replace("\r\n", "\n")
