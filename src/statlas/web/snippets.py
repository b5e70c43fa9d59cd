"""Code to copy: what the languages of ``formats.snippets`` ask this site for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from statlas.definitions.address import parameters_of, query_string
from statlas.definitions.query_json import query_json
from statlas.errors import StatlasError
from statlas.formats import csv_tidy, opendata_query
from statlas.formats.snippets import LANGUAGES, FileQuestion, KeyedQuestion, Language
from statlas.model import public_ids
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.web import links

_LONGEST_BODY = 20_000
"""Characters of a request that is shown five times on a page; arbitrary. A longer one is a file."""


@dataclass(frozen=True)
class Snippet:
    """Code in one language: its name for ids, its label for people, the text."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class TableCode:
    """Code for one table: ``cells`` through the native API, ``cubes`` through the Open Data API.

    misfit: why there are no ``cubes``; empty where there are. is_long: the request is a file of its own.
    """

    cells: tuple[Snippet, ...]
    cubes: tuple[Snippet, ...]
    misfit: str
    is_long: bool


def of_table(request: HttpRequest, query: Query, cube: Cube) -> TableCode:
    """Code for a table as answered: its release is named, so that the numbers stay these."""
    asked = replace(query, release=cube.release)
    cells = FileQuestion(
        request.build_absolute_uri(f"{links.NATIVE_INTERFACE}/tables"),
        query_string(links.shortened((("database", asked.database), *parameters_of(asked)))),
        query_json(asked),
        csv_tidy.heading(cube),
    )
    found = opendata_query.misfit(cube)
    cubes = None if found else opendata_query.brief_body(cube)
    is_long = cubes is not None and len(json.dumps(cubes)) > _LONGEST_BODY
    return TableCode(
        tuple(_snippet(language, language.cells(cells)) for language in LANGUAGES),
        () if cubes is None or is_long else tuple(_cubes(_address(request, cube.release), cubes)),
        _said(found),
        is_long,
    )


def of_database(request: HttpRequest, database: Database, release: str) -> tuple[Snippet, ...]:
    """Code for the first table of a database through the Open Data API: its first field, latest date.

    release: that the code names; empty for the latest.
    """
    fields = database.categories[:1]
    body = {
        "database": public_ids.database(database.id),
        "measures": [public_ids.count(database.id, database.records.id)],
        "dimensions": [[public_ids.valueset(database.id, f.table, f.id, f.valueset.id)] for f in fields],
    }
    return tuple(_cubes(_address(request, release), body))


def _address(request: HttpRequest, release: str) -> str:
    return request.build_absolute_uri(f"{links.SOFTWARE_INTERFACE}/table{links.at(release)}")


def _cubes(address: str, body: Mapping[str, Any]) -> Iterator[Snippet]:
    question = KeyedQuestion(address, body)
    return (_snippet(language, language.cubes(question)) for language in LANGUAGES)


def _snippet(language: Language, text: str) -> Snippet:
    return Snippet(language.name, language.label, text)


def _said(found: StatlasError | None) -> str:
    return "" if found is None else str(found)
