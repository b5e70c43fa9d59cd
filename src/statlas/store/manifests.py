"""Manifests on the disk: JSON that carries its own SHA-256, so that a damaged one is noticed before it is believed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from statlas.errors import HomeError
from statlas.model.release import Agreement, Manifest, OtherFile, RecordFile


def dumps(manifest: Manifest) -> bytes:
    """The manifest as JSON, the same bytes for equal manifests."""
    body = asdict(manifest)
    text = json.dumps({"manifest": body, "sha256": _digest(body)}, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def loads(data: bytes) -> Manifest:
    """The manifest that ``dumps`` wrote.

    Raises:
        HomeError: it is not one, or not as it was written.
    """
    try:
        found = json.loads(data)
        whole = _digest(found["manifest"]) == found["sha256"]
        manifest = _manifest(found["manifest"]) if whole else None
    except (ValueError, KeyError, TypeError):
        manifest = None
    if manifest is None:
        raise HomeError(
            "A manifest is damaged: it is not as it was written.",
            mend="Restore the home from a backup; `statlas verify` lists what is damaged.",
        )
    return manifest


def _digest(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _manifest(body: dict[str, Any]) -> Manifest:
    parts = {
        "records": tuple(RecordFile(**record) for record in body["records"]),
        "files": tuple(OtherFile(**file) for file in body["files"]),
        "agreements": tuple(Agreement(**agreement) for agreement in body.get("agreements", ())),
    }
    return Manifest(**{**body, **parts})
