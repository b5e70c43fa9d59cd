"""The form of a definition file: its keys, what each may hold, and the words an editor shows for it.

Every value arrives as text (see ``yaml_text``); this form turns it into what the key means.
What spans several keys or files is settled in ``building``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, FiniteFloat, StringConstraints, Tag, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.+-]{0,99}$")]
FolderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
_CODE = r"[^\s:\x00-\x1f]([^:\x00-\x1f]{0,98}[^\s:\x00-\x1f])?"
CodeId = Annotated[str, StringConstraints(pattern=f"^{_CODE}$")]
Text = Annotated[str, StringConstraints(min_length=1)]
ColumnName = Annotated[str, StringConstraints(min_length=1)]
FileName = Annotated[str, StringConstraints(min_length=1)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


def is_code(text: str) -> bool:
    """Whether a text can be a code: the last part of a public id, which a colon would cut."""
    return re.fullmatch(_CODE, text) is not None


class Form(BaseModel):
    """Any mapping of a definition: a key it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _empty_is_left_out(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class CodeForm(Form):
    """A code with more than a label."""

    label: Text = Field(description="What people read for the code.")
    parent: str | None = Field(None, description="The code that holds it, in the level above (or in `parent_level`).")
    parents: dict[Id, str] = Field({}, description="Further codes that hold it, by level: `{LEVEL_ID: code}`.")
    valid_from: str | None = Field(None, description="First period in which the code exists, such as 201804.")
    valid_to: str | None = Field(None, description="Last period in which the code exists.")


def _shape_of(value: Any) -> str:
    return "<mapping>" if isinstance(value, dict | Form) else "<text>"


CodeOrLabel = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[CodeForm, Tag("<mapping>")],
    Discriminator(_shape_of),
]
Codes = Annotated[
    Annotated[FileName, Tag("<text>")] | Annotated[dict[CodeId, CodeOrLabel], Tag("<mapping>")],
    Discriminator(_shape_of),
]
_CODES = (
    "The codes: a mapping `code: label`, or the name of a CSV file beside the definition with the columns code and "
    "label and, where needed, parent, valid_from, valid_to and `parent:LEVEL_ID`."
)


class LevelForm(Form):
    """One list of codes at which the field can be tabulated."""

    id: Id = Field(description="Id of the valueset, the fourth part of its public id.")
    label: Text = Field(description="What people read, such as *Local authority*.")
    codes: Codes = Field(description=_CODES)
    parent_level: Id | None = Field(
        None, description="The level that the parents of these codes are in; left out, the level above."
    )


class BandForm(Form):
    """A code for each band of a number."""

    column: ColumnName = Field(description="Column that holds the number.")
    codes: dict[CodeId, tuple[FiniteFloat | None, FiniteFloat | None]] = Field(
        min_length=1,
        description="Bands `code: [from, below]`; null leaves an end open. The number *from* is in, *below* is out.",
    )


class LookUpForm(Form):
    """A code looked up for a column's value in a file."""

    column: ColumnName = Field(description="Column whose value is looked up.")
    file: FileName = Field(description="CSV file beside the definition.")
    key: ColumnName = Field(description="Column of the file that holds the values looked up, each once.")
    value: ColumnName = Field(description="Column of the file that holds the code found.")


class CombineForm(Form):
    """A code for several columns' values together."""

    columns: list[ColumnName] = Field(min_length=1, description="Columns whose values are combined, in order.")
    codes: dict[CodeId, list[list[str]]] = Field(
        min_length=1, description="For each code the combinations that give it: `code: [[value, value], ...]`."
    )
    otherwise: CodeId | None = Field(
        None, description="Code of every combination not listed; left out, such a combination is a fault."
    )


class FieldForm(Form):
    """Something to classify by."""

    id: Id = Field(description="Id of the field, unique in the database; the third part of its public id.")
    label: Text = Field(description="What people read; unique in the database.")
    kind: Literal["category", "geography"] = Field("category", description="`geography` for places.")
    group: str = Field("", description="Heading under which the field is listed.")
    description: str = Field("", description="What the field means, for its own page.")
    table: Id | None = Field(None, description="Second part of the public id; left out, the id of the record table.")
    column: ColumnName | None = Field(None, description="Column that holds the code.")
    band: BandForm | None = Field(None, description="Instead of `column`: bands of a number.")
    look_up: LookUpForm | None = Field(None, description="Instead of `column`: a code looked up in a file.")
    combine: CombineForm | None = Field(None, description="Instead of `column`: several columns together.")
    missing: CodeId | None = Field(
        None, description="Code that a blank value becomes; left out, a blank is a fault of the records."
    )
    codes: Codes | None = Field(None, description=f"For a field of one level, instead of `levels`. {_CODES}")
    levels: list[LevelForm] | None = Field(
        None,
        min_length=1,
        description="Lists of codes, coarse before fine; each code may name a parent in a level above.",
    )
    default_level: Id | None = Field(None, description="Level used when a query names none; left out, the first.")
    inherit: bool = Field(
        True,
        description="Whether a cell that differs from the whole by hidden cells only is printed like the whole. "
        "Turn it off only for values that are not sensitive, with `inherit_reason`.",
    )
    inherit_reason: str = Field("", description="Why the values of the field are not sensitive.")


class RecordsForm(Form):
    """The record table."""

    table: Id = Field("RECORDS", description="Id of the record table, the second part of public ids.")
    label: Text = Field(description="What is counted, such as *Housing Benefit Claimants*.")
    unit_id: ColumnName | None = Field(
        None,
        description="Column that identifies the unit (a person, a claim), the same in every period. It is turned into "
        "a key and not kept. Left out, the key comes from the whole row and does not survive edits of it.",
    )


