"""A saved table request brought to a page, where somebody can say what to do about ids that are not known here.

The door for programs refuses such a request; here it is a question to its owner, who may take the nearest id or leave
the value out. Only dates that are not published are left out unasked, as every saved request names the dates of its
day; what was done is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from statlas.definitions import strict_json
from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.ids import Kind
from statlas.definitions.stat_xplore.read import FindDatabase, TableRequest, read
from statlas.errors import QueryError, UnknownNameError
from statlas.wording import _

MOST_CHANGES = 500
"""Ids left out of one request at once; arbitrary: who has more has another database in mind."""


@dataclass(frozen=True)
class Brought:
    """A request understood: ``left_out`` are ids of values that were left out of it."""

    request: TableRequest
    left_out: tuple[str, ...]


def bring(
    data: Any,
    find_database: FindDatabase,
    *,
    instead: Mapping[str, str],
    without: Sequence[str] = (),
    without_all: bool = False,
) -> Brought:
    """The table that a saved request asks for.

    Args:
        data: the request as JSON types.
        find_database: from a database's id to the database.
        instead: ids to be taken for others, as its owner says.
        without: ids of values to be left out. without_all: whether every unknown value is.

    Raises:
        UnknownNameError: it names a component that is not there, about which nothing was said.
        QueryError: it is not of the form of a request, contradicts itself, or has nothing left.
    """
    for was, now in instead.items():
        data = _mapped(data, _renaming(was, now))
    left_out: list[str] = []
    for component in without:
        data = _without(data, component)
    for _again in range(MOST_CHANGES):
        try:
            return Brought(read(strict_json.dumps(data), find_database), (*without, *left_out))
        except UnknownNameError as error:
            found = ids.parse(error.component)
            is_value = found is not None and found.kind is Kind.VALUE
            if not is_value or not (without_all or _is_date(error.component, find_database)):
                raise
            data = _without(data, error.component)
            left_out.append(error.component)
    raise QueryError(
        _("More than {most} values of the query are not known here.").format(most=MOST_CHANGES),
        mend=_("Make the table anew."),
    )


def _is_date(component: str, find_database: FindDatabase) -> bool:
    """Whether an id is one of a date of a database that is there."""
    found = ids.parse(component)
    assert found is not None, "asked of values alone"
    try:
        date = find_database(found.parts[0]).date
    except UnknownNameError:
        return False
    names = {(date.table, date.id), *((name.table, name.id) for name in date.formerly)}
    return tuple(found.parts[1:3]) in names


def _renaming(was: str, now: str) -> Callable[[str], str]:
    """One id for another; of a database also in the ids of everything in it."""
    before, after = ids.parse(was), ids.parse(now)

    def renamed(text: str) -> str:
        if text == was:
            return now
        found = ids.parse(text)
        is_within = before is not None and after is not None and before.kind is Kind.DATABASE and found is not None
        if is_within and found and before and after and found.parts[0] == before.parts[0]:
            return ":".join(("str", found.kind, after.parts[0], *found.parts[1:]))
        return text

    return renamed


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_mapped(one, change) for one in data]
    return {change(k): _mapped(v, change) for k, v in data.items()} if isinstance(data, dict) else data


def _without(data: Any, component: str) -> Any:
    """The request without a value; refused where nothing would be left of a field, as that means everything."""
    recodes = data.get("recodes") if isinstance(data, dict) else None
    if not isinstance(recodes, dict):
        return data
    return {**data, "recodes": {field: _recode_without(recode, component) for field, recode in recodes.items()}}


def _recode_without(recode: Any, component: str) -> Any:
    items = recode.get("map") if isinstance(recode, dict) else None
    if not isinstance(items, list) or not any(isinstance(item, list) and component in item for item in items):
        return recode
    left = [[one for one in item if one != component] if isinstance(item, list) else item for item in items]
    kept = [item for item in left if item]
    if not kept:
        raise QueryError(
            _("Nothing that the query asks of a field is known here; the last was {id}.").format(id=component[:300]),
            mend=_("Make the table anew, or take another database."),
            component=component,
        )
    return {**recode, "map": kept}
