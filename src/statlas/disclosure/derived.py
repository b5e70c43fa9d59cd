"""Percentages, changes, ranks and formulas: numbers worked out from the printed cells of a cube.

Rules of the room: nothing here sees more than a public ``Cube``, so anybody who has the table can work out the same.
Each function gives one more ``CubeMeasure`` in the shape of the cube.
Denominators are the totals that the cube prints, never sums made up here: those would be of shown cells alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.formula import Part, work_out
from statlas.errors import QueryError
from statlas.model.arithmetic import parse
from statlas.model.cells import CellStatus, CubeDimension
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Role
from statlas.wording import _, later

PERCENT = "%"

_SHARE = parse("100 * {part} / {whole}")
_DIFFERENCE = parse("{now} - {then}")
_GROWTH = parse("100 * ({now} - {then}) / {then}")

_ADDED_OVER = {Share.ROW: (Role.COLUMNS,), Share.COLUMN: (Role.ROWS,), Share.TOTAL: (Role.ROWS, Role.COLUMNS)}
_NEED_A_FIELD = {
    Share.ROW: later("Percentages of the row need a field in the columns; the date is not added up."),
    Share.COLUMN: later("Percentages of the column need a field in the rows; the date is not added up."),
    Share.TOTAL: later("Percentages of the table need a field in the rows or columns; the date is not added up."),
}
_PUT_A_FIELD = {
    Share.ROW: later("Put a field in the columns, or choose other percentages."),
    Share.COLUMN: later("Put a field in the rows, or choose other percentages."),
    Share.TOTAL: later("Put a field in the rows or columns, or choose other percentages."),
}
_SINCE = {Since.PREVIOUS: "the period before", Since.YEAR: "a year before"}


def part_of(measure: CubeMeasure) -> Part:
    """A measure as it stands in arithmetic."""
    return Part(measure.values.astype(np.float64), measure.status, measure.flags, measure.sd, measure.se)


def percentage(cube: Cube, measure: CubeMeasure, asked: Percentage) -> CubeMeasure:
    """Each cell as a percentage of its row, its column or the whole table, to one decimal.

    The whole of a row is its total over the fields in the columns, of a column that over the rows, of the table that
    over both; the date and the wafers stay as they are, since months hold the same people.
    The total's own percentage is 100, for certain; a structural zero stays one.

    Raises:
        QueryError: the measure cannot be added up, nothing stands on that side, or a total is not in the cube.
    """
    refuse_unless_added_up(measure.label, measure.statistic)
    axes = added_axes(cube.dimensions, asked.of)
    places: list[int | slice] = [slice(None)] * len(cube.shape)
    for axis in axes:
        whole = _whole(cube.dimensions[axis])
        places[axis] = slice(whole, whole + 1)
    part, whole_part = part_of(measure), _taken(part_of(measure), tuple(places))
    found = work_out(_SHARE, {"part": part, "whole": whole_part}, precision=1)
    is_zero = (measure.status == CellStatus.STRUCTURAL_ZERO) & (found.status == CellStatus.SHOWN)
    found = replace(found, status=np.where(is_zero, CellStatus.STRUCTURAL_ZERO, found.status).astype(np.uint8))
    for spread in (found.sd, found.se):
        if spread is not None:
            spread[tuple(places)] = 0.0
    label = f"{measure.label}, % of {'whole table' if asked.of is Share.TOTAL else asked.of.value}"
    return _measure(f"{measure.id}:PERCENTAGE:{asked.of}", label, "PERCENTAGE", PERCENT, 1, found)


def refuse_unless_added_up(label: str, statistic: str) -> None:
    """Refuse percentages of what is neither a count nor a sum."""
    if statistic not in ("COUNT", "SUM"):
        raise QueryError(
            _("{label} cannot be added up, so it has no percentages.").format(label=label),
            mend=_("Ask for percentages of the count or of a sum."),
        )


def added_axes(dimensions: Sequence[CubeDimension], of: Share) -> tuple[int, ...]:
    """Axes over which the whole of a percentage is added up: every field on those sides but the date.

    Raises:
        QueryError: there is none, so that each cell is its own whole.
    """
    axes = tuple(n for n, d in enumerate(dimensions) if d.role in _ADDED_OVER[of] and not d.is_date)
    if not axes:
        raise QueryError(
            _(_NEED_A_FIELD[of]),
            mend=_(_PUT_A_FIELD[of]),
        )
    return axes


def _whole(dimension: CubeDimension) -> int:
    """The position of the item that covers all items."""
    totals = [n for n, item in enumerate(dimension.items) if item.is_total]
    if totals or len(dimension) == 1:
        return totals[0] if totals else 0
    raise QueryError(
        _("The table has no total of {dimension}.").format(dimension=dimension.label),
        mend=_("Ask for the total of {dimension}.").format(dimension=dimension.label),
    )


def change(cube: Cube, measure: CubeMeasure, asked: Change, earlier: Mapping[str, str]) -> CubeMeasure:
    """Each cell less the same cell of an earlier period, in the measure's unit or as a percentage of the earlier one.

    Args:
        earlier: for each period the one that it is compared with; may name periods that the cube does not have.

    Returns:
        *Not available* where there is no earlier period, and for several periods counted together.
        A difference of two structural zeros is one too.
    """
    axis = next(n for n, d in enumerate(cube.dimensions) if d.is_date)
    position = _periods(cube.dimensions[axis])
    then = [position.get(earlier.get(period, ""), -1) for period in _codes(cube.dimensions[axis])]
    now = part_of(measure)
    before = _taken(now, tuple([slice(None)] * axis + [np.array(then)]))
    missing = np.array([n < 0 for n in then]).reshape(-1, *[1] * (len(cube.shape) - axis - 1))
    before = replace(before, status=np.where(missing, CellStatus.NOT_AVAILABLE, before.status).astype(np.uint8))
    precision = 1 if asked.percent else measure.precision
    found = work_out(_GROWTH if asked.percent else _DIFFERENCE, {"now": now, "then": before}, precision=precision)
    impossible = CellStatus.STRUCTURAL_ZERO
    if not asked.percent:
        both = (now.status == impossible) & (before.status == impossible)
        found = replace(found, status=np.where(both, impossible, found.status).astype(np.uint8))
    ending = ":percent" if asked.percent else ""
    label = f"{measure.label}, {'% ' if asked.percent else ''}change on {_SINCE[asked.since]}"
    unit = PERCENT if asked.percent else measure.unit
    made = _measure(f"{measure.id}:CHANGE:{asked.since}{ending}", label, "CHANGE", unit, precision, found)
    return made if asked.percent else replace(made, values=made.values.astype(measure.values.dtype))


def _codes(date: CubeDimension) -> list[str]:
    """The period of each date item; empty for a total or several periods counted together."""
    return [item.nodes[0].code if len(item.nodes) == 1 and not item.is_total else "" for item in date.items]


def _periods(date: CubeDimension) -> dict[str, int]:
    return {code: n for n, code in enumerate(_codes(date)) if code}


def rank(cube: Cube, measure: CubeMeasure, asked: Rank, *, among: Sequence[int] | None = None) -> CubeMeasure:
    """The place of each item of a field among those of the same valueset, 1 for the largest (or the smallest).

    Equal numbers share a place, and the next place is left out: 1, 2, 2, 4.
    Several codes counted together are compared with others of their kind.
    Hidden cells have no place and take none; totals and structural zeros are *not available*.
    A place has no standard deviation, and ``sd`` is 0.

    Args:
        among: positions of the items that have a place; None for all.
    """
    axis = next(n for n, d in enumerate(cube.dimensions) if d.field == asked.field)
    dimension = cube.dimensions[axis]
    values = np.moveaxis(measure.values.astype(np.float64), axis, -1)
    status = np.moveaxis(measure.status, axis, -1)
    places = np.zeros(values.shape, np.int64)
    ranked = [n for n in (range(len(dimension)) if among is None else among) if not dimension.items[n].is_total]
    for positions in _kinds(dimension, ranked).values():
        of_kind = np.where(status[..., positions] == CellStatus.SHOWN, values[..., positions], np.nan)
        places[..., positions] = _places(of_kind, ascending=asked.ascending)
    without = (status == CellStatus.STRUCTURAL_ZERO) | ~np.isin(np.arange(len(dimension)), ranked)
    found = np.where(without, CellStatus.NOT_AVAILABLE, status).astype(np.uint8)
    nothing = np.zeros(cube.shape)
    kept = np.where(found == CellStatus.SHOWN, places, 0)
    part = Part(np.moveaxis(kept, -1, axis), np.moveaxis(found, -1, axis), nothing.astype(np.uint8), nothing)
    ending = ":ascending" if asked.ascending else ""
    label = f"{measure.label}, place by {dimension.label}"
    made = _measure(f"{measure.id}:RANK:{asked.field}{ending}", label, "RANK", "", 0, part)
    return replace(made, values=made.values.astype(np.int64))


def _kinds(dimension: CubeDimension, ranked: Sequence[int]) -> dict[str, list[int]]:
    """Positions of the items that are compared with one another: of one valueset, or all of several codes."""
    found: dict[str, list[int]] = {}
    for n in ranked:
        nodes = dimension.items[n].nodes
        found.setdefault(nodes[0].valueset if len(nodes) == 1 else "", []).append(n)
    return found


def _places(values: NDArray[np.float64], *, ascending: bool) -> NDArray[np.int64]:
    """Along the last axis 1 and the number of better values, which NaN never is; meaningless for NaN itself."""
    signed = values if ascending else -values
    order = np.argsort(signed, axis=-1, kind="stable")  # NaN last
    ordered = np.take_along_axis(signed, order, axis=-1)
    begins = np.ones(values.shape, np.bool_)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(begins, np.arange(values.shape[-1]), 0), axis=-1)
    places = np.empty(values.shape, np.int64)
    np.put_along_axis(places, order, first + 1, axis=-1)
    return places


def formula(asked: Formula, measures: Mapping[str, CubeMeasure]) -> CubeMeasure:
    """A formula over measures as one more measure; ``measures`` has each by its name in the formula."""
    parts = {name: part_of(measure) for name, measure in measures.items()}
    found = work_out(parse(asked.expression), parts, precision=asked.precision)
    return _measure(f"={asked.label}", asked.label, "FORMULA", "", asked.precision, found)


def _taken(part: Part, places: tuple[int | slice | NDArray[np.int64], ...]) -> Part:
    errors = None if part.se is None else part.se[places]
    return Part(part.values[places], part.status[places], part.flags[places], part.sd[places], errors)


def _measure(id_: str, label: str, statistic: str, unit: str, precision: int, part: Part) -> CubeMeasure:
    return CubeMeasure(id_, label, statistic, unit, precision, part.values, part.status, part.flags, part.sd, part.se)
