"""The shapes of databases, their fields and codes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class DatabaseInList(BaseModel):
    """A database as a list names it."""

    id: str
    label: str
    folder: list[str]
    description: str
    unit: str = Field(description="What is counted: claimant, household.")
    synthetic: bool
    release: str = Field(description="The release that answers.")
    version: str = Field(description="Its version: major, minor, patch.")
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
    version: str = Field(description="Its version: major, minor, patch.")
    released: str = Field(description="Since when it is public (ISO 8601, UTC).")
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
