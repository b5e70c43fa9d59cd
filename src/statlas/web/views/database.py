"""The page of a database: what it counts, for when, by what, and how it is protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.model.classification import Valueset
from statlas.model.database import Annotation, Database, Field
from statlas.service import tables
from statlas.web import asking, links, snippets, words


@dataclass(frozen=True)
class Shown:
    """A field as the page lists it: its levels, each with the address of a table by it."""

    field: Field
    levels: tuple[tuple[Valueset, str], ...]
    annotations: tuple[Annotation, ...]


def database(request: HttpRequest, database_id: str) -> HttpResponse:
    """The page of one database, as of the release that answers."""
    found = asking.database(database_id)
    manifest = tables.manifest(home=asking.home(), database_id=database_id)
    policy = tables.policy_of(found)
    return render(
        request,
        "database.html",
        {
            "database": found,
            "manifest": manifest,
            "fields": [*_fields(found)],
            "ready": [(table, links.ready(found, table)) for table in found.tables],
            "protection": words.protection(
                policy.threshold or 0, policy.noise_sd, (policy.n_min_magnitude or 0) if found.measures else 0
            ),
            "licence": words.licence(found.licence),
            "period_noun": found.calendar.frequency.replace("_", " "),
            "notes": [a for a in found.annotations if not a.where],
            "code_to_copy": snippets.of_database(request, found),
        },
    )


def _fields(database: Database) -> Iterator[Shown]:
    for field in database.fields:
        levels = tuple((valueset, _table_by(database, field, valueset)) for valueset in field.classification)
        notes = tuple(a for a in database.annotations if len(a.where) == 1 and a.where[0][0] == field.id)
        yield Shown(field, levels, notes)


def _table_by(database: Database, field: Field, valueset: Valueset) -> str:
    if field is database.date:
        return links.table(database.id, [("rows", field.id), ("periods", "all")])
    return links.table(database.id, [("rows", f"{field.id}@{valueset.id}"), ("columns", database.date.id)])
