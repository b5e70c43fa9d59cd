"""The shapes of saved tables: what is kept, and what is told."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class SaveRequest(BaseModel):
    """A table to be kept under a name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What it shows, in 1 to 200 printable characters.")
    query: Any = Field(description="A query in our own words, or a table request of Stat-Xplore.")


class SavedShape(BaseModel):
    """A saved table: a question, answered from the newest release unless its query names one."""

    id: str = Field(description="A UUID; `str:table:ID` in the Open Data API.")
    name: str
    created: str
    query: dict[str, Any] = Field(description="The query in our own words.")
    cannot: list[str] = Field(description="Why it cannot be asked of the newest release; empty where it can.")
    table: str = Field(description="The page of the table; empty where its address would be too long.")
    opendata: str = Field(description="Where the Open Data API answers it, for the same owner.")


class SavedTablesShape(BaseModel):
    """The saved tables of one owner."""

    saved: list[SavedShape]
