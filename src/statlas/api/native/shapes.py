"""The shapes of requests and answers, from which the OpenAPI document is made."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from statlas.definitions.query_form import Name, StrictForm

# --- errors -----------------------------------------------------------------------------------------------------------


class Mistake(BaseModel):
    """One of several mistakes of a request."""

    model_config = ConfigDict(extra="allow")

    detail: str = Field(description="What was found.")
    mend: str = Field("", description="What to change.")
    pointer: str = Field("", description="Its place in the body, as a JSON pointer.")
    nearest: list[str] = Field([], description="Of a name that is not known: the nearest that are.")


class Problem(BaseModel):
    """An error (RFC 9457); ``type`` is the address of the page that explains it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str = Field(description="What was found.")
    code: str = Field(description="The kind of error, for programs.")
    mend: str = Field(description="What to change.")
    pointer: str | None = Field(None, description="The place of the mistake in the body, as a JSON pointer.")
    nearest: list[str] | None = Field(None, description="Of a name that is not known: the nearest that are.")
    errors: list[Mistake] | None = Field(None, description="Several mistakes, each with its place.")


# --- databases --------------------------------------------------------------------------------------------------------


class DatabaseInList(BaseModel):
    """A database as a list names it."""

    id: str
    label: str
    folder: list[str]
    description: str
    unit: str = Field(description="What is counted: claimant, household.")
    synthetic: bool
    release: str = Field(description="The release that answers.")
    released: str = Field(description="When it was published (ISO 8601, UTC).")
    first_period: str
    last_period: str
    n_periods: int
    address: str = Field(description="Address of its schema.")
    page: str = Field(description="Address of its page for people.")


class DatabasePage(BaseModel):
    """A page of the databases that a search finds."""

    found: int = Field(description="Databases that were found.")
    databases: list[DatabaseInList]
    next: str | None = Field(None, description="The cursor of the next page; null on the last.")


class Note(BaseModel):
    """A note by its key."""

    key: str
    text: str


class Level(BaseModel):
    """A level of a field: a list of codes at which one can tabulate, coarse before fine."""

    id: str
    label: str
    n_codes: int
    parent: str | None = Field(description="The level that holds the parents of its codes; null for none.")
    codes: str = Field(description="Address of its codes; with .csv before the question mark all of them as CSV.")


class FieldShape(BaseModel):
    """A field to classify by."""

    id: str
    label: str
    kind: Literal["date", "geography", "category"]
    group: str
    description: str
    default_level: str
    available_from: str = Field(description="The first period in which it was collected; empty for all.")
    levels: list[Level]
    notes: list[Note]


class Statistic(BaseModel):
    """A number that a query asks for by its id."""

    id: str = Field(description="`MEASURE:STATISTIC`, as a query writes it; of the count the id of the record table.")
    statistic: str
    label: str


class MeasureShape(BaseModel):
    """A number to summarise."""

    id: str
    label: str
    unit: str
    precision: int
    description: str
    available_from: str
    statistics: list[Statistic]


class ReleaseShape(BaseModel):
    """A release that can be asked for."""

    release: str
    released: str
    first_period: str
    last_period: str
    address: str


class Protection(BaseModel):
    """How the numbers are protected; everything here is public."""

    policy: str
    version: int
    preset: str
    threshold: int
    n_min_magnitude: int
    noise_sd: float
    said: list[str]


class ReadyTable(BaseModel):
    """A table that the publisher made ready."""

    id: str
    title: str
    address: str = Field(description="Its table here.")
    page: str = Field(description="Its page for people.")


class LicenceShape(BaseModel):
    """The licence of the numbers."""

    id: str
    name: str
    url: str


class ContactShape(BaseModel):
    """Who answers questions."""

    name: str
    email: str


class DatabaseShape(DatabaseInList):
    """What can be asked of a database, as of one release."""

    latest: bool = Field(description="Whether it is the release that answers.")
    frequency: str
    count: Statistic
    date: str = Field(description="The field of the date, which is part of every table.")
    fields: list[FieldShape]
    measures: list[MeasureShape]
    notes: list[Note]
    releases: list[ReleaseShape] = Field(description="Every release that can be asked for, oldest first.")
    tables: list[ReadyTable]
    protection: Protection
    licence: LicenceShape
    contact: ContactShape
    source: str
    methodology: str


class CodeShape(BaseModel):
    """A code of a level."""

    level: str
    code: str
    label: str
    parents: list[str] = Field(description="What holds it, the main one first: `CODE@LEVEL`.")
    valid_from: str | None
    valid_to: str | None


class CodePage(BaseModel):
    """A page of the codes of a field."""

    database: str
    release: str
    field: str
    found: int = Field(description="Codes that were found.")
    codes: list[CodeShape]
    next: str | None = Field(None, description="The cursor of the next page; null on the last.")


# --- tables -----------------------------------------------------------------------------------------------------------


class Outcome(BaseModel):
    """What a rule of disclosure control says of a table."""

    rule: str
    version: int
    evaluated: int = Field(description="Areas by period that were judged.")
    passed: int
    blocked: int
    message: str
    mend: str
    areas: list[str]


class AdviceShape(BaseModel):
    """One change that would print more."""

    text: str
    passed: int
    evaluated: int


class PlanShape(BaseModel):
    """What a table would be; it is not made."""

    database: str
    release: str
    cells: int = Field(description="Cells of the answer, for each measure.")
    working_cells: int = Field(description="Published cells counted behind it.")
    seconds: float = Field(description="About how long it takes.")
    limit: int = Field(description="Cells that are answered at once.")
    at_once: bool = Field(description="Whether the table is small enough to be answered at once.")
    refused: bool = Field(description="Whether nothing at all would be printed.")
    evaluated: int = Field(description="Areas by period that the rules judge.")
    passed: int = Field(description="Areas by period that would be printed.")
    rules: list[Outcome]
    advice: list[AdviceShape] = Field(description="What to change or leave out, the best first.")
    query: dict[str, Any] = Field(description="The query, pinned to the release.")
    table: str = Field(description="Address of the table.")


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


# --- the interface itself ---------------------------------------------------------------------------------------------


class FormatShape(BaseModel):
    """A kind of file in which tables are given."""

    name: str
    suffix: str
    media_type: str
    label: str


class Index(BaseModel):
    """What the interface has."""

    title: str
    version: str
    databases: str
    tables: str
    documentation: str
    openapi: str
    largest_table: int = Field(description="Cells that are answered at once.")
    largest_body: int = Field(description="Bytes of a request that are read.")
    formats: list[FormatShape]
