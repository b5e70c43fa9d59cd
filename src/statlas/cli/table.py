"""``statlas table``: answer a table request file from the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.dated import AsOf, Release, asked
from statlas.cli.output import put

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
    release: Release = "",
    as_of: AsOf = "",
    form: Annotated[str, typer.Option("--format", help=_FORMAT_HELP)] = "",
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write; - for standard output.")] = Path("-"),
) -> None:
    """Answer a table request: the same protected numbers as on the site and through the APIs.

    QUERY is the file that Stat-Xplore calls "Open Data API Query (.json)", as it is.
    """
    from statlas import formats
    from statlas.service import tables

    opened = tables.existing_home(home)
    wanted = asked(opened, query, release, as_of)
    cube = tables.table(home=opened, query=wanted, door="cli", max_cells=None, wait_s=None)
    if form == "text":
        put(f"{cube!r}\n".encode(), out)
        return
    database = tables.database(home=opened, database_id=cube.database, release=cube.release)
    put(_format(form, out).write(cube, formats.about_of(cube, database=database)), out)


def _format(name: str, out: Path) -> "Format":
    """The format of that name; without one that of the file's ending, or CSV."""
    from statlas import formats

    return formats.find(name) if name else formats.of_file(out.name) or formats.find("csv")
