"""The interface's own pages: its index, its OpenAPI document, and the same for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from ninja import Router

from statlas import formats
from statlas.api.native import asking, document
from statlas.api.native.asking import LARGEST_BODY, MOST_CELLS
from statlas.api.native.interface import api
from statlas.api.native.links import ROOT, Links
from statlas.api.native.shapes.index import Index
from statlas.version import VERSION

router = Router(tags=["The interface"])

_ERROR = 400  # statuses from here on are errors


@router.get("/", response=Index, summary="What the interface has")
def index(request: HttpRequest) -> HttpResponse:
    """Where to begin, how much is answered at once, and in which kinds of files."""
    asking.refuse_others(request)
    links = Links(request)
    return asking.as_json(
        {
            "title": "Statlas native API",
            "version": VERSION,
            "databases": links.to("/databases"),
            "tables": links.to("/tables"),
            "releases": links.to("/releases"),
            "usage": links.to("/usage"),
            "documentation": links.to("/docs"),
            "openapi": links.to("/openapi.json"),
            "largest_table": MOST_CELLS,
            "largest_body": LARGEST_BODY,
            "formats": [
                {"name": one.name, "suffix": one.suffix, "media_type": one.media_type, "label": one.label}
                for one in formats.FORMATS.values()
            ],
        }
    )


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    asking.refuse_others(request)
    return asking.as_json(_document())


@router.get("/docs", include_in_schema=False)
def for_people(request: HttpRequest) -> HttpResponse:
    """The document as a page that needs no script."""
    made = _document()
    operations = [
        _Operation.of(path, method, details)
        for path, methods in made["paths"].items()
        for method, details in methods.items()
    ]
    page = render(
        request,
        "native_api.html",
        {
            "info": made["info"],
            "base": Links(request).to(""),
            "groups": _by_tag(operations),
            "errors": document.ERRORS,
            "schemas": [_Shape.of(name, one) for name, one in sorted(made["components"]["schemas"].items())],
            "largest_table": MOST_CELLS,
            "formats": formats.FORMATS.values(),
        },
    )
    # Its frame may tell who is signed in.
    page.headers["Cache-Control"] = "private, no-cache"
    return page


@cache
def _document() -> dict[str, Any]:
    return document.document(api)


# --- the page for people ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """A parameter, or a part of a shape."""

    name: str
    kind: str
    said: SafeString
    needed: bool


@dataclass(frozen=True)
class _Operation:
    """An endpoint as the page tells it."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    said: SafeString
    parameters: tuple[_Line, ...]
    body: tuple[str, ...]
    files: tuple[str, ...]
    errors: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, path: str, method: str, details: Mapping[str, Any]) -> _Operation:
        responses = details["responses"].items()
        body = details.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        return cls(
            details["operationId"],
            method.upper(),
            path.removeprefix(ROOT) or "/",
            details["tags"][0],
            details["summary"],
            _marked(details["description"]),
            tuple(_parameter(one) for one in details["parameters"]),
            tuple(_names_in(body)),
            tuple(kind for status, one in responses if status < _ERROR for kind in one.get("content", ())),
            tuple(
                (status, one["description"])
                for status, one in responses
                if status >= _ERROR and status not in document.ERRORS
            ),
        )


@dataclass(frozen=True)
class _Shape:
    """A shape as the page tells it."""

    name: str
    said: SafeString
    parts: tuple[_Line, ...]

    @classmethod
    def of(cls, name: str, schema: Mapping[str, Any]) -> _Shape:
        needed = schema.get("required", ())
        parts = (
            _Line(part, _kind(one), _marked(one.get("description", "")), part in needed)
            for part, one in schema.get("properties", {}).items()
        )
        return cls(name, _marked(schema.get("description", "")), tuple(parts))


def _parameter(one: Mapping[str, Any]) -> _Line:
    said = _marked(one.get("description", ""))
    return _Line(one["name"], _kind(one["schema"]), said, bool(one.get("required")))


def _marked(text: str) -> SafeString:
    """What stands between backticks as code."""
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped first


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: *string*, *list of Level*, *number or null*."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema.get("anyOf") or schema["oneOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _names_in(schema: Mapping[str, Any]) -> Iterator[str]:
    for one in schema.get("anyOf", ()):
        yield _kind(one)


def _by_tag(operations: list[_Operation]) -> dict[str, list[_Operation]]:
    found: dict[str, list[_Operation]] = {}
    for one in operations:
        found.setdefault(one.tag, []).append(one)
    return found
