"""The form of a field: its lists of codes, and where the code of a record comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, FiniteFloat, Tag

from statlas.definitions.form_base import CodeId, ColumnName, FileName, Form, Id, Text, shape_of


class CodeForm(Form):
    """A code with more than a label."""

    label: Text = Field(description="What people read for the code.")
    parent: str | None = Field(None, description="The code that holds it, in the level above (or in `parent_level`).")
    parents: dict[Id, str] = Field({}, description="Further codes that hold it, by level: `{LEVEL_ID: code}`.")
    valid_from: str | None = Field(None, description="First period in which the code exists, such as 201804.")
    valid_to: str | None = Field(None, description="Last period in which the code exists.")


CodeOrLabel = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[CodeForm, Tag("<mapping>")],
    Discriminator(shape_of),
]
Codes = Annotated[
    Annotated[FileName, Tag("<text>")] | Annotated[dict[CodeId, CodeOrLabel], Tag("<mapping>")],
    Discriminator(shape_of),
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
    small_areas: bool | None = Field(
        None,
        description="Whether the areas of a geography's level are smaller than authorities; left out, the number of "
        "its codes tells.",
    )


class PopulationForm(Form):
    """How many people, or households, live in each area: never how many are in the records."""

    file: FileName = Field(
        description="CSV file beside the definition with the columns code, persons, households and, where needed, "
        "level; only the column named in `of` has to be there."
    )
    of: Literal["persons", "households"] = Field("persons", description="Which column counts.")


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


class FormerForm(Form):
    """A name under which the field was known once. Queries that use it are understood."""

    table: Id | None = Field(None, description="Second part of its public id then; left out, what it is now.")
    id: Id | None = Field(None, description="Its id then; left out, what it is now.")
    valuesets: dict[Id, Id] = Field({}, description="Ids that its valuesets had then, each with what it is now.")


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
    available_from: str | None = Field(
        None,
        description="First period in which the field was collected. Before it its cells are *not available*, and what "
        "stands in the column is not read.",
    )
    population: PopulationForm | None = Field(
        None, description="For a geography: how many live in its areas, by which the smallest are not printed."
    )
    formerly: list[FormerForm] = Field([], description="Names under which the field was known once.")
