"""A hundred and twenty months of made-up people, and one area's series of them.

The folder holds the record file and ``home``, made once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import bench_inputs
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from statlas.model.classification import Node
from statlas.model.query import Dimension, Item, Query, TimeKind, TimeSelector
from statlas.service import tables

MONTHS = tuple(f"{year}{month:02}" for year in range(2015, 2025) for month in range(1, 13))
N_PEOPLE, N_AREAS = 20_000, 240
"""People in a month, and the small areas in which they live, of all there are: eighty in each."""

N_SERIES = 20
"""Areas of which a series is asked."""

DATE = "date: {{id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month}}"


def published(folder: Path) -> tables.Home:
    """The home, made where it is not there yet."""
    home = tables.open_home(folder / "home")
    if not home.exists:
        folder.mkdir(parents=True, exist_ok=True)
        lines = bench_inputs.DEFINITION.splitlines()
        definition = "\n".join(DATE if line.startswith("date:") else line for line in lines)
        bench_inputs.write_definition(folder, definition)
        _write_people(folder / "people.parquet")
        tables.publish(home=home, definition=folder / "bench.yaml", records=[folder / "people.parquet"])
    return home


def _write_people(path: Path) -> None:
    rng = np.random.default_rng(1)
    areas = pa.array([f"S{n}" for n in rng.integers(0, N_AREAS, N_PEOPLE)])
    codes = {name.lower(): rng.integers(0, n, N_PEOPLE).astype(np.int8) for name, n in bench_inputs.SIZES.items()}
    pay = rng.gamma(4, 8_000, N_PEOPLE).astype(np.int64)
    people = {"person": np.arange(N_PEOPLE), "area": areas, **codes, "pay": pay}
    months = [pa.table({**people, "month": pa.array([month] * N_PEOPLE)}) for month in MONTHS]
    pq.write_table(pa.concat_tables(months), path)


def series(home: tables.Home) -> Iterator[Callable[[], object]]:
    """One small area after the other by sex and age, in every month, past the answers already given."""
    database = tables.database(home=home, database_id="bench")
    manifest = tables.manifest(home=home, database_id="bench")
    months = Dimension("MONTH", time=TimeSelector(TimeKind.ALL))
    for number in range(N_SERIES):
        area = Dimension("AREA", items=(Item((Node("SMALL", f"S{number * N_AREAS // N_SERIES}"),)),))
        query = Query("bench", dimensions=(months, area, Dimension("SEX"), Dimension("AGE")))
        yield partial(tables.count, home=home, database=database, manifest=manifest, query=query, max_cells=None)
