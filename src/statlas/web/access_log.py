"""The access log: a line of JSON a request, in which nobody can be found.

Kept are what was asked for as a pattern, how it ended, how long it took and how large it was, and the hour. Left out
are the address and the program of whoever asked, and all that they typed: query strings, names in addresses, links
that somebody was sent. What is written is described in ``docs/reference/access-log.md``.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

LOGGER = logging.getLogger("statlas.access")

DOORS = (
    ("/webapi/", "opendata"),
    ("/api/", "api"),
    ("/account", "account"),
    ("/admin/", "admin"),
    ("/static/", "static"),
    ("/healthz", "health"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def logging_for(target: str) -> dict[str, Any]:
    """The part of ``LOGGING`` that writes to a file, to ``-`` for standard output, or nowhere for ""."""
    where: dict[str, Any] = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}
    if target != "-":
        # Opened anew when the file has been moved away; one write a line, at the end of the file, whoever else writes.
        where = {"class": "logging.handlers.WatchedFileHandler", "filename": target, "delay": True, "encoding": "utf-8"}
    return {
        "handlers": {"access": {**where, "formatter": "bare"}} if target else {},
        "loggers": {"statlas.access": {"handlers": ["access"] if target else [], "level": "INFO", "propagate": False}},
    }


class AccessLog:
    """Middleware, the outermost: one line a request, once its last byte is ready."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, and note it."""
        if not LOGGER.handlers:
            return self.get_response(request)
        began = time.monotonic()
        response = self.get_response(request)
        if response.streaming:
            streamed = cast("StreamingHttpResponse", response)
            streamed.streaming_content = _counted(
                cast("Iterable[bytes]", streamed.streaming_content),
                lambda n_bytes: _note(request, response.status_code, n_bytes, began),
            )
        else:
            _note(request, response.status_code, len(response.content), began)
        return response


def _counted(parts: Iterable[bytes], done: Callable[[int], None]) -> Iterator[bytes]:
    """The parts as they are; when they end, or nobody wants the rest, ``done`` hears how many bytes went."""
    n_bytes = 0
    try:
        for part in parts:
            n_bytes += len(part)
            yield part
    finally:
        done(n_bytes)


def _note(request: HttpRequest, status: int, n_bytes: int, began: float) -> None:
    line = {
        "hour": f"{datetime.now(UTC):%Y-%m-%dT%HZ}",
        "door": next((door for start, door in DOORS if request.path.startswith(start)), "page"),
        "method": request.method if request.method in METHODS else "OTHER",
        "path": f"/{request.resolver_match.route}" if request.resolver_match else "-",
        "status": status,
        "ms": round(1000 * (time.monotonic() - began)),
        "bytes": n_bytes,
    }
    LOGGER.info(json.dumps(line))
