"""Count a query on the records of a release; nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service.tables.cuboid_opening import cuboids_of
from statlas.service.tables.databases import policy_of, refuse_destroyed
from statlas.store import Home

if TYPE_CHECKING:
    from statlas.engine.raw import Backend, Records

MAX_CELLS = 1_000_000
"""Cells answered at once, as the Open Data API does: a matter of capacity, never of disclosure."""

NOISE_SECRET, NOISE_BYTES = "noise.v1", 16


def count(  # noqa: PLR0913 - whoever counts what is not published yet says where it lies
    *,
    home: Home,
    database: Database,
    manifest: Manifest,
    query: Query,
    max_cells: int | None = MAX_CELLS,
    backend: Backend | None = None,
    path_of: Callable[[str], Path] | None = None,
    noise_key: bytes | None = None,
    aside: Path | None = None,
) -> Cube:
    """Count and protect a query on a release, whether or not it answers yet.

    Args:
        backend: who counts, without cuboids; None is the kernel where there are none.
        path_of: where the records of a period lie, if not in the home (a dry run); asked before each period is counted,
            so that what it raises ends the count.
        noise_key: the key of the noise, if it is not kept in the home yet (a dry run).
        aside: the folder of cuboids of a draft.
    """
    from statlas import engine  # noqa: PLC0415 - answers already given are given without it

    refuse_destroyed(home=home, manifest=manifest)
    files = {record.period: home.path_of(record) for record in manifest.records}
    policy = policy_of(database)
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
            backend=backend or engine.count,
            cuboids=cuboids_of(home, manifest, aside) if backend is None else engine.no_cuboids,
        )

    if not query.derived:
        return ask(query, max_cells)
    from statlas.service.tables.deriving import with_derived  # noqa: PLC0415 - as the engine

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
    from statlas import records  # noqa: PLC0415 - as the engine

    return records.open_period(path, defined.value)
