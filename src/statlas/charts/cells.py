"""The cells of a cube that a chart shows, as the rows of data in its specification.

Every row says which cell of which measure it is, so that each number can be held against the table's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from statlas.charts.choice import Choice, Quantity
from statlas.charts.marks import sign_of
from statlas.errors import UnknownNameError
from statlas.model.cells import Z95, CubeContent, CubeDimension, CubeMeasure
from statlas.model.display import cell_text, precision_at
from statlas.model.explanation import value_of
from statlas.model.frames import code_of
from statlas.model.legend import heading
from statlas.wording import _

Row = dict[str, Any]
Cell = tuple[int, ...]


def dimension_of(cube: CubeContent, field: str) -> CubeDimension:
    """The dimension of a field of the table.

    Raises:
        UnknownNameError: it is not in the table.
    """
    for dimension in cube.dimensions:
        if dimension.field == field:
            return dimension
    raise UnknownNameError(
        _("{field!r} is not a field of the table.").format(field=field),
        component=field,
        mend=_("Choose a field that stands in the table."),
    )


def measure_of(cube: CubeContent, measure_id: str) -> CubeMeasure:
    """A measure by its id; the first where none is named.

    Raises:
        UnknownNameError: it is not in the table.
    """
    for measure in cube.measures:
        if measure.id == measure_id or not measure_id:
            return measure
    raise UnknownNameError(
        _("{measure_id!r} is not a number of the table.").format(measure_id=measure_id),
        component=measure_id,
        mend=_("Choose a number that stands in the table."),
    )


def parts(dimension: CubeDimension) -> tuple[int, ...]:
    """The positions of a dimension's items, totals and formulas left out where anything else is there."""
    own = tuple(n for n, item in enumerate(dimension.items) if not item.is_total and item.formula is None)
    return own or tuple(range(len(dimension)))


def usual_position(dimension: CubeDimension) -> int:
    """Which item is meant where none is chosen: the latest date, else the total, else the first."""
    if dimension.is_date:
        return parts(dimension)[-1]
    return next((n for n, item in enumerate(dimension.items) if item.is_total), 0)


def place(cube: CubeContent, choice: Choice) -> dict[str, int]:
    """The position of every field that stands nowhere in the chart."""
    chosen = dict(choice.at)
    return {d.field: chosen.get(d.field, usual_position(d)) for d in cube.dimensions if d.field not in choice.fields}


LONGEST = 160
"""Letters of a label in a picture (arbitrary: four lines); labels of groups come out of addresses."""


def keys_of(dimension: CubeDimension) -> list[str]:
    """The labels of a dimension's items, long ones cut; where two are alike, each with its code or its place."""
    labels = [cut(item.label) for item in dimension.items]
    found = Counter(labels)
    coded = [
        label if found[label] == 1 else f"{label} ({cut(code_of(dimension, n), 40)})" for n, label in enumerate(labels)
    ]
    again = Counter(coded)
    return [label if again[label] == 1 else f"{label} ({n + 1})" for n, label in enumerate(coded)]


def cut(text: str, most: int = LONGEST) -> str:
    """A text of at most so many letters, with an ellipsis where it had more."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def rows_of(cube: CubeContent, choice: Choice) -> list[Row]:
    """A row for each cell that the chart shows, fields by their roles ``x``, ``series`` and ``panel``."""
    measure, fixed = measure_of(cube, choice.measure), place(cube, choice)
    roles = [("x", choice.x), ("series", choice.colour), ("panel", choice.facet)]
    used = [(role, dimension_of(cube, field)) for role, field in roles if field]
    labels = {role: keys_of(dimension) for role, dimension in used}
    rows = []
    for positions in product(*(parts(dimension) for _role, dimension in used)):
        at = fixed | {d.field: n for (_role, d), n in zip(used, positions, strict=True)}
        cell = tuple(at[d.field] for d in cube.dimensions)
        named = {role: labels[role][n] for (role, _d), n in zip(used, positions, strict=True)}
        rows.append({**named, "order": positions[0], **row_of(cube, measure, cell)})
    return rows


def row_of(cube: CubeContent, measure: CubeMeasure, cell: Cell) -> Row:
    """One cell: where it stands, its number (None where none is printed), its text, its sign and its interval."""
    row: Row = {
        "cell": _flat(cube, cell),
        "measure": measure.id,
        "value": value_of(cube, measure, cell),
        "text": cell_text(cube, measure, cell),
        "sign": sign_of(measure, cell),
    }
    return row | _interval(cube, measure, cell) if row["value"] is not None else row


def _flat(cube: CubeContent, cell: Cell) -> int:
    return int(np.ravel_multi_index(cell, cube.shape)) if cell else 0


def _interval(cube: CubeContent, measure: CubeMeasure, cell: Cell) -> Row:
    """The ends of the 95% interval for noise, and in a survey for its design; none where the number is exact."""
    half = Z95 * spread(measure, cell)
    if not half:
        return {}
    decimals, value = max(precision_at(cube, measure, cell), 1), float(measure.values[cell])
    lower = max(value - half, 0.0) if measure.statistic == "COUNT" else value - half
    return {"lower": round(lower, decimals), "upper": round(value + half, decimals)}


def spread(measure: CubeMeasure, cell: Cell) -> float:
    """The standard deviation of a number for noise and design together; 0 of a place in an order."""
    if measure.statistic == "RANK":
        return 0.0
    design = 0.0 if measure.se is None else float(np.nan_to_num(measure.se[cell]))
    return float(np.hypot(float(measure.sd[cell]), design))


def positions_of_point(cube: CubeContent, choice: Choice, quantity: Quantity, point: int) -> Cell:
    """The cell in which a quantity of a point stands."""
    at = place(cube, choice) | dict(quantity.at) | {choice.x: point}
    return tuple(at[d.field] for d in cube.dimensions)


def points_of(cube: CubeContent, choice: Choice) -> list[Row]:
    """A row for each point: its label, and of each quantity the number, text, cell and measure."""
    dimension = dimension_of(cube, choice.x)
    labels = keys_of(dimension)
    named: Sequence[tuple[str, Quantity | None]] = (("x", choice.across), ("y", choice.up), ("size", choice.size))
    quantities = [(name, q) for name, q in named if q is not None]
    return [
        {"point": labels[n], "order": n, **dict(_quantities(cube, choice, quantities, n))} for n in parts(dimension)
    ]


def _quantities(
    cube: CubeContent, choice: Choice, quantities: Sequence[tuple[str, Quantity]], point: int
) -> Iterator[tuple[str, Any]]:
    for name, quantity in quantities:
        cell = positions_of_point(cube, choice, quantity, point)
        row = row_of(cube, measure_of(cube, quantity.measure), cell)
        yield name, row["value"]
        for part in ("cell", "measure", "text", "sign", "lower", "upper"):
            if part in row:
                yield f"{name}_{part}", row[part]


def label_of(cube: CubeContent, quantity: Quantity) -> str:
    """What a quantity is called: *% of row, Job Outcome after Referral: Within 12 months*."""
    found = [cut(heading(cube, measure_of(cube, quantity.measure)))]
    for field, n in quantity.at:
        dimension = dimension_of(cube, field)
        if len(dimension) > 1:
            found.append(f"{dimension.label}: {keys_of(dimension)[n]}")
    return ", ".join(found)
