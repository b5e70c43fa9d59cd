"""Everything that can be said of one cell of a table: what it counts, what happened to it, how far it may be off.

It is told from the public cube alone, so nothing can be learnt here that the table does not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from statlas.errors import QueryError, UnknownNameError
from statlas.model import titles, words
from statlas.model.cells import (
    SYMBOLS,
    Z95,
    CellFlag,
    CellStatus,
    CubeContent,
    CubeDimension,
    CubeItem,
    CubeMeasure,
)
from statlas.model.database import Database
from statlas.model.display import cell_text, precision_at
from statlas.model.frames import code_of
from statlas.model.legend import FLAG_MARKS, STRUCTURAL_ZERO, heading, sentence
from statlas.model.protection import RuleOutcome
from statlas.wording import _

Cell = tuple[int, ...]
"""The position of a cell along each dimension of its cube."""

TOTAL = "Total"
"""How a total is chosen, whatever its label; its code in files is empty, which chooses it too."""

_PRINTED = (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)


@dataclass(frozen=True)
class Noise:
    """How far a printed number may be off for being protected: sd, and the ends of a 95% interval."""

    sd: float
    lower: float
    upper: float


@dataclass(frozen=True)
class DesignError:
    """How far a survey's number may be off: its standard error, and a 95% interval for design and noise together."""

    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Note:
    """A note that applies to a cell: its key, its text, and what it is on: cell, item, field or database."""

    key: str
    text: str
    on: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """What can be said of one cell.

    counts: what is counted or summarised in it, in words.
    value: the number as it is printed, None where none is; ``text`` is what a page prints.
    meanings: each symbol of the cell with its sentence.
    noise: None where no number is printed, or it is a place in an order.
    rule: what the rule says that withholds the number.
    """

    cell: Cell
    items: tuple[tuple[CubeDimension, int], ...]
    measure: CubeMeasure
    counts: str
    value: float | int | None
    text: str
    status: CellStatus
    flags: CellFlag
    meanings: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    noise: Noise | None
    design: DesignError | None
    rule: RuleOutcome | None
    notes: tuple[Note, ...]


# --- which cell -------------------------------------------------------------------------------------------------------


def cell_of(cube: CubeContent, chosen: Mapping[str, str]) -> Cell:
    """The position of the cell that ``chosen`` names.

    Args:
        cube: the table.
        chosen: for each field the code of an item as files write it, ``CODE@LEVEL``, or its label; a field of one item
            may be left out.

    Raises:
        UnknownNameError: a field is not in the table, or has no such item.
        QueryError: a field is left out, or a name means several items.
    """
    known = {d.field for d in cube.dimensions}
    for name in chosen:
        if name not in known:
            raise UnknownNameError(
                _("{name!r} is not a field of the table.").format(name=name),
                component=name,
                mend=_("It has {known}.").format(known=words.listed(sorted(known))),
            )
    return tuple(_position(d, chosen.get(d.field)) for d in cube.dimensions)


def measure_of(cube: CubeContent, measure_id: str) -> CubeMeasure:
    """The measure of that id; the first where none is named.

    Raises:
        UnknownNameError: it is not in the table.
    """
    found = next((m for m in cube.measures if not measure_id or m.id == measure_id), None)
    if found is None:
        raise UnknownNameError(
            _("{measure_id!r} is not a measure of the table.").format(measure_id=measure_id),
            component=measure_id,
            mend=_("It has {listed}.").format(listed=words.listed(m.id for m in cube.measures)),
        )
    return found


def _position(dimension: CubeDimension, name: str | None) -> int:
    if name is None and len(dimension) == 1:
        return 0
    if name is None:
        raise QueryError(
            _("The cell names no item of {field}.").format(field=dimension.field),
            mend=_("Name one item of each field."),
        )
    for names in (_codes, _full_codes, _labels):
        found = [n for n, item in enumerate(dimension.items) if name in names(dimension, n, item)]
        if len(found) > 1:
            raise QueryError(
                _("{name!r} means several items of {field}.").format(name=name, field=dimension.field),
                mend=_("Write the code as CODE@LEVEL."),
            )
        if found:
            return found[0]
    raise UnknownNameError(
        _("{name!r} is not an item of {field} in this table.").format(name=name, field=dimension.field),
        component=name,
        mend=_("Write the code as a file of the table has it."),
        field=dimension.field,
    )


def _codes(dimension: CubeDimension, n: int, item: CubeItem) -> tuple[str, ...]:
    return (code_of(dimension, n), *((TOTAL,) if item.is_total else ()))


def _full_codes(dimension: CubeDimension, n: int, item: CubeItem) -> tuple[str, ...]:  # noqa: ARG001 - one shape
    return ("+".join(f"{node.code}@{node.valueset}" for node in item.nodes),) if item.nodes else ()


def _labels(dimension: CubeDimension, n: int, item: CubeItem) -> tuple[str, ...]:  # noqa: ARG001 - one shape
    return (item.label,)


def unambiguous_codes(dimension: CubeDimension) -> list[str]:
    """How each item is chosen: by its code as files write it, with its level where two items have the same code."""
    found = [code_of(dimension, n) for n in range(len(dimension))]
    counts = Counter(found)
    full = ["+".join(f"{node.code}@{node.valueset}" for node in item.nodes) for item in dimension.items]
    return [
        "Total" if item.is_total else plain if counts[plain] == 1 else exact or item.label
        for plain, exact, item in zip(found, full, dimension.items, strict=True)
    ]


