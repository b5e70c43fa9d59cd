"""Names of files, what a spreadsheet cannot hold, and how fast large files are written."""

from __future__ import annotations

import re
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from cubes import cube, dimension, measure
from file_cubes import file_cubes
from hypothesis import given

from statlas import formats
from statlas.errors import QueryError
from statlas.formats import sheets
from statlas.model.cube import Cube
from statlas.model.query import Role

MONTH = dimension("month", ["202512"], is_date=True)


def name_of(made: Cube, form: str = "csv") -> str:
    """The name of its file."""
    return formats.file_name(made, formats.about_of(made), formats.FORMATS[form])


def test_a_name_tells_database_fields_and_period():
    """As somebody would name it by hand."""
    sides = [dimension("month", ["202511", "202512"], is_date=True), dimension("tenure", ["1", "2"])]
    made = replace(cube(sides, measure(np.zeros((2, 2)))), database="hb_new")
    assert name_of(made, "xlsx") == "hb-new-month-by-tenure-2025-12.xlsx"


def test_a_long_name_keeps_its_period():
    """Fields are left out at the end, in whole words, so that two months of one table have two names."""
    sides = [dimension("month", ["202511", "202512"], is_date=True)]
    sides += [dimension(f"private or social rented {letter}", ["1", "2"]) for letter in "abcd"]
    name = name_of(replace(cube(sides, measure(np.zeros((2,) * 5))), database="hb_new"))
    assert re.fullmatch(
        r"hb-new-month(-by-private-or-social-rented){2}(-by-private(-or(-social)?)?)?-2025-12.csv", name
    )


@pytest.mark.parametrize(
    ("database", "name"),
    [
        ("con", "table-con-2025-12.csv"),
        ("Ünïversal Crédit", "universal-credit-2025-12.csv"),
        ("../../etc/passwd", "etc-passwd-2025-12.csv"),
        ("数据", "2025-12.csv"),
        ("x" * 300, f"{'x' * 24}-2025-12.csv"),
    ],
)
def test_a_name_is_safe_on_every_system(database, name):
    """No accents, no paths, no names of devices, never too long."""
    assert name_of(replace(cube([MONTH], measure([7])), database=database)) == name


@given(file_cubes())
def test_a_name_is_letters_digits_and_hyphens(made):
    """Whatever the labels."""
    for form in formats.FORMATS:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,90}(\.[a-z]+)+", name_of(made, form))


def test_no_two_formats_share_an_ending():
    """An address's ending, like a file's, says the format."""
    assert len(formats.by_suffix) == len(formats.FORMATS)
    for suffix, form in formats.by_suffix.items():
        assert formats.of_file(f"table.{suffix}") is form


@pytest.mark.parametrize("form", ["xlsx", "ods"])
@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MOST_ROWS", 30, "40 rows"),
        ("MOST_COLUMNS", 4, "5 columns"),
        ("MOST_NUMBERS", 100, "120"),
        ("MOST_CHARACTERS", 100, "labels of 270 characters"),
    ],
)
def test_what_a_spreadsheet_cannot_hold_is_refused_before_a_byte(monkeypatch, form, limit, value, said):
    """Rows, columns and numbers have their limits; the error says which, and what to take instead."""
    monkeypatch.setattr(sheets, limit, value)
    sides = [
        MONTH,
        dimension("area", [str(n) for n in range(40)]),
        dimension("sex", ["f", "m", "x"], role=Role.COLUMNS),
    ]
    made = cube([replace(sides[0], role=Role.WAFERS), *sides[1:]], measure(np.zeros((1, 40, 3))))
    with pytest.raises(QueryError, match=said) as refused:
        formats.write(made, form)
    assert "csv or parquet" in str(refused.value)


def large(n_areas: int) -> Cube:
    """A cube of twelve months by so many areas by fifty kinds, a fifth of it hidden."""
    shape = (12, n_areas, 50)
    chance = np.random.default_rng(7)
    sides = [
        dimension("month", [f"2025{n:02d}" for n in range(1, 13)], is_date=True),
        dimension("area", [f"E{n:08d}" for n in range(n_areas)]),
        dimension("kind", [f"k{n}" for n in range(50)]),
    ]
    return cube(sides, measure(chance.integers(0, 10**6, shape), chance.choice(2, shape, p=(0.8, 0.2))))


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_a_large_file_is_written_fast_and_in_little_memory(form):
    """At least 1,000,000 cells in a second of the processor, holding a few batches at a time and no more."""
    assert formats.FORMATS[form].is_streamed
    made, about = large(1_000), formats.about_of(large(1))
    began = time.process_time()
    pieces = [len(piece) for piece in formats.FORMATS[form].write(made, about)]
    seconds = time.process_time() - began
    assert made.n_cells / seconds >= 1_000_000
    assert max(pieces) < 24 * 2**20
    tracemalloc.start()
    for _ in formats.FORMATS[form].write(made, about):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 2**20
