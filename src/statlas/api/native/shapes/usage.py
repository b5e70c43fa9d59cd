"""The shapes of the counts of use."""

from __future__ import annotations

from pydantic import BaseModel, Field


class UsageShape(BaseModel):
    """How often something was given in a month."""

    month: str = Field(description="The month in UTC: `2026-11`; the last one is counted up to now.")
    database: str = Field(description="Id of the database.")
    kind: str = Field(description="What was given: `view`, `table`, `download` or `api`.")
    form: str = Field(description="The kind of page or file: `page`, `chart`, `csv`, `opendata-json`.")
    client: str = Field(description="What asked, by what it says of itself: `browser`, `python`, `r`, `bot`.")
    count: int = Field(description="How often.")


class UsagePage(BaseModel):
    """A page of the counts of use."""

    licence: str = Field(description="Licence of the counts, by its SPDX identifier.")
    found: int = Field(description="Counts that were found.")
    usage: list[UsageShape]
    next: str | None = Field(None, description="The cursor of the next page; null on the last.")
