"""Making the record files of a database, or taking those that were made before."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from statlas.demonstration.drawing import Drawing, draw, prepare
from statlas.demonstration.made import DATABASES, Ask, fingerprint
from statlas.demonstration.recipe import read_recipe
from statlas.demonstration.writing import Files

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and records a second."""

WRITERS = 2
"""Months written at a time: Arrow writes outside Python's lock, on as many cores as the smallest machine we serve."""

_MADE = "made.json"


@dataclass(frozen=True)
class Source:
    """The record files of a database: a folder with one Parquet file a month."""

    database_id: str
    folder: Path

    @property
    def definition(self) -> Path:
        """The definition they are published with."""
        return DATABASES / f"{self.database_id}.yaml"


def make_source(database_id: str, folder: Path, ask: Ask, progress: Progress | None = None) -> Source:
    """The record files of a database in a folder below ``folder``; drawn unless these very files are there.

    They appear all at once: a run that is interrupted leaves nothing that a later run could take for complete.
    """
    source = Source(database_id, folder / database_id)
    wanted = fingerprint(database_id, ask)
    if _is_made(source.folder, wanted):
        return source
    with _beside(source.folder) as part:
        recipe = read_recipe(DATABASES / database_id)
        drawing = prepare(recipe, DATABASES, scale=ask.scale, seed=ask.seed)
        _write(drawing, part, progress or (lambda *_: None))
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
    """Write every month of every block, several months at a time."""
    recipe, began, done = drawing.recipe, time.monotonic(), 0
    about = {
        "statlas.database": recipe.database,
        "statlas.scale": str(drawing.scale),
        "statlas.seed": str(drawing.seed),
    }
    files = Files(folder, recipe.unit, about)
    progress("Drawing claims", 0.0, 0.0)
    with ThreadPoolExecutor(WRITERS) as writers:
        for months in draw(drawing):
            tables = writers.map(lambda period, months=months: files.append(period, months(period)), drawing.periods)
            for n_rows in tables:
                done += n_rows
                rate = done / (time.monotonic() - began)
                progress("Writing records", min(done / drawing.n_records, 1.0), rate)
    files.close()
