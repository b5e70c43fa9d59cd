"""The shapes of places and of what databases say of them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class AreaInList(BaseModel):
    """A place as a list names it."""

    code: str
    label: str
    kind: str = Field(description="What its level is called: Local authority.")
    within: list[str] = Field(description="Names of what holds it, the largest first.")
    share: float | None = Field(description="Per cent of the postcodes of a district that lie in it; else null.")
    address: str = Field(description="Address of its figures.")
    page: str = Field(description="Address of its page for people.")


class AreaPage(BaseModel):
    """The places that a search finds, the nearest first."""

    areas: list[AreaInList]


class AreaName(BaseModel):
    """A place by its code and name."""

    code: str
    label: str
    kind: str


class AreaNumber(BaseModel):
    """A printed number of a period, or the symbol for why there is none."""

    period: str
    value: float | None
    symbol: str = Field(description="Empty where there is a value; low, c, x or z.")


class AreaRank(BaseModel):
    """A place in an order, 1 for the largest."""

    place: int
    of: int = Field(description="Places of the level that have a number.")
    within: str = Field(description="Code of the place in which they lie; empty for all.")
    shared: bool = Field(description="Whether others have the same number.")


class AreaRate(BaseModel):
    """The count for each thousand who live there."""

    value: float
    of: str = Field(description="people or households.")
    database: str = Field(description="Which database says how many live there.")
    period: str
    rank: AreaRank | None


class AreaFigure(BaseModel):
    """What a database says of a place, of its latest period."""

    database: str
    release: str
    field: str
    level: str
    measure: str
    synthetic: bool
    now: AreaNumber
    before: AreaNumber | None = Field(description="A year before; null where there is no such period.")
    change: float | None = Field(description="Null where one of the two numbers is not printed.")
    change_percent: float | None
    within_noise: bool | None = Field(description="Whether noise alone could have made the change.")
    series: list[AreaNumber] = Field(description="The same time of year in up to six years, the oldest first.")
    ranks: list[AreaRank] = Field(description="In the largest place that holds it, and in the smallest.")
    share_percent: float | None = Field(description="Part of the nearest place that holds it.")
    rate: AreaRate | None
    table: str = Field(description="Address of the page of its table.")


class AreaShape(BaseModel):
    """A place with its figures."""

    code: str
    label: str
    kind: str
    began: str | None = Field(description="First period in which it exists; null for always.")
    ended: str | None = Field(description="Last period in which it exists; null for still.")
    parents: list[AreaName] = Field(description="What holds it, the largest first.")
    followers: list[AreaName] = Field(description="What began where it ended.")
    neighbours: list[AreaName] = Field(description="Those that share a border; empty where borders are not known.")
    figures: list[AreaFigure]
    counting: list[str] = Field(description="Databases whose figures are still being counted: ask again.")
    refused: list[str] = Field(description="Databases whose rules refuse the table.")
