"""Public cubes made by hand, for what works on cubes alone: derived numbers, files, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from statlas.model.classification import Node
from statlas.model.cube import CellStatus, Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.query import Query, Role

SHOWN, LOW, ZERO, SECRET, ABSENT = (int(status) for status in CellStatus)


def dimension(
    field: str, codes: Sequence[str], *, role: Role = Role.ROWS, total: bool = False, is_date: bool = False
) -> CubeDimension:
    """A dimension of one-code items, ``total`` last; a code with ``+`` in it is several counted together."""
    items = [_item(field, code) for code in codes]
    if total:
        nodes = tuple(dict.fromkeys(node for item in items for node in item.nodes))
        items.append(CubeItem("Total", nodes, (), is_total=True))
    return CubeDimension(field, field.title(), "T", tuple(items), role, is_date=is_date)


def _item(field: str, code: str) -> CubeItem:
    nodes = tuple(Node(f"C_{field}", one) for one in code.split("+"))
    return CubeItem(f"{field.title()} {code}", nodes, tuple(f"{field.title()} {n.code}" for n in nodes))


def measure(
    values: Any,
    status: Any = None,
    *,
    id_: str = "T",
    statistic: str = "COUNT",
    sd: float = 1.7,
    precision: int = 0,
    se: Any = None,
    flags: Any = None,
) -> CubeMeasure:
    """A measure of these values; ``status`` and ``flags`` are those of every cell unless they are arrays."""
    found = np.array(values, np.int64 if precision == 0 else np.float64)
    statuses = np.broadcast_to(np.array(SHOWN if status is None else status, np.uint8), found.shape).copy()
    hidden = ~np.isin(statuses, (SHOWN, ZERO))
    found[hidden | (statuses == ZERO)] = 0
    label = "Persons" if statistic == "COUNT" else f"{statistic.title()} of pay"
    return CubeMeasure(
        id_,
        label,
        statistic,
        "person" if statistic == "COUNT" else "GBP",
        precision,
        found,
        statuses,
        np.broadcast_to(np.array(0 if flags is None else flags, np.uint8), found.shape).copy(),
        np.where(hidden, 0.0, sd),
        None if se is None else np.broadcast_to(np.array(se, np.float64), found.shape).copy(),
    )


def cube(dimensions: Sequence[CubeDimension], *measures: CubeMeasure, **more: Any) -> Cube:
    """A protected cube of a made-up world."""
    given = {"threshold": 5, "noise_sd": 1.7, "synthetic": True, "unit": "person"} | more
    return Cube(
        database="world",
        database_label="A made-up world",
        release="1",
        released="2026-01-01T09:30:00Z",
        query=Query("world"),
        dimensions=tuple(dimensions),
        measures=measures,
        **given,
    )


@dataclass(frozen=True)
class Sizes:
    """How large a drawn cube is: periods, rows, columns."""

    periods: int
    rows: int
    columns: int


@st.composite
def public_cubes(draw: st.DrawFn, *, largest: int = 10**6) -> Cube:
    """Cubes of periods, rows and columns with totals: a count, a sum and a mean of every status."""
    sizes = Sizes(draw(st.integers(1, 14)), draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    first = draw(st.integers(0, 30))
    months = [f"{2020 + n // 12}{n % 12 + 1:02d}" for n in range(first, first + sizes.periods)]
    sides = [
        dimension("month", months, role=Role.WAFERS, is_date=True),
        dimension("area", [f"a{n}" for n in range(sizes.rows)], total=True),
        dimension("kind", [f"k{n}" for n in range(sizes.columns)], role=Role.COLUMNS, total=True),
    ]
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = tuple(len(side) for side in sides)
    statuses = chance.choice(5, shape, p=(0.7, 0.12, 0.06, 0.06, 0.06))
    spread = draw(st.sampled_from([0.0, 1.7]))
    n = chance.integers(0, largest, shape)
    pounds = np.round(chance.normal(0, largest, shape), 2)
    return cube(
        sides,
        measure(n, statuses, sd=spread),
        measure(pounds, statuses, id_="PAY:SUM", statistic="SUM", precision=2, sd=spread * 9),
        measure(np.round(pounds / 7, 2), statuses, id_="PAY:MEAN", statistic="MEAN", precision=2, sd=spread * 3),
    )
