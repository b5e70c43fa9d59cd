"""``statlas table``: answer a table request file from the command line."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.output import put
from statlas.errors import QueryError

if TYPE_CHECKING:  # the formats load Arrow, which --help does without
    from statlas.formats import Format

_FORMAT_HELP = (
    "csv, csv-bom, csv-shown, xlsx, ods, parquet, arrow, json-stat, json, opendata-query, or text to read it here; "
    "left out, that of the ending of --out, else csv."
)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("table")(table)


def table(
    query: Annotated[Path, typer.Argument(help="Body of the Open Data API's /table, as JSON; - for standard input.")],
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    as_of: Annotated[
        str, typer.Option("--as-of", help="Day or moment whose release answers: 2026-03-01; left out, the latest.")
    ] = "",
    form: Annotated[str, typer.Option("--format", help=_FORMAT_HELP)] = "",
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write; - for standard output.")] = Path("-"),
) -> None:
    """Answer a table request: the same protected numbers as on the site and through the APIs.

    QUERY is the file that Stat-Xplore calls "Open Data API Query (.json)", as it is.
    """
    from statlas import formats
    from statlas.definitions.stat_xplore.read import read
    from statlas.service import tables
    from statlas.service.tables.times import release_as_of

    opened = tables.existing_home(home)

    def release(name: str) -> str | None:
        return release_as_of(home=opened, database_id=name, moment=as_of) if as_of else None

    asked = read(
        body_of(query), lambda name: tables.database(home=opened, database_id=name, release=release(name))
    ).query
    pinned = replace(asked, release=release(asked.database))
    cube = tables.table(home=opened, query=pinned, door="cli", max_cells=None, wait_s=None)
    if form == "text":
        put(f"{cube!r}\n".encode(), out)
        return
    database = tables.database(home=opened, database_id=cube.database, release=cube.release)
    put(_format(form, out).write(cube, formats.about_of(cube, database=database)), out)


def _format(name: str, out: Path) -> "Format":
    """The format of that name; without one that of the file's ending, or CSV."""
    from statlas import formats

    return formats.find(name) if name else formats.of_file(out.name) or formats.find("csv")


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
