"""Combinations of two codes: those that nobody ever had and many have now, and those that are gone.

What cannot be, as parents of age 3, is best declared `impossible:`, and then the load refuses it to the last record.
Where it is not declared, a combination that printed no number in any period before, though both its codes are common,
and prints a clear one now, is told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Field, FieldKind
from statlas.model.display import cell_text
from statlas.model.finding import Finding, Severity, finding_id
from statlas.service.tables.release_tables import Series
from statlas.service.tables.screening.breaks import fading
from statlas.service.tables.screening.compared import MOST_READ, Compared
from statlas.service.tables.screening.wording import named
from statlas.wording import _

NEW, GONE = "combination-new", "combination-gone"

PAST = 12
"""Periods before a new one that are looked at: a year of months."""
LEAST_PAST = 3
MOST_CODES = 100
"""Codes of the level at which a field is crossed: its finest with at most so many, single years of age among them."""
MOST_CELLS = 3_000
MOST_PAIRS, LEAST_PAIRS = 300, 20
"""Pairs of fields, those without a place first; fewer where people are many."""
MOST_TOLD = 3
"""Combinations of two fields and a period that are told one by one; arbitrary."""
_GONE_TIMES = 3.0
"""Times a clear number from which a combination that prints none is told of."""


@dataclass(frozen=True, eq=False)
class Crossing:
    """Two fields at one level each."""

    fields: tuple[Field, Field]
    nodes: tuple[tuple[Node, ...], tuple[Node, ...]]


def crossings(compared: Compared) -> tuple[tuple[Crossing, ...], int]:
    """The pairs of fields that are looked at, and how many are left out."""
    fields = [(field, nodes) for field in compared.database.categories if (nodes := _level(field))]
    places = [field for field, _nodes in fields if field.kind is FieldKind.GEOGRAPHY]
    usable = [(f, nodes) for f, nodes in fields if f.kind is not FieldKind.GEOGRAPHY or f is places[0]]
    usable.sort(key=lambda one: one[0].kind is FieldKind.GEOGRAPHY)
    pairs = [Crossing((a, b), (of_a, of_b)) for (a, of_a), (b, of_b) in combinations(usable, 2)]
    found = sorted(filter(_fits, pairs), key=lambda crossing: crossing.fields[1].kind is FieldKind.GEOGRAPHY)
    reads = compared.read(periods_of(compared))
    most = int(max(LEAST_PAIRS, min(MOST_PAIRS, MOST_READ // max(reads, 1))))
    return tuple(found[:most]), len(pairs) - len(found[:most])


def _fits(crossing: Crossing) -> bool:
    return len(crossing.nodes[0]) * len(crossing.nodes[1]) <= MOST_CELLS


def periods_of(compared: Compared) -> tuple[str, ...]:
    """The new periods and those that they are held against."""
    if not compared.looked_at:
        return ()
    return compared.past_of(compared.looked_at[-1], PAST + len(compared.looked_at))


def _level(field: Field) -> tuple[Node, ...]:
    """The finest level of a field with few enough codes; of a geography the coarsest of more than one."""
    levels = [level for level in field.classification.valuesets if 1 < len(level) <= MOST_CODES]
    if not levels:
        return ()
    return levels[0 if field.kind is FieldKind.GEOGRAPHY else -1].nodes()


def pair_findings(
    compared: Compared, found: tuple[Crossing, ...], told: frozenset[tuple[str, str, str]] = frozenset()
) -> Iterator[Finding]:
    """Combinations that appear in the new periods, or vanish.

    Args:
        told: period, field and code of what is told of by itself: that combinations of it are gone follows.
    """
    periods = periods_of(compared)
    for crossing in found if periods else ():
        fields = tuple((field.id, nodes) for field, nodes in zip(crossing.fields, crossing.nodes, strict=True))
        series = compared.draft.series(periods, fields)
        if series is not None:
            for period in compared.looked_at:
                yield from _of_crossing(compared, crossing, series, periods, period, told)


def _of_crossing(
    compared: Compared,
    crossing: Crossing,
    series: Series,
    periods: tuple[str, ...],
    period: str,
    told: frozenset[tuple[str, str, str]],
) -> Iterator[Finding]:
    at = periods.index(period)
    past, now = np.nan_to_num(series.values[max(0, at - PAST) : at]), np.nan_to_num(series.values[at])
    if len(past) < LEAST_PAST:
        return
    low = series.status[at] == CellStatus.LOW
    least = series.clear_number
    new = (past.max(axis=0) <= 0) & (now >= least) & _common(past, least)
    steady = (past.min(axis=0) >= _GONE_TIMES * least) & ~fading(past, least)
    gone = steady & low & _common(now[None], least) & ~_follows(crossing, period, told)
    for check, cells in ((NEW, new), (GONE, gone)):
        places = [(int(a), int(b)) for a, b in np.argwhere(cells)]
        if len(places) > MOST_TOLD:
            yield _many(compared, crossing, period, places, check)
        else:
            yield from (_one(compared, crossing, series, at, period, place, check) for place in places)


def _follows(crossing: Crossing, period: str, told: frozenset[tuple[str, str, str]]) -> NDArray[np.bool_]:
    """Cells one of whose codes is told of by itself."""
    rows, columns = (
        np.array([(period, field.id, node.code) in told for node in nodes])
        for field, nodes in zip(crossing.fields, crossing.nodes, strict=True)
    )
    follows: NDArray[np.bool_] = rows[:, None] | columns[None, :]
    return follows


def _common(values: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    """Cells both of whose codes have been clearly there, in sum over the other field."""
    of_rows, of_columns = values.sum(axis=2).min(axis=0), values.sum(axis=1).min(axis=0)
    common: NDArray[np.bool_] = (of_rows >= least)[:, None] & (of_columns >= least)[None, :]
    return common


def _names(crossing: Crossing, place: tuple[int, int]) -> list[str]:
    return [
        f.classification.code(nodes[n]).label
        for f, nodes, n in zip(crossing.fields, crossing.nodes, place, strict=True)
    ]


def _one(
    compared: Compared,
    crossing: Crossing,
    series: Series,
    at: int,
    period: str,
    place: tuple[int, int],
    check: str,
) -> Finding:
    (a, b), (x, y) = crossing.fields, _names(crossing, place)
    new = _("{a} together with {b} prints a number in {period}; it did in none of the {n} periods before.")
    gone = _("{a} together with {b} prints no number in {period}; it did in each of the {n} periods before.")
    nodes = [nodes[n] for nodes, n in zip(crossing.nodes, place, strict=True)]
    return Finding(
        finding_id(check, compared.database.id, a.id, *nodes[0], b.id, *nodes[1], period),
        check,
        Severity.PROBLEM if check == NEW else Severity.WARNING,
        f"{a.label}: {x}; {b.label}: {y}; {compared.label_of(period)}",
        (new if check == NEW else gone).format(
            a=f"{a.label} {x}", b=f"{b.label} {y}", period=compared.label_of(period), n=min(at, PAST)
        ),
        cell_text(series.cube, series.measure, (at - 1, *place)),
        cell_text(series.cube, series.measure, (at, *place)),
        _("If it cannot be, mend the records and declare it under `impossible:`; if it can, say what has changed.")
        if check == NEW
        else _("See whether one of the two fields is filled as before; if it has ended, say so."),
        place=((compared.database.date.id, period), (a.id, nodes[0].code), (b.id, nodes[1].code)),
    )


def _many(compared: Compared, crossing: Crossing, period: str, places: list[tuple[int, int]], check: str) -> Finding:
    a, b = crossing.fields
    new = _("{n:,} combinations of {a} and {b} print numbers in {period} and never did before: {named}.")
    gone = _("{n:,} combinations of {a} and {b} print no number in {period}, as they did before: {named}.")
    said = (new if check == NEW else gone).format(
        n=len(places),
        a=a.label,
        b=b.label,
        period=compared.label_of(period),
        named=named(" / ".join(_names(crossing, place)) for place in places),
    )
    return Finding(
        finding_id(check, compared.database.id, a.id, b.id, period, "many"),
        check,
        Severity.PROBLEM,
        f"{a.label}; {b.label}; {compared.label_of(period)}",
        said,
        mend=_("So many at once have one cause: look at how these two fields are filled."),
        place=((compared.database.date.id, period),),
    )
