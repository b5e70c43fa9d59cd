"""Names of files that are safe on every system: ``hb-new-month-by-tenure-2025-12.xlsx``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from statlas.formats.form import Format
from statlas.model.about import About
from statlas.model.cube import Cube, CubeDimension

_LONGEST = 90
"""Characters before the ending; arbitrary: with a folder it stays below the 255 that file systems take."""

_LONGEST_PART = 24

_RESERVED = re.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(-|$)")
"""Names that Windows keeps for devices, whatever follows a dot."""


def file_name(cube: Cube, about: About, form: Format) -> str:  # noqa: ARG001 - a publisher's title may name it one day
    """A name of ASCII letters, digits and hyphens that tells tables apart: database, fields, latest period."""
    wide = [_slug(d.label or d.field) for d in cube.dimensions if len(d) > 1]
    period = _period(cube.dimensions)
    fields = "-".join(filter(None, (_slug(cube.database), _joined(wide))))
    stem = "-".join(filter(None, (_cut(fields, _LONGEST - len(period) - 1), period)))
    return f"{_safe(stem)}.{form.suffix}"


def _joined(labels: Iterable[str]) -> str:
    return "-by-".join(filter(None, labels))


def _period(dimensions: Iterable[CubeDimension]) -> str:
    """The latest period in the table: ``2025-12``, ``2025``, ``2025-26``."""
    codes = [node.code for d in dimensions if d.is_date for item in d.items for node in item.nodes]
    if not codes:
        return ""
    latest = max(codes)
    return f"{latest[:4]}-{latest[4:]}" if re.fullmatch("[0-9]{6}", latest) else _slug(latest)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_PART].strip("-")


def _cut(text: str, most: int) -> str:
    """Whole words of at most ``most`` characters in all, as far as there is one."""
    if len(text) <= most:
        return text
    return (text[: most + 1].rpartition("-")[0] or text[:most]).removesuffix("-by")


def _safe(stem: str) -> str:
    short = stem.strip("-") or "table"
    return f"table-{short}" if _RESERVED.match(short) else short
