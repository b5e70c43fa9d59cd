"""What every OpenAPI document has to keep, beyond what a schema of schemas tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def missing_references(document: dict[str, Any]) -> list[str]:
    """The ``$ref`` that lead nowhere."""
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    return sorted(set(_references(document)) - known)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
