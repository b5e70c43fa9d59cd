"""Of when a question of the command line is: ``--as-of`` a day, or ``--release`` a number; now, if neither is given."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.errors import QueryError

if TYPE_CHECKING:
    from statlas.model.query import Query
    from statlas.store import Home

Release = Annotated[str, typer.Option("--release", help="Number of the release that answers; left out, the latest.")]
AsOf = Annotated[
    str, typer.Option("--as-of", help="Day or moment whose release answers: 2026-03-01; left out, the latest.")
]


def asked(home: "Home", query: Path, release: str, as_of: str) -> "Query":
    """What a query file asks for, of the release that is named or that answered then.

    Raises:
        QueryError: it cannot be read, both are given, or nothing was public then.
        UnknownNameError: it names what is not there.
        WithdrawnError: the release was withdrawn.
    """
    from statlas.definitions.stat_xplore.read import read
    from statlas.service import tables
    from statlas.service.tables.times import release_as_of

    if release and as_of:
        raise QueryError("A release and a moment are given.", mend="Give one of --release and --as-of.")

    def of(name: str) -> str | None:
        return release_as_of(home=home, database_id=name, moment=as_of) if as_of else release or None

    found = read(_body_of(query), lambda name: tables.database(home=home, database_id=name, release=of(name))).query
    return replace(found, release=of(found.database))


def _body_of(query: Path) -> bytes:
    if str(query) == "-":
        return sys.stdin.buffer.read()
    try:
        return query.read_bytes()
    except OSError as error:
        raise QueryError(
            f"The query file {query} cannot be read: {error.strerror}.", mend="Give the path of a JSON file."
        ) from error
