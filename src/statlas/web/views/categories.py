"""The page where categories of a field are ticked: for the table, or for a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions.address import Parameters, item_text, node_text, query_of
from statlas.errors import QueryError
from statlas.model.classification import Code, Valueset
from statlas.model.database import Database, Field
from statlas.model.query import Query
from statlas.web import asking, form, links
from statlas.web.words import listed

MOST_LISTED = 300
"""Categories listed at once; arbitrary: what one may scroll through. More are found by name."""

MOST_ADDED = 500
"""Categories added at one press: their names must fit into one address, of which servers read 64 kB."""

_OWN = frozenset({"field", "use", "level", "find", "add", form.MARK})


@dataclass(frozen=True)
class Tick:
    """A box to tick: its value in the address, its label, and in what it lies."""

    value: str
    label: str
    hint: str = ""
    is_ticked: bool = True


def categories(request: HttpRequest, database_id: str) -> HttpResponse:
    """Boxes for the categories of one level that match a search; what is ticked elsewhere is kept."""
    sent = asking.parameters(request)
    given = dict(sent)
    database = asking.database_or_current(database_id, given.get("release", ""))
    parameters = tuple((name, value) for name, value in sent if name not in _OWN)
    try:
        field = database.field(given.get("field", ""))
        query = query_of(database, _one_date_choice(database, parameters))
    except QueryError:
        # The page of the table explains what is wrong with an address.
        return HttpResponseRedirect(links.table(database_id, parameters))
    use = "filter" if given.get("use") == "filter" else "items"
    level = _level(field, query, given.get("level", ""))
    found = [code for code in level if _matches(field, level, code, given.get("find", ""))]
    ticked = dict(_ticked(field, query, use))
    if given.get("add") and len(found) <= MOST_ADDED:
        ticked |= {node_text(level.node(code)): code.label for code in found}
    ticks = [*_ticks(field, level, found[:MOST_LISTED], ticked.keys())]
    return render(
        request,
        "categories.html",
        {
            "database": database,
            "field": field,
            "use": use,
            "level": level,
            "find": given.get("find", ""),
            "n_found": len(found),
            "most_added": MOST_ADDED,
            "ticks": ticks,
            "elsewhere": [*_elsewhere(ticked, ticks)],
            "hidden": [(name, value) for name, value in parameters if name != f"{use}.{field.id}"],
            "action": links.categories(database_id, (), field.id, use).partition("?")[0],
            "table_url": links.table(database_id),
            "back": links.table(database_id, _one_date_choice(database, parameters)),
        },
    )


def _one_date_choice(database: Database, parameters: Parameters) -> Parameters:
    """Dates ticked one by one take the place of ``periods``."""
    ticked = f"items.{database.date.id}"
    is_ticked = any(name == ticked for name, _ in parameters)
    return tuple((name, value) for name, value in parameters if not (is_ticked and name == "periods"))


def _level(field: Field, query: Query, wanted: str) -> Valueset:
    if wanted in field.classification:
        return field.classification[wanted]
    dimension = next((d for d in query.dimensions if d.field == field.id), None)
    nodes = [node for item in (dimension.items or () if dimension else ()) for node in item.nodes]
    used = (dimension.valueset if dimension else None) or (nodes[0].valueset if nodes else None)
    return field.classification[used] if used else field.valueset


def _matches(field: Field, level: Valueset, code: Code, find: str) -> bool:
    """Whether a category, or one in which it lies, has every word of a search in its name or code."""
    text = f"{code.id} {code.label} {_within(field, level, code)}".casefold()
    return all(word in text for word in find.casefold().split())


def _within(field: Field, level: Valueset, code: Code) -> str:
    above = field.classification.above[level.node(code)]
    return ", ".join(field.classification.code(node).label for node in above)


def _ticked(field: Field, query: Query, use: str) -> Iterator[tuple[str, str]]:
    label = field.classification.code
    if use == "filter":
        nodes = [node for f in query.filters if f.field == field.id for node in f.nodes]
        yield from ((node_text(node), label(node).label) for node in nodes)
    else:
        items = [item for d in query.dimensions if d.field == field.id for item in d.items or ()]
        yield from ((item_text(i), i.label or listed(label(node).label for node in i.nodes)) for i in items)


def _ticks(field: Field, level: Valueset, codes: Sequence[Code], ticked: AbstractSet[str]) -> Iterator[Tick]:
    for code in codes:
        value = node_text(level.node(code))
        yield Tick(value, code.label, _within(field, level, code), value in ticked)


def _elsewhere(ticked: Mapping[str, str], ticks: Sequence[Tick]) -> Iterator[Tick]:
    """What is chosen but not listed: categories of other levels, groups, and what the search leaves out."""
    here = {tick.value for tick in ticks}
    yield from (Tick(value, label) for value, label in ticked.items() if value not in here)
