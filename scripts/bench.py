"""Measure counting and publishing in one run on this machine, and print every figure beside its ratio.

``make bench`` runs it; ``ROWS=20000000 make bench`` changes how many made-up people there are.
The same query is counted by the kernel and by the DuckDB backend that the tests hold it against, and compared with the
time it takes to read those columns once.
Times are the best of five; machines differ, so the ratios are what to keep.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from statlas import records
from statlas.engine import kernel
from statlas.engine.backends import duckdb
from statlas.engine.plan import plan
from statlas.model.query import Dimension, Query
from statlas.service import tables

N_AUTHORITIES, N_SMALL_AREAS = 374, 7_201
DEFINITION = """\
statlas: 1
id: bench
label: Made-up people
unit: person
synthetic: true
family: bench
policy: standard
records: {{table: PEOPLE, label: People, unit_id: person}}
date: {{id: YEAR, label: Year, valueset: C_YEAR, period: "2025", frequency: year}}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {{id: LA, label: Authority, codes: la.csv}}
      - {{id: SMALL, label: Small area, codes: small.csv}}
  - {{id: SEX, label: Sex, column: sex, codes: {{"0": Female, "1": Male}}}}
  - {{id: AGE, label: Age, column: age, codes: {{{ages}}}}}
"""


def write_inputs(folder: Path, n_rows: int) -> tuple[Path, Path]:
    """A definition with its code lists, and an Arrow file of ``n_rows`` made-up people."""
    (folder / "la.csv").write_text("code,label\n" + "".join(f"L{i},Authority {i}\n" for i in range(N_AUTHORITIES)))
    small = "".join(f"S{i},Small area {i},L{i % N_AUTHORITIES}\n" for i in range(N_SMALL_AREAS))
    (folder / "small.csv").write_text(f"code,label,parent\n{small}")
    definition = folder / "bench.yaml"
    definition.write_text(DEFINITION.format(ages=", ".join(f'"{i}": "{5 * i} to {5 * i + 4}"' for i in range(18))))
    rng = np.random.default_rng(1)
    areas = pa.array([f"S{i}" for i in range(N_SMALL_AREAS)])
    people = pa.table(
        {
            "person": np.arange(n_rows),
            "area": areas.take(pa.array(rng.integers(0, N_SMALL_AREAS, n_rows))),
            "sex": rng.integers(0, 2, n_rows).astype(np.int8),
            "age": rng.integers(0, 18, n_rows).astype(np.int8),
        }
    )
    path = folder / "people.arrow"
    with pa.ipc.new_file(path, people.schema) as file:
        file.write_table(people)
    return definition, path


def best_ms(action: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        found.append((time.perf_counter() - begun) * 1_000)
    return min(found)


def measure(n_rows: int) -> dict[str, float]:
    """Every figure by name; times in milliseconds."""
    figures: dict[str, float] = {"rows": n_rows}
    with tempfile.TemporaryDirectory() as folder:
        definition, people = write_inputs(Path(folder), n_rows)
        home = tables.open_home(Path(folder) / "home")
        begun = time.perf_counter()
        manifest = tables.publish(home=home, definition=definition, records=[people]).manifest
        figures["publish_rows_per_s"] = round(n_rows / (time.perf_counter() - begun))
        database = tables.database(home=home, database_id="bench")
        opened = records.open_period(home.path_of(manifest.records[0]), database)
        columns = [opened.keys, *(opened.positions(f.id) for f in database.categories)]
        figures["read_ms"] = best_ms(lambda: [int(column.sum(dtype=np.uint64)) for column in columns])
        for name, level in (("authorities", "LA"), ("small_areas", "SMALL")):
            query = Query("bench", dimensions=(Dimension("AREA", valueset=level), Dimension("SEX"), Dimension("AGE")))
            figures[f"kernel_{name}_ms"] = best_ms(partial(kernel.count, plan(database, query), opened))
            figures[f"duckdb_backend_{name}_ms"] = best_ms(partial(duckdb.count, plan(database, query), opened))
            whole = partial(tables.count, home=home, database=database, manifest=manifest, query=query)
            figures[f"table_{name}_ms"] = best_ms(whole)
    return figures


def main() -> None:
    """Print the figures as a table, and as JSON to ``bench.json``."""
    n_rows = int(os.environ.get("ROWS", "5000000"))
    figures = measure(n_rows)
    floor = figures["read_ms"]
    for name, value in figures.items():
        ratio = f"{value / floor:10.1f} x reading" if name.endswith("_ms") else ""
        sys.stdout.write(f"{name:28}{value:14,.1f}{ratio}\n")
    for name in ("authorities", "small_areas"):
        slower = figures[f"duckdb_backend_{name}_ms"] / figures[f"kernel_{name}_ms"]
        sys.stdout.write(f"The DuckDB backend of the tests takes {slower:.1f} times as long as the kernel ({name}).\n")
    Path("bench.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
