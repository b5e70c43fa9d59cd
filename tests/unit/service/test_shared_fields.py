from dataclasses import replace

import pytest

from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Database, Field, FieldKind, RecordTable
from statlas.model.derivation import Column
from statlas.model.period import Calendar
from statlas.service.tables.shared_fields import shared_fields


def _field(field_id, *codes, kind=FieldKind.CATEGORY, level="L"):
    listed = Valueset(level, "Level", tuple(Code(code, code.upper()) for code in codes))
    return Field(field_id, field_id.title(), "T", Classification((listed,)), Column("c"), kind)


def _database(database_id, *fields):
    date = _field("month", "202501", kind=FieldKind.DATE)
    return Database(database_id, database_id, RecordTable("T", "Records", "unit"), Calendar(), (date, *fields))


@pytest.fixture
def one():
    """A database with a category and a geography."""
    return _database("one", _field("sex", "f", "m"), _field("area", "e1", "e2", kind=FieldKind.GEOGRAPHY, level="LA"))


def test_fields_with_the_same_categories_are_shared(one):
    """Whatever they are called; the database itself is left out, and so are dates."""
    other = _database("other", _field("gender", "f", "m"), _field("age", "x", "y"))
    found = shared_fields(one, (one, other))
    assert {name: [(d.id, f.id) for d, f in others] for name, others in found.items()} == {"sex": [("other", "gender")]}


def test_other_labels_are_other_categories(one):
    """The same codes may mean other things."""
    sex = _field("sex", "f", "m")
    renamed = Valueset("L", "Level", tuple(replace(code, label="Else") for code in sex.classification.valuesets[0]))
    other = _database("other", replace(sex, classification=Classification((renamed,))))
    assert shared_fields(one, (one, other)) == {}


def test_geographies_are_known_by_their_list(one):
    """The same level with the same places is shared; one with more places is not."""
    same = _database("same", _field("place", "e1", "e2", kind=FieldKind.GEOGRAPHY, level="LA"))
    more = _database("more", _field("place", "e1", "e2", "e3", kind=FieldKind.GEOGRAPHY, level="LA"))
    assert [d.id for d, _ in shared_fields(one, (one, same, more))["area"]] == ["same"]
