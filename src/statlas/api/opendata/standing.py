"""How the limits of a key are told: in the headers of every answer, and as a body of their own.

Header names are those captured: ``x-ratelimit-remaining`` for all requests, ``x-ratelimit-remaining-table`` for tables.
A limit that is off has no headers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from statlas.service.office.limits import Standing

_ENDINGS = {"global": "", "schema": "-schema", "table": "-table"}

KINDS = tuple(_ENDINGS)
"""The limits of this dialect."""

_NAMES = ("x-ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset")


def header_names() -> tuple[str, ...]:
    """Every header that may stand in an answer."""
    return tuple(f"{name}{ending}" for ending in _ENDINGS.values() for name in _NAMES)


def headers(left: Mapping[str, Standing]) -> Mapping[str, str]:
    """Limit, what remains of it, and when it is reset, for each limit that there is."""
    return dict(_headers(left))


def _headers(left: Mapping[str, Standing]) -> Iterator[tuple[str, str]]:
    for kind, ending in _ENDINGS.items():
        if not left[kind].is_off:
            values = (left[kind].limit, left[kind].remaining, left[kind].reset_ms)
            yield from ((f"{name}{ending}", str(value)) for name, value in zip(_NAMES, values, strict=True))


def body(left: Standing) -> Mapping[str, int]:
    """``{"remaining": 998, "reset": 1551969921590, "limit": 1000}``: these three in this order; -1 is no limit."""
    return {"remaining": left.remaining, "reset": left.reset_ms, "limit": left.limit}
