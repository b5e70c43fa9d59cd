"""What outlives the records of a release: its ready-made tables, what differs from its neighbours, and tables given.

All of it was printed, or would have been to whoever had asked; nothing of it is counted from anything else.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from statlas.errors import StatlasError
from statlas.model.release import Manifest
from statlas.service.tables import cube_codec, differences
from statlas.service.tables.cancelling import Patience
from statlas.service.tables.databases import database_of, policy_of
from statlas.service.tables.deriving import with_derived
from statlas.service.tables.giving import Giving, hearing
from statlas.service.tables.shelf import name_of
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
        for other in _neighbours(home, manifest):
            _compare(home, manifest, other)
    for made, query, cube in heard:
        if made == manifest:
            tables |= dict.fromkeys((name_of(query), name_of(cube.query)), cube_codec.dumps(cube))
    printed.keep(home.path, manifest.database, manifest.release, tables)


def _ready_made(home: Home, giving: Giving) -> None:
    """Ask every table that a ready-made one is made of; one that is refused was never printed."""
    database = database_of(home=home, manifest=giving.manifest)
    for ready in database.tables:
        query = replace(ready.query, release=giving.manifest.release)
        with suppress(StatlasError):
            if query.derived:
                with_derived(database, query, giving.give, exact=policy_of(database).open, max_cells=None)
            else:
                giving.give(query, None)


def _neighbours(home: Home, manifest: Manifest) -> tuple[str, ...]:
    """The releases before and after, and the one that answers, as far as there are any."""
    numbers = home.releases(manifest.database)
    if manifest.release not in numbers:
        return ()
    at = numbers.index(manifest.release)
    return tuple(dict.fromkeys((*numbers[max(at - 1, 0) : at], *numbers[at + 1 : at + 2], *numbers[at + 1 :][-1:])))


def _compare(home: Home, manifest: Manifest, other: str) -> None:
    """Ask what differs, so that it has been given."""
    then, now = sorted((manifest.release, other), key=int)
    with suppress(StatlasError):
        found = differences.difference(home=home, database_id=manifest.database, then=then, now=now)
        for level in found.levels:
            with suppress(StatlasError):
                differences.level_difference(home=home, found=found, level=level)
