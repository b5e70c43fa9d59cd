"""The shape of errors."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


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
