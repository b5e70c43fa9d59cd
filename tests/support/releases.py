"""Releases made of any bytes."""

from __future__ import annotations

from typing import Any

from statlas.store import NewRelease


def release(**changes: Any) -> NewRelease:
    """What a release is made of, with what is given in its place."""
    plain = {
        "files": {"database.json": b"{}\n", "definition/clubs.yaml": b"id: clubs\n"},
        "created": "2026-11-22T09:30:00+00:00",
        "policy": "standard",
        "ptable": "p1",
        "family": "clubs",
        "software": "0.1.0",
    }
    return NewRelease(**{**plain, **changes})
