"""What every page asks of the service: the home, a database, a table."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, QueryDict

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

RELEASE, AS_OF = "release", "asof"
"""The part of an address that names a release, and the one that names a moment in place of it."""

_WHEN = frozenset({RELEASE, AS_OF})


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
    return read(_listed(request.GET), _database_of(request))


def sent(request: HttpRequest) -> Parameters:
    """The same of a form that is sent; one that names no release is of that which the address names.

    Raises:
        UnknownNameError, QueryError: as ``parameters``.
    """
    form = _listed(request.POST)
    when = () if any(name in _WHEN for name, _value in form) else _listed(request.GET)
    return read((*form, *(part for part in when if part[0] in _WHEN)), _database_of(request))


def read(given: Iterable[tuple[str, str]], database_id: str = "") -> Parameters:
    """Names and values with what is kept for them in its place, and the release of then in place of a moment.

    Args:
        database_id: of the page; empty where ``given`` names it as ``database``.

    Raises:
        UnknownNameError, QueryError: as ``parameters``.
    """
    parts = kept.expanded(given)
    moment, rest = single(parts, AS_OF), tuple(part for part in parts if part[0] != AS_OF)
    if not moment:
        return rest
    if single(parts, RELEASE):
        raise QueryError(_("The address names both a release and a moment."), mend=_("Give one of the two."))
    named = database_id or single(parts, "database")
    return (*(part for part in rest if part[0] != RELEASE), (RELEASE, release_at(named, moment)))


def release_at(database_id: str, moment: str) -> str:
    """The release of a database that answered at a moment.

    Raises:
        UnknownNameError, QueryError: as ``tables.times.release_as_of``.
    """
    return release_as_of(home=home(), database_id=database_id, moment=moment)


def _listed(given: QueryDict) -> Parameters:
    return tuple((name, str(value)) for name, values in given.lists() for value in values)


def _database_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("database_id", "")) if match else ""
