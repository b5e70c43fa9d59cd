"""Small databases that are all codes, as mapping plans speak of them."""

from __future__ import annotations

from typing import Any

from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, FieldKind, Measure, RecordTable
from statlas.model.derivation import Column, Source
from statlas.model.mapping import MappingPlan
from statlas.model.period import Calendar


def level(level_id: str, codes: Any) -> Valueset:
    """A level of codes with labels; a code with its parent is a triple."""
    made = [Code(code, label, tuple(Node(*one) for one in parents)) for code, label, *parents in codes]
    return Valueset(level_id, level_id.title(), tuple(made))


def field(*levels: Valueset, field_id: str = "AREA", label: str = "Area", source: Source | None = None) -> Field:
    """A field of some levels."""
    return Field(field_id, label, "T", Classification(levels), source or Column("area"))


def database(
    *fields: Field, measures: tuple[Measure, ...] = (), records: str = "R", mapping: MappingPlan | None = None
) -> Database:
    """A database of some fields."""
    date = Field("DATE", "Month", "T", Classification((Valueset("C_DATE", "Month", ()),)), Column("m"), FieldKind.DATE)
    return Database(
        "d",
        "D",
        RecordTable(records, "Rows", "row"),
        Calendar(),
        (date, *fields),
        measures=measures,
        mapping=mapping or MappingPlan(),
    )


def towns(*codes: tuple[str, str], **facts: Any) -> Database:
    """A database of towns in one level."""
    return database(field(level("TOWN", codes), **facts))
