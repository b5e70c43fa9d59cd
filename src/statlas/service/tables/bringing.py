"""A saved query brought as a file: of Stat-Xplore's, or one of ours; what it asks, and what is not known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from statlas.definitions import address, query_json, strict_json
from statlas.definitions.query_form import QueryForm
from statlas.definitions.stat_xplore import bringing
from statlas.definitions.stat_xplore.near import nearest_id
from statlas.errors import RequestError, UnknownNameError
from statlas.model.database import Database
from statlas.model.query import Dimension, Query, Role, TimeKind, TimeSelector
from statlas.model.query_data import read_query
from statlas.service.tables.databases import database as open_database
from statlas.service.tables.databases import databases
from statlas.service.tables.times import release_as_of
from statlas.store import Home
from statlas.wording import _

LARGEST = 2_000_000
"""Bytes of a file; arbitrary, the ids of 20,000 areas."""

_STAT_XPLORE = "str:database:"

ReleaseOf = Callable[[str], str | None]
"""From the id of a database to the number of a release of it; None is the one that answers."""


def _latest(_database_id: str) -> str | None:
    return None


@dataclass(frozen=True)
class Understood:
    """A saved query as it is asked here.

    former: fields that it asked for by a name they had once, as pairs of that name and the label of today.
    left_out: ids of values that are not in it any longer.
    moving: the same with as many of the latest dates, where it names the dates one by one; else None.
    """

    database: Database
    query: Query
    former: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    moving: Query | None = None


def understand(
    *,
    home: Home,
    body: bytes,
    instead: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    without_all: bool = False,
    release_of: ReleaseOf = _latest,
) -> Understood:
    """What a file asks for.

    Args:
        home: the installation.
        body: the file.
        instead, without, without_all: what its owner says to do about ids that are not known, as in ``bring``.
        release_of: from the id of a database to the release that is asked, where the file does not say it.

    Raises:
        RequestError: it is too large, no JSON, or no query.
        UnknownNameError: it names what is not here; ``nearest`` holds a real id like it, if there is one.
        QueryError: it contradicts itself.
    """
    if len(body) > LARGEST:
        raise RequestError(
            _("The file is larger than {most:,} bytes.").format(most=LARGEST),
            mend=_("Choose the file that was saved as a query, not one with numbers."),
        )
    data = _query_in(_parsed(body))
    if str(data.get("database", "")).startswith(_STAT_XPLORE):
        return _of_stat_xplore(home, data, instead or {}, without, without_all=without_all, release_of=release_of)
    return _ours(home, data, release_of)


def _parsed(body: bytes) -> Any:
    if not body.strip():
        raise RequestError(_("The file is empty."), mend=_("Choose a file with a query."))
    try:
        return strict_json.loads(body)
    except RequestError as error:
        raise RequestError(
            _("The file is not a saved query: {why}").format(why=error.message),
            mend=_("Save it again from the page of its table, as an Open Data API query in JSON."),
        ) from None


def _query_in(data: Any) -> Mapping[str, Any]:
    """The query of a file: the whole of it, or the one that an answer repeats."""
    if isinstance(data, dict) and isinstance(data.get("query"), dict):
        data = data["query"]
    if not isinstance(data, dict) or not isinstance(data.get("database"), str):
        raise RequestError(
            _("The file is JSON, but no query: it names no database."),
            mend=_("A query begins with {example}.").format(example='{"database": "str:database:..."}'),
        )
    return data


def _of_stat_xplore(
    home: Home,
    data: Mapping[str, Any],
    instead: Mapping[str, str],
    without: Sequence[str],
    *,
    without_all: bool,
    release_of: ReleaseOf,
) -> Understood:
    def find(name: str) -> Database:
        return open_database(home=home, database_id=name, release=release_of(name))

    try:
        found = bringing.bring(dict(data), find, instead=instead, without=without, without_all=without_all)
    except UnknownNameError as error:
        raise _with_nearest(home, error) from None
    database = find(found.request.query.database)
    query = replace(_laid_out(database, found.request.query), release=release_of(database.id))
    former = tuple((name.id, database.field(field).label) for field, name in found.request.former.items())
    return Understood(database, query, former, found.left_out, _moving(database, query))


def _with_nearest(home: Home, error: UnknownNameError) -> UnknownNameError:
    """The error with the id that may have been meant, if there is one."""
    near = nearest_id(databases(home=home), error.component)
    mend = error.mend
    if not near and error.component.startswith(_STAT_XPLORE):
        mend = _("The database of this query is not on this site. See which are under Find data.")
    return UnknownNameError(error.message, component=error.component, mend=mend, nearest=[near] if near else [])


def _laid_out(database: Database, query: Query) -> Query:
    """The query with its last field in the columns, the date if it has several; a request does not say where."""
    ordered = sorted(query.dimensions, key=lambda d: _is_many_dates(database, d))
    last = len(ordered) - 1 if len(ordered) > 1 else -1
    placed = tuple(replace(d, role=Role.COLUMNS if n == last else Role.ROWS) for n, d in enumerate(ordered))
    return replace(query, dimensions=placed)


def _is_many_dates(database: Database, dimension: Dimension) -> bool:
    return dimension.field == database.date.id and (dimension.time is not None or len(dimension.items or ()) > 1)


def _moving(database: Database, query: Query) -> Query | None:
    date = next((d for d in query.dimensions if d.field == database.date.id), None)
    if date is None or date.items is None or any(len(item.nodes) > 1 for item in date.items):
        return None
    latest = replace(date, items=None, time=TimeSelector(TimeKind.LATEST, n=len(date.items)))
    dimensions = tuple(latest if d is date else d for d in query.dimensions)
    return replace(query, dimensions=dimensions, release=None)


def _ours(home: Home, data: Mapping[str, Any], release_of: ReleaseOf) -> Understood:
    dimensions = data.get("dimensions")
    if isinstance(dimensions, list) and dimensions and isinstance(dimensions[0], list):
        return _of_a_file(home, data, release_of)
    try:
        form = QueryForm.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"] if not str(part).startswith("<"))[:100]
        raise RequestError(
            _("The file is no query that is known here, at {place}: {why}.").format(place=place, why=first["msg"]),
            mend=_("Save it again from the page of its table."),
        ) from None
    if form.release and form.asOf:
        raise RequestError(_("The query names both a release and a moment."), mend=_("Give one of the two."))
    if form.asOf:
        release: str | None = release_as_of(home=home, database_id=form.database, moment=form.asOf)
    else:
        release = form.release or release_of(form.database)
    database = open_database(home=home, database_id=form.database, release=release)
    return Understood(database, replace(query_json.query_of(database, form), release=release))


def _of_a_file(home: Home, data: Mapping[str, Any], release_of: ReleaseOf) -> Understood:
    """The query as our files of numbers repeat it: every item written out."""
    try:
        query = replace(read_query(data), release=None)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise RequestError(
            _("The file is no query that is known here."), mend=_("Save it again from the page of its table.")
        ) from None
    release = release_of(query.database)
    database = open_database(home=home, database_id=query.database, release=release)
    # Read once more from its address, which refuses every name that is not here.
    return Understood(
        database,
        replace(address.query_of(database, address.parameters_of(query)), release=release),
        moving=_moving(database, query),
    )


def said(database: Database, dimension: Dimension) -> str:
    """What of a field a query asks for, in a few words."""
    field = database.field(dimension.field)
    if dimension.time is not None:
        return _("all dates") if dimension.time.kind is TimeKind.ALL else _("dates as the query says")
    if dimension.items is None:
        valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
        return _("all {n:,} of {level}").format(n=len(valueset), level=valueset.label)
    labels = [item.label or " + ".join(database.label_of(field.id, n) for n in item.nodes) for item in dimension.items]
    most = 4
    return ", ".join(labels) if len(labels) <= most else _("{n:,} categories").format(n=len(labels))


__all__ = ["LARGEST", "Understood", "said", "understand"]
