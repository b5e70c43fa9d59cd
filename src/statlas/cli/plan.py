"""``statlas plan``: what a table would be, and which rules would refuse it, without making it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.dated import AsOf, Release, asked

if TYPE_CHECKING:
    from statlas.service.tables import TablePlan


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("plan")(plan)


def plan(
    query: Annotated[Path, typer.Argument(help="Body of the Open Data API's /table, as JSON; - for standard input.")],
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    release: Release = "",
    as_of: AsOf = "",
) -> None:
    """Tell how large a table is, what each rule says of it, and what to leave out; the table is not made.

    Ends with exit code 3 where the table would be refused.
    """
    from statlas.service import tables

    opened = tables.existing_home(home)
    found = tables.plan(home=opened, query=asked(opened, query, release, as_of))
    for line in _told(found):
        typer.echo(line)
    if found.refused:
        raise typer.Exit(3)


def _told(found: "TablePlan") -> Iterator[str]:
    """The plan, a line each."""
    yield f"{found.cells:,} cells, in about {_seconds(found.seconds)}."
    for outcome in found.outcomes:
        passed = f"{outcome.passed:,} of {outcome.evaluated:,} areas" if outcome.evaluated > 1 else "passed"
        yield f"  {outcome.rule}: {outcome.message if outcome.passed == 0 else passed}"
    if found.refused:
        yield "The table would be refused."
    elif found.passed < found.evaluated:
        yield f"{found.evaluated - found.passed:,} of {found.evaluated:,} areas would be blocked."
    else:
        yield "The table would be printed whole."
    for advice in found.advice:
        yield f"  {advice.text} Then {advice.passed:,} of {advice.evaluated:,} areas are printed."


def _seconds(seconds: float) -> str:
    return "a second" if seconds <= 1 else f"{round(seconds):,} seconds"
