"""The form of a mapping plan in a definition, and the plan that it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.form_base import Form, Id, Text
from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.database import Field as DatabaseField
from statlas.model.mapping import FieldMapping, MappingPlan

PLACE: Place = ("mapping",)


class FieldMappingForm(Form):
    """What became of a field and its codes."""

    field: Id = Field(description="Id that the field had in the release before.")
    to: Id | None = Field(None, description="Id that it has now; left out, the same.")
    levels: dict[Id, Id] = Field({}, description="For levels that have another id: the former one, and the one of now.")
    codes: dict[Text, Text | list[Text]] = Field(
        {},
        description="For each code that went, as `LEVEL:CODE`, the code that it became, the list of those that it was "
        "split into, or an empty list where it became nothing. Codes that became one together each name it.",
    )


class MappingForm(Form):
    """What became of names that the release before had."""

    fields: list[FieldMappingForm] = Field([], description="What became of fields and their codes.")
    measures: dict[Id, Id] = Field(
        {}, description="For measures that have another id: the former one, and that of now."
    )


def plan_of(form: MappingForm | None, database: Database, findings: Findings) -> MappingPlan:
    """The plan of a form; every name of today that it leads to has to be there."""
    if form is None:
        return MappingPlan()
    known = [measure.id for measure in database.measures] + [database.records.id]
    for old, new in form.measures.items():
        if new not in known:
            mend = did_you_mean(new, known, f"The measures are {listed(known)}.")
            findings.add((*PLACE, "measures", old), "unknown-measure", "a measure of this definition", mend)
    fields = tuple(_fields(form.fields, database, findings))
    return MappingPlan(fields, tuple(form.measures.items()))


def _fields(forms: Sequence[FieldMappingForm], database: Database, findings: Findings) -> Iterator[FieldMapping]:
    known = [field.id for field in database.categories]
    for n, form in enumerate(forms):
        place: Place = (*PLACE, "fields", n)
        name = form.to or form.field
        if name not in known:
            mend = did_you_mean(name, known, f"The fields are {listed(known)}.")
            findings.add((*place, "to" if form.to else "field"), "unknown-field", "a field of this definition", mend)
            continue
        yield _field(form, database.field(name), findings, place)


def _field(form: FieldMappingForm, field: DatabaseField, findings: Findings, place: Place) -> FieldMapping:
    levels = [level.id for level in field.classification]
    for old, new in form.levels.items():
        if new not in levels:
            mend = did_you_mean(new, levels, f"The levels are {listed(levels)}.")
            findings.add((*place, "levels", old), "unknown-level", "a level of this field", mend)
    codes = []
    for old, became in form.codes.items():
        where = (*place, "codes", old)
        before = _node(old, findings, where)
        after = [_node(text, findings, where) for text in ([became] if isinstance(became, str) else became)]
        for node in after:
            _see(node, field, findings, where)
        if before is not None and None not in after:
            codes.append((before, tuple(node for node in after if node is not None)))
    return FieldMapping(form.field, form.to or "", tuple(form.levels.items()), tuple(codes))


def _see(node: Node | None, field: DatabaseField, findings: Findings, where: Place) -> None:
    if node is None:
        return
    if node.valueset not in field.classification or node.code not in field.classification[node.valueset]:
        findings.add(where, "unknown-code", "a code of this field, as LEVEL:CODE", "Name one that is there now.")


def _node(text: str, findings: Findings, where: Place) -> Node | None:
    level, colon, code = text.partition(":")
    if level and colon and code:
        return Node(level, code)
    findings.add(where, "bad-value", "a code with its level, LEVEL:CODE", "Write the level before the code.")
    return None
