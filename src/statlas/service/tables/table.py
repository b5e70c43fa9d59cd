"""Ask a table: the one use case behind every door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from statlas import engine, records
from statlas.engine.raw import Backend, Records
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service.tables import querylog
from statlas.service.tables.answers import Answers
from statlas.service.tables.databases import database, manifest, policy_of
from statlas.service.tables.deriving import with_derived
from statlas.store import Home

MAX_CELLS = 1_000_000
"""Cells answered at once, as the Open Data API does: a matter of capacity, never of disclosure."""

NOISE_SECRET, NOISE_BYTES = "noise.v1", 16

_answers = Answers()


def table(*, home: Home, query: Query, door: str, max_cells: int | None = MAX_CELLS) -> Cube:
    """The protected table a query asks for, from answers already given or from the records.

    Args:
        home: the installation.
        query: its ``release`` may be None for the latest public one.
        door: who asks, for the query log: ``opendata``, ``web``, ``cli``, ``python``.
        max_cells: most cells answered.

    Raises:
        UnknownNameError: a database, release, field, code or measure is not there.
        QueryError: the query makes no sense for the database.
        TooManyCellsError: the answer has more cells than ``max_cells``.
        DisclosureRefused: a rule of disclosure control refuses it.
    """
    found = manifest(home=home, database_id=query.database, release=query.release)
    pinned = replace(query, release=found.release)
    querylog.note(home=home, query=pinned, release=found.release, door=door)
    asked = database(home=home, database_id=found.database, release=found.release)

    def ask(part: Query, most: int | None) -> Cube:
        key = (home.path, found.database, found.release, part)
        cube = _answers.get(key)
        if cube is None or (most is not None and cube.n_cells > most):
            cube = count(home=home, database=asked, manifest=found, query=part, max_cells=most)
            _answers.keep(key, cube)
        return cube

    if not pinned.derived:
        return ask(pinned, max_cells)
    return with_derived(asked, pinned, ask, exact=policy_of(asked).open, max_cells=max_cells)


def count(
    *,
    home: Home,
    database: Database,
    manifest: Manifest,
    query: Query,
    max_cells: int | None = MAX_CELLS,
    backend: Backend | None = None,
    path_of: Callable[[str], Path] | None = None,
    noise_key: bytes | None = None,
) -> Cube:
    """Count and protect a query on a release, whether or not it answers yet.

    Args:
        backend: who counts; None is the kernel.
        path_of: where the records of a period lie, if not in the home (a dry run).
        noise_key: the key of the noise, if it is not kept in the home yet (a dry run).
    """
    files = {record.period: home.path_of(record) for record in manifest.records}
    policy, chosen = policy_of(database), {} if backend is None else {"backend": backend}
    key = noise_key or home.secret(NOISE_SECRET, NOISE_BYTES)

    def ask(part: Query, most: int | None) -> Cube:
        return engine.tabulate(
            database,
            manifest,
            part,
            open_period=opener(database, path_of or files.__getitem__),
            policy=policy,
            noise_key=key,
            max_cells=most,
            **chosen,
        )

    if not query.derived:
        return ask(query, max_cells)
    return with_derived(database, query, ask, exact=policy.open, max_cells=max_cells)


def opener(database: Database, path_of: Callable[[str], Path]) -> Callable[[str], Records]:
    """What opens the records of a period of a database, given where they lie."""
    return lambda period: _open_period(path_of(period), _Defined(database))


class _Defined:
    """A database compared by identity: hashing thousands of codes costs more than opening a file."""

    def __init__(self, value: Database) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Defined) and other.value is self.value


@lru_cache(maxsize=1024)
def _open_period(path: Path, defined: _Defined) -> Records:
    """Open files are kept: they are memory-mapped and never change."""
    return records.open_period(path, defined.value)
