"""Cursors: where the next page begins, bound to the question they were given for.

A cursor is no secret: it holds a position and a digest of the question, release included.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from statlas.api.native.problems import Refusal, refused

_DIGEST_LENGTH = 16
_FURTHEST = 10**12
"""Position that a cursor may name: beyond any table, within what arithmetic on arrays holds."""

_LONGEST = 400
"""Characters of a cursor: arbitrary, above any of ours."""


def digest_of(*question: object) -> str:
    """What a cursor is bound to; equal questions have equal digests."""
    return sha256(json.dumps([str(part) for part in question]).encode()).hexdigest()[:_DIGEST_LENGTH]


def written(after: str | int, digest: str) -> str:
    """The cursor of the page that follows ``after``."""
    return base64.urlsafe_b64encode(json.dumps([after, digest]).encode()).decode().rstrip("=")


def position(cursor: str, digest: str) -> int:
    """After how many things the page begins; 0 without a cursor.

    Raises:
        Refusal: it is no cursor, or one of another question.
    """
    if not cursor:
        return 0
    after = _read(cursor, digest)
    if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after <= _FURTHEST:
        raise _no_cursor()
    return after


def key(cursor: str, digest: str) -> str:
    """Behind which name the page begins; empty without a cursor.

    Raises:
        Refusal: it is no cursor, or one of another question.
    """
    if not cursor:
        return ""
    after = _read(cursor, digest)
    if not isinstance(after, str):
        raise _no_cursor()
    return after


def _read(cursor: str, digest: str) -> Any:
    try:
        padded = cursor[:_LONGEST].encode("ascii") + b"=" * (-len(cursor) % 4)
        after, bound = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError):
        raise _no_cursor() from None
    if bound != digest:
        raise refused(
            "The cursor was given for another question, or for another release.",
            "Ask for the first page again, without a cursor; with a release in the question its pages stay.",
            pointer="cursor",
        )
    return after


def _no_cursor() -> Refusal:
    return refused("The cursor is none of ours.", "Take `next` of a page as it is.", pointer="cursor")
