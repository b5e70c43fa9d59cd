"""The numbers of a chart as a small table: the same that its picture shows, for whoever reads rather than looks."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.charts import Choice
from statlas.charts.cells import dimension_of, keys_of, label_of, measure_of, parts, points_of, rows_of
from statlas.charts.choice import POINTS
from statlas.charts.ordering import by_size
from statlas.model.cube import Cube
from statlas.model.legend import heading

MOST_ROWS = 200
"""Rows that stand beneath a chart (arbitrary); for more the page leads to the table."""


@dataclass(frozen=True)
class Numbers:
    """A small table: ``caption``, the heads of its columns, and rows of a head with texts; ``n_left`` are left out."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    n_left: int


def of(cube: Cube, choice: Choice) -> Numbers:
    """The numbers of a chart; those of panels and series as columns."""
    return _of_points(cube, choice) if choice.kind in POINTS else _of_cells(cube, choice)


def _of_cells(cube: Cube, choice: Choice) -> Numbers:
    rows = rows_of(cube, choice)
    across = choice.colour or choice.facet
    dimension = dimension_of(cube, choice.x)
    labels = keys_of(dimension)
    heads = by_size(rows)[: choice.top] if choice.top else [labels[n] for n in parts(dimension)]
    texts: dict[str, list[str]] = {head: [] for head in heads}
    for row in rows:
        if row["x"] in texts:
            texts[row["x"]].append(row["text"])
    measure = heading(cube, measure_of(cube, choice.measure))
    columns = _columns(cube, choice, across) if across else (measure,)
    made = tuple((head, tuple(found)) for head, found in texts.items())
    return Numbers(f"{measure}: {dimension.label}", columns, made[:MOST_ROWS], max(0, len(made) - MOST_ROWS))


def _columns(cube: Cube, choice: Choice, across: str) -> tuple[str, ...]:
    names = _names(cube, across)
    if choice.colour and choice.facet:
        return tuple(f"{colour}, {panel}" for colour in names for panel in _names(cube, choice.facet))
    return tuple(names)


def _names(cube: Cube, field: str) -> list[str]:
    dimension = dimension_of(cube, field)
    labels = keys_of(dimension)
    return [labels[n] for n in parts(dimension)]


def _of_points(cube: Cube, choice: Choice) -> Numbers:
    named = (("x", choice.across), ("y", choice.up), ("size", choice.size))
    used = [(name, quantity) for name, quantity in named if quantity is not None]
    rows = points_of(cube, choice)
    made = tuple((row["point"], tuple(row[f"{name}_text"] for name, _quantity in used)) for row in rows)
    columns = tuple(label_of(cube, quantity) for _name, quantity in used)
    caption = dimension_of(cube, choice.x).label
    return Numbers(caption, columns, made[:MOST_ROWS], max(0, len(made) - MOST_ROWS))
