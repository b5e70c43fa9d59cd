"""True sums and large single amounts, searched for in all that sums, means and derived numbers are written into.

The amounts are made so that a true sum, and the largest amount of a cell, are numbers that nothing else prints.
"""

from __future__ import annotations

import logging
import re
from itertools import product

import numpy as np
import pytest
from targets import Target, publish, whole

from statlas import formats
from statlas.errors import StatlasError
from statlas.model.cube import Cube
from statlas.model.derived import Formula, Percentage, Rank, Share
from statlas.model.query import Query
from statlas.service import tables
from statlas.service.tables.table import _answers

N, SIZES = 30_000, (5, 3)
LEAST = 100_000
"""Pence from which on a number is looked for: smaller ones stand in any text for other reasons."""

MEASURES = ("T", "PAY:SUM", "PAY:MEAN")
DERIVED = (Percentage(Share.TOTAL), Rank("KIND"), Formula("Each", "{PAY:SUM} / {T}", precision=2))


@pytest.fixture(scope="module")
def people() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Thirty thousand people with pay of their own, a few with very much."""
    rng = np.random.default_rng(17)
    pence = rng.gamma(4, 4_321, N).astype(int)
    pence[:50] += rng.integers(LEAST * 9, LEAST * 99, 50)
    places = {"KIND": rng.integers(0, SIZES[0], N), "SEX": rng.integers(0, SIZES[1], N)}
    return places, pence


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    places, pence = people
    return publish(tmp_path_factory.mktemp("amounts"), places, pence=pence)


def true_amounts(people) -> set[int]:
    """The true sum of every official cell, in pence, and every single amount above the least."""
    places, pence = people
    found = set(pence[pence >= LEAST].tolist())
    for kind, sex in product((None, *range(SIZES[0])), (None, *range(SIZES[1]))):
        inside = np.ones(N, bool)
        for name, code in (("KIND", kind), ("SEX", sex)):
            inside &= True if code is None else places[name] == code
        found.add(int(pence[inside].sum()))
    return found


def pence_in(text: str) -> set[int]:
    """Every number in a text as pence: as it stands, and as pounds with or without pence and separators."""
    numbers = [found.replace(",", "") for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]
    return {round(float(n)) for n in numbers} | {round(float(n) * 100) for n in numbers}


def written(cube: Cube) -> list[str]:
    """All that a cube is written into."""
    files = [b"".join(formats.write(cube, form)).decode() for form in ("csv", "json")]
    return [repr(cube), cube._repr_html_(), cube.to_pandas().to_csv(), str(cube), *files]


def test_no_true_amount_is_written_anywhere(target, people, caplog):
    """Tables of sums, means and derived numbers, an error, the log of queries and the answers kept hold none."""
    caplog.set_level(logging.DEBUG)
    secret = true_amounts(people)
    assert len(secret) > 60
    heard = []
    for dimensions in ((whole("KIND", total=True), whole("SEX", total=True)), (whole("SEX", total=True),)):
        asked = Query("people", MEASURES, dimensions)
        heard += written(tables.table(home=target.home, query=asked, door="python"))
    rows = (whole("KIND", total=True),)
    heard += written(tables.table(home=target.home, query=Query("people", MEASURES, rows, derived=DERIVED), door="cli"))
    with pytest.raises(StatlasError) as raised:
        tables.table(home=target.home, query=Query("people", ("PAY:P30",), rows), door="python")
    heard += [repr(raised.value.as_problem()), caplog.text]
    heard += [path.read_text(encoding="utf-8") for path in (target.home.path / "logs").iterdir()]
    for text in heard:
        # The digest of a query is letters and figures of chance.
        hit = secret & pence_in(re.sub(r"[0-9a-f]{64}", "", text))
        assert not hit
    kept_here = [cube for cube in _answers if {"KIND", "SEX"} & {d.field for d in cube.dimensions}]
    assert kept_here
    for cube in kept_here:
        for measure in cube.measures:
            kept = np.rint(measure.values.reshape(-1).astype(float) * 100).astype(np.int64)
            assert not secret & set(kept.tolist())


def test_the_search_finds_an_amount_that_is_there(people):
    """The control: a true sum in a file, however written, is found."""
    amount = max(true_amounts(people))
    pounds = amount / 100
    for text in (f"sum {amount}", f"{pounds:.2f}", f"{pounds:,.2f} pounds", f"<td>{amount:,}</td>"):
        assert amount in pence_in(text)
