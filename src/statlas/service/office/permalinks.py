"""Permanent links: a table as it was answered, under an address that shows the same numbers for ever.

What is kept is the protected answer, and the definition of the database as it then was, so that neither records nor
releases nor definitions are needed to show it again.
The id is a digest of the question with its release: the same table has the same link, whoever asks and how often.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from statlas import definitions
from statlas.errors import BackendError, DamagedLinkError, StatlasError, UnknownNameError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.query_data import query_data, read_query
from statlas.office.permalinks import queries
from statlas.office.permalinks.models import Permalink
from statlas.service import tables
from statlas.service.office import limits
from statlas.service.office.limits import Asker
from statlas.service.tables import cube_codec
from statlas.service.tables.databases import DATABASE_FILE
from statlas.service.tables.fingerprint import fingerprint
from statlas.store import Home
from statlas.store.permanent import PermanentFiles
from statlas.wording import gettext as _

ID_LENGTH = 16
"""Letters of a usual id: 80 bits, so that two tables have the same one by no chance; see ``_free_id``."""

_ID = re.compile("[a-z2-7]{16,52}")
_MB = 1_000_000
_LARGEST_BYTES = 100_000_000
"""Most bytes that one kept file may unpack to: far above the largest table of a page."""


@dataclass(frozen=True)
class Kept:
    """A table behind a permanent link.

    query: as it was asked, its release fixed; ``latest`` in it is that of then. database: as of the release.
    fingerprint: digest of the printed numbers, in hexadecimal. kept: when.
    """

    id: str
    query: Query
    cube: Cube
    database: Database
    fingerprint: str
    kept: datetime


def keep(*, home: Home, query: Query, asker: Asker | None = None, max_cells: int | None = tables.MAX_CELLS) -> str:
    """Keep the table of a query for good; the id of its permanent link.

    Args:
        home: the installation.
        query: its release may be None for the latest public one, which the link names from now on.
        asker: whose hourly limit of new links it counts towards; None counts nothing.
        max_cells: most cells kept.

    Raises:
        QueryError, DisclosureRefused, BusyError: as ``tables.table``.
        LimitError: the asker made too many links this hour.
        BackendError: the site keeps as much as it may.
    """
    release = tables.manifest(home=home, database_id=query.database, release=query.release).release
    pinned = replace(query, release=release)
    permalink_id, known = _free_id(pinned)
    if known:
        return permalink_id
    cube = tables.table(home=home, query=pinned, door="web", max_cells=max_cells)
    if asker is not None:
        limits.spend(asker=asker, kind="permalinks")
    files, size = _write(home, cube, _definition(home, query.database, release))
    facts = {"query": query_data(pinned), "fingerprint": fingerprint(cube), "size": size, "created": timezone.now()}
    queries.add(permalink_id, database=query.database, release=release, **files, **facts)
    return permalink_id


def get(*, home: Home, permalink_id: str) -> Kept:
    """The table behind a permanent link, its digests checked.

    What is damaged is counted again, and believed only if every printed number is what it was.

    Raises:
        UnknownNameError: there is no such link.
        WithdrawnError: its release was withdrawn.
        DamagedLinkError: the kept answer is damaged, and cannot be had again.
    """
    row = _row(permalink_id)
    _refuse_withdrawn(home, row)
    found = _read(home, row)
    if found is None:
        found = _again(home, row)
    return found


def facts(*, home: Home, permalink_id: str) -> tuple[Query, str]:
    """The query of a permanent link and the fingerprint of its numbers, without opening what it kept.

    Raises:
        UnknownNameError: there is no such link.
        WithdrawnError: its release was withdrawn.
    """
    row = _row(permalink_id)
    _refuse_withdrawn(home, row)
    return read_query(row.query), row.fingerprint


def _refuse_withdrawn(home: Home, row: Permalink) -> None:
    """What was kept of a withdrawn release is still there, and its notice stands before it.

    Raises:
        WithdrawnError: the release was withdrawn.
    """
    if home.has(row.database) and row.release in home.withdrawn(row.database):
        home.manifest(row.database, row.release)


def _row(permalink_id: str) -> Permalink:
    row = queries.find(permalink_id) if _ID.fullmatch(permalink_id) else None
    if row is None:
        raise UnknownNameError(
            _("There is no such permanent link."), component=permalink_id, mend=_("Copy its address whole.")
        )
    return row


def _free_id(pinned: Query) -> tuple[str, bool]:
    """The id of a table, and whether it is kept already; a longer one where another table has the usual one.

    Finding two tables of one id takes 2**40 trials: much, but not out of reach; the second then gets the whole digest.
    """
    data = query_data(pinned)
    digest = sha256(json.dumps(data, separators=(",", ":")).encode()).digest()
    whole = b32encode(digest).decode().rstrip("=").lower()
    for permalink_id in (whole[:ID_LENGTH], whole):
        found = queries.find(permalink_id)
        if found is None or found.query == data:
            return permalink_id, found is not None
    raise AssertionError("two tables have one SHA-256")


# --- what is kept -----------------------------------------------------------------------------------------------------


def _definition(home: Home, database_id: str, release: str) -> bytes:
    """The database as of a release, in bytes that are the same for every table of it."""
    manifest = home.manifest(database_id, release)
    told = {"definition": home.read_file(manifest, DATABASE_FILE).decode(), "periods": manifest.periods}
    return json.dumps(told, separators=(",", ":")).encode()


def _write(home: Home, cube: Cube, definition: bytes) -> tuple[dict[str, str], int]:
    """Keep a table and its database: digests of the files, and bytes that were not kept before.

    Raises:
        BackendError: that would be more than the site keeps.
    """
    answer, described = zlib.compress(cube_codec.dumps(cube)), zlib.compress(definition)
    shared = queries.keeps_definition(sha256(described).hexdigest())
    size = len(answer) + (0 if shared else len(described))
    if queries.n_bytes() + size > settings.STATLAS.permalinks_mb * _MB:
        raise BackendError(
            _("This site keeps as many permanent links as it has room for."),
            mend=_("Use the link to these figures, which names their release, or download the file."),
        )
    kept = PermanentFiles(home.path)
    return {"answer": kept.keep(answer), "definition": kept.keep(described)}, size


def _read(home: Home, row: Permalink) -> Kept | None:
    """What was kept, if it is as it was."""
    answer = PermanentFiles(home.path).read(row.answer)
    database = _database(home.path, row.definition)
    if answer is None or database is None:
        return None
    try:
        cube = cube_codec.loads(_unpacked(answer))
    except ValueError:
        return None
    return _kept(row, cube, database)


def _kept(row: Permalink, cube: Cube, database: Database) -> Kept | None:
    same = fingerprint(cube) == row.fingerprint
    return Kept(row.pk, read_query(row.query), cube, database, row.fingerprint, row.created) if same else None


@lru_cache(maxsize=64)
def _described(path: Path, digest: str) -> Database:
    """Remembered, as it never changes.

    Raises:
        ValueError: it is gone or damaged.
    """
    data = PermanentFiles(path).read(digest)
    if data is None:
        raise ValueError("a definition that is gone")
    told = json.loads(_unpacked(data))
    return definitions.loads(told["definition"]).with_periods(tuple(told["periods"]))


def _database(path: Path, digest: str) -> Database | None:
    try:
        return _described(path, digest)
    except (ValueError, LookupError, TypeError, StatlasError):
        return None


def _unpacked(data: bytes) -> bytes:
    """Raises: ValueError: it is nothing that was packed here."""
    packed = zlib.decompressobj()
    try:
        found = packed.decompress(data, _LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError("not packed here") from error
    if not packed.eof:
        raise ValueError("torn, or larger than any table")
    return found


def _again(home: Home, row: Permalink) -> Kept:
    """The same table, counted again and kept again.

    Raises:
        DamagedLinkError: it cannot be counted, or not to the same numbers.
    """
    query = read_query(row.query)
    try:
        cube = tables.table(home=home, query=query, door="web")
        database = tables.database(home=home, database_id=row.database, release=row.release)
        found = _kept(row, cube, database)
        if found is not None:
            _keep_again(home, row, cube)
            return found
    except StatlasError as error:
        raise _damaged(row) from error
    raise _damaged(row)


def _keep_again(home: Home, row: Permalink, cube: Cube) -> None:
    files = PermanentFiles(home.path)
    definition = _definition(home, row.database, row.release)
    queries.replace_files(
        row.pk,
        answer=files.keep(zlib.compress(cube_codec.dumps(cube))),
        definition=files.keep(zlib.compress(definition)),
    )


def _damaged(row: Permalink) -> DamagedLinkError:
    return DamagedLinkError(
        _("What this link kept is damaged, and the same numbers can no longer be counted."),
        mend=_("See the newest figures of the table, and tell the keeper of the site."),
        component=row.pk,
    )