# --- what is said of it -----------------------------------------------------------------------------------------------


def explain(cube: CubeContent, cell: Cell, measure: CubeMeasure, database: Database | None = None) -> Explanation:
    """What can be said of a cell.

    Args:
        cube: the table.
        cell: as ``cell_of`` gives it.
        measure: one of the cube's.
        database: names the categories of filters, where it is at hand.
    """
    items = tuple(zip(cube.dimensions, cell, strict=True))
    status, flags = CellStatus(int(measure.status[cell])), CellFlag(int(measure.flags[cell]))
    noise = _noise(cube, measure, cell) if status in _PRINTED else None
    return Explanation(
        cell,
        items,
        measure,
        _counts(cube, measure, items, database),
        value_of(cube, measure, cell),
        cell_text(cube, measure, cell),
        status,
        flags,
        tuple((f"[{symbol}]", sentence(symbol, cube)) for symbol in _symbols(status, flags)),
        tuple(_said(cube, status, noise)),
        noise,
        _design(measure, cell) if status in _PRINTED else None,
        _rule(cube, cell) if status is CellStatus.CONFIDENTIAL else None,
        tuple(_notes(cube, cell, items)),
    )


def citation(cube: CubeContent, explained: Explanation, link: str = "") -> str:
    """How to cite a cell: what it is, where it stands, who publishes it under which licence, and its address."""
    parts = [
        f"{explained.counts}: {explained.text}",
        _("{database}, release {release}, published {day}").format(
            database=cube.database_label, release=cube.release, day=words.day(cube.released)
        ),
        *([cube.source] if cube.source else []),
        *([_("Synthetic: these are invented people")] if cube.synthetic else []),
        words.licence(cube.licence).name,
        link,
    ]
    return ". ".join(part.rstrip(".") for part in parts if part)


def _counts(
    cube: CubeContent,
    measure: CubeMeasure,
    items: tuple[tuple[CubeDimension, int], ...],
    database: Database | None,
) -> str:
    """*Housing Benefit Claimants; Month: September 2025; Tenure: Private; only Office: Near*."""
    placed = (f"{d.label}: {d.items[n].label}" for d, n in items)
    only = (titles.only(one, database, begins=False) for one in cube.query.filters)
    return "; ".join((heading(cube, measure), *placed, *only))


def value_of(cube: CubeContent, measure: CubeMeasure, cell: Cell) -> float | int | None:
    """The number that is printed in a cell, whole ones as integers; None where none is."""
    if int(measure.status[cell]) not in _PRINTED:
        return None
    number = measure.values[cell]
    return int(number) if precision_at(cube, measure, cell) <= 0 else float(number)


def _symbols(status: CellStatus, flags: CellFlag) -> Iterator[str]:
    if status in SYMBOLS:
        yield SYMBOLS[status]
    if status is CellStatus.STRUCTURAL_ZERO:
        yield STRUCTURAL_ZERO
    if status in _PRINTED:
        yield from (mark for flag, mark in FLAG_MARKS.items() if flags & flag)


def _said(cube: CubeContent, status: CellStatus, noise: Noise | None) -> Iterator[str]:
    """How the number is protected, in sentences."""
    if not cube.noise_sd and not cube.threshold:
        yield from words.protection(0, 0)
    elif noise is not None and noise.sd and status is CellStatus.SHOWN:
        said = _(
            "The number carries noise with a standard deviation of about {sd}, so that nobody can be found; "
            "with 95% confidence the number without it lies between {lower} and {upper}."
        )
        yield said.format(sd=f"{noise.sd:g}", lower=f"{noise.lower:,g}", upper=f"{noise.upper:,g}")


def _noise(cube: CubeContent, measure: CubeMeasure, cell: Cell) -> Noise | None:
    if measure.statistic == "RANK":
        return None
    sd, value = float(measure.sd[cell]), float(measure.values[cell])
    decimals = max(precision_at(cube, measure, cell), 1)
    lower, upper = round(value - Z95 * sd, decimals), round(value + Z95 * sd, decimals)
    return Noise(sd, max(lower, 0.0) if measure.statistic == "COUNT" else lower, upper)


def _design(measure: CubeMeasure, cell: Cell) -> DesignError | None:
    interval = measure.interval
    if measure.se is None or interval is None or np.isnan(measure.se[cell]):
        return None
    decimals = max(measure.precision, 1)
    lower, upper = (round(float(end[cell]), decimals) for end in interval)
    return DesignError(float(measure.se[cell]), lower, upper)


def _rule(cube: CubeContent, cell: Cell) -> RuleOutcome | None:
    number = 0 if cube.blocked is None else int(cube.blocked[cell])
    return cube.rules[number - 1] if number else None


def _notes(cube: CubeContent, cell: Cell, items: tuple[tuple[CubeDimension, int], ...]) -> Iterator[Note]:
    flat = int(np.ravel_multi_index(cell, cube.shape)) if cell else 0
    keys = chain(
        ((key, "cell") for key in cube.cell_annotations.get(flat, ())),
        ((key, "item") for d, n in items for key in d.items[n].annotations),
        ((key, "field") for d, _ in items for key in d.annotations),
        ((key, "database") for key in cube.database_annotations),
    )
    found: dict[str, str] = {}
    for key, on in keys:
        found.setdefault(key, on)
    return (Note(key, cube.annotations[key], on) for key, on in found.items() if key in cube.annotations)
