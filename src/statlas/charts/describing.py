"""A chart in words, for whoever cannot see it: what is drawn, its largest and smallest number, what is missing.

Every figure is the text of a cell, named beside the sentence, so that a test works all of them out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from statlas.charts.cells import Row, dimension_of, label_of, measure_of, parts, points_of, rows_of
from statlas.charts.choice import LABELS, POINTS, Choice
from statlas.charts.marks import ABSENT
from statlas.model.cells import CubeContent
from statlas.model.legend import STRUCTURAL_ZERO, heading
from statlas.model.summary import Figure, Of, Sentence
from statlas.wording import gettext as _
from statlas.wording import several


def description(cube: CubeContent, choice: Choice, title: str) -> tuple[Sentence, ...]:
    """What a chart shows, in a few sentences; the first says which kind of what."""
    if choice.kind in POINTS:
        return (_kind(choice, title), *_of_points(cube, choice))
    rows = rows_of(cube, choice)
    return (_kind(choice, title), *_extremes(cube, choice, rows), *_missing(rows))


def _kind(choice: Choice, title: str) -> Sentence:
    return Sentence(_("{kind}: {title}.").format(kind=_(LABELS[choice.kind]), title=title.rstrip(".")))


def _extremes(cube: CubeContent, choice: Choice, rows: Sequence[Row]) -> Iterator[Sentence]:
    """The largest and the smallest number printed; of a single line along dates also the first and the last."""
    measure = heading(cube, measure_of(cube, choice.measure))
    printed = [row for row in rows if row["value"] is not None and row["sign"] != STRUCTURAL_ZERO]
    if not printed:
        return
    high, low = max(printed, key=_value), min(printed, key=_value)
    if len(printed) == 1:
        said = _("{measure}: {figure}, {where}.")
        yield Sentence(said.format(measure=measure, figure=high["text"], where=_where(high)), (_figure(cube, high),))
        return
    said = _("{measure}: the largest number is {high}, {where_high}; the smallest that is shown is {low}, {where_low}.")
    text = said.format(
        measure=measure, high=high["text"], where_high=_where(high), low=low["text"], where_low=_where(low)
    )
    yield Sentence(text, (_figure(cube, high), _figure(cube, low)))
    if dimension_of(cube, choice.x).is_date and not choice.colour and not choice.facet:
        first, last = printed[0], printed[-1]
        said = _("It begins with {first}, {where_first}, and ends with {last}, {where_last}.")
        text = said.format(first=first["text"], where_first=_where(first), last=last["text"], where_last=_where(last))
        yield Sentence(text, (_figure(cube, first), _figure(cube, last)))


def _value(row: Row) -> float:
    return float(row["value"])


def _where(row: Row) -> str:
    return ", ".join(str(row[role]) for role in ("panel", "series", "x") if role in row)


def _figure(cube: CubeContent, row: Row) -> Figure:
    cell = tuple(int(n) for n in np.unravel_index(row["cell"], cube.shape))
    return Figure(row["text"], float(row["value"]), Of.VALUE, (cell,), row["measure"])


def _missing(rows: Sequence[Row]) -> Iterator[Sentence]:
    n = sum(row["sign"] in ABSENT for row in rows)
    if n:
        said = several("{n} of {total} numbers is not shown.", "{n} of {total} numbers are not shown.", n)
        yield Sentence(said.format(n=f"{n:,}", total=f"{len(rows):,}"))


def _of_points(cube: CubeContent, choice: Choice) -> Iterator[Sentence]:
    n = len(parts(dimension_of(cube, choice.x)))
    said = _("Each of {n} points is one of {field}.")
    yield Sentence(said.format(n=f"{n:,}", field=dimension_of(cube, choice.x).label))
    rows = points_of(cube, choice)
    for name, quantity, where in (
        ("x", choice.across, _("Across")),
        ("y", choice.up, _("Upwards")),
        ("size", choice.size, _("Size")),
    ):
        if quantity is not None:
            yield from _spread(cube, rows, name, f"{where}: {label_of(cube, quantity)}")


def _spread(cube: CubeContent, rows: Sequence[Row], name: str, label: str) -> Iterator[Sentence]:
    """How far one of the numbers of points reaches."""
    printed = [row for row in rows if row[name] is not None and row[f"{name}_sign"] != STRUCTURAL_ZERO]
    if not printed:
        return
    low, high = (pick(printed, key=lambda row: float(row[name])) for pick in (min, max))
    said = _("{label}, from {low} ({who_low}) to {high} ({who_high}).")
    text = said.format(
        label=label, low=low[f"{name}_text"], who_low=low["point"], high=high[f"{name}_text"], who_high=high["point"]
    )
    yield Sentence(text, tuple(_figure(cube, _part(row, name)) for row in (low, high)))


def _part(row: Row, name: str) -> Row:
    """One of the numbers of a point as a row of its own."""
    return {"value": row[name], **{part: row[f"{name}_{part}"] for part in ("cell", "measure", "text")}}
