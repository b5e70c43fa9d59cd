"""Measure a job of ten million cells: cells a second, and the most memory resident, for CSV and for Parquet.

::

    python scripts/measure_jobs.py FOLDER [--cells 10_000_000] [--policy standard]

FOLDER gets the records and the home, made once and kept. Each format is made in a process of its own, as the worker
does; the time is that from the first cell counted to the file on the disk.
Under the standard policy most of these cells hold too few to be printed; under ``open`` every one is a number.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from statlas import formats
from statlas.model.about import about_of
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.tables.assembling import Arrays, assemble
from statlas.service.tables.pieces import pieces
from statlas.store.job_files import JobFiles

MONTHS = tuple(f"{year}{month:02}" for year in (2023, 2024) for month in range(1, 13))
PEOPLE = 400_000
AGES, SEXES, BENEFITS = 20, 2, 5
JOB = "0" * 32

DEFINITION = """\
statlas: 1
id: jobs
label: Made-up people
unit: person
synthetic: true
policy: {policy}
{rules}records: {{label: People, unit_id: person}}
date: {{id: MONTH, label: Month, column: month, frequency: month}}
fields:
  - {{id: AREA, label: Area, kind: geography, column: area, levels: [{{id: C_AREA, label: Area, codes: areas.csv}}]}}
  - {{id: AGE, label: Age, column: age, levels: [{{id: C_AGE, label: Age, codes: {{{ages}}}}}]}}
  - {{id: SEX, label: Sex, column: sex, levels: [{{id: C_SEX, label: Sex, codes: {{"0": Female, "1": Male}}}}]}}
  - {{id: BENEFIT, label: Benefit, column: benefit, levels: [{{id: C_BENEFIT, label: Benefit, codes: {{{benefits}}}}}]}}
"""

_RULES = """\
rules:
  mean_cell_size: {limit: 0.01, reason: The records are made up.}
  max_variables: {limit: 6, small_areas: 6, reason: The records are made up.}
"""


def main() -> None:
    """Make the home where it is not there, then measure each format in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cells", type=int, default=10_000_000)
    parser.add_argument("--policy", default="standard")
    parser.add_argument("--format", default="")
    given = parser.parse_args()
    if given.format:
        print(json.dumps(_measured(given.folder, given.format)))
        return
    _make(given.folder, given.cells, given.policy)
    for name in ("csv", "parquet", "arrow"):
        command = [sys.executable, __file__, str(given.folder), "--format", name]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="", flush=True)


def _measured(folder: Path, form: str) -> dict[str, object]:
    home = tables.open_home(folder / "home")
    others = tuple(Dimension(name) for name in ("AREA", "AGE", "SEX", "BENEFIT"))
    query = Query("jobs", dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), *others))
    small = Query("jobs", dimensions=(Dimension("SEX"),))
    tables.table(home=home, query=small, door="cli")  # what is compiled is loaded
    files = JobFiles(home.path)
    start, used = time.perf_counter(), time.process_time()
    with files.work(JOB) as room:
        arrays = Arrays(room)
        cube = assemble(pieces(home=home, query=query), arrays, lambda _: None)
        counted = time.perf_counter() - start

        def parts() -> Iterator[bytes]:
            for piece in formats.FORMATS[form].write(cube, about_of(cube)):
                yield piece
                arrays.give_back()

        digest = files.write(JOB, parts())
    seconds = time.perf_counter() - start
    files.remove(JOB)
    return {
        "format": form,
        "cells": cube.n_cells,
        "seconds": round(seconds, 1),
        "counting": round(counted, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "cells_a_second": round(cube.n_cells / seconds),
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
        "file_mb": digest.size // 1_000_000,
    }


def _make(folder: Path, cells: int, policy: str) -> None:
    home = tables.open_home(folder / "home")
    if home.exists:
        return
    folder.mkdir(parents=True, exist_ok=True)
    n_areas = cells // (len(MONTHS) * AGES * SEXES * BENEFITS)
    (folder / "areas.csv").write_text("code,label\n" + "".join(f"A{n},Area {n}\n" for n in range(n_areas)))
    ages = ", ".join(f'"{n}": Age {n}' for n in range(AGES))
    benefits = ", ".join(f'"{n}": Benefit {n}' for n in range(BENEFITS))
    definition = DEFINITION.format(
        policy=policy, rules="" if policy == "open" else _RULES, ages=ages, benefits=benefits
    )
    (folder / "jobs.yaml").write_text(definition)
    rng = np.random.default_rng(1)
    areas = pa.array([f"A{n}" for n in rng.integers(0, n_areas, PEOPLE)])
    sizes = {"age": AGES, "sex": SEXES, "benefit": BENEFITS}
    codes = {name: rng.integers(0, n, PEOPLE).astype(np.int8) for name, n in sizes.items()}
    people = {"person": np.arange(PEOPLE), "area": areas, **codes}
    months = [pa.table({**people, "month": pa.array([month] * PEOPLE)}) for month in MONTHS]
    pq.write_table(pa.concat_tables(months), folder / "people.parquet")
    tables.publish(home=home, definition=folder / "jobs.yaml", records=[folder / "people.parquet"])


if __name__ == "__main__":
    main()
