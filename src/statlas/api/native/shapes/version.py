"""The shapes of releases and of what differs between two."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ChangeShape(BaseModel):
    """One thing that a release changed."""

    kind: Literal["added", "removed", "relabelled", "changed", "revised"]
    level: Literal["major", "minor", "patch"]
    what: str = Field(description="field, level, code, measure, statistic, period, protection, note, text and so on.")
    where: list[str] = Field(description="The way to it: field, level, code; measure, statistic; period.")
    before: str = ""
    after: str = ""


class PeriodsApart(BaseModel):
    """Periods of the later release that the earlier has not, has otherwise, and the other way round."""

    added: list[str]
    revised: list[str]
    removed: list[str]


class Since(BaseModel):
    """What became of a release: why, and since when."""

    reason: str
    since: str


class ReleaseBrief(BaseModel):
    """A release by number and version."""

    release: str
    version: str
    kind: Literal["new", "revision", "correction"]
    public_from: str = Field(description="Since when it is public (ISO 8601, UTC).")
    note: str = Field(description="Why, and what, in plain words.")


class ReleaseInList(ReleaseBrief):
    """A release of the changelog."""

    latest: bool = Field(description="Whether it is the release that answers.")
    periods: PeriodsApart
    provisional: list[str] = Field(description="Periods whose numbers are provisional in it.")
    changes: list[ChangeShape] = Field(description="Against the release before.")
    withdrawn: Since | None = Field(description="Why it was withdrawn; null where it was not.")
    destroyed: Since | None = Field(description="Why there are no records of it any more; null where there are.")
    address: str = Field(description="Address of its schema; empty where it was withdrawn.")


class ReleasePage(BaseModel):
    """Every release of a database, the newest first."""

    database: str
    releases: list[ReleaseInList]


class ChangedCellShape(BaseModel):
    """A number that moved by more than noise."""

    period: str
    code: str = Field(description="Empty for the whole database.")
    label: str
    measure: str
    before: float | None = Field(description="The number printed; null where there was a symbol.")
    after: float | None
    before_text: str
    after_text: str
    change: float | None
    largest_noise: float = Field(description="The largest change that noise explains.")


class LevelDifferenceShape(BaseModel):
    """What differs in the table by date and one level."""

    level: str
    field: str
    label: str
    periods: list[str] = Field(description="Periods whose numbers can differ.")
    compared: int
    beyond_noise: int
    why_not: str = Field(description="Why nothing was compared; empty where it was.")
    cells: list[ChangedCellShape]


class DifferenceShape(BaseModel):
    """What differs between two releases."""

    model_config = ConfigDict(populate_by_name=True)

    database: str
    from_: ReleaseBrief = Field(alias="from")
    to: ReleaseBrief
    changes: list[ChangeShape]
    periods: PeriodsApart
    rule: str = Field(description="When a number is listed.")
    levels: list[LevelDifferenceShape]
