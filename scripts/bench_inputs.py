"""The made-up people that ``make bench`` counts: drawn in bounded memory, published once and kept.

The folder holds ``home``, the record file ``people.parquet``, and ``published.json``, what publishing took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from statlas.service import tables

N_AUTHORITIES, N_SMALL_AREAS = 374, 7_201
CHUNK = 1_000_000
"""People drawn at a time: a hundred megabytes."""

SIZES = {"SEX": 2, "AGE": 18, "WORK": 20, "F3": 3, "F4": 4, "F5": 5, "F6": 6, "F8": 8, "F10": 10, "F12": 12, "F15": 15}
"""Codes of every field but the area; with it there are twelve."""

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
measures:
  - {{id: PAY, label: Pay, column: pay, unit: GBP, statistics: [SUM, MEAN]}}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {{id: LA, label: Authority, codes: la.csv}}
      - {{id: SMALL, label: Small area, codes: small.csv}}
{fields}
"""


def made(folder: Path, n_rows: int) -> dict[str, float]:
    """What publishing took, after making the home of that many people where it is not there yet."""
    done = folder / "published.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_definition(folder, DEFINITION)
        _write_people(folder / "people.parquet", n_rows)
        command = [sys.executable, __file__, str(folder)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found["duckdb_sorted_parquet_s"] = _duckdb_sorted(folder)
        done.write_text(json.dumps(found))
    return dict(json.loads(done.read_text()))


def authority_of(area: int) -> int:
    """The authority in which a small area lies: they stand in its order, as in most countries' codes."""
    return area * N_AUTHORITIES // N_SMALL_AREAS


def write_definition(folder: Path, definition: str) -> None:
    """A definition of made-up people with its code lists; ``{fields}`` stands for all but the area."""
    (folder / "la.csv").write_text("code,label\n" + "".join(f"L{i},Authority {i}\n" for i in range(N_AUTHORITIES)))
    small = "".join(f"S{i},Small area {i},L{authority_of(i)}\n" for i in range(N_SMALL_AREAS))
    (folder / "small.csv").write_text(f"code,label,parent\n{small}")
    fields = "\n".join(_field(name, n) for name, n in SIZES.items())
    (folder / "bench.yaml").write_text(definition.format(fields=fields))


def _field(name: str, n: int) -> str:
    codes = ", ".join(f'"{i}": {name.title()} {i}' for i in range(n))
    return f"  - {{id: {name}, label: {name.title()}, column: {name.lower()}, codes: {{{codes}}}}}"


def _write_people(path: Path, n_rows: int) -> None:
    with pq.ParquetWriter(path, next(_people(1)).schema) as writer:
        for people in _people(n_rows):
            writer.write_table(people)


def _people(n_rows: int) -> Iterator[pa.Table]:
    rng, areas = np.random.default_rng(1), pa.array([f"S{i}" for i in range(N_SMALL_AREAS)])
    for first in range(0, n_rows, CHUNK):
        n = min(CHUNK, n_rows - first)
        columns: dict[str, Any] = {"person": np.arange(first, first + n)}
        columns["area"] = areas.take(pa.array(rng.integers(0, N_SMALL_AREAS, n)))
        columns |= {name.lower(): rng.integers(0, size, n).astype(np.int8) for name, size in SIZES.items()}
        columns["pay"] = rng.gamma(4, 8_000, n).astype(np.int64)
        yield pa.table(columns)


def _duckdb_sorted(folder: Path) -> float:
    """Seconds in which DuckDB writes the same rows as Parquet, in the order in which we keep them."""
    order = ", ".join(["area", *(name.lower() for name in SIZES)])
    with duckdb.connect() as connection:
        people = connection.read_parquet(str(folder / "people.parquet"))
        begun = time.perf_counter()
        people.order(order).write_parquet(str(folder / "sorted.parquet"))
        seconds = time.perf_counter() - begun
    (folder / "sorted.parquet").unlink()
    return seconds


def _publish(folder: Path) -> dict[str, float]:
    """Publish the people in this process; seconds, and the most memory it held."""
    home = tables.open_home(folder / "home")
    begun = time.perf_counter()
    tables.publish(home=home, definition=folder / "bench.yaml", records=[folder / "people.parquet"])
    seconds = time.perf_counter() - begun
    return {"publish_s": seconds, "publish_peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_publish(Path(sys.argv[1]))))
