"""Making the record files of a database, or taking those that were made before."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from statlas.demonstration.drawing import Drawing, draw, prepare
from statlas.demonstration.made import COUNTED, DATABASES, Ask, definition_of, records_fingerprint
from statlas.demonstration.recipe import read_recipe
from statlas.demonstration.writing import Files

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and records a second."""

WRITERS = 2
"""Files written at a time: Arrow writes outside Python's lock, on as many cores as the smallest machine we serve."""

RECORDS_A_FILE = 300_000
"""Records below which a file takes in another year: the publisher plans its look-ups anew for every file, which takes
half a second, as long as reading so many records.
"""

_MADE = "made.json"


@dataclass(frozen=True)
class Source:
    """The record files of a database: a folder with one Parquet file a year, or one CSV file if it is not drawn."""

    database_id: str
    folder: Path

    @property
    def definition(self) -> Path:
        """The definition they are published with."""
        return definition_of(self.database_id)

    @property
    def files(self) -> tuple[Path, ...]:
        """The record files, oldest first."""
        return tuple(sorted((*self.folder.glob("*.parquet"), *self.folder.glob("*.csv"))))


def n_records(database_id: str, ask: Ask) -> int:
    """How many records a database will have, about."""
    if database_id in COUNTED:
        with _counted(database_id).open(encoding="utf-8") as lines:
            return sum(1 for _ in lines) - 1
    return _drawing(database_id, ask).n_records


def _counted(database_id: str) -> Path:
    """The records of a database that is not drawn."""
    return DATABASES / database_id / "records.csv"


def _drawing(database_id: str, ask: Ask) -> Drawing:
    recipe = read_recipe(DATABASES / database_id)
    return prepare(recipe, DATABASES, scale=ask.scale_of(database_id), seed=ask.seed)


def make_source(database_id: str, folder: Path, ask: Ask, progress: Progress | None = None) -> Source:
    """The record files of a database in a folder below ``folder``; drawn unless these very files are there.

    They appear all at once: a run that is interrupted leaves nothing that a later run could take for complete.
    """
    source = Source(database_id, folder / database_id)
    wanted = records_fingerprint(database_id, ask)
    if _is_made(source.folder, wanted):
        return source
    with _beside(source.folder) as part:
        if database_id in COUNTED:
            shutil.copy(_counted(database_id), part)
        else:
            _write(_drawing(database_id, ask), part, progress or (lambda *_: None))
        about = {"database": database_id, "fingerprint": wanted, "scale": ask.scale, "seed": ask.seed}
        (part / _MADE).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return source


def _is_made(folder: Path, wanted: str) -> bool:
    try:
        return bool(json.loads((folder / _MADE).read_text(encoding="utf-8"))["fingerprint"] == wanted)
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder that takes the place of ``folder`` when all went well."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(drawing: Drawing, folder: Path, progress: Progress) -> None:
    """Write every period of every block, several files at a time."""
    recipe, began, done = drawing.recipe, time.monotonic(), 0
    about = {"database": recipe.database, "scale": str(drawing.scale), "seed": str(drawing.seed)}
    files = Files(folder, recipe.unit, {f"statlas.{key}": value for key, value in about.items()})
    progress("drawing claims", 0.0, 0.0)
    with ThreadPoolExecutor(WRITERS) as writers:
        for months in draw(drawing):
            for n_rows in writers.map(partial(_write_file, files, months), _volumes(drawing)):
                done += n_rows
                rate = done / (time.monotonic() - began)
                progress("writing records", min(done / drawing.n_records, 1.0), rate)
    files.close()


def _volumes(drawing: Drawing) -> list[list[str]]:
    """The periods of each file: as many whole years as it takes to make a file worth its while."""
    expected = dict(zip(drawing.periods, drawing.caseload.targets.sum(axis=(1, 2)) * drawing.scale, strict=True))
    volumes: list[list[str]] = [[]]
    for _, of_a_year in groupby(drawing.periods, key=_year):
        volumes[-1] += of_a_year
        if sum(expected[period] for period in volumes[-1]) >= RECORDS_A_FILE:
            volumes.append([])
    return [volume for volume in volumes if volume]


def _write_file(files: Files, months: Callable[[str], pa.Table], periods: Sequence[str]) -> int:
    return sum(files.append(_year(periods[0]), months(period)) for period in periods)


def _year(period: str) -> str:
    return period[:4]
