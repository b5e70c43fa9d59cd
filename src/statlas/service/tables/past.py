"""The releases of a database, from their manifests: what each holds and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from statlas.model.release import Manifest
from statlas.store import Home


@dataclass(frozen=True)
class PastRelease:
    """A release: its number, since when it is public (ISO 8601), its version and its periods, changed ones apart.

    ``added``, ``revised`` and ``removed`` are period codes, oldest first; a first release only has periods.
    """

    number: str
    created: str
    version: str
    periods: tuple[str, ...]
    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def releases(*, home: Home, database_id: str) -> tuple[PastRelease, ...]:
    """Every release of a database, the newest first."""
    manifests = [_manifest(home.path, database_id, number) for number in home.releases(database_id)]
    before = [None, *manifests[:-1]]
    return tuple(_release(home, one, last) for one, last in zip(manifests, before, strict=True))[::-1]


def _release(home: Home, manifest: Manifest, before: Manifest | None) -> PastRelease:
    now = {file.period: file.sha256 for file in manifest.records}
    then = {file.period: file.sha256 for file in before.records} if before else {}
    told = home.facts(manifest.database, manifest.release)
    found = PastRelease(manifest.release, told.public_from or manifest.created, told.version, manifest.periods)
    if before is None:
        return found
    return PastRelease(
        found.number,
        found.created,
        found.version,
        found.periods,
        added=tuple(period for period in sorted(now) if period not in then),
        revised=tuple(period for period in sorted(now) if period in then and then[period] != now[period]),
        removed=tuple(period for period in sorted(then) if period not in now),
    )


@lru_cache(maxsize=1024)
def _manifest(path: Path, database_id: str, number: str) -> Manifest:
    """Kept, as a release never changes."""
    return Home(path).manifest(database_id, number)
