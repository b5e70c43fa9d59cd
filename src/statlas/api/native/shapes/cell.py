"""The shapes of cells: a page of them, and what can be said of one."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from statlas.api.native.shapes.database import Note
from statlas.api.native.shapes.plan import Outcome
from statlas.definitions.query_form import Name, StrictForm


class Number(BaseModel):
    """A number of a cell, or the symbol that stands for it."""

    value: float | int | None
    status: str = Field(description="Empty for a printed number, else low, z, c or x.")
    flags: str
    noise_sd: float | None


class CellInPage(BaseModel):
    """A cell of a page."""

    cell: dict[str, str] = Field(description="For each field the code of its item, as /tables/cell takes it.")
    labels: dict[str, str]
    numbers: dict[str, Number] = Field(description="By the id of the measure.")
    rule: str | None = Field(description="The rule that withholds its numbers.")
    notes: list[str]


class CellPage(BaseModel):
    """A page of the cells of a table, the last field changing first."""

    database: str
    release: str
    digest: str
    n_cells: int
    cells: list[CellInPage]
    next: str | None = Field(None, description="The cursor of the next page; null on the last.")
    table: str = Field(description="Permanent address of the table.")


class CellRequest(StrictForm):
    """Which cell of which table."""

    query: dict[str, Any] = Field(description="The query of the table, in our words or Stat-Xplore's.")
    cell: dict[Name, str] = Field(
        {}, description="For each field the code of an item, `CODE@LEVEL` or its label; `Total` for a total."
    )
    measure: Name | None = Field(None, description="Id of a measure of the table; left out, the first.")


class PlaceShape(BaseModel):
    """Where a cell stands along one field."""

    field: str
    label: str
    code: str
    item: str
    codes: list[str] = Field(description="Every code that is counted in it: `CODE@LEVEL`.")
    total: bool


class NoiseShape(BaseModel):
    """How far a number may be off for being protected."""

    sd: float
    lower: float = Field(description="Lower end of a 95% interval.")
    upper: float


class DesignShape(BaseModel):
    """How far a number of a survey may be off, design and noise together."""

    standard_error: float
    lower: float
    upper: float


class NoteOn(Note):
    """A note, and what it is on."""

    on: Literal["cell", "item", "field", "database"]


class Meaning(BaseModel):
    """What a symbol says."""

    symbol: str
    means: str


class MeasureOfCell(BaseModel):
    """The measure of a cell."""

    id: str
    label: str
    statistic: str
    unit: str


class Again(BaseModel):
    """How the cell is found again."""

    cell: str = Field(description="Permanent address of this answer.")
    table: str = Field(description="Permanent address of the table.")
    page: str = Field(description="Permanent address of its page for people.")
    query: dict[str, Any]


class CellShape(BaseModel):
    """What can be said of one cell."""

    database: str
    release: str
    version: str = Field(description="Version of the release: major, minor, patch.")
    released: str
    digest: str
    synthetic: bool
    counts: str = Field(description="What it counts or summarises, in words.")
    cell: list[PlaceShape]
    measure: MeasureOfCell
    value: float | int | None
    text: str = Field(description="What a page prints.")
    status: Literal["shown", "low", "structural_zero", "confidential", "not_available"]
    flags: str
    meanings: list[Meaning]
    said: list[str] = Field(description="How the number is protected, in sentences.")
    noise: NoiseShape | None
    design: DesignShape | None
    rule: Outcome | None
    notes: list[NoteOn]
    cite: str
    again: Again
