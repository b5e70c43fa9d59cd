"""The 1,036,612 rents behind the Local Housing Allowance, published open: every count is exact."""

from __future__ import annotations

import duckdb
import pytest

import statlas
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
