"""What the disk says of published releases; the calendar follows it, and says of no other release anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from statlas.errors import UnknownNameError, WithdrawnError
from statlas.model.announcement import Published
from statlas.model.database import Database
from statlas.model.release import ReleaseFacts
from statlas.model.release_times import in_london
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.service import tables
from statlas.store import Home


@dataclass(frozen=True)
class Turns:
    """How a published release stands: why it is withdrawn, if it is; how often that changed, and when last."""

    withdrawn: str = ""
    n: int = 0
    last: datetime | None = None


class Disk:
    """The published releases of a home, each database read once: made anew for every answer."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._databases: dict[str, Database | None] = {}
        self._digests: dict[str, frozenset[str]] = {}
        self._facts: dict[str, tuple[ReleaseFacts, ...]] = {}
        self._turns: dict[str, dict[str, Turns]] = {}

    def is_public(self, database_id: str) -> bool:
        """Whether anything of a database was ever public, so that its id is known to anybody."""
        return self._home.has(database_id)

    def database(self, database_id: str) -> Database | None:
        """A database as of the release that answers; None where none does."""
        if database_id not in self._databases:
            self._databases[database_id] = self._read(database_id)
        return self._databases[database_id]

    def _read(self, database_id: str) -> Database | None:
        try:
            return tables.database(home=self._home, database_id=database_id)
        except (UnknownNameError, WithdrawnError):
            return None

    def facts(self, database_id: str) -> tuple[ReleaseFacts, ...]:
        """Of every release of a database there ever was, oldest first."""
        if database_id not in self._facts:
            numbers = self._home.all_releases(database_id) if self.is_public(database_id) else ()
            self._facts[database_id] = tuple(self._home.facts(database_id, number) for number in numbers)
        return self._facts[database_id]

    def turns(self, database_id: str, release: str) -> Turns:
        """How a published release stands."""
        if database_id not in self._turns:
            self._turns[database_id] = self._read_turns(database_id)
        return self._turns[database_id].get(release, Turns())

    def _read_turns(self, database_id: str) -> dict[str, Turns]:
        notices, restored = self._home.withdrawn(database_id), self._home.restored(database_id)
        found = {}
        for release in notices.keys() | restored.keys():
            notice, again = notices.get(release), restored.get(release, ())
            known = [_known(at) for at in (*again, notice.at if notice else "")]
            # Each time it was restored, it had been withdrawn.
            n, last = 2 * len(again) + (notice is not None), max((at for at in known if at), default=None)
            found[release] = Turns(notice.reason if notice else "", n, last)
        return found

    def release_of(self, row: AnnouncedRelease, now: datetime) -> ReleaseFacts | None:
        """The published release that an announcement was of: the one noted, else that of its digest, else of its day.

        A release of its day that has a digest which another announcement told is that one's.

        Nothing is looked for before its moment.
        """
        if not row.release and row.moment > now:
            return None
        found = self.facts(row.database)
        if row.release:
            alike = [one for one in found if one.release == row.release]
        elif row.digest:
            alike = [one for one in found if one.digest == row.digest]
        else:
            day, others = in_london(row.moment).date(), self._announced(row.database)
            alike = [one for one in found if in_london(public_from(one)).date() == day and one.digest not in others]
        return alike[-1] if alike else None

    def _announced(self, database_id: str) -> frozenset[str]:
        """Digests that announcements of a database have: such a release is the one of its own announcement."""
        if database_id not in self._digests:
            self._digests[database_id] = queries.digests(database_id)
        return self._digests[database_id]

    def published(self, database_id: str, announced: dict[tuple[str, str], str]) -> Iterator[Published]:
        """Every release of a database there ever was; ``announced`` has the ids of announcements by (database, n)."""
        database = self.database(database_id)
        for one in self.facts(database_id):
            turns = self.turns(database_id, one.release)
            yield Published(
                database=database_id,
                title=database.label if database else database_id,
                release=one.release,
                version=one.version,
                kind=one.kind,
                public_from=public_from(one),
                note=one.note,
                withdrawn=turns.withdrawn,
                turned=turns.last,
                synthetic=database is not None and database.synthetic,
                announcement=announced.get((database_id, one.release), ""),
            )


def public_from(facts: ReleaseFacts) -> datetime:
    """When a release became public, in UTC."""
    return moment(facts.public_from)


def _known(text: str) -> datetime | None:
    """A moment that a notice has; None where it is damaged, which must not take the calendar with it."""
    try:
        return moment(text)
    except ValueError:
        return None


def moment(text: str) -> datetime:
    """A moment that the disk has as ISO 8601, in UTC where it says no zone."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