class DateForm(Form):
    """The date field, which every database has."""

    id: Id = Field("DATE", description="Id of the date field.")
    table: Id | None = Field(None, description="Second part of its public id; left out, the id of the record table.")
    label: Text | None = Field(None, description="What people read; left out, *Month*, *Quarter*, *Year*.")
    valueset: Id | None = Field(None, description="Id of its valueset; left out, C_ and the id of the field.")
    column: ColumnName | None = Field(
        None, description="Column that holds the date: 202509, 2025-09 or 2025-09-30. Left out: see `period`."
    )
    period: str | None = Field(
        None, description="The one period of records that have no date column; left out, `publish --period` gives it."
    )
    frequency: Literal["month", "quarter", "year", "financial_year"] = Field(
        "month", description="How often there are records."
    )
    period_label: str = Field(
        "", description="How periods are written, with %Y %y %m %B %b; left out, *September 2025*."
    )


class MeasureForm(Form):
    """A number to summarise."""

    id: Id = Field(description="Id of the measure, the third part of its public id.")
    label: Text = Field(description="What people read, such as *Weekly Award Amount*.")
    table: Id | None = Field(None, description="Second part of the public id; left out, the id of the record table.")
    column: ColumnName = Field(description="Column that holds the number.")
    unit: Text = Field(description="`GBP` for pounds, else any unit such as `weeks`.")
    precision: int | None = Field(
        None, ge=0, le=6, description="Most decimal places; left out, 2 for pounds and 0 for anything else."
    )
    statistics: list[Literal["SUM", "MEAN", "MEDIAN"]] = Field(
        ["SUM", "MEAN"], min_length=1, description="Summaries that may be asked for."
    )
    description: str = Field("", description="What the measure means.")


class AnnotationForm(Form):
    """A note: on the database, on a `field`, on a `code` of a field, or on the cells where codes meet (`cell`)."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*.]{1,10}$")] = Field(
        description="Short key shown beside the number, such as *I* or *r*."
    )
    text: Text = Field(description="The note.")
    field: Id | None = Field(None, description="Field that the note is on.")
    code: str | None = Field(None, description="Code of the field that the note is on.")
    cell: dict[Id, str] | None = Field(
        None, description="Codes by field, two or more; the note is on the cells where all of them meet."
    )


class DimensionForm(Form):
    """A field in a ready-made table."""

    field: Id = Field(description="Id of the field.")
    level: Id | None = Field(None, description="Level whose codes are shown; left out, the default level.")
    codes: list[str] | None = Field(
        None, description="Codes to show instead of the whole level; `CODE@LEVEL` takes one from another level."
    )
    groups: dict[Text, list[str]] | None = Field(None, description="Groups of codes counted together: `name: [codes]`.")
    total: bool = Field(False, description="Whether a total of what is shown is added.")


DimensionOrName = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[DimensionForm, Tag("<mapping>")],
    Discriminator(_shape_of),
]
_AXIS = "Fields: `FIELD` (at its default level), `FIELD@LEVEL`, or a mapping."


class TableForm(Form):
    """A ready-made table."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")] = Field(
        description="Id of the table, part of its address."
    )
    title: Text = Field(description="Title of the table.")
    measures: list[Id] = Field([], description="Measures by id; left out, the count of records.")
    rows: list[DimensionOrName] = Field([], description=f"What stands in the rows. {_AXIS}")
    columns: list[DimensionOrName] = Field([], description=f"What stands in the columns. {_AXIS}")
    wafers: list[DimensionOrName] = Field([], description=f"What stands in the slices. {_AXIS}")
    filters: dict[Id, list[str]] = Field({}, description="Only records with these codes count: `FIELD: [codes]`.")
    periods: str = Field("latest", description="Which periods: latest, latest(13), from 202404, 202404..202503 or all.")
    view: Literal["table", "chart", "map"] = Field("table", description="How it is shown at first.")


class ContactForm(Form):
    """Who answers questions."""

    name: str = Field("", description="Name of a team or person.")
    email: Annotated[str, StringConstraints(pattern=r"^(\S+@\S+)?$")] = Field("", description="E-mail address.")


class DefinitionForm(Form):
    """A database: what its records are, how they are classified, measured, noted and protected."""

    statlas: Literal["1"] = Field(description="Version of this format: 1.")
    id: FolderName = Field(description="Id of the database, part of every public id. Never change it.")
    label: Text = Field(description="Name of the database as people read it.")
    folder: list[Text] = Field([], description="Where it stands in the catalogue, outermost folder first.")
    description: str = Field("", description="What the database is about.")
    unit: Text = Field(description="What one record is about, in the singular: claimant, household, person.")
    synthetic: bool = Field(False, description="Whether the records are made up; every page then says so.")
    source: str = Field("", description="Where the records come from.")
    licence: str = Field("OGL-UK-3.0", description="Licence of the published statistics.")
    contact: ContactForm = Field(ContactForm.model_construct(), description="Who answers questions.")
    methodology: Address | None = Field(None, description="Address of a page on methods and quality.")
    family: FolderName = Field("default", description="Databases of one family give the same unit the same record key.")
    policy: Literal["light", "standard", "strong", "open"] = Field(
        "standard",
        description="How people are protected; `open` prints exact numbers of data that is not confidential.",
    )
    records: RecordsForm = Field(description="The record table.")
    date: DateForm = Field(description="The date field.")
    fields: list[FieldForm] = Field([], description="What records are classified by.")
    measures: list[MeasureForm] = Field([], description="Numbers to summarise.")
    annotations: list[AnnotationForm] = Field([], description="Notes.")
    tables: list[TableForm] = Field([], description="Ready-made tables.")
