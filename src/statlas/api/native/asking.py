"""What every endpoint asks of the site: the home, the body, the parameters of the address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from statlas.api.native.problems import refused
from statlas.definitions import strict_json
from statlas.definitions.address import Parameters
from statlas.errors import HomeError
from statlas.service import tables
from statlas.service.office import kept
from statlas.store import Home

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a request: the codes of half a million areas; arbitrary."""

MOST_CELLS = 1_000_000
"""Cells of one answer: a matter of capacity, never of disclosure."""

DOOR = "native"
"""How the query log names this door."""


def home() -> Home:
    """The home that the site serves."""
    path = settings.STATLAS.home
    if path is None:
        raise HomeError("The site has no home.", mend="Start it with `statlas serve --home DIR`.")
    return tables.open_home(path)


def body(request: HttpRequest) -> bytes:
    """The body of a request, whatever its Content-Type.

    Raises:
        Refusal: it is larger than what is read; no more than that is read of it.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
        raise _too_large()
    # One sent in chunks has no length, for which Django waits.
    in_chunks = "Content-Length" not in request.headers and request.META.get("wsgi.input_terminated")
    source = request.META["wsgi.input"] if in_chunks else request
    found = bytes(source.read(LARGEST_BODY + 1))
    if len(found) > LARGEST_BODY:
        raise _too_large()
    return found


def _too_large() -> Exception:
    return refused(
        f"The request's body is larger than {LARGEST_BODY:,} bytes.",
        "Split the table, or name a whole level in place of its codes.",
        status=413,
    )


def parameters(request: HttpRequest) -> Parameters:
    """Names and values of the address, in order and with repetitions, what is kept for it in its place.

    Raises:
        UnknownNameError: what it says is kept is not.
    """
    return kept.expanded((name, value) for name, values in request.GET.lists() for value in values)


def refuse_others(request: HttpRequest, *known: str) -> None:
    """Refuse parameters of the address that are not answered: a misspelt one must not give another answer.

    Raises:
        Refusal: there is one.
    """
    for name in request.GET:
        if name not in known:
            raise refused(
                f"{strict_json.shown(name)} is no parameter of this address.",
                f"It has {', '.join(known)}." if known else "It has none.",
                pointer=name,
            )


def as_json(content: Any) -> HttpResponse:
    """An answer in JSON."""
    # Half a surrogate pair may stand in what an old release kept; as an escape it is JSON.
    return HttpResponse(
        strict_json.text_of(content).encode("utf-8", "backslashreplace"), content_type="application/json"
    )
