"""Areas that have become sparse: where most of what was printed is hidden now."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Field, FieldKind
from statlas.model.finding import Finding, Severity, finding_id
from statlas.service.tables.release_tables import ReleaseTables, Series, levels_up_to
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.wording import named
from statlas.wording import _

CHECK = "area-sparse"

PAST = 3
"""Periods before in which a number must have been clearly there."""
LOST, LEAST_LOST = 0.5, 3
"""Part of an area's clear numbers, and how many, that must be hidden for it to have become sparse; arbitrary."""
FIELDS = 3
MOST_CODES, LEAST_CODES = 16, 3
"""Fields by which areas are broken down: those with so many codes, the first of them."""
MOST_AREAS = 1_000
MOST_TOLD = 8


def geography_of(tables: ReleaseTables) -> tuple[Field, tuple[Node, ...]] | None:
    """The first geography, and its finest level that is no small area."""
    for field in tables.database.categories:
        if field.kind is FieldKind.GEOGRAPHY:
            levels = [level for level in field.classification.valuesets if 1 < len(level) <= MOST_AREAS]
            if levels:
                return field, levels[-1].nodes()
    return None


def broken_down_by(tables: ReleaseTables) -> tuple[Field, ...]:
    """The fields by which areas are looked at."""
    fits = (f for f in tables.database.categories if f.kind is FieldKind.CATEGORY)
    found = [f for f in fits if LEAST_CODES <= len(f.valueset) <= MOST_CODES and levels_up_to(f, MOST_CODES)]
    return tuple(found[:FIELDS])


def area_findings(compared: Compared) -> Iterator[Finding]:
    """Areas of which most numbers that were clear are hidden in the newest of the new periods."""
    geography = geography_of(compared.draft)
    if geography is None or not compared.looked_at:
        return
    area, nodes = geography
    periods = compared.past_of(compared.looked_at[-1], PAST + 1)
    clear, hidden = np.zeros(len(nodes), dtype=np.int64), np.zeros(len(nodes), dtype=np.int64)
    for field in broken_down_by(compared.draft) if len(periods) > 1 else ():
        series = compared.draft.series(periods, ((area.id, nodes), (field.id, field.valueset.nodes())))
        if series is not None:
            was, lost = _clear(series), np.isin(series.status[-1], (CellStatus.LOW, CellStatus.CONFIDENTIAL))
            clear, hidden = clear + was.sum(axis=1), hidden + (was & lost).sum(axis=1)
    sparse = (hidden >= LEAST_LOST) & (hidden >= LOST * clear)
    yield from _findings(compared, area, nodes, [int(n) for n in np.flatnonzero(sparse)], (clear, hidden))


def _clear(series: Series) -> NDArray[np.bool_]:
    """(n_areas, n_codes): whether a number nobody takes for a low one stood there in every period before."""
    past = np.nan_to_num(series.values[:-1])
    clear: NDArray[np.bool_] = past.min(axis=0) >= series.clear_number
    return clear


def _findings(
    compared: Compared,
    area: Field,
    nodes: tuple[Node, ...],
    found: list[int],
    numbers: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Iterator[Finding]:
    period, (clear, hidden) = compared.looked_at[-1], numbers
    label, level = compared.label_of(period), area.classification[nodes[0].valueset].label
    names = [area.classification.code(nodes[n]).label for n in found]
    mend = _("See whether records of the area are missing; if they are that few, say so, and that the area is hidden.")
    if len(found) > MOST_TOLD:
        said = _("{n:,} areas of {level} have become sparse in {period}: {named}.")
        yield Finding(
            finding_id(CHECK, compared.database.id, area.id, nodes[0].valueset, period, "many"),
            CHECK,
            Severity.PROBLEM,
            f"{area.label}: {level}; {label}",
            said.format(n=len(found), level=level, period=label, named=named(names)),
            mend=mend,
            place=((compared.database.date.id, period),),
        )
        return
    for n, name in zip(found, names, strict=True):
        said = _("{area} has become sparse: {lost} of its {clear} clear numbers by {fields} are hidden in {period}.")
        fields = named(field.label for field in broken_down_by(compared.draft))
        yield Finding(
            finding_id(CHECK, compared.database.id, area.id, *nodes[n], period),
            CHECK,
            Severity.WARNING,
            f"{area.label}: {name}; {label}",
            said.format(area=name, lost=hidden[n], clear=clear[n], fields=fields, period=label),
            _("{n} clear numbers").format(n=clear[n]),
            _("{n} of them printed").format(n=clear[n] - hidden[n]),
            mend,
            place=((compared.database.date.id, period), (area.id, nodes[n].code)),
        )
