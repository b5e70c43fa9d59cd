"""The shapes of jobs: what is asked, and what is told."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from statlas.formats import FORMATS


class JobRequest(BaseModel):
    """A table to be made as a file."""

    model_config = ConfigDict(extra="forbid")

    query: Any = Field(description="A query in our own words, or a table request of Stat-Xplore.")
    format: str = Field("csv", description="Name of a format.", json_schema_extra={"enum": [*sorted(FORMATS)]})
    email: bool = Field(
        default=False,
        description="Whether to send an e-mail when it has ended; it goes to the address of the key's account.",
        strict=True,
    )


class JobShape(BaseModel):
    """A job: how far it is, and where its file lies once it is done."""

    id: str = Field(description="128 random bits; who knows them may see and cancel the job.")
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float = Field(ge=0, le=1)
    cells: int = Field(description="Cells of the table.")
    cells_done: int = Field(description="Those for which all is done.")
    seconds_left: float | None = Field(None, description="About how long it takes from its turn on.")
    database: str
    release: str
    digest: str = Field(description="SHA-256 of the query, its release included.")
    format: str
    created: str
    started: str | None = None
    finished: str | None = None
    removed: str | None = Field(None, description="When the job and its file go, once it has ended.")
    url: str = Field(description="The job itself.")
    page: str = Field(description="The same for people.")
    table: str = Field(description="The page of the table; empty where its address would be too long.")
    file: str | None = Field(None, description="The file, once it is there; parts of it may be asked for.")
    file_name: str | None = None
    size: int | None = Field(None, description="Bytes of the file.")
    sha256: str | None = Field(None, description="Digest of the file, in hexadecimal.")
    problem: dict[str, Any] | None = Field(None, description="Why it failed, as RFC 9457 has it.")
