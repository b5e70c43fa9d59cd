"""The ways to look at a table: as a table, a chart, a map, in motion; each page of them leads to the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from statlas.charts.cells import parts
from statlas.definitions.address import CHART, Parameters, is_presentation
from statlas.model.cube import Cube
from statlas.web import links
from statlas.wording import _


@dataclass(frozen=True)
class View:
    """One way to look at a table."""

    name: str
    label: str
    url: str
    is_current: bool


def switch(cube: Cube, parameters: Iterable[tuple[str, str]], current: str) -> tuple[View, ...]:
    """The ways to look at a table; ``parameters`` are its parts of the address, ``current`` names the page."""
    given = tuple(parameters)
    bare = tuple(one for one in given if one[0] not in CHART and not is_presentation(one[0]))
    return tuple(View(name, label, url, name == current) for name, label, url in _views(cube, bare))


def _views(cube: Cube, parameters: Parameters) -> Iterator[tuple[str, str, str]]:
    yield "table", _("Table"), links.table(cube.database, parameters)
    yield "chart", _("Chart"), links.chart(cube.database, parameters)
    if any(d.is_geography for d in cube.dimensions):
        yield "map", _("Map"), links.map_(cube.database, parameters)
    if any(d.is_date and len(parts(d)) > 1 for d in cube.dimensions):
        yield "motion", _("Motion"), links.motion(cube.database, parameters)
