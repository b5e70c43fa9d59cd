"""``statlas verify``: hash every file of a home again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify")(verify)


def verify(
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
) -> None:
    """See that every file of every release is there and as it was published.

    Ends with exit code 2 when a file is missing, changed or listed by no release.
    """
    from statlas.cli.progress import bar
    from statlas.service import tables

    with bar(Console(stderr=True)) as progress:
        faults = tables.verify(home=tables.open_home(home), progress=progress)
    for fault in faults:
        typer.echo(str(fault))
    if faults:
        raise typer.Exit(2)
    typer.echo("Every file is there and as it was published.")
