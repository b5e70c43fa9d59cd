"""What every page asks of the service: the home, a database, a table."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest

from statlas.definitions.address import Parameters, single
from statlas.errors import QueryError, UnknownNameError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.spoken import spoken
from statlas.service import tables
from statlas.service.office import kept
from statlas.service.tables.times import release_as_of
from statlas.store import Home
from statlas.web.configuration import Settings
from statlas.wording import _

AS_OF = "asof"
"""The part of an address that names a moment in place of a release."""


def options() -> Settings:
    """The settings of this site."""
    found = settings.STATLAS
    assert isinstance(found, Settings)
    return found


def home() -> Home:
    """The home this site serves; asked anew for every request, so that a release shows the moment it is public."""
    path = options().home
    assert path is not None, "a site is served from a home"
    return tables.open_home(path)


def database(database_id: str, release: str = "") -> Database:
    """A database as of a release, or of the one that answers.

    Raises:
        Http404: there is no such database.
        UnknownNameError: it has no such release.
        WithdrawnError: the release was withdrawn, or every one was.
    """
    here = home()
    if not here.has(database_id):
        raise Http404(_("There is no database {database_id!r}.").format(database_id=database_id))
    return tables.database(home=here, database_id=database_id, release=release or None)


def database_or_current(database_id: str, release: str) -> Database:
    """A database as of a release; as of the one that answers if it has no such release, to say so on its page."""
    try:
        return database(database_id, release)
    except UnknownNameError:
        return database(database_id)


def table(query: Query) -> Cube:
    """The table of a page, in the language of its reader."""
    return spoken(answer(query))


def answer(query: Query) -> Cube:
    """The table as it is kept, of no more cells than a page tabulates: files are made of it."""
    return tables.table(home=home(), query=query, door="web", max_cells=options().page_cells)


def shown_share(database: Database, cube: Cube) -> float | None:
    """How much of what a table is about stands in its shown cells, from 0 to 1; None where that cannot be said."""
    return tables.shown_share(home=home(), database=database, cube=cube, door="web")


def parameters(request: HttpRequest) -> Parameters:
    """Names and values of the address, in order and with repetitions, what is kept for it in its place.

    ``asof`` is replaced by the ``release`` that answered then.

    Raises:
        UnknownNameError: what it says is kept is not, or nothing was public then.
        QueryError: ``asof`` is no moment, or stands beside ``release``.
    """
    given = kept.expanded((name, value) for name, values in request.GET.lists() for value in values)
    moment = single(given, AS_OF)
    if not moment:
        return tuple(part for part in given if part[0] != AS_OF)
    if single(given, "release"):
        raise QueryError(_("The address names both a release and a moment."), mend=_("Give one of the two."))
    return as_of(given, request.resolver_match.kwargs.get("database_id") if request.resolver_match else None, moment)


def as_of(given: Parameters, database_id: str | None, moment: str) -> Parameters:
    """The parts of an address with the release that answered at a moment.

    Raises:
        UnknownNameError, QueryError: as ``tables.times.release_as_of``.
    """
    release = release_as_of(home=home(), database_id=database_id or single(given, "database"), moment=moment)
    return (*(part for part in given if part[0] != AS_OF), ("release", release))


def expanded(given: Iterable[tuple[str, str]]) -> Parameters:
    """Names and values with what is kept for them in its place, as ``parameters`` gives those of a request."""
    return kept.expanded(given)
