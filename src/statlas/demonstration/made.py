"""What has been made already, told without loading what makes it: a second run of the demonstration starts at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import Home

DATABASES = Path(__file__).parent / "databases"
"""Definitions (``ID.yaml``) and beside them folders with what their generators need."""

SCALES: Mapping[str, float] = {
    "hb_new": 0.025,
    "UC_Monthly": 0.01,
    "UC_Households": 0.0065,
    "PIP_Monthly": 0.0085,
    "UC_Starts": 0.034,
    "hb_flows": 0.09,
    "Benefit_Cap_Monthly_2011": 0.14,
    "BC_UC_Monthly": 0.095,
    "PIP_Registrations": 0.07,
    "JSA_sanc_dec": 0.1,
    "ESA_Caseload_new": 0.015,
    "PC_New": 0.018,
    "JSA": 0.11,
    "ESA_sanc_dec": 1.0,
    "SMI_CASELOAD": 1.0,
    "ESA_WCA_CS": 0.16,
    "WP_Referrals": 0.3,
    "WP_Attachments": 0.3,
    "WP_Job_Outcomes": 0.7,
    "WP_Sustainment": 0.11,
    "Ninos": 0.075,
    "CILIF_REL": 0.033,
    "CILIF_ABS": 0.039,
    "fit_notes": 0.0145,
}
"""Records drawn for a real one, by database, in the order in which they are made: what people look at comes first.

Why so many, is in decision records 0040 and 0041.
"""

COUNTED = ("population", "households", "population_pcon24")
"""Databases that are not drawn: their records are rows of published tables, which ship as they are."""

DATABASE_IDS = (*SCALES, *COUNTED)

MACHINERY = 1
"""Raised whenever the shared machinery is meant to draw other records from the same recipe."""

DEFAULT_SCALE = SCALES["hb_new"]
"""The scale that is asked for where none is: every database at its own."""

DEFAULT_SEED = 2013
"""The year of the strategy; arbitrary."""


@dataclass(frozen=True)
class Ask:
    """Which records are wanted: all that decides about their bytes besides the recipe."""

    scale: float = DEFAULT_SCALE
    seed: int = DEFAULT_SEED

    def scale_of(self, database_id: str) -> float:
        """The scale of a database where Housing Benefit is at ``scale``.

        Below the default all shrink by the same factor; above it each grows evenly towards its real size, which all
        reach together at 1. What is not drawn has its real size always.
        """
        if database_id in COUNTED:
            return 1.0
        own = SCALES[database_id]
        if self.scale <= DEFAULT_SCALE:
            return own * self.scale / DEFAULT_SCALE
        return own + (1 - own) * (self.scale - DEFAULT_SCALE) / (1 - DEFAULT_SCALE)


def definition_of(database_id: str) -> Path:
    """The definition of a database."""
    return DATABASES / f"{database_id}.yaml"


def label_of(database_id: str) -> str:
    """The label of a database, without reading the whole of its definition."""
    with definition_of(database_id).open(encoding="utf-8") as lines:
        return next(line for line in lines if line.startswith("label: ")).removeprefix("label: ").strip()


def records_fingerprint(database_id: str, ask: Ask) -> str:
    """A digest of everything the records of a database are drawn from."""
    about = json.dumps([MACHINERY, database_id, ask.scale_of(database_id), ask.seed]).encode()
    recipe = sorted((DATABASES / database_id).glob("*"))
    return _digest(about, [*_shared_with_recipes(), *recipe])


def _shared_with_recipes() -> Iterable[Path]:
    """Files that any recipe may be drawn from: the map, and what totals are spread by."""
    return [*sorted((DATABASES / "geography").glob("*.csv")), *sorted(DATABASES.glob("*.csv"))]


def release_fingerprint(database_id: str, ask: Ask) -> str:
    """A digest of everything a release of a database is made from: its records, definition and code lists."""
    records = records_fingerprint(database_id, ask).encode()
    codes = sorted((DATABASES / "codes").glob("*.csv"))
    return _digest(records, [definition_of(database_id), DATABASES / "policy.yaml", *codes])


def _digest(about: bytes, files: Iterable[Path]) -> str:
    found = sha256(about)
    for path in files:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


@dataclass(frozen=True)
class Note:
    """What a home says of the demonstration in it: its scale and seed, and of each database the fingerprints of
    the records drawn and of the release published.
    """

    ask: Ask
    drawn: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)

    def with_published(self, database_id: str) -> Note:
        """The note after a database has been published as it is now."""
        return Note(
            self.ask,
            {**self.drawn, database_id: records_fingerprint(database_id, self.ask)},
            {**self.published, database_id: release_fingerprint(database_id, self.ask)},
        )


def note_file(home: Path) -> Path:
    """Where a home keeps the note."""
    return home / "demonstration.json"


def read_note(home: Path) -> Note | None:
    """The note of a home; None if it has none that can be read."""
    try:
        content = json.loads(note_file(home).read_text(encoding="utf-8"))
        return Note(Ask(**content["ask"]), dict(content["drawn"]), dict(content["published"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_note(home: Path, note: Note) -> None:
    """Replace the note of a home, at one instant."""
    beside = note_file(home).with_suffix(".part")
    beside.write_text(json.dumps(asdict(note), indent=1) + "\n", encoding="utf-8")
    beside.replace(note_file(home))


def missing(home: Path, ask: Ask) -> tuple[str, ...]:
    """Databases of the demonstration that a home does not have yet, or has from an older recipe, in their order.

    Raises:
        HomeError: the home is not the demonstration's, or another size of it.
    """
    note = read_note(home) or Note(ask)
    have = set(Home(home).databases())
    _check_home(home, note, ask, have)
    return tuple(
        name for name in DATABASE_IDS if name not in have or note.published.get(name) != release_fingerprint(name, ask)
    )


def _check_home(home: Path, note: Note, ask: Ask, have: set[str]) -> None:
    if have and read_note(home) is None:
        raise HomeError(
            f"{home} is the home of other databases; the demonstration would mix synthetic records with them.",
            mend="Name another folder with --home.",
        )
    if have and note.ask != ask:
        raise HomeError(
            f"{home} has the demonstration at scale {note.ask.scale:g} with seed {note.ask.seed}, "
            f"not at scale {ask.scale:g} with seed {ask.seed}.",
            mend="Ask for that scale, name another folder with --home, or delete this one.",
        )
