"""Measure counting and publishing in one run on this machine; print a table and write ``bench.json``.

``make bench`` runs it: 60 million made-up people by twelve fields; ``ROWS=20000000 make bench`` makes fewer.
``BENCH_HOME`` names the folder in which they are kept between runs; it is made in the folder for temporary files.
Times are the best of a few, or the 95th percentile of many different queries where the name says so.
Machines differ, so every time stands beside its ratio to a calibration loop of the same run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import bench_inputs
import bench_series
import numpy as np
import pyarrow as pa
from bench_engines import KEY, duckdb_of, polars_of, read_once

from statlas import records
from statlas.engine import counting, kernel
from statlas.engine.cuboids.file import open_cuboids
from statlas.engine.plan import Plan, plan
from statlas.model.classification import Node
from statlas.model.query import Dimension, Item, Query
from statlas.service import tables
from statlas.store import CuboidFiles

Figures = dict[str, float]

TABLES = {
    "authorities": ("LA", ("SEX", "AGE")),
    "small_areas": ("SMALL", ("SEX", "AGE")),
    "five_million": ("SMALL", ("SEX", "AGE", "WORK")),
}
"""The level of the area and the other fields of each table that is counted by every engine."""

COLD = """
import sys
from pathlib import Path
from statlas.model.query import Dimension, Query
from statlas.service import tables
area = Dimension("AREA", valueset="LA")
query = Query("bench", dimensions=(area, Dimension("SEX"), Dimension("AGE")))
home = tables.open_home(Path(sys.argv[1]))
database, manifest = (found(home=home, database_id="bench") for found in (tables.database, tables.manifest))
tables.count(home=home, database=database, manifest=manifest, query=query)
"""
"""What a new process does to answer its first table, past the answers already given."""

LONG_S = 3.0
"""Seconds for which a short action is tried again: a busy machine lets some of its runs through."""

N_QUERIES = 20
"""Different queries of which a 95th percentile is taken."""

AS_MEASURED = ("cuboid_p95_ms", "slice_p95_ms", "service_p95_ms", "cold_first_table_s", "publish_peak_gb")
"""Figures that are given as they are."""


def best_ms(action: Callable[[], object], least: int = 5, most: int = 40) -> float:
    """The shortest of some runs, in milliseconds: at most so many, and no more than ``LONG_S`` beyond the least."""
    found, begun = [_ms(action)], time.perf_counter()
    while len(found) < least or (len(found) < most and time.perf_counter() - begun < LONG_S):
        found.append(_ms(action))
    return min(found)


def p95_ms(actions: Iterator[Callable[[], object]]) -> float:
    """The 95th percentile of the time that each of some actions takes once, in milliseconds."""
    return float(np.percentile([_ms(action) for action in actions], 95))


def _ms(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1_000


def calibration() -> float:
    """Milliseconds that sorting a million numbers takes on one core."""
    numbers = np.random.default_rng(1).integers(0, 2**62, 1_000_000)
    return best_ms(lambda: np.sort(numbers))


class Bench:
    """The published people, opened."""

    def __init__(self, folder: Path) -> None:
        self.home = tables.open_home(folder / "home")
        self.database = tables.database(home=self.home, database_id="bench")
        self.manifest = tables.manifest(home=self.home, database_id="bench")
        self.record = self.manifest.records[0]
        self.opened = records.open_period(self.home.path_of(self.record), self.database)

    def query(self, level: str, fields: tuple[str, ...], measures: tuple[str, ...] = ()) -> Query:
        """A table of areas of a level by other fields."""
        area = Dimension("AREA", valueset=level)
        return Query("bench", measures=measures, dimensions=(area, *(Dimension(name) for name in fields)))

    def columns(self) -> dict[str, np.ndarray]:
        """The encoded columns of all tables, with authorities beside small areas."""
        found = {name: self.opened.positions(name) for name in ("AREA", "SEX", "AGE", "WORK")}
        authorities = np.array([bench_inputs.authority_of(i) for i in range(bench_inputs.N_SMALL_AREAS)], np.uint16)
        return {**found, "LA": authorities[found["AREA"]], KEY: self.opened.keys}

    def scans(self) -> Figures:
        """Every engine on every table, in milliseconds."""
        found, columns = {}, self.columns()
        engines = {"duckdb": duckdb_of(columns), "polars": polars_of(columns)}
        for name, (level, fields) in TABLES.items():
            made = plan(self.database, self.query(level, fields))
            read = [columns[one] for one in ("AREA", *fields, KEY)]
            found[f"{name}.floor_ms"] = best_ms(partial(read_once, read))
            found[f"{name}.kernel_ms"] = best_ms(partial(counting.count_atoms, made, self.opened, packed=True))
            found[f"{name}.kernel_with_margins_ms"] = best_ms(partial(kernel.count, made, self.opened))
            by = ["LA" if level == "LA" else "AREA", *fields]
            for engine, count in engines.items():
                found[f"{name}.{engine}_ms"] = best_ms(partial(count, by), 3)
            self._check(made, engines["duckdb"](by))
        return found

    def _check(self, made: Plan, theirs: pa.Table) -> None:
        """The counts and key sums of DuckDB are ours."""
        words = np.sort(counting.count_atoms(made, self.opened, packed=True).reshape(-1))
        keys = np.array([int(k) % 2**32 for k in theirs["keys"].to_pylist()], dtype=np.uint64) << np.uint64(32)
        expected = np.sort(keys + theirs["n"].to_numpy().astype(np.uint64))
        assert np.array_equal(words[words > 0], expected), "another engine counts otherwise"

    def answers(self) -> Figures:
        """Whole tables: through every room, of one area, with a measure, and in a new process."""
        with_pay = plan(self.database, self.query("LA", ("SEX", "AGE"), ("PAY:SUM",)))
        return {
            "cuboids_s": self._build_cuboids(),
            "cuboid_p95_ms": p95_ms(self._from_cuboids()),
            "measure_ms": best_ms(partial(kernel.count, with_pay, self.opened), 3),
            "service_p95_ms": p95_ms(self._tables()),
            "slice_p95_ms": p95_ms(self._slices()),
            "series_120_ms": self._series(),
            "cold_first_table_s": self._cold(),
        }

    def _tables(self) -> Iterator[Callable[[], object]]:
        for fields in list(combinations(bench_inputs.SIZES, 2))[:N_QUERIES]:
            yield partial(self._answer, self.query("LA", fields))

    def _build_cuboids(self) -> float:
        """Seconds that all cuboids take to be built."""
        shutil.rmtree(CuboidFiles(self.home.path, "bench").folder, ignore_errors=True)
        return _ms(partial(tables.rebuild_cuboids, home=self.home, database_id="bench")) / 1_000

    def _from_cuboids(self) -> Iterator[Callable[[], object]]:
        """Authorities by every other field, with its total and without; each is what the records give."""
        asked = [self.query("LA", (name,)) for name in bench_inputs.SIZES]
        totals = [replace(q, dimensions=(q.dimensions[0], replace(q.dimensions[1], total=True))) for q in asked]
        for query in (*asked, *totals):
            self._check_cuboid(query)
            yield partial(self._answer, query)

    def _check_cuboid(self, query: Query) -> None:
        """A cuboid has the table, and the numbers are those that the records give."""
        made = plan(self.database, query)
        held = open_cuboids(CuboidFiles(self.home.path, "bench").path_of(self.record.sha256), self.record.sha256)
        ours = None if held is None else held.count(made, self.opened)
        theirs = kernel.count(made, self.opened)
        assert ours is not None, "no cuboid has the table"
        assert np.array_equal(ours.counts, theirs.counts), "a cuboid counts otherwise"
        assert np.array_equal(ours.keys, theirs.keys), "a cuboid adds keys up otherwise"

    def _slices(self) -> Iterator[Callable[[], object]]:
        for number in range(N_QUERIES):
            area = Item((Node("SMALL", f"S{number * 359}"),))
            yield partial(
                self._answer,
                Query("bench", dimensions=(Dimension("AREA", items=(area,)), Dimension("SEX"), Dimension("AGE"))),
            )

    def _series(self) -> float:
        """Milliseconds of one area's 120 months in the middle, once the files are open."""
        asked = list(bench_series.series(bench_series.published(self.home.path.parent / "series")))
        asked[0]()
        return float(np.median([_ms(action) for action in asked]))

    def _answer(self, query: Query) -> None:
        """Count and protect, past the answers already given."""
        tables.count(home=self.home, database=self.database, manifest=self.manifest, query=query, max_cells=None)

    def _cold(self) -> float:
        """Seconds from the start of a process to its first table, the loops compiled before."""
        command = [sys.executable, "-c", COLD, str(self.home.path)]
        return best_ms(partial(subprocess.run, command, check=True), 3) / 1_000


