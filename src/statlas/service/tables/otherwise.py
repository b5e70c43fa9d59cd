"""Which numbers of two releases can differ at all: by their records, or by how a field is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from statlas.model.classification import Classification, Valueset
from statlas.model.database import Database, Field
from statlas.model.release import Manifest


def periods_apart(before: Manifest, after: Manifest) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Periods that the later release added, revised and removed, oldest first."""
    then, now = ({r.period: (r.sha256, r.epoch) for r in made.records} for made in (before, after))
    return (
        tuple(period for period in sorted(now) if period not in then),
        tuple(period for period in sorted(now) if period in then and then[period] != now[period]),
        tuple(period for period in sorted(then) if period not in now),
    )


def counted_otherwise(
    before: Database, after: Database, made_before: Manifest, made_after: Manifest, fields: Iterable[str]
) -> bool:
    """Whether a table by these fields can print other numbers although no record changed.

    That is so where the protection, the keys, the weights or what is impossible changed, or how one of the fields is
    read from the records or put together; labels and texts change no number.
    """
    if _whole(before, made_before) != _whole(after, made_after):
        return True
    then, now = ({field.id: field for field in one.categories} for one in (before, after))
    asked = [field for field in fields if field in then and field in now]
    # Most fields are as they were: fields of many thousand codes are copied bare only where something differs.
    return any(then[field] != now[field] and _bare(then[field]) != _bare(now[field]) for field in asked)


def _whole(database: Database, made: Manifest) -> tuple[object, ...]:
    return (
        *(
            database.protected_by,
            database.weight,
            database.impossible,
            replace(database.records, label="", unit=""),
            database.date.source,
        ),
        *(made.policy, made.ptable, made.family, made.key_version),
        {measure.id: replace(measure, label="", description="", statistics=()) for measure in database.measures},
    )


def _bare(field: Field) -> Field:
    """A field without what only people read."""
    levels = tuple(_bare_level(level) for level in field.classification)
    return replace(
        field,
        label="",
        description="",
        group="",
        default_valueset="",
        formerly=(),
        classification=Classification(levels),
    )


def _bare_level(level: Valueset) -> Valueset:
    return replace(level, label="", codes=tuple(replace(code, label="") for code in level))
