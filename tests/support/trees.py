"""What a folder holds, to the byte and the mode."""

from __future__ import annotations

import hashlib
from pathlib import Path


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Mode and SHA-256 of everything in a folder, itself included, by path; empty if it is not there."""
    found = (folder, *folder.rglob("*")) if folder.exists() else ()
    return {str(path.relative_to(folder.parent)): (path.stat().st_mode, _digest(path)) for path in found}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
