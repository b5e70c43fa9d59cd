"""One database in four releases: a month added, a month corrected beyond noise, and its codes drawn anew.

A toy in its rows alone: it has what a release can change, levels, amounts, provisional months and a mapping.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from statlas.service import tables
from statlas.store import Home, facts, layout

DEFINITION = """\
statlas: 1
id: help
label: Help with rent
unit: claimant
policy: standard
synthetic: true
source: A seeded generator
records: {table: HELP, label: Claimants, unit_id: person}
date: {id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month, provisional: ["latest(1)"]}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {id: REGION, label: Region, codes: {U: Upland, D: Downland}}
      - {id: TOWN, label: Town, codes: towns.csv}
  - id: SEX
    label: Sex
    column: sex
    levels:
      - {id: C_SEX, label: Sex, codes: {F: Female, M: Male}}
measures:
  - {id: RENT, label: Weekly rent, column: rent, unit: GBP, statistics: [SUM, MEAN]}
"""

TOWNS = "code,label,parent\nN,Northam,U\nE,Eastry,U\nS,Southey,D\nW,Weston,D\n"
MERGED = "code,label,parent\nN,Northam,U\nE,Eastry,U\nX,Southey and Weston,D\n"

MAPPING = """\
mapping:
  fields:
    - field: AREA
      codes: {"TOWN:S": "TOWN:X", "TOWN:W": "TOWN:X"}
"""

TABLE = "rows=AREA@TOWN&columns=MONTH&periods=all"
MONTHS = ("202501", "202502", "202503", "202504")


def first(folder: Path) -> Home:
    """The home with the first release: two months."""
    home = tables.open_home(folder / "home")
    publish(home, folder, months=MONTHS[:2])
    return home


def second(home: Home, folder: Path) -> None:
    """A month more."""
    publish(home, folder, months=MONTHS[2:3])


def third(home: Home, folder: Path) -> None:
    """February again: a third of those in Northam were people of Eastry."""
    publish(home, folder, months=MONTHS[1:2], moved=True)


def fourth(home: Home, folder: Path, mapping: str = MAPPING) -> None:
    """A month more, and two towns become one: every month is published again."""
    publish(home, folder, DEFINITION + mapping, months=MONTHS, moved=True, merged=True)


DAYS = {"1": "2025-03-18", "2": "2025-04-15", "3": "2025-05-20", "4": "2025-06-17"}
"""When the releases of ``dated`` became public, at 09:30 in London."""


def dated(folder: Path) -> Home:
    """All four, each public since its own day; nothing is carried over to the last."""
    home = first(folder)
    second(home, folder)
    third(home, folder)
    fourth(home, folder, mapping="")
    for release, day in DAYS.items():
        public_since(home, "help", release, day)
    return home


def public_since(home: Home, database_id: str, release: str, day: str) -> None:
    """Say of a release that it became public on a day, at 08:30 UTC."""
    path = layout.facts_file(layout.database_folder(home.path, database_id), release)
    path.chmod(0o600)
    path.write_bytes(facts.dumps(replace(home.facts(database_id, release), public_from=f"{day}T08:30:00+00:00")))


def publish(
    home: Home,
    folder: Path,
    text: str = DEFINITION,
    months: tuple[str, ...] = MONTHS,
    *,
    moved: bool = False,
    merged: bool = False,
) -> tables.PublishReport:
    """Publish some months of the same people; a month has the same rows however often it is."""
    definition, records = folder / "help.yaml", folder / "help.csv"
    definition.write_text(text, "utf-8")
    (folder / "towns.csv").write_text(MERGED if merged else TOWNS, "utf-8")
    with records.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("person", "area", "sex", "rent", "month"))
        for month in months:
            writer.writerows(_rows(month, moved=moved and month == MONTHS[1], merged=merged))
    return tables.publish(home=home, definition=definition, records=[records])


def _rows(month: str, *, moved: bool, merged: bool) -> list[tuple[str, ...]]:
    chance = np.random.default_rng(7)
    n = 1_200
    areas, sexes = chance.choice(["N", "E", "S", "W"], n), chance.choice(["F", "M"], n)
    rents = chance.integers(80, 220, n)
    if moved:
        areas = np.where((areas == "N") & (np.arange(n) % 3 == 0), "E", areas)
    if merged:
        areas = np.where(np.isin(areas, ["S", "W"]), "X", areas)
    people = zip(areas, sexes, rents, strict=True)
    return [(f"P{k}", str(area), str(sex), f"{rent}.00", month) for k, (area, sex, rent) in enumerate(people)]
