"""Errors as problem+json (RFC 9457), each with the address of the page that explains it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from statlas.errors import BusyError, KeyNotInForceError, LimitError, RequestError, StatlasError, TooManyCellsError

MEDIA_TYPE = "application/problem+json"

MOST_TOLD = 20
"""Mistakes told of one request; arbitrary: who makes more has one cause for all of them."""

_PRIVATE = frozenset({"error_type"})
"""Facts that are another dialect's words."""


_INSTEAD = "Send the same query to /api/v1/jobs, which makes files of any size; or ask for fewer codes, areas or dates."


class Refusal(Exception):
    """An error with a status or headers that only this door knows of."""

    def __init__(self, error: StatlasError, status: int, **headers: str) -> None:
        super().__init__(error.message)
        self.error = error
        self.status = status
        self.headers = headers


def refused(
    message: str, mend: str, *, status: int = 400, headers: Mapping[str, str] | None = None, **facts: Any
) -> Refusal:
    """A request that cannot be read."""
    return Refusal(RequestError(message, mend=mend, **facts), status, **(headers or {}))


def response(request: HttpRequest, error: StatlasError | Refusal) -> HttpResponse:
    """The problem that tells an error."""
    told, status = (error.error, error.status) if isinstance(error, Refusal) else (error, status_of(error))
    facts = {name: fact for name, fact in told.facts.items() if name not in _PRIVATE}
    body = {**told.as_problem(), **facts, "status": status, **_more(told)}
    body = {name: value for name, value in body.items() if name not in _PRIVATE}
    body["type"] = request.build_absolute_uri(body["type"])
    # Escapes alone: what is repeated of a request may hold half a surrogate pair.
    made = HttpResponse(json.dumps(body).encode(), status=status, content_type=MEDIA_TYPE)
    made.headers["Cache-Control"] = "no-store"
    for name, value in {**_headers(told), **(error.headers if isinstance(error, Refusal) else {})}.items():
        made.headers[name] = value
    return made


def status_of(error: StatlasError) -> int:
    """The status of an error at this door."""
    return 413 if isinstance(error, TooManyCellsError) else error.http_status


def _headers(error: StatlasError) -> Mapping[str, str]:
    match error:
        case BusyError(retry_after=seconds) | LimitError(retry_after=seconds):
            return {"Retry-After": str(seconds)}
        case KeyNotInForceError():
            return {"WWW-Authenticate": 'APIKey, Bearer realm="Statlas"'}
        case _:
            return {}


def _more(error: StatlasError) -> Mapping[str, Any]:
    """What this door adds: where a table that is too large can be had."""
    return {"mend": _INSTEAD, "jobs": "/api/v1/jobs"} if isinstance(error, TooManyCellsError) else {}
