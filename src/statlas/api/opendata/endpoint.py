"""What every endpoint of the dialect does alike: key, method, headers, and the form of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.csrf import csrf_exempt

from statlas.api.opendata import refusals, write
from statlas.definitions.stat_xplore.refusing import ErrorType
from statlas.errors import BusyError, StatlasError
from statlas.service.office import keys

CONTENT_TYPE = "application/json;charset=UTF-8"
LANGUAGE = "en"

View = Callable[..., HttpResponse]

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Language, ETag, Link",
    "Content-Language": LANGUAGE,
    # Answers are public, yet a shared cache must not give them to those without a key.
    "Cache-Control": "private, no-cache",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "APIKey, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_NO_KEY = "This API needs a key, in the header APIKey."
_BAD_KEY = "The key in the header APIKey is not in force."
_HOW_TO_GET_ONE = "The keeper of this site makes one with `statlas key create NAME`."


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view that answers ``methods`` to holders of a key, and tells its errors in this dialect's form."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **arguments: str) -> HttpResponse:
            response = _if_changed(request, _answer(view, methods, request, arguments))
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return answer

    return decorate


def _if_changed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with its ``ETag``, or 304 where the client has it already; tables have none.

    The site's middleware would do the same, and drop the headers that let scripts of other sites read a 304.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != HTTPStatus.OK:
        return response
    set_response_etag(response)
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    assert found is not None  # None means "go on", for those who ask before there is a response
    return found


def as_json(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A response of this dialect."""
    return HttpResponse(write.as_json(content), status=status, content_type=CONTENT_TYPE)


def refusal(error_type: ErrorType, message: str, component: str, status: int, **headers: str) -> HttpResponse:
    """A refusal that no room below knows of."""
    response = as_json(refusals.body(error_type, message, component), status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _answer(view: View, methods: tuple[str, ...], request: HttpRequest, arguments: Mapping[str, str]) -> HttpResponse:
    allowed = ", ".join((*methods, "OPTIONS"))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={**_PREFLIGHT, "Allow": allowed})
    if request.method not in methods:
        message = f"{request.path} answers {' and '.join(methods)}."
        return refusal(ErrorType.METHOD_NOT_ALLOWED, message, str(request.method), 405, Allow=allowed)
    return _refusal_without_key(request) or _told(view, request, arguments)


def _refusal_without_key(request: HttpRequest) -> HttpResponse | None:
    key = request.headers.get("APIKey", "").strip()
    if key and keys.check(key=key):
        return None
    message = f"{_BAD_KEY if key else _NO_KEY} {_HOW_TO_GET_ONE}"
    return refusal(ErrorType.API_KEY_REQUIRED, message, "APIKey", 401, **{"WWW-Authenticate": "APIKey"})


def _told(view: View, request: HttpRequest, arguments: Mapping[str, str]) -> HttpResponse:
    try:
        return view(request, **arguments)
    except StatlasError as error:
        response = as_json(refusals.body_of(error), error.http_status)
        if isinstance(error, BusyError):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
