"""What every endpoint of the dialect does alike: key, limits, method, headers, and the form of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import Error as SiteDatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.csrf import csrf_exempt

from statlas.api.opendata import refusals, standing, write
from statlas.definitions.stat_xplore.refusing import ErrorType
from statlas.errors import BusyError, LimitError, StatlasError
from statlas.service.office import keys, limits
from statlas.service.office.keys import KeyFacts
from statlas.service.office.limits import Asker

CONTENT_TYPE = "application/json;charset=UTF-8"
LANGUAGE = "en"

View = Callable[..., HttpResponse]
"""From the request, the facts of its key and the parts of its address to an answer."""

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(
        ("Content-Language", "ETag", "Link", "Retry-After", *standing.header_names())
    ),
    "Content-Language": LANGUAGE,
    # Answers are public, yet a shared cache must not give them to those without a key.
    "Cache-Control": "private, no-cache",
}
_NO_ETAG = {"Cache-Control": "private, no-store"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "APIKey, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_NO_KEY = "This API needs a key, in the header APIKey."
_BAD_KEY = "The key in the header APIKey is not in force."
_HOW_TO_GET_ONE = (
    "Make one on the page of your account, or ask the keeper of this site, who makes one with "
    "`statlas key create NAME`."
)

COME_BACK_S = 10
"""Seconds after which to ask again where the site's database does not answer: arbitrary, half of what it waits."""


def endpoint(*methods: str, counts_as: tuple[str, ...] = (), has_etag: bool = True) -> Callable[[View], View]:
    """A view that answers ``methods`` to holders of a key, and tells its errors in this dialect's form.

    Args:
        methods: what it answers.
        counts_as: limits that a request counts towards; none for what tells of the limits.
        has_etag: whether an answer that the client has already is not sent again, and counts for nothing.
    """
    counted = {kind: int(kind in counts_as) for kind in standing.KINDS}

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **arguments: str) -> HttpResponse:
            response = _answer(_Asked(view, request, arguments, counted, has_etag=has_etag), methods)
            for name, value in {**_HEADERS, **({} if has_etag else _NO_ETAG)}.items():
                response.headers.setdefault(name, value)
            return response

        return answer

    return decorate


def as_json(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A response of this dialect."""
    return HttpResponse(write.as_json(content), status=status, content_type=CONTENT_TYPE)


def refusal(error_type: ErrorType, message: str, component: str, status: int, **headers: str) -> HttpResponse:
    """A refusal that no room below knows of."""
    response = as_json(refusals.body(error_type, message, component), status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


class _Asked:
    """One request of an endpoint, answered once whatever it is asked for."""

    def __init__(
        self,
        view: View,
        request: HttpRequest,
        arguments: Mapping[str, str],
        counted: Mapping[str, int],
        *,
        has_etag: bool,
    ) -> None:
        self.view, self.request, self.arguments, self.counted = view, request, arguments, counted
        self.has_etag = has_etag and request.method in ("GET", "HEAD")

    def answer(self, key: KeyFacts) -> HttpResponse:
        """The view's answer or refusal, 304 where the client has it."""
        try:
            response = self.view(self.request, key, **self.arguments)
        except StatlasError as error:
            return _told(error)
        except (SuspiciousOperation, UnreadablePostError):
            message = "The request cannot be read: it ends too early, or its address has too many parts."
            return refusal(ErrorType.INVALID_REQUEST, message, "", 400)
        return _if_changed(self.request, response) if self.has_etag else response

    def counted_answer(self, key: KeyFacts) -> HttpResponse:
        """The same within the limits of a key; what has not changed counts for nothing."""
        asker = Asker.of_key(key.id, key.account_id)
        early = self.answer(key) if self.has_etag and "If-None-Match" in self.request.headers else None
        if early is not None and early.status_code == HTTPStatus.NOT_MODIFIED:
            return early
        try:
            left = limits.spend_each(asker=asker, numbers=self.counted)
        except LimitError as error:
            response, left = _told(error), limits.standings(asker=asker, kinds=standing.KINDS)
        else:
            response = early or self.answer(key)
        for name, value in standing.headers(left).items():
            response.headers[name] = value
        return response


def _answer(asked: _Asked, methods: tuple[str, ...]) -> HttpResponse:
    request, allowed = asked.request, ", ".join((*methods, "OPTIONS"))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={**_PREFLIGHT, "Allow": allowed})
    if request.method not in methods:
        message = f"{request.path} answers {' and '.join(methods)}."
        return refusal(ErrorType.METHOD_NOT_ALLOWED, message, str(request.method), 405, Allow=allowed)
    try:
        key = keys.check(key=_key_of(request))
        return _without_key(request) if key is None else asked.counted_answer(key)
    except SiteDatabaseError:
        message = "The site's list of keys and limits does not answer. Try again later."
        return refusal(ErrorType.SERVICE_UNAVAILABLE, message, "", 503, **{"Retry-After": str(COME_BACK_S)})


def _key_of(request: HttpRequest) -> str:
    return request.headers.get("APIKey", "").strip()


def _without_key(request: HttpRequest) -> HttpResponse:
    message = f"{_BAD_KEY if _key_of(request) else _NO_KEY} {_HOW_TO_GET_ONE}"
    return refusal(ErrorType.API_KEY_REQUIRED, message, "APIKey", 401, **{"WWW-Authenticate": "APIKey"})


def _if_changed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with its ``ETag``, or 304 where the client has it already.

    The site's middleware would do the same, and drop the headers that let scripts of other sites read a 304.
    """
    if response.status_code != HTTPStatus.OK:
        return response
    set_response_etag(response)
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    assert found is not None  # None means "go on", for those who ask before there is a response
    return found


def _told(error: StatlasError) -> HttpResponse:
    response = as_json(refusals.body_of(error), error.http_status)
    if isinstance(error, BusyError | LimitError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
