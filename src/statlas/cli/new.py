"""``statlas new``: draft a definition from data files."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("new")(new)


def new(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Data files of one kind, or folders of them.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to write to; left out, one named for the data.")
    ] = None,
) -> None:
    """Draft a commented definition and its code lists from data files.

    The draft is confidential working material: its code lists were made from records.
    """
    from rich.console import Console

    from statlas import definitions
    from statlas.cli.progress import bar

    with bar(Console(stderr=True)) as progress:
        drafted = definitions.draft(files, progress)
    folder = out if out is not None else Path(drafted.database)
    for path in drafted.write(folder):
        typer.echo(f"Wrote {path}")
    definitions.read(folder / "definition.yaml")
    typer.echo("Check every line marked `guess`; the draft is confidential until you have.")
