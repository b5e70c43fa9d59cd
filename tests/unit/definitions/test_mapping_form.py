"""A mapping plan in a definition: what it says, and every name that is not there."""

import pytest

from statlas import definitions
from statlas.errors import DefinitionError
from statlas.model.classification import Node
from statlas.model.mapping import FieldMapping, MappingPlan

DEFINITION = """\
statlas: 1
id: d
label: D
unit: u
records: {label: R, table: T}
date: {column: m, provisional: ["latest(2)", "202501"]}
fields:
  - id: PLACE
    label: Place
    column: a
    levels: [{id: TOWN, label: Town, codes: {X: Xton, Y: Yton, Q: Qton}}]
measures:
  - {id: WAGE, label: Wage, column: w, unit: GBP}
"""

PLAN = """\
mapping:
  fields:
    - field: AREA
      to: PLACE
      levels: {VILLAGE: TOWN}
      codes: {"VILLAGE:A": "TOWN:X", "VILLAGE:B": ["TOWN:X", "TOWN:Q"], "VILLAGE:C": []}
  measures: {PAY: WAGE, S: T}
"""


def read(tmp_path, text):
    """The database of a definition."""
    (tmp_path / "d.yaml").write_text(DEFINITION + text, "utf-8")
    return definitions.read(tmp_path / "d.yaml")


def test_a_plan_says_what_became_of_each_name(tmp_path):
    """Fields, levels, codes that are one other, several or none, measures and the count."""
    database = read(tmp_path, PLAN)
    codes = (
        (Node("VILLAGE", "A"), (Node("TOWN", "X"),)),
        (Node("VILLAGE", "B"), (Node("TOWN", "X"), Node("TOWN", "Q"))),
        (Node("VILLAGE", "C"), ()),
    )
    field = FieldMapping("AREA", "PLACE", (("VILLAGE", "TOWN"),), codes)
    assert database.mapping == MappingPlan((field,), (("PAY", "WAGE"), ("S", "T")))
    assert database.provisional == ("latest(2)", "202501")
    assert definitions.loads(definitions.dumps(database)) == database


def test_without_one_there_is_no_plan(tmp_path):
    """And the text of the definition is what it was before there were plans."""
    database = read(tmp_path, "")
    assert not database.mapping
    assert "mapping" not in definitions.dumps(database)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("mapping: {fields: [{field: AREA}]}", "mapping.fields[0].field"),
        ("mapping: {fields: [{field: AREA, to: NONE}]}", "mapping.fields[0].to"),
        ("mapping: {fields: [{field: PLACE, levels: {A: NONE}}]}", "mapping.fields[0].levels.A"),
        ('mapping: {fields: [{field: PLACE, codes: {"TOWN:A": "TOWN:Z"}}]}', "mapping.fields[0].codes"),
        ('mapping: {fields: [{field: PLACE, codes: {"TOWN:A": "NONE:X"}}]}', "mapping.fields[0].codes"),
        ('mapping: {fields: [{field: PLACE, codes: {"A": "TOWN:X"}}]}', "mapping.fields[0].codes"),
        ('mapping: {fields: [{field: PLACE, codes: {"TOWN:A": "X"}}]}', "mapping.fields[0].codes"),
        ('mapping: {fields: [{field: PLACE, codes: {"TOWN:": "TOWN:X"}}]}', "mapping.fields[0].codes"),
        ("mapping: {measures: {PAY: NONE}}", "mapping.measures"),
        ("mapping: {fields: [{}]}", "mapping.fields[0].field"),
        ("mapping: [1]", "mapping"),
        ("mapping: {codes: {}}", "mapping"),
    ],
)
def test_what_is_not_there_is_a_fault_with_its_place(tmp_path, text, place):
    """A plan that leads nowhere would carry tables nowhere."""
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, text)
    assert place in str(caught.value), str(caught.value)


@pytest.mark.parametrize("text", ["latest(0)", "202513", "yesterday", "from 2025", "2025..202501"])
def test_provisional_periods_are_periods(tmp_path, text):
    """What names none is a fault."""
    (tmp_path / "d.yaml").write_text(DEFINITION.replace("latest(2)", text), "utf-8")
    with pytest.raises(DefinitionError, match="provisional"):
        definitions.read(tmp_path / "d.yaml")
