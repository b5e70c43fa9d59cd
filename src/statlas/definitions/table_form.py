"""The form of a ready-made table: what stands where, and what is worked out from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from statlas.definitions.form_base import Form, Id, Text, shape_of


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
    Discriminator(shape_of),
]
MeasureName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.+-]{0,99}(:[A-Z][A-Z0-9]{0,9})?$")]
_AXIS = "Fields: `FIELD` (at its default level), `FIELD@LEVEL`, or a mapping."


class DerivedForm(Form):
    """A number worked out from the printed ones."""

    percentage: Literal["row", "column", "total"] | None = Field(
        None, description="Each cell as a percentage of its row, its column or the whole table."
    )
    change: Literal["previous", "year"] | None = Field(
        None, description="Each cell less the same cell one period before, or a year before."
    )
    rank: Id | None = Field(
        None, description="A field of the table; the place of each of its items, 1 for the largest."
    )
    formula: Text | None = Field(
        None, description="Arithmetic over names in braces: measures of the table, or codes of `field`."
    )
    measure: MeasureName | None = Field(
        None, description="With `percentage`, `change` and `rank`: the measure it is of; left out, the first."
    )
    percent: bool = Field(False, description="With `change`: as a percentage of the earlier number.")
    ascending: bool = Field(False, description="With `rank`: 1 for the smallest.")
    label: Text | None = Field(None, description="With `formula`: what people read; needed.")
    field: Id | None = Field(None, description="With `formula`: the field of which it is one more item.")
    precision: int | None = Field(None, ge=0, le=6, description="With `formula`: decimal places; left out, 1.")


class TableForm(Form):
    """A ready-made table."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")] = Field(
        description="Id of the table, part of its address."
    )
    title: Text = Field(description="Title of the table.")
    measures: list[MeasureName] = Field(
        [],
        description="`MEASURE:STATISTIC` such as `RENT:MEAN`, `MEASURE` for its first statistic, or the id of the "
        "record table for the count; left out, the count.",
    )
    derived: list[DerivedForm] = Field([], description="Numbers worked out from the printed ones, after the measures.")
    rows: list[DimensionOrName] = Field([], description=f"What stands in the rows. {_AXIS}")
    columns: list[DimensionOrName] = Field([], description=f"What stands in the columns. {_AXIS}")
    wafers: list[DimensionOrName] = Field([], description=f"What stands in the slices. {_AXIS}")
    filters: dict[Id, list[str]] = Field({}, description="Only records with these codes count: `FIELD: [codes]`.")
    periods: str = Field(
        "latest", description="Which periods: latest, latest(13), from 202404, 202404..202503, yearly or all."
    )
    view: Literal["table", "chart", "map", "motion"] = Field("table", description="How it is shown at first.")
    featured: bool = Field(False, description="Whether it stands on the site's first page, before what is not.")
