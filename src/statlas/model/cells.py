"""What an answer is made of: dimensions with items, numbers with a status for every cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from statlas.model.classification import Node
from statlas.model.derived import Formula
from statlas.model.protection import RuleOutcome
from statlas.model.query import Query, Role


class CellStatus(IntEnum):
    """What happened to a cell.

    SHOWN: the number is printed. LOW: fewer than the threshold, or none. STRUCTURAL_ZERO: impossible by metadata,
    prints 0.
    CONFIDENTIAL: blocked by a rule. NOT_AVAILABLE: not collected.
    """

    SHOWN = 0
    LOW = 1
    STRUCTURAL_ZERO = 2
    CONFIDENTIAL = 3
    NOT_AVAILABLE = 4


class CellFlag(IntFlag):
    """What more is to be said of a printed number.

    DERIVED: a group, total or formula made of printed numbers. UNRELIABLE: more than a third of it is imputed.
    """

    NONE = 0
    DERIVED = 1
    UNRELIABLE = 2
    PROVISIONAL = 4
    REVISED = 8


SYMBOLS: dict[int, str] = {
    CellStatus.LOW: "low",
    CellStatus.CONFIDENTIAL: "c",
    CellStatus.NOT_AVAILABLE: "x",
}
"""Symbol of each status that prints no number (reference: GSS shorthand)."""


DERIVED_STATISTICS = frozenset({"PERCENTAGE", "CHANGE", "RANK", "FORMULA"})
"""Statistics of measures that are worked out from the numbers of others."""


@dataclass(frozen=True)
class CubeItem:
    """One position of a cube's dimension: its label, the nodes it holds, and the annotation keys on it.

    ``formula`` is set where its numbers are worked out from those of other items: then it holds no nodes, and its
    numbers have the formula's precision instead of the measure's.
    """

    label: str
    nodes: tuple[Node, ...]
    labels: tuple[str, ...]
    is_total: bool = False
    annotations: tuple[str, ...] = ()
    formula: Formula | None = None


@dataclass(frozen=True)
class CubeDimension:
    """A dimension of the answer, every item listed.

    ``valueset`` is set when the items are one whole level; ``is_date`` for the mandatory date, ``is_geography`` for
    places.
    """

    field: str
    label: str
    table: str
    items: tuple[CubeItem, ...]
    role: Role = Role.ROWS
    valueset: str | None = None
    annotations: tuple[str, ...] = ()
    is_date: bool = False
    is_geography: bool = False

    def __len__(self) -> int:
        return len(self.items)


Z95 = 1.96
"""Standard normal quantile of a two-sided 95% interval."""


@dataclass(frozen=True, eq=False)
class CubeMeasure:
    """The numbers of one measure.

    id: unique in the cube: the record table's for its count, else ``MEASURE:STATISTIC``; ``measure`` is the first part.
    table: the part of the public id between database and measure; empty for what is derived.
    statistic: COUNT, SUM, MEAN, MEDIAN, P10 ... or what was derived: PERCENTAGE, CHANGE, RANK, FORMULA.
    values: float64 or int64 array in the shape of the cube; 0 where the status prints no number, and never to be read
    there. status: uint8 array of ``CellStatus``. flags: uint8 array of ``CellFlag``.
    sd: float64 array, standard deviation of the noise of each cell (an upper bound for groups), to one decimal for
    counts and to two significant figures for everything else; 0 under an open policy.
    se: float64 array, standard error of a survey's design, two significant figures; None where every unit is counted.
    """

    id: str
    label: str
    statistic: str
    unit: str
    precision: int
    values: NDArray[np.generic]
    status: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sd: NDArray[np.float64]
    se: NDArray[np.float64] | None = None
    table: str = ""

    @property
    def measure(self) -> str:
        """The id of what is summarised, without its statistic."""
        return self.id.partition(":")[0]

    @property
    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Lower and upper end of the 95% interval for design and noise together; None without a design error."""
        if self.se is None:
            return None
        half = Z95 * np.hypot(self.se, self.sd)
        middle = self.values.astype(np.float64)
        return middle - half, middle + half


@dataclass(frozen=True, eq=False, repr=False)
class CubeContent:
    """Everything a ``Cube`` holds, without its ways of showing itself.

    ``query`` is the query as answered: release fixed, the mandatory date added, every item listed.
    ``cell_annotations`` maps flat row-major positions to annotation keys.
    ``annotations`` maps the keys that occur here to their texts.
    ``released`` is when the release became public, ISO 8601; ``version`` is its version, empty where it is not known.
    ``threshold`` is the smallest count printed, ``n_min_magnitude`` the smallest beside which an amount is; 0 for all.
    ``rules`` is what the rules of disclosure control said; ``blocked`` (uint8, shape of the cube, None where nothing
    is) holds for every cell the position in ``rules``, from 1, of the rule that blocks it.
    """

    database: str
    database_label: str
    release: str
    released: str
    query: Query
    dimensions: tuple[CubeDimension, ...]
    measures: tuple[CubeMeasure, ...]
    annotations: dict[str, str] = field(default_factory=dict)
    database_annotations: tuple[str, ...] = ()
    cell_annotations: dict[int, tuple[str, ...]] = field(default_factory=dict)
    licence: str = ""
    source: str = ""
    synthetic: bool = False
    threshold: int = 0
    n_min_magnitude: int = 0
    noise_sd: float = 0.0
    unit: str = ""
    rules: tuple[RuleOutcome, ...] = ()
    blocked: NDArray[np.uint8] | None = None
    version: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Items along each dimension."""
        return tuple(len(dimension) for dimension in self.dimensions)

    @property
    def n_cells(self) -> int:
        """Cells of one measure."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return self.n_cells
