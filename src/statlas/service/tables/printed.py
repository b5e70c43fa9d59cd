"""What outlives the records of a release: ready-made tables, those by date and each level, and tables given.

All of it was printed, or would have been to whoever had asked; nothing of it is counted from anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from statlas.definitions.address import with_date
from statlas.errors import StatlasError
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service.tables import cube_codec
from statlas.service.tables.cancelling import Patience
from statlas.service.tables.databases import database_of, policy_of
from statlas.service.tables.deriving import with_derived
from statlas.service.tables.giving import Giving, hearing
from statlas.service.tables.shelf import name_of
from statlas.service.tables.table import table
from statlas.service.tables.whole_tables import whole_tables
from statlas.store import Home, printed


def keep(*, home: Home, manifest: Manifest) -> None:
    """Keep what is to outlive the records of a release; what was kept before stays as it is.

    Raises:
        OSError: the disk failed.
    """
    if printed.is_kept(home.path, manifest.database, manifest.release):
        return
    giving = Giving.of(home, manifest, Patience.of(None, None))
    tables = giving.shelf.all()
    with hearing() as heard:
        _ready_made(home, giving)
        _by_level(home, giving)
        for later in _later(home, manifest):
            _marked(home, later)
    for made, query, cube in heard:
        if made == manifest:
            tables |= dict.fromkeys((name_of(query), name_of(cube.query)), cube_codec.dumps(cube))
    printed.keep(home.path, manifest.database, manifest.release, tables)


def _ready_made(home: Home, giving: Giving) -> None:
    """Ask every table that a ready-made one is made of; one that is refused was never printed."""
    database = database_of(home=home, manifest=giving.manifest)
    for asked in _ready_queries(database):
        query = replace(asked, release=giving.manifest.release)
        with suppress(StatlasError):
            if query.derived:
                with_derived(database, query, giving.give, exact=policy_of(database).open, max_cells=None)
            else:
                giving.give(query, None)


def _ready_queries(database: Database) -> Iterator[Query]:
    """Every ready-made table as it is defined, and as pages and programs ask for it, with its date above it."""
    for ready in database.tables:
        yield from {ready.query: None, with_date(database, ready.query): None}


def _by_level(home: Home, giving: Giving) -> None:
    """Ask the table by date and each level: what differs from any other release is worked out from these."""
    for query in whole_tables(database_of(home=home, manifest=giving.manifest)):
        with suppress(StatlasError):
            giving.give(replace(query, release=giving.manifest.release), None)


def _later(home: Home, manifest: Manifest) -> Iterator[Manifest]:
    """The releases whose revised numbers are known by comparing with this one."""
    for number in home.releases(manifest.database):
        found = home.any_manifest(manifest.database, number)
        if found.previous == manifest.release:
            yield found


def _marked(home: Home, later: Manifest) -> None:
    """Ask what marks the numbers that a later release revised: of its ready-made tables, and of those by level."""
    database = database_of(home=home, manifest=later)
    queries = (*_ready_queries(database), *whole_tables(database))
    for query in queries:
        with suppress(StatlasError):
            table(home=home, query=replace(query, release=later.release), door="python", max_cells=None, wait_s=None)
