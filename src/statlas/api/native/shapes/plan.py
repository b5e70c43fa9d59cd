"""The shapes of plans."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


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
