"""The 1,036,612 rents behind the Local Housing Allowance, published open: every count is exact."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pytest

import statlas
from statlas import records
from statlas.engine import kernel
from statlas.engine.percentiles import percentiles
from statlas.engine.plan import plan
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


def test_the_30th_percentile_of_rents_is_exact(opened, shared):
    """By area, category and year, and over all of them, it is the rent at which 30 percent of the list is reached.

    The 30th percentile by area and category is what the Local Housing Allowance is made from.
    """
    database, by_period = opened
    every_year = Dimension("YEAR", time=TimeSelector(TimeKind.ALL), total=True)
    dimensions = (every_year, Dimension("BRMA", valueset="BRMA", total=True), Dimension("LHA_CATEGORY", total=True))
    made = plan(database, Query("lha_rents", dimensions=dimensions))
    lists = [[by_period[period] for period in item] for item in made.periods]
    values, counts = percentiles(made, lists, "WEEKLY_RENT", (30, 50))
    expected = _at_ranks(shared / FILE, (30, 50))
    codes = [[i.nodes[0].code for i in d.items] + [None] for d in made.query.dimensions]
    for cell in np.ndindex(counts.shape):
        key = tuple(of[at] for of, at in zip(codes, cell, strict=True))
        assert (counts[cell], *values[(slice(None), *cell)]) == expected.get(key, (0, 0, 0))
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


def _rents(path) -> str:
    """SQL of every rent, with its amount in pence."""
    return (
        "SELECT *, CAST(weekly_rent::DECIMAL(18, 2) * 100 AS BIGINT) AS pence"
        f" FROM read_csv('{path}', all_varchar = true)"
    )


def _at_ranks(path, ps) -> dict:
    """By year, area and category, each of them or all, the number of rents and those at p percent of their order."""
    nth = ", ".join(f"list(pence ORDER BY pence)[({p} * count(*) + 99) // 100]" for p in ps)
    keys = "year, brma, lha_category"
    found = duckdb.sql(f"SELECT {keys}, count(*), {nth} FROM ({_rents(path)}) GROUP BY CUBE ({keys})").fetchall()
    return {(year, brma, category): (n, *at) for year, brma, category, n, *at in found}
