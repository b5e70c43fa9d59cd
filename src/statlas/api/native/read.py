"""From a body or an address to a ``Query``.

Two kinds of body are known by their shape: a query in our own words, and a table request as Stat-Xplore writes it,
whose ``database`` begins with ``str:``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from statlas.api.native.dated import NOW, When
from statlas.api.native.problems import MOST_TOLD, refused
from statlas.definitions import nearest, query_json, strict_json
from statlas.definitions.address import Parameters, query_of, with_date
from statlas.definitions.query_form import QueryForm
from statlas.definitions.stat_xplore import read as stat_xplore
from statlas.definitions.stat_xplore.near import nearest_id
from statlas.definitions.strict_json import shown
from statlas.errors import QueryError, UnknownNameError
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service import tables
from statlas.service.tables.times import release_as_of
from statlas.store import Home

Form = TypeVar("Form", bound=BaseModel)
T = TypeVar("T")

_STAT_XPLORE = "str:"
_MODEL_TYPE = "model_type"
_MOST_RELEASES = 10  # named in a refusal; arbitrary


@dataclass(frozen=True)
class Asked:
    """A question understood: the query, pinned to the release that answers, and the database as of it.

    ``is_pinned`` says whether the question itself named the release, or a moment, so that it means that one for good;
    ``is_kept`` whether its answer never changes: a moment of today may yet mean another.
    """

    query: Query
    database: Database
    is_pinned: bool
    is_kept: bool


# --- bodies -----------------------------------------------------------------------------------------------------------


def from_body(home: Home, body: bytes, when: When = NOW) -> Asked:
    """The question of a body.

    Args:
        when: of which release or moment, where the address says it.

    Raises:
        Refusal, QueryError: it cannot be read, or asks for what is not there; all mistakes are told at once.
    """
    return from_data(home, strict_json.loads(body), body, when=when)


def from_data(home: Home, data: Any, body: bytes | None = None, place: str = "", when: When = NOW) -> Asked:
    """The question of what a body says; ``place`` is its JSON pointer in the body."""
    if isinstance(data, Mapping) and str(data.get("database", "")).startswith(_STAT_XPLORE):
        return _of_stat_xplore(home, strict_json.dumps(data) if body is None else body, when)
    form = validated(QueryForm, data, place)
    if when != NOW and (form.release or form.asOf):
        raise refused("The address and the body both say of when.", "Say it in one of the two.", pointer="asOf")
    opened = open_database(home, form.database, form.release or when.release or None, form.asOf or when.moment or None)
    try:
        return opened.asked(query_json.query_of(opened.database, form))
    except QueryError as error:
        for facts in (error.facts, *error.facts.get("errors", ())):
            if "pointer" in facts:
                facts["pointer"] = place + facts["pointer"]
        raise


def validated(form: type[Form], data: Any, place: str = "") -> Form:
    """Data of the shape of a form.

    Raises:
        Refusal: they are not; every mistake with its place.
    """
    try:
        return form.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    raise refused_form(found, place)


def refused_form(found: Iterable[Mapping[str, Any]], place: str = "") -> Exception:
    """The refusal of mistakes that pydantic found."""
    told = [{"detail": _sentence(one), "pointer": place + _pointer(one["loc"])} for one in found]
    if len(told) == 1:
        [one] = told
        where = f" at {one['pointer']}" if one["pointer"] else ""
        return refused(
            f"The request is not of the expected form{where}: {one['detail']}", _FORM, pointer=one["pointer"]
        )
    return refused(f"The request is not of the expected form: {len(told)} mistakes.", _FORM, errors=told[:MOST_TOLD])


_FORM = "The reference of the interface tells the form."


def _sentence(mistake: Mapping[str, Any]) -> str:
    said = "an object is expected" if mistake["type"] == _MODEL_TYPE else str(mistake["msg"])
    return f"{said[:1].upper()}{said[1:]}."


def _pointer(place: Iterable[str | int]) -> str:
    # Branches of a choice are no part of the request.
    parts = (str(part) for part in place if not str(part).startswith(("<", "constrained-", "list[")))
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def _of_stat_xplore(home: Home, body: bytes, when: When) -> Asked:
    opened: list[Opened] = []

    def find(name: str) -> Database:
        opened.append(open_database(home, name, when.release or None, when.moment or None))
        return opened[0].database

    try:
        query = stat_xplore.read(body, find).query
    except UnknownNameError as error:
        near = nearest_id(tables.databases(home=home), error.component)
        error.facts.setdefault("nearest", [near] if near else [])
        raise
    return opened[0].asked(query)


# --- addresses --------------------------------------------------------------------------------------------------------


def from_address(home: Home, parameters: Parameters) -> Asked:
    """The question of an address: the site's own spelling, and the database under ``database``.

    Raises:
        Refusal, QueryError: it cannot be read, or asks for what is not there.
    """
    refuse_odd(*(part for pair in parameters for part in pair))
    names = [value for name, value in parameters if name == "database"]
    if len(names) != 1:
        raise refused("The address names no database, or several.", "Give `database` once.", pointer="database")
    rest = tuple((name, value) for name, value in parameters if name not in ("database", *AS_OF))
    release = next((value for name, value in rest if name == "release" and value), None)
    moments = [value for name, value in parameters if name in AS_OF and value]
    if len(moments) > 1:
        raise refused("The address names several moments.", "Give `asOf` once.", pointer="asOf")
    opened = open_database(home, names[0], release, *moments)
    return opened.asked(with_date(opened.database, _read(opened.database, rest)))


def _read(database: Database, parameters: Parameters) -> Query:
    return named(lambda: query_of(database, parameters), nearest.anywhere(database))


def named(make: Callable[[], T], known: Iterable[nearest.Named]) -> T:
    """What ``make`` makes; where it does not know a name, the nearest of ``known`` are told.

    Raises:
        UnknownNameError: a name is not known.
    """
    try:
        return make()
    except UnknownNameError as error:
        error.facts.setdefault("nearest", list(nearest.nearest(error.component.strip("'\""), known)))
        raise


def refuse_odd(*texts: str) -> None:
    """Refuse what no name, code or label holds.

    Raises:
        Refusal: a text holds such a character.
    """
    for text in texts:
        if strict_json.NOT_TEXT.search(text):
            raise refused(f"{shown(text)} holds a character that is none.", "Leave out control characters.")


# --- databases --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A database as of one release; ``is_pinned`` and ``is_kept`` as of a question."""

    database: Database
    manifest: Manifest
    is_pinned: bool
    is_kept: bool

    def asked(self, query: Query) -> Asked:
        """A question to it."""
        return Asked(replace(query, release=self.manifest.release), self.database, self.is_pinned, self.is_kept)


