"""A query as a program writes it in JSON: the words of a ready-made table, and every position one by one if need be."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from statlas.definitions.table_form import DerivedForm

MOST_DIMENSIONS = 100
"""Fields of one query; arbitrary: rules refuse tables long before."""

MOST_MEASURES = 100
LONGEST_NAME = 300
"""Characters of a name; arbitrary, far above any."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
# A million texts of the wrong kind are one mistake.
Names = Annotated[list[Name], Field(fail_fast=True)]
RoleName = Literal["rows", "columns", "wafers"]


class StrictForm(BaseModel):
    """An object of JSON: a text is no number, a number no truth, and a name it does not know a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


def _shape_of(value: Any) -> str:
    """The branch of a choice between a text and an object."""
    return "<object>" if isinstance(value, dict | StrictForm) else "<text>"


class GroupForm(StrictForm):
    """Codes that are counted together."""

    codes: Annotated[list[Name], Field(min_length=1, fail_fast=True)] = Field(
        description="Codes: `CODE`, or `CODE@LEVEL` for one of another level."
    )
    label: Annotated[str, StringConstraints(max_length=LONGEST_NAME)] | None = Field(
        None, description="What people read; left out, the labels of the codes."
    )


CodeOrGroup = Annotated[
    Annotated[Name, Tag("<text>")] | Annotated[GroupForm, Tag("<object>")], Discriminator(_shape_of)
]
CodesOrCode = Annotated[list[Name], Field(min_length=1, fail_fast=True)] | Name


class DimensionOfQuery(StrictForm):
    """A field in a table."""

    field: Name = Field(description="Id or label of the field.")
    level: Name | None = Field(None, description="Level whose codes are shown; left out, the default level.")
    codes: Names | None = Field(None, description="Codes to show: `CODE`, or `CODE@LEVEL` for one of another level.")
    groups: dict[Name, Names] | None = Field(None, description="Groups of codes counted together: `{name: [codes]}`.")
    items: Annotated[list[CodeOrGroup], Field(min_length=1, fail_fast=True)] | None = Field(
        None, description="Codes and groups in their order, instead of `codes` and `groups`."
    )
    periods: Name | None = Field(
        None, description="Of the date: latest, latest(13), from 202404, 202404..202503, yearly, all."
    )
    total: bool = Field(False, description="Whether the total of what is listed is added, last.")
    role: RoleName = Field("rows", description="Where it stands, in `dimensions`: rows, columns or wafers.")


DimensionOrName = Annotated[
    Annotated[Name, Tag("<text>")] | Annotated[DimensionOfQuery, Tag("<object>")],
    Discriminator(_shape_of),
]
_Axis = Annotated[list[DimensionOrName], Field(max_length=MOST_DIMENSIONS, fail_fast=True)]
_AXIS = "Fields: `FIELD` (at its default level), `FIELD@LEVEL`, or an object."


class QueryForm(StrictForm):
    """What is asked of a database."""

    database: Name = Field(description="Id of the database.")
    release: Name | None = Field(None, description="Number of a release; left out, the latest.")
    asOf: Name | None = Field(  # noqa: N815 - as SDMX spells it
        None, description="In its place, the release that answered on that day, `2026-03-01`, or at that moment."
    )
    measures: Annotated[list[Name], Field(max_length=MOST_MEASURES, fail_fast=True)] = Field(
        [],
        description="`MEASURE:STATISTIC` such as `RENT:MEAN`, `MEASURE` for its first statistic, or the id of the "
        "record table for the count; left out, the count.",
    )
    dimensions: _Axis | None = Field(None, description=f"What stands in the table, in this order. {_AXIS}")
    rows: _Axis = Field([], description=f"What stands in the rows, instead of `dimensions`. {_AXIS}")
    columns: _Axis = Field([], description=f"What stands in the columns. {_AXIS}")
    wafers: _Axis = Field([], description=f"What stands in the slices. {_AXIS}")
    periods: Name | None = Field(
        None,
        description="Which dates: latest, latest(13), from 202404, 202404..202503, yearly, all; left out, the latest.",
    )
    filters: dict[Name, CodesOrCode] = Field({}, description="Only records with these codes count: `{FIELD: [codes]}`.")
    derived: Annotated[list[DerivedForm], Field(max_length=MOST_MEASURES, fail_fast=True)] = Field(
        [], description="Numbers worked out from the printed ones, after the measures."
    )
