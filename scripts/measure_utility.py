"""How far the tables of the demonstration move, and how much of them is hidden.

    .venv/bin/python scripts/measure_utility.py                     the newest years of three databases, in two minutes
    .venv/bin/python scripts/measure_utility.py PIP_Monthly         one database
    .venv/bin/python scripts/measure_utility.py --policy standard   under the preset, whose rules block more areas
    .venv/bin/python scripts/measure_utility.py --home HOME         the tables of a demonstration that is there

The measurement behind docs/explanation/protection-method.md.

To know how far a printed number lies from the truth one needs the truth, so the same records are published a second
time, under the policy ``open``, in a temporary home that is taken away.  That can be done with records that describe
nobody alone: never publish real records under ``open``, not even for a moment.
Both homes are asked through the function that every door calls.

Printed are tables in Markdown.  *True* is what the open home prints, *error* is printed less true.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from utility_figures import (
    AMOUNTS,
    GROUPS,
    HIDDEN,
    MOVED,
    SIZES,
    Compared,
    additive,
    by_size,
    compare,
    grouping,
    hidden,
    moved,
    relative,
    together,
)

from statlas.client import open_home
from statlas.demonstration.department import SOURCES
from statlas.demonstration.made import DATABASES, DEFAULT_SCALE, Ask, definition_of, missing, read_note
from statlas.demonstration.source import Source, make_source
from statlas.errors import DisclosureRefused, QueryError
from statlas.model.cells import CellStatus
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.service import tables

OUT = Console(width=200, highlight=False)

N_FILES = 2
"""The newest record files, one a year, that are published where no home is given: arbitrary, for two minutes' work."""

AUTHORITY, SMALL_AREA, REGION = (
    "V_C_MASTERGEOG11_LA_TO_REGION",
    "V_C_MASTERGEOG11_MSOA_TO_LA",
    "V_C_MASTERGEOG11_REGION_TO_COUNTRY",
)
GROUP_SIZES, N_GROUPS, SEED = (5, 20, 100), 100, 2013
"""Small areas in a group, groups drawn of each size, and what they are drawn by: arbitrary."""


