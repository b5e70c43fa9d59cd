"""Small JSON files that carry their own SHA-256, so that a damaged one is noticed before it is believed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from statlas.errors import HomeError


def dumps(body: dict[str, Any]) -> bytes:
    """The body as JSON, the same bytes for equal bodies."""
    text = json.dumps({"body": body, "sha256": _digest(body)}, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def loads(data: bytes, what: str) -> dict[str, Any]:
    """The body that ``dumps`` wrote; ``what`` names the file to whoever is told.

    Raises:
        HomeError: it is not one, or not as it was written.
    """
    try:
        found = json.loads(data)
        body = found["body"] if _digest(found["body"]) == found["sha256"] else None
    except (ValueError, KeyError, TypeError):
        body = None
    if not isinstance(body, dict):
        raise HomeError(
            f"{what} is damaged: it is not as it was written.",
            mend="Restore the home from a backup; `statlas verify` lists what is damaged.",
        )
    return body


def canonical(body: Any) -> bytes:
    """JSON of one spelling: keys sorted, no spaces, UTF-8."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digest(body: Any) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()
