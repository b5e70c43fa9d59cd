"""Addresses of the site's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from statlas.definitions.address import Parameters, parameters_of, query_string
from statlas.errors import BusyError, QueryError
from statlas.model.database import Database, ReadyTable
from statlas.service.office import kept

SOFTWARE_INTERFACE = "/webapi/rest/v1"
NATIVE_INTERFACE = "/api/v1"

LONGEST = 4_000
"""Characters of an address after ``?``: longer ones name what is kept (mail programs and servers cut far beyond)."""

_LONG_PART = 200  # characters of a part that is kept rather than written out (arbitrary)
_PRINTED = 300  # characters that a picture has room for beside its site's own name; see charts.framing
_STILL_READ = 60_000  # characters of an address that servers read, if need be
_NEVER_KEPT = frozenset({"kept", "undo"})


def calendar(database_id: str = "", part: str = "") -> str:
    """The release calendar, of all databases or of one; ``part`` is ``published`` or ``changes``."""
    return _with(f"/releases/{part}".rstrip("/"), [("database", database_id)] if database_id else [])


def calendar_file(suffix: str, database_id: str = "") -> str:
    """The calendar for programs: ``ics``, ``atom``, ``json``."""
    return _with(f"/releases.{suffix}", [("database", database_id)] if database_id else [])


def announcement(announcement_id: str) -> str:
    """The page of an announced release."""
    return f"/releases/{quote(announcement_id)}"


def database(database_id: str, release: str = "") -> str:
    """The page of a database, as of a release where one is named."""
    return f"/databases/{quote(database_id)}{at(release)}"


def at(release: str) -> str:
    """What an address without other parts ends with, to stay at a release; empty for the latest."""
    return f"?{query_string(_of(release))}" if release else ""


def releases(database_id: str) -> str:
    """Every release of a database and what it changed."""
    return f"{database(database_id)}/releases"


def feed(database_id: str) -> str:
    """The same as an Atom feed."""
    return f"{database(database_id)}/releases.atom"


def changes(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """What differs between two releases of a database: ``from``, ``to``, ``level``."""
    return _with(f"{database(database_id)}/changes", parameters)


def changes_file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """The same as ``csv`` or ``json``."""
    return _with(f"{database(database_id)}/changes.{suffix}", parameters)


def search(text: str = "", kind: str = "") -> str:
    """The results for what was typed, of every kind or of one."""
    return _with("/search", ((name, value) for name, value in (("q", text), ("kind", kind)) if value))


def codes(database_id: str, field_id: str = "", release: str = "") -> str:
    """The file of the codes of a database, or of one of its fields; of a release where one is named."""
    return _with(f"{database(database_id)}/codes.csv", [*([("field", field_id)] if field_id else []), *_of(release)])


def table(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page of a table."""
    return _with(f"{database(database_id)}/table", parameters)


def file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """The file of a table in the format whose files end so."""
    return _with(f"{database(database_id)}/table.{suffix}", parameters)


