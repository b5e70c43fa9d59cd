"""The page that takes groups of a field to fields of other databases that have the same codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.definitions.address import Parameters
from statlas.errors import UnknownNameError
from statlas.model.choosing import Choice
from statlas.model.database import Database, Field
from statlas.service import tables
from statlas.web import asking, form, groups, links


@dataclass(frozen=True)
class Place:
    """A field of a database to which groups can go; ``n_missing``: codes of them that it has not."""

    database: str
    field: str
    url: str
    n_missing: int


def elsewhere(request: HttpRequest, database_id: str) -> HttpResponse:
    """Every field that has most of the codes, with the way to it.

    Raises:
        Http404: there is no such field.
    """
    sent = asking.parameters(request)
    when = tuple(part for part in sent if part[0] == asking.RELEASE)
    database = asking.database(database_id, dict(when).get(asking.RELEASE, ""))
    try:
        field = database.field(dict(sent).get("field", ""))
    except UnknownNameError as error:
        raise Http404(str(error)) from None
    taken = groups.defined(field, sent)
    context = {
        "database": database,
        "field": field,
        "groups": taken,
        "places": sorted(_places(database, field, taken), key=lambda place: (place.n_missing, place.database)),
        "at": links.at(dict(when).get(asking.RELEASE, "")),
        "back": links.categories(database_id, (*_defined(database, field, taken), *when), field.id, "items"),
    }
    return render(request, "groups_elsewhere.html", context)


def _places(here: Database, field: Field, taken: Choice) -> Iterator[Place]:
    codes = {node.code for group in taken for node in group.nodes}
    for database in tables.databases(home=asking.home()):
        for other in database.categories:
            if other.kind is not field.kind or (database.id, other.id) == (here.id, field.id):
                continue
            n_missing = sum(all(code not in valueset for valueset in other.classification) for code in codes)
            if codes and 2 * n_missing < len(codes):
                url = links.categories(database.id, _translated(database, field, other, taken), other.id, "items")
                yield Place(database.label, other.label, url, n_missing)


def _translated(database: Database, field: Field, other: Field, taken: Choice) -> Parameters:
    """The first table of a database, with the groups defined for one of its fields."""
    texts = (groups.text_of(field, group) for group in taken)
    return (*form.default_parameters(database), *((f"group.{other.id}", text) for text in texts))


def _defined(database: Database, field: Field, taken: Choice) -> Parameters:
    return groups.with_defined(field, form.default_parameters(database), taken)
