"""Two small databases for the pages: a protected one with every kind of note, and an open one."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

REGIONS = {f"E1200000{n}": name for n, name in enumerate(("North", "Midlands & Wales", "South", "Isles"), start=1)}
MONTHS = tuple(f"{year}{month:02d}" for year in (2024, 2025) for month in range(1, 13))[:14]
N_AREAS = 240
AREAS = tuple(f"E0800{n:04d}" for n in range(1, N_AREAS + 1))

PROTECTED = """\
statlas: 1
id: hb_new
label: Housing Benefit
folder: [Benefits, Housing]
description: People who are paid Housing Benefit, counted at the end of each month.
unit: claimant
synthetic: true
source: A seeded generator
licence: OGL-UK-3.0
contact: {name: Statistics team, email: statistics@example.org}
methodology: https://example.org/methodology
quality: Late claims are missing from the latest month.
next_release: 2999-03-18
policy: standard
records:
  table: V_F_HB_NEW
  label: Housing Benefit Claimants
  unit_id: claim
date:
  id: MONTH
  table: F_HB_DATE
  label: Month
  valueset: C_HB_DATE
  column: month
  frequency: month
fields:
  - id: AREA
    label: Region and area
    kind: geography
    group: Geography (residence-based)
    column: area
    default_level: V_REGION
    levels:
      - {id: V_REGION, label: Region, codes: region.csv}
      - {id: V_AREA, label: Local area, codes: area.csv}
  - id: TENURE
    label: Tenure
    column: tenure
    missing: "99"
    levels:
      - {id: C_TENURE, label: Tenure, codes: {"1": Social rented, "2": Private rented, "99": Unknown}}
  - id: AGE
    label: Age band
    column: age
    levels:
      - id: C_AGE
        label: Age band
        codes: {"1": Under 25, "2": 25 to 34, "3": 35 to 44, "4": 45 to 54, "5": 55 and over}
  - id: SEX
    label: Sex
    column: sex
    inherit: false
    inherit_reason: Sex is not sensitive here.
    levels:
      - {id: C_SEX, label: Sex, codes: {"F": Female, "M": Male}}
measures:
  - {id: LAHBAMT, label: Weekly Award Amount, column: award, unit: GBP, statistics: [SUM, MEAN, MEDIAN, P90]}
annotations:
  - {key: I, text: Counts are of claims at the end of the month.}
  - {key: II, field: TENURE, text: Tenure is as stated on the claim.}
  - {key: III, field: TENURE, code: "99", text: The tenure was not stated.}
  - {key: r, cell: {AREA: E12000002, MONTH: "202502"}, text: Revised since it was first published.}
tables:
  - id: by-region
    title: Claimants by region and month
    rows: [AREA]
    columns: [MONTH]
    periods: latest(3)
  - id: by-tenure-and-age
    title: Claimants by tenure and age
    rows: [{field: TENURE, total: true}]
    columns: [AGE]
  - id: awards
    title: Mean award by region, and its change on a year before
    measures: ["LAHBAMT:MEAN", V_F_HB_NEW]
    derived:
      - {change: year, percent: true}
      - {formula: "{2} / ({1} + {2}) * 100", label: "% private", field: TENURE}
    rows: [AREA]
    columns: [TENURE]
"""

OPEN = """\
statlas: 1
id: rents
label: Private rents <listed> & "let"
folder: [Housing]
description: Advertised rents.
unit: rent
family: rents
policy: open
records:
  table: RENTS
  label: Rents
  unit_id: rent
date:
  id: YEAR
  label: Year
  valueset: C_YEAR
  column: year
  frequency: year
fields:
  - id: ROOMS
    label: Bedrooms
    column: rooms
    levels:
      - {id: C_ROOMS, label: Bedrooms, codes: {"1": One, "2": Two, "3": Three or more}}
"""


def write(folder: Path) -> tuple[tuple[Path, Path], ...]:
    """Definition and record file of each database, written into ``folder``; the same bytes every time."""
    chance = np.random.default_rng(2013)
    return _protected(folder, chance), _open(folder, chance)


def _protected(folder: Path, chance: np.random.Generator) -> tuple[Path, Path]:
    definition = folder / "hb_new.yaml"
    definition.write_text(PROTECTED, "utf-8")
    regions = list(REGIONS)
    _write(folder / "region.csv", ("code", "label"), REGIONS.items())
    names = [(code, f"Area {int(code[-4:])}", regions[n % 3]) for n, code in enumerate(AREAS)]
    # The last region has one area without records, so that a row without a number exists.
    _write(folder / "area.csv", ("code", "label", "parent"), [*names[:-5], *((*n[:2], regions[3]) for n in names[-5:])])
    n = 2_500
    people = zip(
        chance.choice(AREAS[:-5], n, p=_skewed(N_AREAS - 5)),
        chance.choice(["1", "2", ""], n, p=[0.6, 0.39, 0.01]),
        chance.choice(list("12345"), n),
        chance.choice(["F", "M"], n),
        strict=True,
    )
    held = [(f"C{claim:05d}", *fields) for claim, fields in enumerate(people)]
    # Of their own, so that everything else is drawn as before.
    awards = np.random.default_rng(7).gamma(9, 11, n).round(2)
    rows = [
        (*person, month, award)
        for month in MONTHS
        for person, award in zip(held, awards, strict=True)
        if chance.random() > 0.04
    ]
    _write(folder / "claims.csv", ("claim", "area", "tenure", "age", "sex", "month", "award"), rows)
    return definition, folder / "claims.csv"


def _open(folder: Path, chance: np.random.Generator) -> tuple[Path, Path]:
    definition = folder / "rents.yaml"
    definition.write_text(OPEN, "utf-8")
    rows = [(year, n, rooms) for year in ("2023", "2024") for n, rooms in enumerate(chance.choice(list("123"), 400))]
    _write(folder / "rents.csv", ("year", "rent", "rooms"), rows)
    return definition, folder / "rents.csv"


def _skewed(n: int) -> np.ndarray:
    weights = 1 / np.arange(1, n + 1)
    return weights / weights.sum()


def _write(path: Path, header: tuple[str, ...], rows: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