AS_OF = ("asOf", "asof")
"""How an address names a moment in place of a release: as here, and as the pages spell it."""


def open_database(home: Home, database_id: str, release: str | None, as_of: str | None = None) -> Opened:
    """The database as of a release, of the one that answered at a moment, or of the one that answers.

    Raises:
        UnknownNameError: there is none, with the nearest that are.
        WithdrawnError: it was withdrawn.
        QueryError: the moment is none; or there are both.
    """
    if not home.has(database_id):
        labels = ((d.id, d.label) for d in tables.databases(home=home))
        raise UnknownNameError(
            f"{shown(database_id)} is not a database here.",
            component=database_id,
            mend="/databases lists them.",
            nearest=list(nearest.nearest(database_id, labels)),
        )
    if release is not None and as_of:
        raise refused("The question names both a release and a moment.", "Give one of the two.", pointer="asOf")
    asked = release_as_of(home=home, database_id=database_id, moment=as_of) if as_of else release
    if asked is not None and asked not in home.all_releases(database_id):
        raise UnknownNameError(
            f"{database_id} has no release {shown(asked)}.",
            component=asked,
            mend=f"It has {', '.join(home.releases(database_id)[-_MOST_RELEASES:])}.",
        )
    # The release is settled first: should another come meanwhile, names and numbers are of the same one.
    manifest = tables.manifest(home=home, database_id=database_id, release=asked)
    database = tables.database(home=home, database_id=database_id, release=manifest.release)
    return Opened(database, manifest, asked is not None, release is not None)
