"""The shape of what the interface says of itself."""

from __future__ import annotations

from pydantic import BaseModel, Field


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
    releases: str
    usage: str
    documentation: str
    openapi: str
    largest_table: int = Field(description="Cells that are answered at once.")
    largest_body: int = Field(description="Bytes of a request that are read.")
    formats: list[FormatShape]
