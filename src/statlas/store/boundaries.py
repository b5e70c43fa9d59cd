"""Where boundaries lie in a home, and how they come and go.

::

    HOME/boundaries/<level>@<vintage>.json      what they are; written last, removed first
    HOME/boundaries/files/<sha256>.topojson     their shapes, never changed
    HOME/boundaries/files/<sha256>.codes        which areas they are of, a line each

Boundaries are public, and belong to no release: a map of an old release may be drawn with better lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from statlas.errors import HomeError, UnknownNameError
from statlas.model.boundary import Boundaries
from statlas.store import durable, founding, layout
from statlas.wording import _


def boundaries_folder(home: Path) -> Path:
    """The shapes of areas, of every level and vintage."""
    return home / "boundaries"


def shapes_file(home: Path, sha256: str) -> Path:
    """The file of shapes with these bytes."""
    return boundaries_folder(home) / "files" / f"{sha256}.topojson"


def _note(home: Path, level: str, vintage: str) -> Path:
    name = f"{layout.safe_name(level, 'level')}@{layout.safe_name(vintage, 'vintage')}"
    return boundaries_folder(home) / f"{name}.json"


def listed(home: Path) -> tuple[Boundaries, ...]:
    """Every set of a home, by level and vintage; empty where there is none.

    Raises:
        HomeError: the note of one is damaged.
    """
    notes = sorted(boundaries_folder(home).glob("*.json"))
    return tuple(found for found in map(_read, notes) if found is not None)


def _read(note: Path) -> Boundaries | None:
    try:
        return Boundaries(**json.loads(note.read_text(encoding="utf-8")))
    except FileNotFoundError:  # taken away since the folder was listed
        return None
    except (ValueError, TypeError):
        raise HomeError(
            _("{note} among the boundaries is damaged.").format(note=note.name),
            mend=_("Remove the file and add the boundaries again."),
        ) from None


def shapes(home: Path, boundaries: Boundaries) -> bytes:
    """The bytes of the shapes.

    Raises:
        HomeError: they are missing, or are not what was written.
    """
    try:
        data = shapes_file(home, boundaries.sha256).read_bytes()
    except FileNotFoundError:
        data = b""
    if durable.digest_of(data) != boundaries.sha256:
        raise HomeError(
            _("The shapes of {boundaries} are missing or damaged.").format(boundaries=boundaries.id),
            mend=_("Add the boundaries again."),
        )
    return data


def codes(home: Path, boundaries: Boundaries) -> frozenset[str]:
    """Codes of the areas of a set, without reading their shapes.

    Raises:
        HomeError: they are missing.
    """
    try:
        return frozenset(_codes_file(home, boundaries.sha256).read_text(encoding="utf-8").split("\n"))
    except FileNotFoundError:
        raise HomeError(
            _("The codes of {boundaries} are missing.").format(boundaries=boundaries.id),
            mend=_("Add the boundaries again."),
        ) from None


def _codes_file(home: Path, sha256: str) -> Path:
    return shapes_file(home, sha256).with_suffix(".codes")


def keep(home: Path, boundaries: Boundaries, data: bytes, codes: Iterable[str]) -> None:
    """Put a set into a home at one instant, in the place of one of the same level and vintage."""
    founding.found(home)
    note = _note(home, boundaries.level, boundaries.vintage)
    file = shapes_file(home, boundaries.sha256)
    for folder in (note.parent, file.parent):
        folder.mkdir(exist_ok=True)
    durable.replace(_codes_file(home, boundaries.sha256), "\n".join(codes).encode())
    durable.replace(file, data)
    durable.replace(note, json.dumps(asdict(boundaries), indent=1).encode() + b"\n")
    _sweep(home)


def remove(home: Path, level: str, vintage: str) -> None:
    """Take a set out of a home.

    Raises:
        UnknownNameError: there is no such set.
    """
    try:
        _note(home, level, vintage).unlink()
    except FileNotFoundError:
        there = ", ".join(found.id for found in listed(home)) or "none"
        raise UnknownNameError(
            _("There are no boundaries of {level!r} of {vintage!r}.").format(level=level, vintage=vintage),
            component=level,
            mend=_("There are: {there}.").format(there=there),
        ) from None
    _sweep(home)


def _sweep(home: Path) -> None:
    """Remove shapes that no set names."""
    named = {found.sha256 for found in listed(home)}
    for file in (boundaries_folder(home) / "files").glob("*"):
        if file.suffix in (".topojson", ".codes") and file.stem not in named:
            file.unlink(missing_ok=True)
