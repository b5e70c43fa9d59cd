"""Small real homes, published from files as a publisher would."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

DEFINITION = """\
statlas: 1
id: clubs
label: Members of made-up clubs
folder: [Leisure]
description: People who belong to a club in a made-up county.
unit: member
synthetic: true
source: A seeded generator
family: clubs
policy: {policy}
records: {{table: MEMBERS, label: Members, unit_id: member}}
date:
  id: MONTH
  label: Month
  valueset: C_MONTH
  column: month
  frequency: month
fields:
  - id: AREA
    label: Area
    kind: geography
    group: Where they live
    column: town
    default_level: TOWN
    levels:
      - {{id: COUNTY, label: County, codes: {{N: North, S: South}}}}
      - id: TOWN
        label: Town
        codes:
          N1: {{label: Aldwick, parent: N}}
          N2: {{label: Burwell, parent: N}}
          N3: {{label: Corley, parent: N}}
          S1: {{label: Dunmere, parent: S}}
          S2: {{label: Eastlow, parent: S}}
  - id: SEX
    label: Sex
    column: sex
    levels: [{{id: C_SEX, label: Sex, codes: {{"1": Female, "2": Male}}}}]
  - id: AGE_BAND
    label: Age band
    band: {{column: age, codes: {{"1": [null, 25], "2": [25, 50], "3": [50, 75], "4": [75, null]}}}}
    levels:
      - {{id: C_AGE, label: Age band, codes: {{"1": Under 25, "2": 25 to 49, "3": 50 to 74, "4": 75 and over}}}}
annotations:
  - {{key: I, text: Club records are made up.}}
  - {{key: II, field: SEX, text: As given on joining.}}
tables:
  - {{id: towns, title: Members by town, rows: [AREA@TOWN], columns: [SEX], periods: latest}}
"""

TOWNS = ("N1", "N2", "N3", "S1", "S2")


FEES = """\
measures:
  - {id: FEE, label: Yearly fee, column: fee, unit: GBP, statistics: [SUM, MEAN, MEDIAN, P90]}
"""
"""A measure of the clubs, for records that are written with fees."""


def write_definition(folder: Path, *, policy: str = "standard", more: str = "") -> Path:
    """The definition of ``clubs`` in ``folder``, with ``more`` sections."""
    path = folder / "clubs.yaml"
    path.write_text(DEFINITION.format(policy=policy) + more, encoding="utf-8")
    return path


def write_records(
    path: Path,
    *,
    months: tuple[str, ...] = ("202501", "202502"),
    n: int = 900,
    seed: int = 1,
    fees: bool = False,
) -> Path:
    """A CSV of ``n`` members a month; the same people every month, most towns uneven; ``fees`` adds what they pay."""
    rng = np.random.default_rng(seed)
    towns = rng.choice(TOWNS, n, p=(0.45, 0.3, 0.05, 0.15, 0.05))
    sexes, ages = rng.integers(1, 3, n), rng.integers(16, 95, n)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["member", "month", "town", "sex", "age", *(["fee"] if fees else [])])
        paid = [[f"{pounds:.2f}"] if fees else [] for pounds in rng.gamma(4, 12, n)]
        for month in months:
            writer.writerows([f"synthetic-{i:05d}", month, towns[i], sexes[i], ages[i], *paid[i]] for i in range(n))
    return path
