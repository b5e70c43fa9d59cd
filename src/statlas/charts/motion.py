"""A table through its dates: the same chart at each, on axes that stay, so that what moves is the numbers.

Nothing is drawn between two dates: a bubble half-way would stand at a number that no table prints.
"""

from __future__ import annotations

from dataclasses import replace

from statlas.charts.cells import Row, keys_of, parts, points_of, rows_of
from statlas.charts.choice import LABELS, POINTS, Choice, Kind
from statlas.charts.choosing import choice_of
from statlas.charts.fitting import MOST_CELLS, Misfit, misfit
from statlas.charts.telling import tell
from statlas.errors import QueryError
from statlas.model.cells import CubeContent, CubeDimension
from statlas.wording import gettext as _

KINDS = (Kind.BUBBLE, Kind.SCATTER, Kind.BAR, Kind.PYRAMID)
"""Kinds that move, in the order in which they are tried."""

MOST_BARS = 20
"""Bars of a race, the largest at each date (arbitrary: what an eye follows)."""

MOST_MOVING = 5 * MOST_CELLS
"""Numbers at all dates together; measured: the browser steps through so many without delay."""


def date_of(cube: CubeContent) -> CubeDimension | None:
    """The date that a table can move through: one of several periods."""
    return next((d for d in cube.dimensions if d.is_date and len(parts(d)) > 1), None)


def steps(cube: CubeContent) -> tuple[tuple[int, str], ...]:
    """The position and label of every date, oldest first."""
    date = date_of(cube)
    if date is None:
        return ()
    labels = keys_of(date)
    return tuple((n, labels[n]) for n in parts(date))


def at_step(cube: CubeContent, choice: Choice, step: int) -> Choice:
    """The choice at one date."""
    date = date_of(cube)
    assert date is not None
    others = tuple(one for one in choice.at if one[0] != date.field)
    return replace(choice, at=(*others, (date.field, steps(cube)[step][0])))


def default_motion(cube: CubeContent) -> Choice:
    """What moves unasked: bubbles where there are three numbers, points where two, else bars."""
    fitting = (kind for kind in KINDS if moving_misfit(cube, moving_choice(cube, kind)) is None)
    return moving_choice(cube, next(fitting, Kind.BAR))


def moving_choice(cube: CubeContent, kind: Kind) -> Choice:
    """What stands where in a kind that moves; the date stands nowhere, as it is what passes."""
    date = date_of(cube)
    found = choice_of(cube, kind)
    if date is not None and found.x == date.field:
        others = [d for d in cube.dimensions if not d.is_date]
        found = replace(found, x=others[0].field if others else "")
    return replace(found, top=MOST_BARS if kind is Kind.BAR else 0)


def moving_misfit(cube: CubeContent, choice: Choice) -> Misfit | None:
    """Why a table does not move so; None where it does."""
    date = date_of(cube)
    if date is None:
        return Misfit(_("Nothing moves: the table has one date."), _("Ask for several dates."))
    if choice.kind not in KINDS or not choice.x or date.field in choice.fields:
        kind = _(LABELS[choice.kind])
        return Misfit(
            _("{kind} do not move through the dates of this table.").format(kind=kind),
            _("Choose another kind, or put a field in the rows."),
        )
    found = misfit(cube, choice.kind, at_step(cube, choice, -1))
    n = len(parts(next(d for d in cube.dimensions if d.field == choice.x))) * len(steps(cube))
    if found is None and n > MOST_MOVING:
        return Misfit(_("{n} numbers are too many to move.").format(n=f"{n:,}"), _("Choose fewer categories or dates."))
    return found


def moving_rows(cube: CubeContent, choice: Choice) -> list[Row]:
    """The rows of every date; of bars the largest of each date, in their ``place``."""
    rows = []
    for step, (_position, label) in enumerate(steps(cube)):
        here = at_step(cube, choice, step)
        found = points_of(cube, here) if choice.kind in POINTS else rows_of(cube, here)
        tell(cube, here, found)
        rows += _at(found, step, label, choice)
    return rows


def _at(found: list[Row], step: int, label: str, choice: Choice) -> list[Row]:
    if choice.kind is Kind.BAR:
        found.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0), row["order"]))
        found = found[: choice.top or MOST_BARS]
    for place, row in enumerate(found):
        row |= {"step": step, "period": label, "place": place, "tip": f"{row['tip']} ({label})"}
    return found


def step_of(cube: CubeContent, choice: Choice, step: int) -> int:
    """The step of that number, counted from 0; from the end where it is below.

    Raises:
        QueryError: the table does not move so, or has no such date.
    """
    found = moving_misfit(cube, choice)
    if found is not None:
        raise QueryError(found.why, mend=found.mend)
    n = len(steps(cube))
    if not -n <= step < n:
        raise QueryError(_("There is no such step."), mend=_("The table has {n} dates.").format(n=n))
    return step % n
