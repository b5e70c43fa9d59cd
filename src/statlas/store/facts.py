"""What readers are told of a release, on the disk: ``release.json`` in its folder.

A release of a home of old has none; what is told of it then follows from its number and its manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from statlas.errors import HomeError
from statlas.model.change import change_data, read_change
from statlas.model.release import Manifest, ReleaseFacts, ReleaseKind
from statlas.store import checked_json, layout


def dumps(facts: ReleaseFacts) -> bytes:
    """The facts as JSON, the same bytes for equal facts."""
    body = asdict(facts)
    body["changes"] = [change_data(change) for change in facts.changes]
    return checked_json.dumps(body)


def loads(data: bytes) -> ReleaseFacts:
    """The facts that ``dumps`` wrote.

    Raises:
        HomeError: they are damaged.
    """
    body = checked_json.loads(data, layout.FACTS)
    try:
        return _facts(body)
    except (KeyError, TypeError, ValueError) as error:
        raise HomeError(
            f"{layout.FACTS} of a release cannot be read.", mend="Use the version of Statlas that made it, or later."
        ) from error


def _facts(body: Mapping[str, Any]) -> ReleaseFacts:
    parts = {"kind": ReleaseKind(body["kind"]), "changes": tuple(read_change(one) for one in body["changes"])}
    return ReleaseFacts(**{**body, **{name: tuple(body[name]) for name in ("provisional", "revised")}, **parts})


def of(database: Path, manifest: Manifest) -> ReleaseFacts:
    """The facts of a release whose manifest is known; its folder tells, or else its number.

    Raises:
        HomeError: they are damaged.
    """
    try:
        data = layout.facts_file(database, manifest.release).read_bytes()
    except FileNotFoundError:
        return _of_old(manifest)
    return loads(data)


def _of_old(manifest: Manifest) -> ReleaseFacts:
    """Nobody worked out versions then: each release after the first counts as one that adds."""
    version = f"1.{int(manifest.release) - 1}.0"
    return ReleaseFacts(manifest.database, manifest.release, version=version, public_from=manifest.created)
