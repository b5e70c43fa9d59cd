"""What every endpoint does alike: methods, limits, headers, what has not changed, and the form of errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import cast

from django.core.exceptions import SuspiciousOperation
from django.db import Error as SiteDatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.views.decorators.csrf import csrf_exempt

from statlas.api.native import problems
from statlas.api.native.limiting import HEADERS as LIMIT_HEADERS
from statlas.api.native.limiting import Spending
from statlas.api.native.problems import Refusal, refused
from statlas.errors import BusyError, LimitError, StatlasError
from statlas.version import VERSION

View = Callable[..., HttpResponseBase]

RELEASE, DIGEST = "Statlas-Release", "Statlas-Digest"
"""Headers that name the release which answered, and the query together with it."""

LATEST = "public, no-cache"
"""Of what a new release changes: it may be kept, and is asked for again each time, so that nothing is stale at the
minute of a release; with its ``ETag`` that costs nothing."""

PINNED = "public, max-age=300"
"""Of what a pinned release answers: it never changes, but may be withdrawn; five minutes are arbitrary."""

COME_BACK_S = 10
"""Seconds after which to ask again where the site's database does not answer: arbitrary."""

_ETAG_LENGTH = 32
_SAFE = ("GET", "HEAD")
_EXPOSED = ("Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "Link", "Location", "Retry-After")
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join((*_EXPOSED, RELEASE, DIGEST, *LIMIT_HEADERS)),
    "Cache-Control": LATEST,
    "Content-Language": "en",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, APIKey, Authorization, Content-Type, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}
_log = logging.getLogger("statlas.api.native")


class Unchanged(Exception):
    """The client has the answer already: told before it is made, so it costs nothing and counts for nothing."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


def doorway(view: View) -> View:
    """A view of the native API."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *given: object, **named: object) -> HttpResponseBase:
        spending = Spending(request)
        request.spending = spending  # type: ignore[attr-defined]  # where the endpoints find it
        response = _within_limits(view, request, spending, given, named)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return _without_body(response) if request.method == "HEAD" else response

    return answer


def spending_of(request: HttpRequest) -> Spending:
    """What the request spends."""
    found = request.spending  # type: ignore[attr-defined]  # set by ``doorway``
    assert isinstance(found, Spending)
    return found


def etag_of(*made_of: object) -> str:
    """The ``ETag`` of an answer that is known by what it is made of, before it is made."""
    return f'"{sha256(json.dumps([VERSION, *map(str, made_of)]).encode()).hexdigest()[:_ETAG_LENGTH]}"'


def refuse_unchanged(request: HttpRequest, etag: str) -> None:
    """End here if the client has that answer already; else the request counts from now on.

    Raises:
        Unchanged: it has.
        LimitError: the limit of this hour is reached.
    """
    asked = request.headers.get("If-None-Match", "") if request.method in _SAFE else ""
    if etag in (one.strip().removeprefix("W/") for one in asked.split(",")):
        raise Unchanged(etag)
    spending_of(request).count()


def _within_limits(
    view: View, request: HttpRequest, spending: Spending, given: tuple[object, ...], named: dict[str, object]
) -> HttpResponseBase:
    try:
        _ = spending.asker  # a key that is not in force opens nothing, not even what needs none
        response = _if_changed(request, _answer(view, request, given, named))
        if response.status_code != HTTPStatus.NOT_MODIFIED and request.method != "OPTIONS":
            spending.count()
        told = dict(spending.headers())
    except LimitError as error:
        response, told = problems.response(request, error), dict(spending.headers())
    except StatlasError as error:
        return problems.response(request, error)
    except SiteDatabaseError:
        _log.exception("The site's database does not answer.")
        return problems.response(request, BusyError("The site is busy.", retry_after=COME_BACK_S))
    except Exception:  # noqa: BLE001 - a mistake of ours is told as any error is, and nothing more of it than that
        _log.exception("A request of the native API failed.")
        return _failed(request)
    for name, value in told.items():
        response.headers[name] = value
    return response


def _failed(request: HttpRequest) -> HttpResponse:
    response = problems.response(
        request, StatlasError("The request met a mistake of ours.", mend="Tell the keeper of the site.")
    )
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's word for it
    return response


def _answer(view: View, request: HttpRequest, given: tuple[object, ...], named: dict[str, object]) -> HttpResponseBase:
    try:
        return _of_method(view, request, given, named)
    except LimitError:
        raise
    except Unchanged as unchanged:
        return HttpResponse(status=304, headers={"ETag": unchanged.etag})
    except (StatlasError, Refusal) as error:
        return problems.response(request, error)
    except (SuspiciousOperation, UnreadablePostError):
        broken = refused("The request has too many parts, or broke off.", "Send fewer parameters, or send it again.")
        return problems.response(request, broken)


def _of_method(
    view: View, request: HttpRequest, given: tuple[object, ...], named: dict[str, object]
) -> HttpResponseBase:
    method = request.method
    request.method = "GET" if method == "HEAD" else method
    try:
        if method == "OPTIONS":
            return _preflight(view, request, given, named)
        response = view(request, *given, **named)
    finally:
        request.method = method
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = _allowed(response)
        raise refused(
            f"This address does not answer {method}.", f"It answers {allowed}.", status=405, headers={"Allow": allowed}
        )
    return response


def _preflight(
    view: View, request: HttpRequest, given: tuple[object, ...], named: dict[str, object]
) -> HttpResponseBase:
    allowed = _allowed(view(request, *given, **named))
    return HttpResponse(
        status=204,
        headers={**_PREFLIGHT, "Access-Control-Allow-Methods": allowed, "Allow": allowed, "Cache-Control": "no-store"},
    )


def _allowed(response: HttpResponseBase) -> str:
    """The methods of an address, as the refusal of another names them, with those that all addresses have."""
    own = [name.strip() for name in response.headers.get("Allow", "GET").split(",")]
    return ", ".join(sorted({*own, *(_SAFE if "GET" in own else ()), "OPTIONS"}))


def _if_changed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response with its ``ETag``, or 304 where the client has it already, its headers kept."""
    patch_vary_headers(response, ("Accept",))
    if request.method not in _SAFE or response.status_code != HTTPStatus.OK:
        return response
    if isinstance(response, HttpResponse) and not response.has_header("ETag"):
        set_response_etag(response)
    found = get_conditional_response(
        request, etag=response.headers.get("ETag"), response=cast("HttpResponse", response)
    )
    assert found is not None  # None means "go on", for those who ask before there is a response
    if found is not response:
        for name in (RELEASE, DIGEST):
            if name in response.headers:
                found.headers[name] = response.headers[name]
    return found


def _without_body(response: HttpResponseBase) -> HttpResponse:
    """The head of a response alone; a table that is written piece by piece is not written at all."""
    head = HttpResponse(status=response.status_code, headers=dict(response.headers))
    if isinstance(response, HttpResponse) and response.status_code == HTTPStatus.OK:
        head.headers["Content-Length"] = str(len(response.content))
    response.close()
    return head
