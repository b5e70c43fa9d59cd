"""A recipe: the one small file that says how a database's records are drawn.

``databases/ID/generator.yaml`` is read here into frozen forms; ``docs/explanation/demonstration.md`` explains each key.
A key that is not known is a mistake, as in a definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from ruamel.yaml import YAML

from statlas.demonstration.columns import Condition

Band = tuple[float | None, float | None]
Weights = dict[str, float]
OTHERWISE = "otherwise"
"""Key of a table of weights or numbers that stands for every code not listed."""


def _condition(value: object) -> object:
    """YAML's spelling of a condition: a code, a list of codes, or ``{from: 25, below: 35}`` for a number."""
    if not isinstance(value, dict):
        return value
    return {name: _wanted(wanted) for name, wanted in value.items()}


def _wanted(wanted: object) -> object:
    if isinstance(wanted, dict):
        assert set(wanted) <= {"from", "below"}, f"{wanted} is no band: write from and below"
        return (wanted.get("from"), wanted.get("below"))
    return tuple(str(code) for code in wanted) if isinstance(wanted, list) else str(wanted)


Where = Annotated[Condition, BeforeValidator(_condition)]


class Form(BaseModel):
    """Any mapping of a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Tilt(Form):
    """Weights multiplied where a condition holds."""

    where: Where
    times: Weights


class Choose(Form):
    """A code drawn by weights; ``by`` names the coded column whose code picks the weights."""

    column: str
    by: str
    weights: dict[str, Weights]
    tilts: list[Tilt] = []


class Factor(Form):
    """A factor by the code of a column; codes not listed count once."""

    by: str
    factors: dict[str, float]


class Amount(Form):
    """A positive number: log-normal around a middle by code, times factors."""

    column: str
    middle: dict[str, float]
    by: str
    spread: float = 0.0
    times: list[Factor] = []


class Between(Form):
    """A number drawn evenly between two ends by code."""

    column: str
    between: dict[str, tuple[float, float]]
    by: str


class Part(Form):
    """A part of another number by code, missing for codes not listed: the spare-room reduction of 14% or 25%."""

    column: str
    part_of: str
    by: str
    parts: dict[str, float]


class Net(Form):
    """A number less others (missing counts as none), times a number, but no smaller than ``least``."""

    column: str
    net_of: str
    less: list[str] = []
    times: str | None = None
    least: float = 0.0


class Set(Form):
    """A code put in place of what was drawn, where a condition holds."""

    column: str
    to: str
    where: Where


class Uprate(Form):
    """A number times a factor that holds from a period on, until the next one."""

    column: str
    uprate: dict[str, float]


Step = Choose | Amount | Between | Part | Net | Set | Uprate


class Ages(Form):
    """Ages at which claims begin: weights of bands of years, by stratum, for the first month and for later ones."""

    bands: dict[str, tuple[float, float]]
    first: dict[str, Weights]
    later: dict[str, Weights]


class Pension(Form):
    """What becomes of a claim when the claimant reaches State Pension age: the stratum it moves to."""

    column: str
    before: str
    after: str
    moves: dict[str, str]


class Places(Form):
    """The columns in which records say where, and the shares that are somewhere else or nowhere known."""

    area: str
    authority: str
    constituency: str
    administered_by: str
    elsewhere: dict[str, float]
    unknown: str
    unknown_share: float


class Panel(Form):
    """Claims that go on from month to month.

    ``caseload`` is a CSV of claims by month, region and stratum; ``shares`` spreads a stratum of a region over its
    authorities.
    ``leave`` is the share of claims that ends in a month, which doubles every ``doubles_every`` years of age past 70.
    """

    caseload: str
    shares: str
    leave: dict[str, float]
    doubles_every: float
    ages: Ages
    pension: Pension
    places: Places
    oldest: int


class Recipe(Form):
    """How the records of a database are drawn; ``version`` is raised whenever they are meant to change."""

    database: str
    version: int
    first: str
    last: str
    unit: str
    unit_prefix: str
    month: str
    panel: Panel
    once: list[Step]
    monthly: list[Step]
    money: list[str]
    write: list[str] = Field(description="Columns of the record files, in order.")


def read_recipe(folder: Path) -> Recipe:
    """The recipe in a database's folder.

    Raises:
        pydantic.ValidationError: it has mistakes; recipes ship with the program, so they are ours.
    """
    content: Mapping[str, object] = YAML(typ="safe", pure=True).load(folder / "generator.yaml")
    return Recipe.model_validate(content)
