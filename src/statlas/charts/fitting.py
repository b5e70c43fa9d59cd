"""Why a kind of chart does not fit a table, and which fits it best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from statlas.charts.cells import dimension_of, measure_of, parts, place, positions_of_point
from statlas.charts.choice import LABELS, POINTS, STACKS, Choice, Kind
from statlas.charts.choosing import MOST_BARS, MOST_PANELS, TOP, choice_of, ranked
from statlas.charts.ordering import is_ordered
from statlas.charts.palette import MOST_SERIES
from statlas.errors import QueryError
from statlas.model.cells import CellStatus, CubeContent
from statlas.wording import gettext as _

MOST_CELLS = 4_000
"""Numbers in a picture; measured: the converter draws so many in less than a second."""

MOST_SORTED = 5 * MOST_CELLS
"""Numbers of which only the largest are drawn."""

_ADDED = ("COUNT", "SUM", "PERCENTAGE")


@dataclass(frozen=True)
class Misfit:
    """Why a kind does not fit a table, and what to do; both are sentences."""

    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.why} {self.mend}"


def refuse(cube: CubeContent, choice: Choice) -> None:
    """Refuse a choice that does not fit.

    Raises:
        QueryError: with why, and what to do.
    """
    found = misfit(cube, choice.kind, choice)
    if found is not None:
        raise QueryError(found.why, mend=found.mend)


# --- what fits --------------------------------------------------------------------------------------------------------


def fitting_kinds(cube: CubeContent) -> dict[Kind, Misfit | None]:
    """Every kind with why it does not fit the table; None where it does."""
    return {kind: misfit(cube, kind) for kind in Kind}


def misfit(cube: CubeContent, kind: Kind, choice: Choice | None = None) -> Misfit | None:
    """Why a kind does not fit a table; None where it does.

    Args:
        cube: the table.
        kind: what it would be drawn as.
        choice: with what where; as ``choice_of`` has it if None.
    """
    found = choice or choice_of(cube, kind)
    return next(_misfits(cube, found), None)


def _misfits(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    if not cube.dimensions or not cube.measures:
        yield Misfit(_("The table has nothing to draw."), _("Put a field in its rows."))
        return
    yield from _fields(cube, choice)
    if choice.kind in POINTS:
        yield from _of_points(cube, choice)
    else:
        yield from _of_numbers(cube, choice)
        yield from _OWN.get(choice.kind, _nothing)(cube, choice)


def _fields(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    """What the fields must be, whatever the kind."""
    wanted = {"x": choice.x}
    if choice.kind in (Kind.GROUPED, Kind.STACKED, Kind.SHARE, Kind.AREA, Kind.PYRAMID, Kind.HEAT):
        wanted["colour"] = choice.colour
    if choice.kind is Kind.MULTIPLES:
        wanted["facet"] = choice.facet
    if not all(wanted.values()):
        n = len(wanted)
        yield Misfit(
            _("{kind} need {n} fields with several categories.").format(kind=_(LABELS[choice.kind]), n=n),
            _("Put another field in the table, or choose another kind of chart."),
        )
        return
    if len(set(choice.fields)) < len(choice.fields):
        yield Misfit(_("A field stands in the chart twice."), _("Choose another field for one of the two."))
    for field in choice.fields:
        dimension_of(cube, field)
    if choice.colour and choice.kind is not Kind.HEAT:
        yield from _too_many_series(len(parts(dimension_of(cube, choice.colour))))


def _too_many_series(n: int) -> Iterator[Misfit]:
    if n > MOST_SERIES:
        yield Misfit(
            _("{n} colours cannot be told apart.").format(n=n),
            _("Choose up to {most} categories, or draw small multiples or a heat map.").format(most=MOST_SERIES),
        )


def _of_numbers(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    n = 1
    for field in choice.fields:
        n *= len(parts(dimension_of(cube, field)))
    if n > (MOST_SORTED if choice.top else MOST_CELLS):
        yield Misfit(
            _("{n} numbers are too many for a picture.").format(n=f"{n:,}"),
            _("Choose fewer categories or dates."),
        )
        return
    values = Numbers.of(cube, choice)
    if not values.printed:
        yield Misfit(_("None of these numbers is shown."), _("Choose a coarser level, or fewer fields."))
    if choice.kind in STACKS or choice.kind is Kind.PYRAMID:
        if measure_of(cube, choice.measure).statistic not in _ADDED:
            label = measure_of(cube, choice.measure).label
            yield Misfit(
                _("{measure} cannot be added up, so it cannot be laid on one another.").format(measure=label),
                _("Draw grouped bars or lines."),
            )
        if values.lowest < 0:
            yield Misfit(_("Some numbers are below zero."), _("Draw grouped bars or lines."))
    if choice.kind in (Kind.SHARE, Kind.AREA) and values.absent:
        yield Misfit(
            _("Some numbers are not shown, so the whole is not known."), _("Draw lines, grouped or stacked bars.")
        )


@dataclass(frozen=True)
class Numbers:
    """What is known of the numbers of a choice: how many are printed and not, and the lowest."""

    printed: int
    absent: int
    lowest: float

    @classmethod
    def of(cls, cube: CubeContent, choice: Choice) -> Numbers:
        """Those that the choice shows."""
        measure, fixed = measure_of(cube, choice.measure), place(cube, choice)
        places: list[Any] = [list(parts(d)) if d.field in choice.fields else [fixed[d.field]] for d in cube.dimensions]
        chosen = np.ix_(*places)
        status, values = measure.status[chosen], measure.values[chosen]
        is_printed = (status == CellStatus.SHOWN) | (status == CellStatus.STRUCTURAL_ZERO)
        lowest = float(values[is_printed].min()) if is_printed.any() else 0.0
        return cls(int(is_printed.sum()), int((~is_printed).sum()), lowest)


def _nothing(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:  # noqa: ARG001 - one shape
    return iter(())


def _bars(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    n = len(parts(dimension_of(cube, choice.x)))
    shown = min(choice.top or n, n)
    grouped = choice.kind is Kind.GROUPED
    drawn = shown * (len(parts(dimension_of(cube, choice.colour))) if grouped else 1)
    if (shown > MOST_BARS and not dimension_of(cube, choice.x).is_date) or drawn > MOST_BARS * 4:
        yield Misfit(
            _("{n} bars are too many to read.").format(n=f"{drawn:,}"),
            _("Choose fewer categories, show only the {top} largest, or draw a map.").format(top=TOP),
        )


def _lines(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    dimension = dimension_of(cube, choice.x)
    if not is_ordered(dimension) or len(parts(dimension)) < 2:  # noqa: PLR2004 - a line has two ends
        yield Misfit(
            _("A line needs several dates, or categories in an order."), _("Ask for more dates, or draw bars.")
        )


def _pyramid(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    if len(parts(dimension_of(cube, choice.colour))) != 2:  # noqa: PLR2004 - it has two sides
        yield Misfit(_("A pyramid has two sides."), _("Choose two categories for them, such as male and female."))
    if not is_ordered(dimension_of(cube, choice.x)):
        yield Misfit(_("A pyramid needs categories in an order, such as ages."), _("Draw grouped bars."))


def _panels(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    n = len(parts(dimension_of(cube, choice.facet)))
    if n > MOST_PANELS:
        yield Misfit(
            _("{n} panels are too many to look at.").format(n=f"{n:,}"),
            _("Choose up to {most} categories.").format(most=MOST_PANELS),
        )
    along = dimension_of(cube, choice.x)
    if not is_ordered(along) and len(parts(along)) > 12:  # noqa: PLR2004 - arbitrary: a panel is small
        yield Misfit(_("A panel has no room for so many bars."), _("Choose up to 12 categories for each panel."))


def _heat(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    rows, columns = (len(parts(dimension_of(cube, f))) for f in (choice.x, choice.colour))
    if rows > MOST_BARS or columns > MOST_BARS * 2:
        yield Misfit(
            _("A heat map of {rows} by {columns} is too large to read.").format(
                rows=f"{rows:,}", columns=f"{columns:,}"
            ),
            _("Choose fewer categories."),
        )


_OWN: dict[Kind, Callable[[CubeContent, Choice], Iterator[Misfit]]] = {
    Kind.BAR: _bars,
    Kind.GROUPED: _bars,
    Kind.STACKED: _bars,
    Kind.SHARE: _bars,
    Kind.LINE: _lines,
    Kind.AREA: _lines,
    Kind.PYRAMID: _pyramid,
    Kind.MULTIPLES: _panels,
    Kind.HEAT: _heat,
}


def _of_points(cube: CubeContent, choice: Choice) -> Iterator[Misfit]:
    wanted = [choice.across, choice.up, *([choice.size] if choice.size else [])]
    if len(set(wanted)) < len(wanted) or (choice.kind is Kind.BUBBLE and choice.size is None):
        n = 3 if choice.kind is Kind.BUBBLE else 2
        yield Misfit(
            _("{kind} need {n} different numbers.").format(kind=_(LABELS[choice.kind]), n=n),
            _("Ask for more numbers in the table, or put a field in its columns."),
        )
    points = parts(dimension_of(cube, choice.x))
    if len(points) > MOST_CELLS // 2:
        yield Misfit(_("{n} points are too many.").format(n=f"{len(points):,}"), _("Choose fewer categories."))
        return
    shown = 0
    for point in points:
        cells = [(measure_of(cube, q.measure), positions_of_point(cube, choice, q, point)) for q in wanted]
        shown += all(m.status[cell] in (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO) for m, cell in cells)
    if not shown:
        yield Misfit(_("No point has all its numbers."), _("Choose a coarser level, or other numbers."))
    if choice.size is not None and any(
        float(measure_of(cube, choice.size.measure).values[positions_of_point(cube, choice, choice.size, p)]) < 0
        for p in points
    ):
        yield Misfit(_("A bubble cannot be smaller than nothing."), _("Choose a number that is never below zero."))


# --- the one that fits best -------------------------------------------------------------------------------------------


def default_choice(cube: CubeContent) -> Choice:
    """The chart by which a table is shown unasked.

    Dates give lines, or small multiples where the lines are too many; ages by sex a pyramid; two numbers of many
    categories a scatter; one field bars, sorted where its categories have no order; two fields grouped bars, or a heat
    map where they are many.
    """
    tried = (choice_of(cube, kind) for kind in ranked(cube))
    return next((one for one in tried if not any(_misfits(cube, one))), choice_of(cube, Kind.BAR))
