"""What is given to whoever asks is counted: pages of databases, tables, files, answers to programs.

A middleware, so that no page forgets it: addresses of one database are known by their pattern, the others note what
they give on the request (``service.office.using``). Counted is what was answered, not what was asked: a mistake, a
redirect, the head alone, a part of a page that a script fetches, and what a browser fetches ahead count for nothing.
What counts, and why nobody can be found in it, stands in ``docs/reference/usage.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from statlas import formats
from statlas.model.usage import Use, UseKind
from statlas.service import tables
from statlas.service.office import using
from statlas.service.tables import usage

_DATABASE = "databases/<str:database_id>"
_PAGES = {
    f"{_DATABASE}": (UseKind.VIEW, "page"),
    f"{_DATABASE}/releases": (UseKind.VIEW, "releases"),
    f"{_DATABASE}/changes": (UseKind.VIEW, "changes"),
    f"{_DATABASE}/table": (UseKind.TABLE, "page"),
    f"{_DATABASE}/chart": (UseKind.TABLE, "chart"),
    f"{_DATABASE}/chart/embed": (UseKind.TABLE, "chart-embedded"),
    f"{_DATABASE}/map": (UseKind.TABLE, "map"),
    f"{_DATABASE}/map/embed": (UseKind.TABLE, "map-embedded"),
    f"{_DATABASE}/motion": (UseKind.TABLE, "motion"),
    f"{_DATABASE}/codes.csv": (UseKind.DOWNLOAD, "codes-csv"),
}
"""What an address of a database gives, by its pattern."""

_FILES = {f"{_DATABASE}/{name}.<str:suffix>" for name in ("table", "chart", "map", "motion", "changes")}

_METHODS = ("GET", "POST")
_ANSWERED = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED)
_FORMS = {"application/json": "json", "text/csv": "csv"} | {
    one.media_type.partition(";")[0]: one.suffix for one in formats.FORMATS.values() if one.name != "csv-bom"
}


class Counted:
    """Middleware: count what a request was given, once its answer begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, and count it."""
        response = self.get_response(request)
        use = _given(request, response)
        if use is not None and settings.STATLAS.home is not None:
            client = usage.client_of(request.headers.get("User-Agent", ""))
            usage.count(home=tables.open_home(settings.STATLAS.home), use=use, client=client)
        return response


def _given(request: HttpRequest, response: HttpResponseBase) -> Use | None:
    """What was given; None where it counts for nothing."""
    if request.method not in _METHODS or response.status_code not in _ANSWERED or _is_beside(request):
        return None
    if not response.headers.get("Content-Range", "bytes 0-").startswith("bytes 0-"):
        return None  # the first part of a file stands for all of it
    use = using.noted(request) or _by_address(request)
    if use is None or use.form:
        return use
    return Use(use.database, use.kind, _form_of(response))


def _is_beside(request: HttpRequest) -> bool:
    """Whether a browser asks by itself: ahead of a click, or for a picture or data of a page that counts already."""
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return True
    is_part = request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "iframe", "frame")
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return is_part and is_ours and "HX-Request" not in request.headers


def _by_address(request: HttpRequest) -> Use | None:
    match = request.resolver_match
    if match is None or "database_id" not in match.kwargs:
        return None
    database_id = match.kwargs["database_id"]
    if match.route in _PAGES:
        return Use(database_id, *_PAGES[match.route])
    if match.route in _FILES:
        return Use(database_id, UseKind.DOWNLOAD, match.kwargs["suffix"])
    return Use(database_id, UseKind.API, "") if match.route.startswith("api/") else None


def _form_of(response: HttpResponseBase) -> str:
    """The kind of an answer by its type; one that the client had already has none."""
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return _FORMS.get(media_type, "unchanged" if response.status_code == HTTPStatus.NOT_MODIFIED else "json")
