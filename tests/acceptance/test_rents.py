"""The 1,036,612 rents behind the Local Housing Allowance, published open: every number is exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import duckdb
import numpy as np
import pytest

import statlas
from statlas import records
from statlas.engine import kernel
from statlas.engine.percentiles import percentiles
from statlas.engine.plan import plan
from statlas.model.cube import CellStatus
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables

FILE = "data/lha_rents/lists_of_rents_england_scotland_2019-2020.csv.gz"


@pytest.fixture(scope="module")
def home(shared, root, tmp_path_factory) -> tables.Home:
    """A home with the rents published from the example's definition."""
    made = tables.open_home(tmp_path_factory.mktemp("rents") / "home")
    tables.publish(home=made, definition=root / "examples" / "lha_rents" / "definition.yaml", records=[shared / FILE])
    return made


def test_counts_are_exact(home, shared):
    """Rents by area, category and year equal a plain GROUP BY over the file, and nothing is hidden or noisy."""
    cube = statlas.open(home.path)["lha_rents"].table(rows=["BRMA@BRMA", "LHA_CATEGORY"], columns="YEAR", periods="all")
    frame = cube.to_arrow()
    rows = f"read_csv('{shared / FILE}', all_varchar = true)"
    found = duckdb.sql(f"SELECT year, brma, lha_category, count(*) FROM {rows} GROUP BY ALL").fetchall()
    expected = {tuple(key): n for *key, n in found}
    columns = [frame.column(f"{name}_code").to_pylist() for name in ("YEAR", "BRMA", "LHA_CATEGORY")]
    got = dict(zip(zip(*columns, strict=True), frame.column("value").to_pylist(), strict=True))
    assert {key: n for key, n in got.items() if n} == expected
    assert sum(got.values()) == 1_036_612
    assert set(frame.column("status").to_pylist()) == {""}
    assert set(frame.column("noise_sd").to_pylist()) == {0.0}


@pytest.fixture(scope="module")
def opened(home):
    """The definition's database and, by period, the encoded records of the release."""
    manifest, database = (of(home=home, database_id="lha_rents") for of in (tables.manifest, tables.database))
    return database, {r.period: records.open_period(home.path_of(r), database) for r in manifest.records}


@pytest.fixture(scope="module")
def by_place(shared):
    """By year, area and category, each of them or all: rents, their sum, their 30th percentile and median, in pence."""
    keys = "year, brma, lha_category"
    nth = ", ".join(f"list(pence ORDER BY pence)[({p} * count(*) + 99) // 100]" for p in (30, 50))
    select = f"SELECT {keys}, count(*), sum(pence), {nth} FROM ({_rents(shared / FILE)}) GROUP BY CUBE ({keys})"
    return {row[:3]: row[3:] for row in duckdb.sql(select).fetchall()}


def test_the_30th_percentile_of_rents_is_exact(opened, by_place):
    """By area, category and year, and over all of them, it is the rent at which 30 percent of the list is reached.

    The 30th percentile by area and category is what the Local Housing Allowance is made from.
    """
    database, by_period = opened
    every_year = Dimension("YEAR", time=TimeSelector(TimeKind.ALL), total=True)
    dimensions = (every_year, Dimension("BRMA", valueset="BRMA", total=True), Dimension("LHA_CATEGORY", total=True))
    made = plan(database, Query("lha_rents", dimensions=dimensions))
    lists = [[by_period[period] for period in item] for item in made.periods]
    values, counts = percentiles(made, lists, "WEEKLY_RENT", (30, 50))
    codes = [[i.nodes[0].code for i in d.items] + [None] for d in made.query.dimensions]
    for cell in np.ndindex(counts.shape):
        key = tuple(of[at] for of, at in zip(codes, cell, strict=True))
        n, _, *percentiles_of_place = by_place[key]
        assert (counts[cell], *values[(slice(None), *cell)]) == (n, *percentiles_of_place)
    assert int(counts[-1, -1, -1]) == 1_036_612


def test_sums_of_rents_are_exact(opened, shared):
    """By area and category the sum and the three highest rents of a year equal a plain GROUP BY over the file."""
    database, by_period = opened
    dimensions = (Dimension("BRMA", valueset="BRMA"), Dimension("LHA_CATEGORY"))
    made = replace(plan(database, Query("lha_rents", dimensions=dimensions)), measures=database.measures)
    raw = kernel.count(made, by_period["2020"]).measures["WEEKLY_RENT"]
    found = duckdb.sql(
        f"SELECT brma, lha_category, count(*), sum(pence), list(pence ORDER BY pence DESC)[1:3]"
        f" FROM ({_rents(shared / FILE)}) WHERE year = '2020' GROUP BY ALL"
    ).fetchall()
    places = [
        {node.code: at for at, node in enumerate(axis.nodes) if node and node.valueset != "REGION"}
        for axis in made.axes
    ]
    for brma, category, n, total, top in found:
        cell = places[0][brma], places[1][category]
        assert (raw.counts[cell], raw.sums[cell], raw.top[(slice(None), *cell)].tolist()[: len(top)]) == (n, total, top)
    assert int(raw.sums[0, 0]) == sum(total for *_, total, _ in found)


def test_a_table_of_sums_means_and_percentiles_is_exact(home, by_place):
    """Sum, mean, median and 30th percentile by area, category and year, and of all of them, equal DuckDB's."""
    every_year = Dimension("YEAR", time=TimeSelector(TimeKind.ALL), total=True)
    dimensions = (every_year, Dimension("BRMA", valueset="BRMA", total=True), Dimension("LHA_CATEGORY", total=True))
    asked = ("WEEKLY_RENT:SUM", "WEEKLY_RENT:MEAN", "WEEKLY_RENT:P30", "WEEKLY_RENT:MEDIAN", "RENTS")
    cube = tables.table(home=home, query=Query("lha_rents", asked, dimensions), door="test")
    codes = [[i.nodes[0].code for i in d.items[:-1]] + [None] for d in cube.dimensions]
    got = [measure.values for measure in cube.measures]
    for cell in np.ndindex(cube.shape):
        n, total, p30, median = by_place[tuple(of[at] for of, at in zip(codes, cell, strict=True))]
        mean = round(Fraction(total, n))
        assert [values[cell] for values in got] == [total / 100, mean / 100, p30 / 100, median / 100, n]
    assert all((measure.status == CellStatus.SHOWN).all() for measure in cube.measures)


def _rents(path) -> str:
    """SQL of every rent, with its amount in pence."""
    return (
        "SELECT *, CAST(weekly_rent::DECIMAL(18, 2) * 100 AS BIGINT) AS pence"
        f" FROM read_csv('{path}', all_varchar = true)"
    )
