"""Printed numbers of the codes of a field at each period, as the checks look at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.display import cell_text
from statlas.model.finding import Place
from statlas.service.tables.release_tables import ReleaseTables, Series, levels_up_to
from statlas.service.tables.screening.breaks import PAST, Family

MOST_CODES = 1_000
"""Codes of a level that is looked at: authorities and constituencies are, small areas are not."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Numbers by period and code of one field; ``whole`` are those of the whole table at the same periods."""

    database: Database
    field: Field
    nodes: tuple[Node, ...]
    periods: tuple[str, ...]
    series: Series
    whole: Series

    @property
    def is_count(self) -> bool:
        """Whether its numbers are numbers of people, or whatever the unit is."""
        return self.series.measure.statistic == "COUNT"

    @cached_property
    def family(self) -> Family:
        """How its codes belong together."""
        at = {node: n for n, node in enumerate(self.nodes)}
        above = self.field.classification.above
        parents = [next((at[p] for p in above[node] if p in at), -1) for node in self.nodes]
        siblings: dict[tuple[str, int], list[int]] = {}
        levels: dict[str, list[int]] = {}
        for n, (node, parent) in enumerate(zip(self.nodes, parents, strict=True)):
            siblings.setdefault((node.valueset, parent), []).append(n)
            levels.setdefault(node.valueset, []).append(n)
        return Family(np.array(parents, dtype=np.int64), _arrays(siblings), _arrays(levels))

    def until(self, period: str) -> slice:
        """The rows of the period and of those that judge it."""
        end = self.periods.index(period) + 1
        return slice(max(0, end - PAST[self.database.calendar.frequency] - 2), end)

    def text(self, period: str, code: int) -> str:
        """What is printed for a code at a period."""
        return cell_text(self.series.cube, self.series.measure, (self.periods.index(period), code))

    def label(self, code: int) -> str:
        """The label of a code."""
        return self.field.classification.code(self.nodes[code]).label

    def level(self, code: int) -> str:
        """The label of the level of a code."""
        return self.field.classification[self.nodes[code].valueset].label

    def place(self, period: str, code: int) -> Place:
        """Where a code at a period is."""
        return ((self.database.date.id, period), (self.field.id, self.nodes[code].code))


def _arrays(groups: dict[tuple[str, int], list[int]] | dict[str, list[int]]) -> tuple[NDArray[np.int64], ...]:
    return tuple(np.array(group, dtype=np.int64) for group in groups.values())


def whole_of(tables: ReleaseTables, periods: tuple[str, ...], measure: str = "") -> Series | None:
    """The whole table at some periods."""
    return tables.series(periods, (), measure) if periods else None


def grids(
    tables: ReleaseTables,
    periods: tuple[str, ...],
    measure: str = "",
    *,
    only: tuple[str, ...] = (),
    common: Database | None = None,
) -> Iterator[Grid]:
    """The numbers of every field by itself, at the levels that are looked at.

    Args:
        only: ids of the fields; empty for all.
        common: another definition; codes that it does not have are left out.
    """
    whole = whole_of(tables, periods, measure)
    for field in tables.database.categories:
        if whole is not None and (not only or field.id in only):
            nodes = _shared(field, common)
            series = tables.series(periods, ((field.id, nodes),), measure) if nodes else None
            if series is not None:
                yield Grid(tables.database, field, nodes, periods, series, whole)


def _shared(field: Field, common: Database | None) -> tuple[Node, ...]:
    nodes = levels_up_to(field, MOST_CODES)
    if common is None:
        return nodes
    other = next((f for f in common.categories if f.id == field.id), None)
    there = set(levels_up_to(other, MOST_CODES)) if other else set()
    return tuple(sorted(node for node in nodes if node in there))
