"""``statlas table``: answer a table request file from the command line."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from statlas.cli.output import put
from statlas.errors import QueryError


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("table")(table)


def table(
    query: Annotated[Path, typer.Argument(help="Body of the Open Data API's /table, as JSON; - for standard input.")],
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    form: Annotated[str, typer.Option("--format", help="csv, json, or text to read it here.")] = "csv",
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write; - for standard output.")] = Path("-"),
) -> None:
    """Answer a table request: the same protected numbers as on the site and through the APIs.

    QUERY is the file that Stat-Xplore calls "Open Data API Query (.json)", as it is.
    """
    from statlas import formats
    from statlas.definitions.stat_xplore.read import read
    from statlas.service import tables

    opened = tables.existing_home(home)
    asked = read(body_of(query), lambda name: tables.database(home=opened, database_id=name))
    cube = tables.table(home=opened, query=asked.query, door="cli", max_cells=None, wait_s=None)
    put(f"{cube!r}\n".encode() if form == "text" else b"".join(formats.write(cube, form)), out)


def body_of(query: Path) -> bytes:
    """The bytes of a query file.

    Raises:
        QueryError: it cannot be read.
    """
    if str(query) == "-":
        return sys.stdin.buffer.read()
    try:
        return query.read_bytes()
    except OSError as error:
        raise QueryError(
            f"The query file {query} cannot be read: {error.strerror}.", mend="Give the path of a JSON file."
        ) from error
