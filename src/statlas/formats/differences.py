"""What differs between two releases as files: CSV, a line a cell, and plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from statlas.formats.csv_text import BOM, line
from statlas.model.change import change_data
from statlas.model.release import ReleaseFacts
from statlas.model.release_difference import ChangedCell, Level, LevelDifference, ReleaseDifference

COLUMNS = (
    *("database", "from_release", "from_version", "to_release", "to_version", "period", "field", "level", "code"),
    *("label", "measure", "measure_label", "before", "after", "change", "largest_noise"),
)
RULE = (
    "A number is listed only if it moved by more than the noise of both releases explains: "
    "more than 3 times the standard deviation of their difference, rounded up."
)
"""What every file of differences says of its rule."""


def csv(found: ReleaseDifference, levels: Iterable[LevelDifference]) -> Iterator[bytes]:
    """Lines of CSV, a cell each: symbols stand in brackets, as in the table itself."""
    yield BOM + line(COLUMNS)
    head = (found.database.id, *_release(found.then), *_release(found.now))
    for one in levels:
        for cell in one.cells:
            yield _line((*head, *_names(one.level, cell)), _numbers(cell))


def _release(facts: ReleaseFacts) -> tuple[str, str]:
    return facts.release, facts.version


def _line(names: tuple[str, ...], numbers: tuple[str, ...]) -> bytes:
    """Names are made harmless to spreadsheets; a number is none the worse for its sign."""
    return line(names).removesuffix(b"\r\n") + "".join(f",{number}" for number in numbers).encode() + b"\r\n"


def _names(level: Level, cell: ChangedCell) -> tuple[str, ...]:
    return (cell.period, level.field, level.level, cell.code, cell.label, cell.measure, cell.measure_label)


def _numbers(cell: ChangedCell) -> tuple[str, ...]:
    sides = (_number(cell.before, cell.before_text), _number(cell.after, cell.after_text))
    return (*sides, _plain(cell.change), _plain(cell.limit))


def _number(value: float | None, text: str) -> str:
    return text if value is None else _plain(value)


def _plain(value: float | None) -> str:
    """A number without exponents or needless zeros; a change may be of more digits than either side."""
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value)}"


def data(found: ReleaseDifference, levels: Iterable[LevelDifference]) -> dict[str, Any]:
    """The same as plain data: releases, changes of the definition, periods, and levels with their cells."""
    return {
        **head(found),
        "rule": RULE,
        "levels": [level_data(one) for one in levels],
    }


def head(found: ReleaseDifference) -> dict[str, Any]:
    """Which releases, what of the definition and the periods changed, and which levels can be compared."""
    return {
        "database": found.database.id,
        "from": release_data(found.then),
        "to": release_data(found.now),
        "changes": [change_data(change) for change in found.changes],
        "periods": {"added": [*found.added], "revised": [*found.revised], "removed": [*found.removed]},
    }


def release_data(facts: ReleaseFacts) -> dict[str, str]:
    """A release by number, version, kind and time."""
    return {
        "release": facts.release,
        "version": facts.version,
        "kind": str(facts.kind),
        "public_from": facts.public_from,
        "note": facts.note,
    }


def level_data(one: LevelDifference) -> dict[str, Any]:
    """One level: how many numbers were compared, how many moved beyond noise, and these."""
    return {
        "level": one.level.name,
        "field": one.level.field_label,
        "label": one.level.level_label,
        "periods": [*one.level.periods],
        "compared": one.n_compared,
        "beyond_noise": one.n_beyond,
        "why_not": one.why_not,
        "cells": [_cell(cell) for cell in one.cells],
    }


def _cell(cell: ChangedCell) -> dict[str, Any]:
    return {
        "period": cell.period,
        "code": cell.code,
        "label": cell.label,
        "measure": cell.measure,
        "before": cell.before,
        "after": cell.after,
        "before_text": cell.before_text,
        "after_text": cell.after_text,
        "change": None if cell.change is None else round(cell.change, 6),
        "largest_noise": cell.limit,
    }
