"""Look at a database of the demonstration: draw it and print what its records add up to.

    python scripts/demonstration/look.py UC_Monthly               drawn at a tenth of its size
    python scripts/demonstration/look.py UC_Monthly --times 1     at the size the demonstration has
    python scripts/demonstration/look.py UC_Monthly --publish     also published, and how full each ready-made table is

Numbers are those of the real caseload: records divided by the scale. Everything goes to a folder that is taken away.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
from csv_files import read
from rich.console import Console
from rich.table import Table

from statlas.demonstration.made import DATABASES, DEFAULT_SCALE, Ask
from statlas.demonstration.recipe import Recipe, read_recipe
from statlas.demonstration.source import Source, make_source
from statlas.model.cube import CellStatus
from statlas.service import tables

MOST_VALUES = 60
"""A column with more values than these is told by its range."""

OUT = Console(width=160)


def main() -> None:
    """Draw, print, publish."""
    asked = arguments()
    ask = Ask(scale=DEFAULT_SCALE * asked.times, seed=asked.seed)
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        source = make_source(asked.database, Path(folder), ask)
        drawn = time.perf_counter() - began
        recipe = read_recipe(DATABASES / asked.database)
        look(recipe, source, ask.scale_of(asked.database), drawn)
        if asked.publish:
            publish(source, Path(folder) / "home")


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", help="id of the database")
    parser.add_argument("--times", type=float, default=0.1, help="size against the demonstration's; 0.1")
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--publish", action="store_true")
    return parser.parse_args()


def look(recipe: Recipe, source: Source, scale: float, seconds: float) -> None:
    """Print totals by period and region, and the shares of every column."""
    records = duckdb.connect()
    records.execute(f"create view records as select * from '{source.folder}/*.parquet'")  # noqa: S608 - our own folder
    [(n,)] = records.execute("select count(*) from records").fetchall()
    size = sum(path.stat().st_size for path in source.files) / 1e6
    OUT.print(f"[b]{recipe.database}[/b]: {n:,} records at scale {scale:g} in {seconds:.1f} s, {size:.1f} MB")
    by_period(records, recipe, scale)
    for column, kind, *_ in records.execute("describe records").fetchall():
        if column not in (recipe.unit, recipe.period, *recipe.places.columns.values()):
            values(records, column, kind, n)


def by_period(records: duckdb.DuckDBPyConnection, recipe: Recipe, scale: float) -> None:
    """Totals by period (at most 24 of them), and by region where an authority is written."""
    authority = recipe.places.columns.get("authority", "null")
    parents = {row["code"]: row["parent"] for row in read(DATABASES / "geography/authority.csv")}
    names = {row["code"]: row["label"] for row in read(DATABASES / "geography/region.csv")}
    rows = records.execute(
        f"select {recipe.period}, {authority}, count(*) from records group by all"  # noqa: S608 - our own names
    ).fetchall()
    totals: dict[str, dict[str, int]] = defaultdict(Counter)
    for period, place, n in rows:
        totals[period][names.get(parents.get(place, ""), "elsewhere")] += n
    regions = sorted({region for found in totals.values() for region in found})
    periods = sorted(totals)
    shown = [periods[int(at)] for at in np.unique(np.linspace(0, len(periods) - 1, 24).astype(int))]
    table = Table("period", "all", *(region[:12] for region in regions), title="thousands at full size")
    for period in shown:
        numbers = [totals[period][region] for region in regions]
        table.add_row(period, *(f"{n / scale / 1000:,.1f}" for n in (sum(numbers), *numbers)))
    OUT.print(table)


def values(records: duckdb.DuckDBPyConnection, column: str, kind: str, n: int) -> None:
    """The shares of a column's values in the whole, and in the first and last period; or the range of a number."""
    if kind in ("DOUBLE", "FLOAT"):
        found = records.execute(
            f"select count({column}), min({column}), median({column}), avg({column}), max({column}) from records"  # noqa: S608
        ).fetchone()
        assert found
        OUT.print(f"[b]{column}[/b] {found[0] / n:.1%} have one; least {found[1]:,.2f}, median {found[2]:,.2f}, "
                  f"mean {found[3]:,.2f}, most {found[4]:,.2f}")  # fmt: skip
        return
    rows = records.execute(f"select {column}, count(*) from records group by 1 order by 1").fetchall()  # noqa: S608
    if len(rows) > MOST_VALUES:
        OUT.print(f"[b]{column}[/b] {len(rows)} values, {rows[0][0]} to {rows[-1][0]}")
        return
    OUT.print(f"[b]{column}[/b] " + "  ".join(f"{value} {count / n:.1%}" for value, count in rows))


def publish(source: Source, folder: Path) -> None:
    """Publish the records and print how many cells of each ready-made table show a number."""
    home = tables.open_home(folder)
    began = time.perf_counter()
    tables.publish(home=home, definition=source.definition, records=source.files)
    OUT.print(f"published in {time.perf_counter() - began:.1f} s")
    for ready in tables.database(home=home, database_id=source.database_id).tables:
        status = tables.table(home=home, query=ready.query, door="look").measures[0].status
        shown = np.isin(status, [CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO]).mean()
        blocked = (status == CellStatus.CONFIDENTIAL).mean()
        OUT.print(f"{ready.id}: {status.size} cells, {shown:.1%} shown (at least 90%), {blocked:.1%} blocked (2%)")


if __name__ == "__main__":
    main()
