"""The OpenAPI document: what django-ninja knows of the endpoints, and what it cannot know.

That is: bodies and their forms, kinds of files, headers, errors as problem+json on every endpoint, and keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from statlas import formats
from statlas.api.native import doorway, limiting, problems
from statlas.api.native.databases import CSV
from statlas.api.native.links import ROOT
from statlas.api.native.shapes.asked import FORMS
from statlas.api.native.shapes.problem import Problem

if TYPE_CHECKING:
    from ninja import NinjaAPI

_REF = "#/components/schemas/{model}"

ERRORS: Mapping[int, str] = {
    400: "The request cannot be read, or asks for what is not there.",
    401: "The key that was sent is not in force.",
    406: "No form that Accept takes is made.",
    429: "The limit of this hour is reached.",
    503: "The site is busy, or cannot answer at the moment.",
}
"""Errors of every endpoint."""

_MORE_ERRORS: Mapping[str, Mapping[int, str]] = {
    "/areas/{": {404: "No database has that place."},
    "/databases/{": {404: "There is no such database, release or field."},
    "/tables.": {404: "Tables are not made as such files."},
    "/jobs": {
        413: "The table behind the answer is too large, or the body has too many bytes.",
        422: "A rule of disclosure control refuses the table.",
    },
    "/jobs/{": {404: "There is no such job, or its time is over."},
    "/jobs/{id}/file": {
        409: "The file is not there yet.",
        410: "The job has ended without a file.",
        416: "The file has no such part.",
    },
    "/releases": {404: "There is no such database or announcement."},
    "/saved/{": {404: "You saved no such table."},
    "/saved": {413: "The body has too many bytes."},
    "/tables": {
        413: "The table has too many cells to be answered at once, or the body too many bytes.",
        422: "A rule of disclosure control refuses the table.",
    },
}
_SCHEMAS: Mapping[str, Any] = {
    "StatXploreRequest": {
        "title": "StatXploreRequest",
        "description": "A table request as Stat-Xplore writes it; see the Open Data API.",
        "type": "object",
        "required": ["database"],
        "additionalProperties": False,
        "properties": {
            "database": {"type": "string", "pattern": "^str:database:"},
            "measures": {"type": ["array", "null"], "items": {"type": "string"}},
            "recodes": {
                "type": ["object", "null"],
                "additionalProperties": {
                    "type": ["object", "null"],
                    "additionalProperties": False,
                    "properties": {
                        "map": {"type": ["array", "null"], "items": {"type": "array", "items": {"type": "string"}}},
                        "total": {"type": ["boolean", "null"]},
                    },
                },
            },
            "dimensions": {"type": ["array", "null"], "items": {"type": "array", "items": {"type": "string"}}},
        },
    }
}
_QUERY = {
    "description": "A query in our own words, or a table request of Stat-Xplore.",
    "anyOf": [{"$ref": "#/components/schemas/QueryForm"}, {"$ref": "#/components/schemas/StatXploreRequest"}],
}
_SECURITY = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "APIKey",
        "description": "Raises limits; nothing here needs a key.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key as a bearer token."},
}


def document(api: NinjaAPI) -> dict[str, Any]:
    """The document of the interface."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=ROOT.strip("/")))
    schemas = made["components"]["schemas"]
    forms: tuple[type[BaseModel], ...] = (*FORMS, Problem)
    for form in forms:
        schemas |= _schemas_of(form)
    schemas |= _SCHEMAS
    for form in FORMS:
        if "query" in schemas[form.__name__]["properties"]:
            # The forms of queries stand beside it, which pydantic, asked for one form at a time, does not know.
            schemas[form.__name__]["properties"]["query"] = _QUERY
    made["components"]["securitySchemes"] = dict(_SECURITY)
    made["security"] = [{}, *({name: []} for name in _SECURITY)]
    made["externalDocs"] = {"url": f"{ROOT}/docs", "description": "The same for people."}
    for path, operation in operations(made):
        _complete(path.removeprefix(ROOT), operation)
    return made


def operations(made: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a document with its path."""
    for path, methods in made["paths"].items():
        yield from ((path, operation) for operation in methods.values())


def _schemas_of(form: type[BaseModel]) -> Mapping[str, Any]:
    found = form.model_json_schema(ref_template=_REF)
    return {**found.pop("$defs", {}), form.__name__: found}


def _complete(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    success = responses[202] if 202 in responses else responses.setdefault(200, {"description": "OK"})  # noqa: PLR2004 - HTTP's own
    if path.startswith("/tables") and "content" not in success:
        success["content"] = _files(path)
    elif path.endswith("/file"):
        success["content"] = _files(path)
        responses[206] = {**success, "description": "A part of the file."}
    elif path.endswith("/codes.csv"):
        success["content"] = _text(CSV)
    elif path.endswith("/codes"):
        success["content"] |= _text(CSV)
    for answer in responses.values():
        answer["headers"] = _headers(path)
    for parameter in operation["parameters"]:
        if parameter["name"] == "suffix":
            parameter["schema"]["enum"] = sorted(formats.by_suffix)
    operation["responses"] |= {status: _problem(said) for status, said in _errors(path).items()}


def _files(path: str) -> dict[str, Any]:
    if path == "/tables":
        kinds = {one.media_type.partition(";")[0]: one for one in formats.FORMATS.values()}
    else:
        kinds = {one.media_type.partition(";")[0]: one for one in formats.by_suffix.values()}
    return {kind: {"schema": _schema_of_file(kind)} for kind in kinds}


def _schema_of_file(kind: str) -> dict[str, Any]:
    return {"type": "object"} if kind.endswith("json") else {"type": "string"}


def _text(kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"type": "string"}}}


def _errors(path: str) -> Mapping[int, str]:
    found = dict(ERRORS)
    for start, more in _MORE_ERRORS.items():
        if path.startswith(start):
            found |= more
    return dict(sorted(found.items()))


def _problem(said: str) -> dict[str, Any]:
    return {"description": said, "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}}


def _headers(path: str) -> dict[str, Any]:
    known = {
        "ETag": "Sent back in If-None-Match, it gives 304 where nothing has changed; that counts for nothing.",
        **dict.fromkeys(limiting.HEADERS, "What is left of the limit of this hour; missing where there is none."),
    }
    if path.startswith(("/tables", "/databases/{")):
        known[doorway.RELEASE] = "The release that answers."
    if path.startswith("/tables") and path != "/tables/plan":
        known[doorway.DIGEST] = "SHA-256 of the query as answered, its release included."
    return {name: {"description": said, "schema": {"type": "string"}} for name, said in known.items()}
