"""The steps of a recipe as they are written: each says how one column is made. ``steps`` does them.

``docs/explanation/demonstration.md`` explains each key. A key that is not known is a mistake, as in a definition.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from statlas.demonstration.columns import Condition

Weights = dict[str, float]
Anchors = dict[str, float]
"""Numbers by period, with straight lines between them and level ends."""

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


class _By(Form):
    """A step whose numbers are listed by the code of a coded column, or once for all where ``by`` is left out."""

    column: str
    by: str | None = None

    @classmethod
    def _listed(cls, value: object, of_numbers: type) -> object:
        """A table for every code, where one alone is written."""
        return {OTHERWISE: value} if isinstance(value, of_numbers) else value


class Choose(_By):
    """A code drawn by weights.

    ``drift`` multiplies the weight of a code by a factor that changes from period to period.
    In ``each_period`` a claim keeps its draw for ``lasts`` months, or for ever.
    """

    weights: dict[str, Weights]
    tilts: list[Tilt] = []
    drift: dict[str, Anchors] = {}
    lasts: int = 0

    @field_validator("weights", mode="before")
    @classmethod
    def _for_all(cls, value: object) -> object:
        is_one = isinstance(value, dict) and not any(isinstance(given, dict) for given in value.values())
        return {OTHERWISE: value} if is_one else value


class Factor(Form):
    """A factor by the code of a column; codes not listed count once."""

    by: str
    factors: dict[str, float]


class Amount(_By):
    """A positive number: log-normal around a middle by code, times factors, and whole where it is to be."""

    middle: dict[str, float]
    spread: float = 0.0
    times: list[Factor] = []
    lasts: int = 0

    @field_validator("middle", mode="before")
    @classmethod
    def _for_all(cls, value: object) -> object:
        return cls._listed(value, int | float)  # type: ignore[arg-type]


class Between(_By):
    """A number drawn evenly between two ends by code; ``whole`` rounds it down."""

    between: dict[str, tuple[float, float]]
    whole: bool = False
    lasts: int = 0

    @field_validator("between", mode="before")
    @classmethod
    def _for_all(cls, value: object) -> object:
        return cls._listed(value, list)


class Some(_By):
    """How many of a small number of things are of a kind, each with the same chance: a binomial draw."""

    some_of: str
    share: dict[str, float]

    @field_validator("share", mode="before")
    @classmethod
    def _for_all(cls, value: object) -> object:
        return cls._listed(value, int | float)  # type: ignore[arg-type]


class Part(Form):
    """A part of another number by code, missing for codes not listed: the spare-room reduction of 14% or 25%."""

    column: str
    part_of: str
    by: str
    parts: dict[str, float]


class Net(Form):
    """A number with others added and taken off, times a number, within two ends; what is missing counts as none."""

    column: str
    net_of: str
    plus: list[str] = []
    less: list[str] = []
    times: str | None = None
    least: float = 0.0
    most: float | None = None


class Set(Form):
    """A code put in place of what was drawn, where a condition holds."""

    column: str
    to: str
    where: Where


class Case(Form):
    """A code where a condition holds."""

    where: Where
    code: str


class Cases(Form):
    """The code of the first case that holds, else another."""

    column: str
    cases: list[Case]
    otherwise: str


class Recode(Form):
    """A code for each code of another column; a code not listed stays as it is, or becomes ``otherwise``."""

    column: str
    recode: str
    codes: dict[str, str]
    otherwise: str | None = None


class Spelled(Form):
    """A whole number as a code, so that other codes can stand beside it."""

    column: str
    spell: str


class Blank(Form):
    """A number that is missing where a condition holds."""

    column: str
    blank_where: Where


class Uprate(Form):
    """A number times a factor that holds from a period on, until the next one."""

    column: str
    uprate: dict[str, float] = Field(min_length=1)


Step = Choose | Amount | Between | Some | Part | Net | Set | Cases | Recode | Spelled | Blank | Uprate
