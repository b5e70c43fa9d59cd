"""``statlas cuboids``: which tables are counted beforehand, why, and building them anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from statlas.service.tables import CuboidReport

_BEYOND = 5
"""Tables named that no cuboid can answer; arbitrary."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("cuboids")(cuboids)


def cuboids(
    database: Annotated[str, typer.Argument(help="Id of the database.")],
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Choose anew, and build what is missing.")] = False,
    budget: Annotated[
        float | None,
        typer.Option("--budget", help="Part of the records' bytes that they may take, up to 0.5; with --rebuild."),
    ] = None,
) -> None:
    """Show which tables of one field or two are counted beforehand, and why others are not."""
    from statlas.cli.progress import bar
    from statlas.service import tables

    opened = tables.existing_home(home)
    if budget is not None and not rebuild:
        raise typer.BadParameter("A budget is given with --rebuild.", param_hint="--budget")
    if rebuild:
        with bar(Console(stderr=True)) as progress:
            report = tables.rebuild_cuboids(home=opened, database_id=database, budget=budget, progress=progress)
    else:
        report = tables.cuboids(home=opened, database_id=database)
    console = Console()
    console.print(_table(report))
    for line in _told(report):
        typer.echo(line)


def _table(report: "CuboidReport") -> Table:
    """Every possible cuboid: those that would be chosen now first."""
    made = Table("fields", box=None, pad_edge=False, header_style="bold")
    for title in ("cells", "bytes", "asked", "saved"):
        made.add_column(title, justify="right")
    made.add_column("verdict")
    made.add_column("periods", justify="right")
    for fact in report.facts:
        made.add_row(
            " × ".join(fact.labels),
            f"{fact.cells:,}",
            f"{fact.n_bytes:,}",
            f"{fact.share:.1%}",
            f"{fact.saved:.0%}",
            fact.verdict,
            f"{fact.built:,}",
        )
    return made


def _told(report: "CuboidReport") -> Iterator[str]:
    """What the table does not say, a line each."""
    yield f"{report.built:,} of {report.periods:,} periods of release {report.release} have cuboids."
    share = report.n_bytes / report.record_bytes if report.record_bytes else 0.0
    yield f"They take {report.n_bytes:,} bytes, {share:.2%} of the records'; they may take {report.budget:.2%}."
    for labels, asked in report.beyond[:_BEYOND]:
        yield f"{asked:.1%} ask for {', '.join(labels)}: no cuboid has so many fields."
    if more := report.beyond[_BEYOND:]:
        yield f"{sum(asked for _, asked in more):.1%} ask for {len(more):,} others with too many fields."
