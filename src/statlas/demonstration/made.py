"""What has been made already, told without loading what makes it: a second run of the demonstration starts at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

DATABASES = Path(__file__).parent / "databases"
"""Definitions (``ID.yaml``) and beside them folders with what their generators need."""

MACHINERY = 1
"""Raised whenever the shared machinery is meant to draw other records from the same recipe."""

DEFAULT_SCALE = 0.025
"""One claim for 40 real ones; why, is in decision record 0040."""

DEFAULT_SEED = 2013
"""The year of the strategy; arbitrary."""


@dataclass(frozen=True)
class Ask:
    """Which records are wanted: all that decides about their bytes besides the recipe."""

    scale: float = DEFAULT_SCALE
    seed: int = DEFAULT_SEED


def fingerprint(database_id: str, ask: Ask) -> str:
    """A digest of everything the records of a database are made from."""
    found = sha256(json.dumps([MACHINERY, database_id, asdict(ask)]).encode())
    for path in _ingredients(database_id):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _ingredients(database_id: str) -> Iterator[Path]:
    yield DATABASES / "geography" / "where_small_areas_are.csv"
    yield from sorted((DATABASES / database_id).glob("*"))


@dataclass(frozen=True)
class Note:
    """What a home says of the demonstration in it: the scale and seed, and the fingerprints published, by database."""

    ask: Ask
    published: Mapping[str, str]


def note_file(home: Path) -> Path:
    """Where a home keeps the note."""
    return home / "demonstration.json"


def read_note(home: Path) -> Note | None:
    """The note of a home; None if it has none that can be read."""
    try:
        content = json.loads(note_file(home).read_text(encoding="utf-8"))
        return Note(Ask(**content["ask"]), dict(content["published"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_note(home: Path, note: Note) -> None:
    """Replace the note of a home, at one instant."""
    beside = note_file(home).with_suffix(".part")
    beside.write_text(json.dumps(asdict(note), indent=1) + "\n", encoding="utf-8")
    beside.replace(note_file(home))
