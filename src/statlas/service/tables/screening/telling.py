"""How findings on single codes are told: where they are, and many of them as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from statlas.model.finding import Finding, Severity, finding_id
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.grids import Grid
from statlas.service.tables.screening.wording import named
from statlas.wording import _

BREAK, VANISHED, APPEARED, REVISED = "series-break", "code-vanished", "code-appeared", "code-revised"

MOST_TOLD = 8
"""Codes of one level and period that are told one by one; more of them are one finding, as they have one cause."""


@dataclass(frozen=True, eq=False)
class Told:
    """Series that have been told of, by their numbers.

    Two codes that print the same numbers at every period are the same people, as London is in every geography.
    """

    seen: set[bytes] = field(default_factory=set)

    def is_new(self, grid: Grid, period: str, code: int) -> bool:
        """Whether the series has not been told of; it has from now on."""
        until = grid.until(period)
        key = grid.series.values[until, code].tobytes() + grid.series.status[until, code].tobytes()
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


def told_of(
    compared: Compared, grid: Grid, period: str, check: str, codes: list[int], one: Callable[[int], Finding]
) -> Iterator[Finding]:
    """The finding of each code, or one of many of a level."""
    levels: dict[str, list[int]] = {}
    for code in codes:
        levels.setdefault(grid.nodes[code].valueset, []).append(code)
    for level in levels.values():
        if len(level) > MOST_TOLD:
            yield _many(compared, grid, period, level, check)
        else:
            yield from map(one, level)


def where_of(compared: Compared, grid: Grid, period: str, code: int) -> str:
    """*Area: London; June 2025*."""
    return f"{grid.field.label}: {grid.label(code)}; {compared.label_of(period)}"


def id_of(compared: Compared, grid: Grid, check: str, period: str, code: int, *cause: str) -> str:
    """The id of a finding on one code at one period."""
    node, measure = grid.nodes[code], grid.series.measure.id
    return finding_id(check, compared.database.id, grid.field.id, *node, period, measure, *cause)


def _many(compared: Compared, grid: Grid, period: str, codes: list[int], check: str) -> Finding:
    """One finding for many codes of a level."""
    first, label, measure = codes[0], grid.level(codes[0]), grid.series.measure.id
    words = {
        BREAK: _("{n:,} codes of {level} break in {period}: {named}."),
        VANISHED: _("{n:,} codes of {level} print no number in {period}, as they did before: {named}."),
        APPEARED: _("{n:,} codes of {level} print numbers in {period} and never did before: {named}."),
        REVISED: _("{n:,} codes of {level} are revised by more than the others in {period}: {named}."),
    }
    said = words[check].format(
        n=len(codes), level=label, period=compared.label_of(period), named=named(grid.label(n) for n in codes)
    )
    return Finding(
        finding_id(check, compared.database.id, grid.field.id, grid.nodes[first].valueset, period, measure, "many"),
        check,
        Severity.PROBLEM,
        f"{grid.field.label}: {label}; {compared.label_of(period)}",
        said,
        mend=_(
            "So many at once have one cause: look at how the field is filled, or whether part of the file is missing."
        ),
        place=((compared.database.date.id, period),),
    )


def held(grid: Grid, code: int, found: NDArray[np.bool_]) -> bool:
    """Whether what holds a code came or went with it."""
    parent = int(grid.family.parents[code])
    return parent >= 0 and bool(found[parent])
