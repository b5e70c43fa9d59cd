"""One small database in three releases: the second adds a month and revises one, the third changes the definition."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np

from statlas.service import tables
from statlas.store import Home

DEFINITION = """\
statlas: 1
id: pens
label: Pensions
unit: person
policy: standard
synthetic: true
source: A seeded generator
records: {table: PENS, label: Pensioners, unit_id: person}
date: {id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {id: V_AREA, label: Area, codes: {N: North, E: East, S: South, W: West}}
  - id: AGE
    label: Age band
    column: age
    levels:
      - {id: C_AGE, label: Age band, codes: {"1": 65 to 69, "2": 70 to 79, "3": 80 and over}}
  - id: SEX
    label: Sex
    column: sex
    levels:
      - {id: C_SEX, label: Sex, codes: {"F": Female, "M": Male}}
"""

CHANGED = DEFINITION.replace("80 and over", "80 and older").replace("label: Pensions", "label: State pensions")
CHANGED = CHANGED[: CHANGED.index("  - id: SEX")].replace("W: West", "V: Far west")
"""Without the field *Sex* and with another area in the place of *West*."""

TABLE = "rows=AREA&columns=AGE&wafers=MONTH&periods=latest"
TABLE_BY_SEX = "rows=SEX&columns=AGE&wafers=MONTH&periods=latest(2)"


def first(folder: Path, policy: str = "standard") -> Home:
    """The home with the first release: two months."""
    home = tables.open_home(folder / "home")
    _publish(home, folder, _under(policy), ("202501", "202502"))
    return home


def corrected(home: Home, folder: Path, policy: str = "standard") -> None:
    """After the first: February with other records, and nothing else."""
    _publish(home, folder, _under(policy), ("202502",), seed=5)


def _under(policy: str) -> str:
    return DEFINITION.replace("policy: standard", f"policy: {policy}")


def second(home: Home, folder: Path) -> None:
    """A month more, and February with other records."""
    _publish(home, folder, DEFINITION, ("202502", "202503"), seed=5)


def third(home: Home, folder: Path) -> None:
    """Everything under another definition."""
    _publish(home, folder, CHANGED, ("202501", "202502", "202503", "202504"), west="V", seed=9)


def forget_release(home: Home, release: str) -> None:
    """As if a keeper had removed a release with its records, and everything in the cache."""
    shutil.rmtree(home.path / "databases" / "pens" / "releases" / release)
    shutil.rmtree(home.path / "cache", ignore_errors=True)


def _publish(home: Home, folder: Path, text: str, months: tuple[str, ...], west: str = "W", seed: int = 1) -> None:
    definition = folder / "pens.yaml"
    definition.write_text(text, "utf-8")
    records = write_records(folder / "pens.csv", months, west=west, seed=seed)
    tables.publish(home=home, definition=definition, records=[records])


def write_records(path: Path, months: tuple[str, ...], *, west: str = "W", seed: int = 1) -> Path:
    """A CSV of 1,200 pensioners a month; ``west`` is the code of the fourth area."""
    chance = np.random.default_rng(seed)
    n = 1_200
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("person", "area", "age", "sex", "month"))
        for month in months:
            areas, ages = chance.choice(["N", "E", "S", west], n), chance.integers(1, 4, n)
            people = zip(areas, ages, chance.choice(["F", "M"], n), strict=True)
            writer.writerows((f"P{number}", *person, month) for number, person in enumerate(people))
    return path
