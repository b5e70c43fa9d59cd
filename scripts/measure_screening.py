"""How often the screening cries without a cause, and how much of what is planted it finds: `--home HOME [--months 12]`.

Each of the newest periods of every database is screened as if it had been sent last, with the periods before it for
its past: every finding is printed, to be held against what is known to have happened.
Then one code, of those that print at least 100, is multiplied in each field and period, and it is counted how often
that is told as a break.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from statlas.model.release import Manifest
from statlas.service import tables
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET
from statlas.service.tables.release_tables import ReleaseTables, Series
from statlas.service.tables.screening import Compared, screen
from statlas.service.tables.screening.breaks import LEAST_PAST, breaks
from statlas.service.tables.screening.grids import Grid, grids

FACTORS = (0.5, 0.7, 1.5, 2.0)
LEAST = 100


def drafts(home: tables.Home, database_id: str, months: int) -> Iterator[Compared]:
    """The database as it was before each of its newest periods, with that period as a draft."""
    manifest = home.current(database_id)
    database = tables.database(home=home, database_id=database_id)
    key = home.secret(NOISE_SECRET, NOISE_BYTES)
    first = max(len(manifest.periods) - months, LEAST_PAST + 1)
    for n in range(first, len(manifest.periods)):
        until = _until(manifest, n + 1)
        yield Compared(ReleaseTables.of_draft(home, database, until, key), None, until.periods[:-1])


def _until(manifest: Manifest, n: int) -> Manifest:
    return replace(manifest, records=tuple(r for r in manifest.records if r.period in manifest.periods[:n]))


def planted(grid: Grid, period: str, factor: float, chance: np.random.Generator) -> bool | None:
    """Whether one code multiplied by a factor breaks; None where no code is large enough."""
    values = grid.series.values[grid.until(period)].copy()
    large = np.flatnonzero(np.nan_to_num(values[-2:]).min(axis=0) >= LEAST)
    if not len(large):
        return None
    code = int(chance.choice(large))
    values[-1, code] *= factor
    until = grid.until(period)
    found = breaks(values, grid.series.error[until], _whole(grid.whole, until), grid.family)
    return bool(found[code])


def _whole(series: Series, until: slice) -> np.ndarray:
    return series.values[until]


def main() -> None:
    """Measure a home, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--months", type=int, default=12)
    asked = parser.parse_args()
    home, chance = tables.existing_home(asked.home), np.random.default_rng(2013)
    n_drafts, with_findings, by_check, series = 0, 0, Counter[str](), 0
    hits: dict[float, list[bool]] = {factor: [] for factor in FACTORS}
    began = time.monotonic()
    for database_id in home.databases():
        for compared in drafts(home, database_id, asked.months):
            report, period = screen(compared), compared.periods[-1]
            n_drafts, with_findings = n_drafts + 1, with_findings + bool(len(report))
            by_check.update(finding.check for finding in report)
            for finding in report:
                print(f"{database_id} {period} {finding.check}: {finding.message} [{finding.was} -> {finding.now}]")
            for grid in grids(compared.draft, compared.window):
                series += len(grid.nodes)
                for factor in FACTORS:
                    found = planted(grid, period, factor, chance)
                    hits[factor] += [] if found is None else [found]
    print(f"{n_drafts} clean periods, {series:,} series: {sum(by_check.values())} findings in {with_findings} of them")
    print(", ".join(f"{check} {n}" for check, n in by_check.most_common()))
    for factor, told in hits.items():
        print(f"one code times {factor}: {np.mean(told):.1%} of {len(told):,} told")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
