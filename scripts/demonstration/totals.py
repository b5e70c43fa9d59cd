"""Print published totals beside those of a home of the demonstration, and what the rules of the benefits exclude.

    python scripts/demonstration/totals.py demo-home

Each database is compared in the latest period of which a published figure was at hand; `by_hand/latest_totals.csv`
names figures and sources. Drawn numbers are records divided by the scale. What has no published figure is printed so.
"""

import argparse
from pathlib import Path

import duckdb
from csv_files import read
from rich.console import Console
from rich.table import Table

from statlas.demonstration.department import SOURCES
from statlas.demonstration.made import SCALES, Ask, read_note

FIGURES = Path(__file__).parent / "by_hand" / "latest_totals.csv"

EXCLUDED = (
    ("JSA", "somebody above State Pension age on Jobseeker's Allowance", "age > 66"),
    ("UC_Monthly", "somebody on Universal Credit below 16 or above State Pension age", "age < 16 or age > 66"),
    ("hb_new", "a pensioner with a spare-room reduction", "client = '2' and reduction is not null"),
    (
        "hb_new",
        "a passported claim that loses neither 14% (one room) nor 25% (more) of its rent",
        """passported = '1' and reduction is not null
           and abs(reduction - (award + reduction) * case spare_rooms when '1' then 0.14 else 0.25 end) > 0.01""",
    ),
    (
        "UC_Households",
        "a family type without children that has some",
        "family in ('1', '3') and children not in ('0', '9999')",
    ),
    ("UC_Households", "a family type with children that has none", "family in ('2', '4') and children = '0'"),
)
"""Database, what never occurs, and how one would find it."""

OUT = Console(width=160)


def main() -> None:
    """Compare, look for what cannot be, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="the folder that `statlas demo` made")
    home = parser.parse_args().home
    note = read_note(home)
    if note is None:
        parser.error(f"{home} is no home of the demonstration")
    totals(home, note.ask)
    exclusions(home)


def count(home: Path, database_id: str, condition: str) -> int:
    """Records of a database for which a condition holds."""
    files = home / SOURCES / database_id / "*.parquet"
    query = f"select count(*) from read_parquet('{files}') where {condition}"  # noqa: S608 - our own conditions
    [(found,)] = duckdb.sql(query).fetchall()
    return int(found)


def totals(home: Path, ask: Ask) -> None:
    """Published, drawn and how far apart."""
    table = Table("database", "what", "published", "drawn", "differs by", "source")
    figures = read(FIGURES)
    for row in figures:
        published, scale = float(row["published"]), ask.scale_of(row["database"])
        drawn = count(home, row["database"], row["condition"]) / scale
        apart = f"{drawn / published - 1:+.1%}"
        table.add_row(row["database"], row["what"], f"{published:,.0f}", f"{drawn:,.0f}", apart, row["source"])
    OUT.print(table)
    without = [name for name in SCALES if name not in {row["database"] for row in figures}]
    OUT.print(f"No published total was at hand, or none of the whole country: {', '.join(without)}.")


def exclusions(home: Path) -> None:
    """How often occurs what never should, and among how many records."""
    table = Table("database", "what never occurs", "found", "among")
    for database_id, what, condition in EXCLUDED:
        table.add_row(
            database_id, what, f"{count(home, database_id, condition):,}", f"{count(home, database_id, 'true'):,}"
        )
    OUT.print(table)
    families = f"select family, round(avg(award)) from '{home / SOURCES}/UC_Households/*.parquet'"  # noqa: S608
    query = f"{families} where month = '202512' and family <> '99' group by 1 order by 1"
    OUT.print("Mean award on Universal Credit, December 2025, by family type:", duckdb.sql(query).fetchall())


if __name__ == "__main__":
    main()
