"""A recipe: the one small file that says how a database's records are drawn.

``databases/ID/generator.yaml`` is read here into frozen forms; ``docs/explanation/demonstration.md`` explains each key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator
from ruamel.yaml import YAML

from statlas.demonstration.months import MONTHS_A_YEAR, month_number, months_between, period_code
from statlas.demonstration.step_forms import OTHERWISE, Anchors, Form, Step, Weights


class Kind(StrEnum):
    """What one record is: a claim that goes on, an event, or somebody counted at a time."""

    PANEL = "panel"
    EVENTS = "events"
    SNAPSHOT = "snapshot"


class Total(Form):
    """How many of a stratum there are in each period, and where.

    ``anchors`` are totals by period, in the unit of ``Totals``; ``season`` multiplies them by calendar month.
    ``spread`` names a column of ``spreads.csv`` in proportion to which they are spread over authorities; ``regions``
    multiplies the proportion in a region, by one factor or by factors that change with time.
    """

    anchors: Anchors = Field(min_length=1)
    season: list[float] = Field([], max_length=MONTHS_A_YEAR)
    spread: str
    regions: dict[str, float | Anchors] = Field({})


class Totals(Form):
    """How many there are by period, region and stratum: two CSV files, or a few numbers for each stratum.

    ``caseload`` is a CSV of numbers by period, region and stratum, ``shares`` spreads a stratum of a region over its
    authorities.
    """

    unit: float = 1.0
    strata: dict[str, Total] = Field({})
    caseload: str | None = None
    shares: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Totals:
        assert bool(self.strata) != bool(self.caseload and self.shares), "give strata, or caseload and shares"
        return self


class Ages(Form):
    """Ages at which claims begin, or at which events are: weights of bands of years by stratum.

    A band is ``16-24`` (24 included) or a name listed in ``bands`` with its ends (the second one excluded).
    ``first`` holds other weights for the claims of the first period; ``oldest`` is the age that stands for itself and
    above.
    """

    weights: dict[str, Weights]
    first: dict[str, Weights] = Field({})
    bands: dict[str, tuple[float, float]] = Field({})
    oldest: int = 120

    def ends(self, band: str) -> tuple[float, float]:
        """First year of a band and the year after its last."""
        if band in self.bands:
            return self.bands[band]
        found = re.fullmatch(r"(\d+)-(\d+)", band)
        assert found, f"{band} is no band of ages: write 16-24, or list it in bands"
        return float(found[1]), float(found[2]) + 1


class Pension(Form):
    """What becomes of a claim when the claimant reaches State Pension age: the stratum it moves to, or null to end."""

    column: str
    before: str
    after: str
    moves: dict[str, str | None]


class Panel(Form):
    """Claims that go on from period to period.

    ``leave`` is the share of the claims of a stratum that ends in a period, which doubles every ``doubles_every``
    years of age past 70; ``before`` is how many months, on average, claims of the first period have lasted.
    """

    leave: dict[str, float]
    doubles_every: float = 8.0
    pension: Pension | None = None
    before: float = 0.0


class Elsewhere(Form):
    """The column of the authority that deals with a claim, and the shares of a stratum dealt with by another one."""

    column: str
    shares: dict[str, float]


class Places(Form):
    """The columns in which records say where, by kind of place, and the share whose address is not known."""

    columns: dict[str, str]
    unknown_share: float = 0.0
    dealt_with_by: Elsewhere | None = None


class Recipe(Form):
    """How the records of a database are drawn; ``version`` is raised whenever they are meant to change.

    ``every`` is the number of months from one period to the next: 1, 3 or 12.
    """

    database: str
    version: int
    kind: Kind
    first: str
    last: str
    every: int = 1
    unit: str
    unit_prefix: str
    period: str
    totals: Totals
    ages: Ages | None = None
    panel: Panel | None = None
    places: Places
    once: list[Step] = Field([])
    each_period: list[Step] = Field([])
    money: list[str] = Field([])
    write: list[str] = Field(description="Columns of the record files, in order.")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Recipe:
        is_panel = self.kind is Kind.PANEL
        assert is_panel == (self.panel is not None), "a panel, and nothing else, has the key panel"
        assert is_panel or not self.each_period, "each_period is for panels: an event has one period"
        assert not is_panel or self.ages, "claims begin at an age"
        return self

    @cached_property
    def months(self) -> tuple[int, ...]:
        """Month numbers of the periods, oldest first."""
        return tuple(months_between(self.first, self.last, self.every))

    @property
    def periods(self) -> tuple[str, ...]:
        """Period codes, oldest first."""
        return tuple(period_code(month, self.every) for month in self.months)

    def month_of(self, period: str) -> int:
        """The month number of a period."""
        return month_number(period)


def read_recipe(folder: Path) -> Recipe:
    """The recipe in a database's folder.

    Raises:
        pydantic.ValidationError: it has mistakes; recipes ship with the program, so they are ours.
    """
    content: Mapping[str, object] = YAML(typ="safe", pure=True).load(folder / "generator.yaml")
    return Recipe.model_validate(content)


def listed(table: Mapping[str, Weights], code: str) -> Weights:
    """The weights of a code, or those of all codes not listed."""
    return table[code] if code in table else table[OTHERWISE]