@dataclass(frozen=True)
class Typical:
    """What people ask of a database: its geography, and fields of few, some and personal categories.

    ``parts`` is a field none of whose categories is rare, so that a total can be held against its parts.
    """

    area: str
    few: str
    some: str
    personal: tuple[str, str]
    parts: str
    amount: str = ""

    def tables(self, date: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Tables by name, as arguments of ``OpenDatabase.table``."""
        authority, small, region = (f"{self.area}@{level}" for level in (AUTHORITY, SMALL_AREA, REGION))
        sex, age = self.personal
        yield "authority", {"rows": authority}
        yield f"authority, {self.few}", {"rows": authority, "columns": self.few}
        yield f"authority, {self.some}", {"rows": authority, "columns": self.some}
        yield f"authority, {sex}, {age}", {"rows": authority, "columns": [sex, age]}
        yield f"authority, {self.few}, {self.some}", {"rows": authority, "columns": [self.few, self.some]}
        yield "small area", {"rows": small}
        yield f"small area, {self.few}", {"rows": small, "columns": self.few}
        yield f"small area, {self.some}", {"rows": small, "columns": self.some}
        yield f"region, {self.some}, every month", {"rows": date, "columns": [region, self.some], "periods": "all"}


TYPICAL: Mapping[str, Typical] = {
    "hb_new": Typical("COA_CODE", "TENURE_PUB", "SECTOR_PUB", ("SINGLE_GEN", "AGE_BAND"), "PENWORK", "LAHBAMT"),
    "UC_Monthly": Typical(
        "COA_CODE",
        "EMPLOYMENT_CODE",
        "CCCONDITIONALITY_REGIME",
        ("GENDER_CODE", "AGE_CODE@C_UC_AGE_BAND"),
        "EMPLOYMENT_CODE",
    ),
    "PIP_Monthly": Typical(
        "COA_2011",
        "MOB_AWARD_TYPE",
        "DISABILITY_CODE@C_PIP_DISABILITY_CATEGORY",
        ("SEX", "SINGLE_AGE@C_AGE_BAND"),
        "SEX",
        "PIP_AWARD_AMOUNT",
    ),
}


# --- two homes with the same records ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A database as a home prints it, and the same records in a home that prints them as they are."""

    database_id: str
    printed: Path
    true: Path

    @property
    def database(self) -> Database:
        """The definition."""
        return open_home(self.printed)[self.database_id].definition

    def ask(self, **asked: Any) -> list[Cube]:
        """One table of both, by the arguments of ``OpenDatabase.table``."""
        return [open_home(home)[self.database_id].table(**asked) for home in (self.printed, self.true)]

    def answer(self, query: Query) -> list[Cube]:
        """The answers of both to a query."""
        return [
            tables.table(home=tables.existing_home(home), query=query, door="python")
            for home in (self.printed, self.true)
        ]

    def compare(self, **asked: Any) -> Compared:
        """The cells of one table."""
        return compare(*(cube.measures[0] for cube in self.ask(**asked)))


def published(folder: Path, database_id: str, ask: Ask, n_files: int, policy: str = "") -> Pair:
    """The pair of a database, both made in a temporary folder; ``policy`` takes the place of the demonstration's."""
    source = make_source(database_id, folder / SOURCES, ask)
    definition = definition_under(folder, database_id, policy) if policy else source.definition
    home = folder / "protected"
    tables.publish(home=tables.open_home(home), definition=definition, records=source.files[-n_files:])
    return Pair(database_id, home, opened(folder, source, n_files))


def beside(folder: Path, database_id: str, home: Path) -> Pair:
    """The pair of a database of a demonstration that is there; nothing but tables is asked of its home."""
    note = read_note(home)
    if note is None or database_id in missing(home, note.ask):
        raise SystemExit(f"{home} has no {database_id} of the demonstration as it is now.")
    source = make_source(database_id, folder / SOURCES, note.ask)
    return Pair(database_id, home, opened(folder, source, len(source.files)))


def opened(folder: Path, source: Source, n_files: int) -> Path:
    """A home in a temporary folder with the newest record files under ``open``."""
    home = folder / "open"
    definition = definition_under(folder, source.database_id, "open")
    tables.publish(home=tables.open_home(home), definition=definition, records=source.files[-n_files:])
    return home


def definition_under(folder: Path, database_id: str, policy: str) -> Path:
    """The definition with another policy, beside copies of its code lists; ``folder`` is a temporary one."""
    copies = folder / f"definitions-{policy}"
    if not copies.exists():
        shutil.copytree(DATABASES, copies)
    path = copies / definition_of(database_id).name
    text, n = re.subn(r"^policy: .*$", f"policy: {policy}", path.read_text("utf-8"), flags=re.MULTILINE)
    assert n == 1, f"{path.name} names its policy {n} times"
    path.write_text(text, "utf-8")
    return path


# --- groups, totals, amounts ------------------------------------------------------------------------------------------


def groups(pair: Pair, typical: Typical, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Groups of small areas: their error, beside that of adding shown cells alone."""
    printed, _ = pair.ask(rows=f"{typical.area}@{SMALL_AREA}", columns=columns)
    codes = [item.nodes[0].code for item in printed.dimensions[1].items]
    rng = np.random.default_rng(SEED)
    for size in GROUP_SIZES:
        chosen = [np.sort(rng.choice(len(codes), size, replace=False)) for _ in range(N_GROUPS)]
        named = {f"group {n}": [codes[k] for k in members] for n, members in enumerate(chosen)}
        cells = pair.compare(rows={"field": typical.area, "level": SMALL_AREA, "groups": named}, columns=columns)
        plain = np.stack([printed.measures[0].values[:, members].sum(axis=1) for members in chosen], axis=1)
        yield " ".join((f"{size} small areas", *(f"by {name}" for name in columns))), *grouping(cells, plain.ravel())


def total_less_parts(pair: Pair, typical: Typical) -> tuple[str, ...]:
    """How far authorities' totals lie from the sum of their parts, where total and all parts are shown."""
    cube, _ = pair.ask(rows=f"{typical.area}@{AUTHORITY}", columns={"field": typical.parts, "total": True})
    place = next(n for n, dimension in enumerate(cube.dimensions) if dimension.field == typical.parts)
    values = np.moveaxis(cube.measures[0].values, place, -1)
    shown = (np.moveaxis(cube.measures[0].status, place, -1) == CellStatus.SHOWN).all(axis=-1)
    gaps = (values[..., -1] - values[..., :-1].sum(axis=-1))[shown].astype(np.float64)
    return str(values.shape[-1] - 1), *additive(gaps, shown.size)


PARTS = ("parts", "rows", "all shown", "mean", "sd", "equal", "most")


def amounts(pair: Pair, typical: Typical) -> Iterator[tuple[str, ...]]:
    """The relative error of sums, means and medians of authorities by the field of few categories."""
    for statistic in ("SUM", "MEAN", "MEDIAN"):
        asked = {"rows": f"{typical.area}@{AUTHORITY}", "columns": typical.few, "periods": "all"}
        counts, cells = pair.compare(**asked), pair.compare(**asked, measures=f"{typical.amount}:{statistic}")
        for low, high in ((10, 20), (20, 100), (100, SIZES[-1])):
            size = f"{low} to {high - 1}" if high < SIZES[-1] else f"{low} and more"
            part = cells.where((counts.printed >= low) & (counts.printed < high) & counts.shown)
            yield statistic, size, *relative(part)


# --- report -----------------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure each database in turn, then all their shown counts together."""
    asked = arguments()
    found = []
    with TemporaryDirectory() as folder:
        for database_id in asked.databases:
            pair = (
                beside(Path(folder), database_id, asked.home)
                if asked.home
                else published(Path(folder), database_id, Ask(asked.scale), asked.files, asked.policy)
            )
            found += measure(pair, TYPICAL[database_id])
    table("all tables together", "", MOVED, [("all", *moved(together(found))), *by_size(together(found))])


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="*", default=list(TYPICAL), help=f"of {', '.join(TYPICAL)}")
    parser.add_argument("--home", type=Path, help="home of a demonstration that is there, whose tables are measured")
    parser.add_argument("--policy", default="", help="a preset, in place of the policy file of the demonstration")
    parser.add_argument("--scale", type=float, default=DEFAULT_SCALE, help="size of the demonstration that is made")
    parser.add_argument("--files", type=int, default=N_FILES, help="how many of the newest record files are published")
    asked = parser.parse_args()
    asked.databases = asked.databases or list(TYPICAL)
    return asked


def measure(pair: Pair, typical: Typical) -> list[Compared]:
    """Print everything about one database; the cells of its typical tables."""
    name, found = pair.database_id, dict(chain(compared(pair, typical), ready_made(pair)))
    table(f"{name}: hidden", "table", HIDDEN, [(key, *hidden(cells)) for key, cells in found.items()])
    table(f"{name}: errors of counts", "table", MOVED, [(key, *moved(cells)) for key, cells in found.items()])
    whole = together(list(found.values()))
    table(f"{name}: errors by printed count", "printed", MOVED, [("all", *moved(whole)), *by_size(whole)])
    rows = chain.from_iterable(groups(pair, typical, columns) for columns in ((), (typical.few,)))
    table(f"{name}: groups", "group", GROUPS, rows)
    table(f"{name}: total less parts", "by", PARTS, [(typical.parts, *total_less_parts(pair, typical))])
    if typical.amount:
        table(f"{name}: {typical.amount}", "statistic", ("printed count", *AMOUNTS), amounts(pair, typical))
    return list(found.values())


def compared(pair: Pair, typical: Typical) -> Iterator[tuple[str, Compared]]:
    """The typical tables of a database."""
    for name, asked in typical.tables(pair.database.date.id):
        yield name, pair.compare(**asked)


def ready_made(pair: Pair) -> Iterator[tuple[str, Compared]]:
    """The ready-made tables of a database that count, where their periods were published."""
    for ready in pair.database.tables:
        query = replace(ready.query, derived=(), measures=())
        try:
            cubes = pair.answer(query)
        except (QueryError, DisclosureRefused) as error:
            OUT.print(f"{ready.id} is left out: {error.title}.")
            continue
        yield f"*{ready.id}*", compare(*(cube.measures[0] for cube in cubes))


def table(title: str, first: str, names: Sequence[str], rows: Any) -> None:
    """Print a table in Markdown."""
    OUT.print(f"\n**{title}**\n")
    OUT.print("| " + " | ".join((first, *names)) + " |")
    OUT.print("| " + " | ".join(["---"] * (len(names) + 1)) + " |")
    for row in rows:
        OUT.print("| " + " | ".join(row) + " |", soft_wrap=True)


if __name__ == "__main__":
    main()