def headline(figures: Figures) -> Figures:
    """The figures by the names that others look for; of several tables the worst."""

    def ratios(theirs: str) -> list[float]:
        return [figures[f"{name}.{theirs}_ms"] / figures[f"{name}.kernel_ms"] for name in TABLES]

    return {
        "rows": figures["rows"],
        "scan_vs_duckdb": min(ratios("duckdb")),
        "scan_vs_polars": min(ratios("polars")),
        "scan_vs_floor": 1 / min(ratios("floor")),
        "publish_vs_duckdb": figures["publish_s"] / figures["duckdb_sorted_parquet_s"],
        **{name: figures[name] for name in AS_MEASURED},
    }


def in_calibrations(figures: Figures) -> Figures:
    """Every time as a multiple of the calibration loop's."""
    ms = {name: value * (1_000 if name.endswith("_s") else 1) for name, value in figures.items()}
    times = {name: value for name, value in ms.items() if name.endswith(("_ms", "_s"))}
    return {name: value / figures["calibration_ms"] for name, value in times.items()}


def measured(folder: Path, n_rows: int) -> Figures:
    """Every figure by name."""
    published = bench_inputs.made(folder, n_rows)
    bench = Bench(folder)
    found = {"rows": float(n_rows), "calibration_ms": calibration(), **published}
    return {**found, "published_rows_per_second": n_rows / published["publish_s"], **bench.scans(), **bench.answers()}


def main() -> None:
    """Print the figures as a table, and write them to ``bench.json``."""
    n_rows = int(os.environ.get("ROWS", "60000000"))
    default = Path(tempfile.gettempdir()) / f"statlas-bench-{n_rows}"
    figures = measured(Path(os.environ.get("BENCH_HOME", default)), n_rows)
    ratios, shown = in_calibrations(figures), headline(figures)
    for name, value in figures.items():
        beside = f"{ratios[name]:12.2f} calibrations" if name in ratios else ""
        sys.stdout.write(f"{name:38}{value:16,.2f}{beside}\n")
    sys.stdout.write("\n")
    for key, one in shown.items():
        sys.stdout.write(f"{key:38}{one:16,.2f}\n")
    whole = {**shown, "figures": figures, "in_calibrations": ratios}
    Path("bench.json").write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    main()
