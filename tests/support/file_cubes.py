"""Public cubes with all that a file may meet: every status and mark, hostile texts, groups, wafers, surveys, rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from cubes import cube, dimension, measure
from hypothesis import strategies as st

from statlas.disclosure.derived_items import with_item
from statlas.model.cube import CellFlag, CellStatus, Cube, CubeDimension
from statlas.model.derived import Formula
from statlas.model.protection import RuleOutcome
from statlas.model.query import Role

HOSTILE = (
    "=1+1",
    "+44 20",
    "-5 to 0",
    "@home",
    '=HYPERLINK("http://x","y")',
    "\tx",
    "  two blanks  inside ",
    'He said "no", twice',
    "a\nb",
    "a\r\nb",
    ",",
    ";",
    "Ynys Môn",
    "👩‍👩‍👧 family",
    "مرحبا بالعالم",
    "\u202eturned",
    "_x0041_",
    "&amp; <b>bold</b>",
    "]]>",
    "[low]",
    "NA",
    "0",
    "1,234",
    "value",
    "Notes",
    "x" * 400,
    "\x07bell",
    "None",
    "'quoted",
    "#REF!",
    "2025-12",
)

labels = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
)
_FLAGS = [0, 0, 0, *(int(flag) for flag in CellFlag if flag), int(CellFlag.REVISED | CellFlag.UNRELIABLE)]
_NOTE = 'A note, with = and "quotes"\nand two lines.'
RULE = RuleOutcome("mean_cell_size", 1, 3, 2, "The table has more cells than people.", "Take larger areas.", ("=A1",))


@st.composite
def file_cubes(draw: st.DrawFn) -> Cube:
    """Cubes of one to four dimensions in any roles, of one to three measures, with texts that break writers."""
    sides = [draw(_dates()), *draw(st.lists(_sides(), max_size=3, unique_by=lambda d: d.field))]
    shape = tuple(len(side) for side in sides)
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    status = chance.choice(5, shape, p=(0.6, 0.1, 0.1, 0.1, 0.1)).astype(np.uint8)
    flags = np.where(status == CellStatus.SHOWN, chance.choice(_FLAGS, shape), 0).astype(np.uint8)
    se = chance.uniform(0, 100, shape).round(1) if draw(st.booleans()) else None
    pounds = chance.choice([1, -1], shape) * np.round(10.0 ** chance.uniform(-3, 13, shape), 2)
    measures = [
        measure(chance.integers(0, 10**12, shape), status, flags=flags, se=se),
        measure(pounds, status, id_="PAY:SUM", statistic="SUM", precision=2),
        measure(np.round(pounds / 7, 2), status, id_="PAY:MEAN", statistic="MEAN", precision=2, flags=flags),
    ][: draw(st.integers(1, 3))]
    blocked = (status == CellStatus.CONFIDENTIAL).astype(np.uint8)
    notes = {0: ("r",), int(np.prod(shape)) - 1: ("I", "r")} if draw(st.booleans()) else {}
    made = cube(
        sides,
        *measures,
        rules=(RULE,) if blocked.any() else (),
        blocked=blocked if blocked.any() else None,
        annotations={"I": _NOTE, "r": "Revised."},
        database_annotations=("I",),
        cell_annotations=notes,
        synthetic=draw(st.booleans()),
        source=draw(labels),
        licence=draw(st.sampled_from(["OGL-UK-3.0", "CC-BY-4.0", "mine"])),
        n_min_magnitude=10,
    )
    return _with_share(made) if draw(st.booleans()) else made


def _with_share(made: Cube) -> Cube:
    """The cube with a formula as one more item of its last dimension, where that has an item to make it of."""
    last = made.dimensions[-1]
    if last.is_date:
        return made
    return with_item(made, Formula("=share, %", "100 * {a} / 7", last.field, 1), {"a": 0})


@st.composite
def _dates(draw: st.DrawFn) -> CubeDimension:
    months = [f"2025{n + 1:02d}" for n in range(draw(st.integers(1, 3)))]
    return dimension("month", months, role=draw(st.sampled_from(Role)), is_date=True)


@st.composite
def _sides(draw: st.DrawFn) -> CubeDimension:
    codes = ["a", "b", "c+d", "e"][: draw(st.integers(1, 4))]
    made = dimension(
        draw(st.sampled_from(["area", "kind", "sex", "notes"])),
        codes,
        role=draw(st.sampled_from(Role)),
        total=draw(st.booleans()),
    )
    items = tuple(replace(item, label=draw(labels)) for item in made.items)
    noted = (replace(items[0], annotations=("I",)), *items[1:])
    return replace(made, label=draw(labels), items=noted, is_geography=made.field == "area")