def csv(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The file of a table as tidy CSV."""
    return file(database_id, parameters, "csv")


def chart(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page of a table as a chart."""
    return _with(f"{database(database_id)}/chart", parameters)


def chart_file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """The chart as a picture, or its specification: ``svg``, ``png``, ``pdf``, ``json``."""
    return _with(f"{database(database_id)}/chart.{suffix}", parameters)


def chart_embed(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The chart alone, which other sites may show in a frame."""
    return _with(f"{database(database_id)}/chart/embed", parameters)


def motion(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page on which a table moves through its dates."""
    return _with(f"{database(database_id)}/motion", parameters)


def motion_file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """One date of it as a picture, or the specification of all."""
    return _with(f"{database(database_id)}/motion.{suffix}", parameters)


def map_(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page of a table as a map."""
    return _with(f"{database(database_id)}/map", parameters)


def map_file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """The map as a file: ``svg``, ``png``, ``pdf``, ``geojson``, or its specification, ``json``."""
    return _with(f"{database(database_id)}/map.{suffix}", parameters)


def map_embed(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The map alone, which other sites may show in a frame."""
    return _with(f"{database(database_id)}/map/embed", parameters)


def job(job_id: str) -> str:
    """The page of a job."""
    return f"/jobs/{quote(job_id)}"


def new_job(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The page where a table is asked for as a file."""
    return _with("/jobs/new", (("database", database_id), *parameters))


def categories(database_id: str, parameters: Iterable[tuple[str, str]], field: str, use: str) -> str:
    """The page where categories of a field are ticked, for a table (``items``) or a ``filter``."""
    return _with(f"{database(database_id)}/table/categories", (*parameters, ("field", field), ("use", use)))


def cell(database_id: str, parameters: Iterable[tuple[str, str]], chosen: Iterable[tuple[str, str]]) -> str:
    """The page of one cell of a table: ``chosen`` names it, as the native API does."""
    return _with(f"{database(database_id)}/table/cell", (*parameters, *chosen))


def native_cell(database_id: str, parameters: Iterable[tuple[str, str]], chosen: Iterable[tuple[str, str]]) -> str:
    """The same for programs."""
    given = query_string((("database", database_id), *parameters, *chosen))
    return f"{NATIVE_INTERFACE}/tables/cell?{given}"


def rows(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Some rows of a table, to be put under others."""
    return _with(f"{database(database_id)}/table/rows", parameters)


def cite(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str = "bib") -> str:
    """How a table is cited, as a file: ``bib`` or ``ris``."""
    return _with(f"{database(database_id)}/table/cite.{suffix}", parameters)


def areas(**parameters: str) -> str:
    """The page on which a place is found: ``find`` what was looked for, ``kind`` one kind of places."""
    return _with("/areas", ((name, value) for name, value in parameters.items() if value))


def area(code: str, **parameters: str) -> str:
    """The page of a place; ``with`` the code of another to compare it with."""
    return _with(f"/areas/{quote(code, safe='')}", ((name, value) for name, value in parameters.items() if value))


def area_file(code: str, moment: str = "") -> str:
    """The headline figures of a place as CSV."""
    return _with(f"{area(code)}.csv", [("asof", moment)] if moment else [])


def save(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The page of an account on which a table is saved."""
    return _with("/account/tables/new", (("database", database_id), *parameters))


def shared(token: str) -> str:
    """The page of what somebody shares."""
    return f"/shared/{quote(token)}"


def permalink(permalink_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page of a permanent link; the parts say which part of the table is shown."""
    return _with(f"/tables/{permalink_id}", parameters)


def permalink_file(permalink_id: str, suffix: str) -> str:
    """The table behind a permanent link as a file in the format whose files end so."""
    return f"/tables/{permalink_id}.{suffix}"


def choosing(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page where categories are ticked, in the middle of it."""
    return _with(f"{database(database_id)}/table/categories", parameters)


def choose(database_id: str) -> str:
    """Where the form of that page goes."""
    return f"{database(database_id)}/table/categories/choose"


def groups_elsewhere(database_id: str, parameters: Iterable[tuple[str, str]], field: str) -> str:
    """The page that takes the groups of a field (``group.FIELD``) to other databases."""
    own = ((name, value) for name, value in parameters if name in (f"group.{field}", "release"))
    return _with(f"{database(database_id)}/table/categories/elsewhere", (("field", field), *own))


def my_groups(database_id: str, parameters: Iterable[tuple[str, str]], field: str) -> str:
    """The page where groups of a field are saved from a table, and saved ones are taken into it."""
    back = categories(database_id, parameters, field, "items")
    return f"/account/groups?{urlencode({'database': database_id, 'field': field, 'back': back})}"


def formula(database_id: str, parameters: Iterable[tuple[str, str]], over: str = "", edit: str = "") -> str:
    """The page where a formula is written, over the numbers of a table or over categories of a field (``over``).

    Args:
        edit: the formula that is changed, by its place among what is worked out; empty for a new one.
    """
    own = (("over", over), ("edit", edit))
    return _with(f"{database(database_id)}/table/formula", (*parameters, *(one for one in own if one[1])))


def write_formula(database_id: str) -> str:
    """Where the form of that page goes."""
    return f"{database(database_id)}/table/formula/write"


def upload(database_id: str = "", when: Parameters = ()) -> str:
    """The page to which a saved query is brought; ``when`` names the release or the moment that it is asked of."""
    return _with(f"{database(database_id)}/upload" if database_id else "/upload", when)


def bring(database_id: str = "", when: Parameters = ()) -> str:
    """Where the form of that page goes."""
    return _with(f"{upload(database_id)}/bring", when)


def ready(database: Database, ready_table: ReadyTable, release: str = "") -> str:
    """The page of a ready-made table, of its chart or map: its query is its address, like that of any other table."""
    page = {"chart": chart, "motion": motion, "map": map_}.get(ready_table.view, table)
    return page(database.id, (*parameters_of(ready_table.query), *_of(release)))


def changed(parameters: Parameters, **changes: str) -> Parameters:
    """Parameters with some replaced, or taken away where the new value is empty."""
    kept = [(name, value) for name, value in parameters if name not in changes]
    return (*kept, *((name, value) for name, value in changes.items() if value))


def without_field(parameters: Parameters, field: str) -> Parameters:
    """Parameters without the filter on a field."""
    return tuple((name, value) for name, value in parameters if name != f"filter.{field}")


def shortened(parameters: Iterable[tuple[str, str]]) -> Parameters:
    """Parameters that fit into an address: of long ones ``kept=ID`` stands for the long lists of categories.

    Forms that carry the parts of an address in hidden fields carry these.

    Raises:
        QueryError: they are longer than what is kept at all.
        BusyError: nothing more can be kept, and no server would read the address as it is.
    """
    given = tuple(parameters)
    n_characters = sum(len(name) + len(value) for name, value in given)
    if n_characters <= LONGEST and len(query_string(given)) <= LONGEST:
        return given
    long = tuple(one for one in given if _is_long(*one))
    short = tuple(one for one in given if not _is_long(*one))
    if not long:
        return given
    try:
        return (*short, ("kept", kept.keep(long)))
    except BusyError:
        if n_characters > _STILL_READ:
            raise
        return given


def printed(parameters: Iterable[tuple[str, str]]) -> Parameters:
    """Parameters short enough for the foot of a picture: of long ones ``kept=ID`` stands for all of them.

    Where nothing more can be kept they come back as they are.
    """
    given = tuple(parameters)
    if len(query_string(given)) <= _PRINTED:
        return given
    try:
        return (("kept", kept.keep(given)),)
    except (BusyError, QueryError):
        return given


def _of(release: str) -> Parameters:
    return (("release", release),) if release else ()


def _is_long(name: str, value: str) -> bool:
    return len(value) > _LONG_PART and name not in _NEVER_KEPT


def _with(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    given = query_string(shortened(parameters))
    return f"{address}?{given}" if given else address
