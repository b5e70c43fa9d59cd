"""Lines of the audit log about releases at once that never became public: a further line takes them back.

The lines come before the release is public, so that nothing is public without them; where the process ends in
between, they tell of what did not happen. Whoever publishes next, or repairs, sees on the disk that it did not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from statlas.service.tables import auditing
from statlas.store import Home, layout, locking

WALK, CREATED = "walk", "created"
"""Details of a line: which lines belong together, and when the release that they speak of was made."""

NOT_KEPT = "release.not-kept"


@dataclass(frozen=True)
class _Said:
    """What lines said: the walk they belong to, of which release, and when that was made."""

    walk: str
    subject: str
    created: str

    @property
    def database(self) -> str:
        return self.subject.rpartition(" release ")[0]

    @property
    def release(self) -> str:
        return self.subject.rpartition(" release ")[2]


def repair(home: Home) -> tuple[str, ...]:
    """Take back what no process is about to do; the releases that were spoken of.

    Raises:
        HomeError: the log cannot be read or written.
    """
    found: list[str] = []
    for database in sorted({one.database for one in _pending(home)}):
        with _alone(home, database) as alone:
            found += take_back(home, database) if alone else ()
    return tuple(found)


def take_back(home: Home, database: str) -> tuple[str, ...]:
    """Take back what lines say of a database's releases that are not public; whoever calls is alone at it."""
    gone = [one for one in _pending(home) if one.database == database]
    for one in gone:
        auditing.record(
            home=home,
            actor="repair",
            action=NOT_KEPT,
            subject=one.subject,
            reason="The release never became public; the home is as it was before.",
            details={WALK: one.walk},
        )
    return tuple(one.subject for one in gone)


def _pending(home: Home) -> tuple[_Said, ...]:
    """What was said, is not on the disk, and was not taken back."""
    said: dict[str, _Said] = {}
    for line in auditing.lines(home=home) if home.exists else ():
        walk = line.details.get(WALK, "")
        if line.action == NOT_KEPT:
            said.pop(walk, None)
        elif walk:
            said[walk] = _Said(walk, line.subject, line.details.get(CREATED, ""))
    return tuple(one for one in said.values() if not _is_public(home, one))


def _is_public(home: Home, one: _Said) -> bool:
    return (
        one.release in home.all_releases(one.database)
        and home.any_manifest(one.database, one.release).created == one.created
    )


@contextmanager
def _alone(home: Home, database: str) -> Iterator[bool]:
    """Whether nobody publishes the database now."""
    folder = layout.database_folder(home.path, database)
    if not folder.exists():
        yield True
        return
    try:
        with locking.locked(folder, wait=False):
            yield True
    except locking.HeldError:
        yield False
