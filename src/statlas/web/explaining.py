"""How the pages tell of an error: what it is, how to mend it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.errors import BusyError, LimitError, StatlasError
from statlas.web.error_words import words_of

_NEVER_KEPT = "no-cache"  # a page may be kept, but is asked for again: a release shows at its minute


class ErrorPages:
    """Middleware: a ``StatlasError`` becomes its page with its status, and pages are revalidated at every visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", _NEVER_KEPT)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of an error of ours; None for anything else, which is a bug."""
        if not isinstance(exception, StatlasError):
            return None
        response = render(request, "error.html", {"error": exception}, status=exception.http_status)
        if isinstance(exception, BusyError | LimitError):
            response.headers["Retry-After"] = str(exception.retry_after)
        return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404: what to do when an address leads nowhere."""
    return render(request, "404.html", {}, status=404)


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """400: a request that cannot be read; told without the page's frame, as its host may be the thing that is wrong."""
    return HttpResponse(
        "This request cannot be read: its address is not one of this site, or it has too many parts.\n",
        content_type="text/plain; charset=utf-8",
        status=400,
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """403: a form that was not sent from a page of ours, or from one that has grown old."""
    return render(request, "403.html", {}, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours."""
    return render(request, "500.html", {}, status=500)


def kinds(family: type[StatlasError] = StatlasError) -> Iterator[type[StatlasError]]:
    """Every kind of error of a family, itself first."""
    yield family
    for kind in family.__subclasses__():
        yield from kinds(kind)


def kind(request: HttpRequest, code: str) -> HttpResponse:
    """The page that an error's ``type`` points at: what the kind means and who can mend it."""
    found = next((kind for kind in kinds() if kind.code == code), None)
    if found is None:
        return not_found(request, LookupError(code))
    return render(request, "kind.html", {"kind": found, "words": words_of(found.code)})
