"""Of when a request is: ``?asOf=2026-03-01`` or ``?release=3``, additions of ours; without either, of now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from statlas.definitions.stat_xplore.refusing import ErrorType, refused, shortened, unknown_component
from statlas.errors import QueryError, StatlasError
from statlas.model.database import Database
from statlas.service import tables
from statlas.service.tables.times import release_as_of
from statlas.store import Home

AS_OF, RELEASE = "asOf", "release"


@dataclass(frozen=True)
class When:
    """The release or the moment that a request is of; both empty for the release that answers now."""

    release: str = ""
    moment: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> When:
        """What the address says.

        Raises:
            QueryError: it says both.
        """
        found = cls(request.GET.get(RELEASE, ""), request.GET.get(AS_OF, ""))
        if found.release and found.moment:
            message = "The address names both a release and a moment. Give one of the two."
            raise refused(ErrorType.INVALID_REQUEST, message, component=AS_OF)
        return found

    def __bool__(self) -> bool:
        return bool(self.release or self.moment)

    @property
    def parameters(self) -> str:
        """The same behind another address: ``?asOf=2026-03-01``; empty for now."""
        named = {RELEASE: self.release, AS_OF: self.moment}
        return f"?{urlencode({name: value for name, value in named.items() if value})}" if self else ""

    def release_of(self, home: Home, database_id: str) -> str | None:
        """The number of the release of a database; None for that which answers now.

        Raises:
            QueryError: there is none of that number, the moment is none, or nothing was public then.
        """
        if not self:
            return None
        if self.release:
            if self.release not in home.all_releases(database_id):
                known = ", ".join(home.releases(database_id))
                message = f"{database_id} has no release {shortened(self.release)}. It has {known}."
                raise refused(ErrorType.INVALID_REQUEST, message, component=RELEASE)
            return self.release
        try:
            return release_as_of(home=home, database_id=database_id, moment=self.moment)
        except QueryError as error:
            message = f"{error.message} {error.mend}".strip()
            raise refused(ErrorType.INVALID_REQUEST, message, component=AS_OF) from None

    def database(self, home: Home, database_id: str) -> Database:
        """A database as it was then.

        Raises:
            UnknownNameError: there is no such database. QueryError: as ``release_of``.
            WithdrawnError: its release of then was withdrawn.
        """
        if not home.has(database_id):
            # Asked for by name: a name that no database can have is as unknown as any other.
            raise unknown_component(database_id)
        return tables.database(home=home, database_id=database_id, release=self.release_of(home, database_id))

    def databases(self, home: Home, wanted: str) -> tuple[Database, ...]:
        """The databases there were then; of ``wanted`` it is told why it was not there, others are left out.

        Raises:
            QueryError: as ``database``; or a release is named, and no database.
        """
        if not self:
            return tables.databases(home=home)
        if home.has(wanted):
            self.database(home, wanted)
        elif self.release:
            message = "A release is of one database. Name the database, or give asOf, which is of all."
            raise refused(ErrorType.INVALID_REQUEST, message, component=RELEASE)
        found = self._found(home, (wanted,) if self.release else home.databases())
        return tuple(sorted(found, key=lambda d: (d.folder, d.label, d.id)))

    def _found(self, home: Home, names: tuple[str, ...]) -> Iterator[Database]:
        for name in names:
            try:
                yield self.database(home, name)
            except StatlasError:
                continue
