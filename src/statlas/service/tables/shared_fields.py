"""Fields of different databases with the same categories: what can be compared between them."""

from __future__ import annotations

from collections.abc import Mapping

from statlas.model.database import Database, Field, FieldKind

Shared = Mapping[str, tuple[tuple[Database, Field], ...]]
"""By field id: the other databases that have a field with the same codes and labels, and which it is."""


Concept = tuple[object, ...]


def shared_fields(database: Database, databases: tuple[Database, ...]) -> Shared:
    """For each field of a database where else its finest list of categories is."""
    elsewhere: dict[Concept, list[tuple[Database, Field]]] = {}
    for other in databases:
        if other.id != database.id:
            for field in other.categories:
                elsewhere.setdefault(_concept(field), []).append((other, field))
    return {
        field.id: tuple(elsewhere[_concept(field)]) for field in database.categories if _concept(field) in elsewhere
    }


def _concept(field: Field) -> Concept:
    """The same for fields with the same finest list of categories.

    Of a geography, which may have 20,000 of them, the list's id, length and ends stand for the list.
    """
    codes = field.classification.valuesets[-1].codes
    if field.kind is FieldKind.GEOGRAPHY:
        return (field.classification.valuesets[-1].id, len(codes), codes[0].id, codes[-1].id)
    return tuple((code.id, code.label) for code in codes)
