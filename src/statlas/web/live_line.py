"""The live line of the builder: how large a table is, how long it takes, which rules would refuse it, what to change.

It is told from the plan of the table, which is made without it: of one that is shown as of one that is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from statlas.definitions.address import parameters_of
from statlas.errors import StatlasError, TooManyCellsError
from statlas.model import editing
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.service import tables
from statlas.web import asking, links
from statlas.web.words import number
from statlas.wording import _, several

if TYPE_CHECKING:
    from statlas.service.tables.planning import Advice, TablePlan

# Measured in November 2026 with a table of 405,060 cells: protected and written in 1.1 s, in lines of 85 bytes.
_WRITING_S = 2.5e-6
_NUMBER_BYTES = 20

_NO_TIME_S = 1.0
_MINUTE_S = 60.0
_MOST_ADVICE = 4  # changes offered (arbitrary)


@dataclass(frozen=True)
class Change:
    """Something that would show more: what to press, what comes of it, and the address where it is done."""

    text: str
    then: str
    url: str


@dataclass(frozen=True)
class LiveLine:
    """What is told of a table.

    said: cells, time and rules, in a sentence or two. is_refused: nothing of it would be shown.
    changes: what would show more, the best first. job_url: where a table too large for a page is asked for as a file.
    """

    said: str
    is_refused: bool = False
    changes: tuple[Change, ...] = ()
    job_url: str = ""


def shown_line(cube: Cube) -> LiveLine:
    """What is told of a table that is shown whole: no plan is needed for it."""
    n_cells = cube.n_cells
    return LiveLine(several("{n} cell.", "{n} cells.", n_cells).format(n=number(n_cells)))


def live_line(database: Database, query: Query, carried: tuple[tuple[str, str], ...] = ()) -> LiveLine:
    """What can be told of a table before it is made.

    Args:
        carried: parts of the address that go on with every step, for the addresses of changes.
    """
    try:
        plan = tables.plan(home=asking.home(), query=query)
    except TooManyCellsError as error:
        return LiveLine(str(error), is_refused=True)
    except StatlasError as error:
        return LiveLine(f"{error.message} {error.mend}".strip(), is_refused=True)
    n_cells = plan.cells * max(len(query.measures), 1)
    is_too_large = plan.cells > asking.options().page_cells
    size = _as_file(database, query, n_cells, plan) if is_too_large else _as_page(n_cells, plan)
    said = [size, _rules(plan)]
    return LiveLine(
        " ".join(filter(None, said)),
        is_refused=plan.refused,
        changes=tuple(_change(database, query, one, carried) for one in plan.advice[:_MOST_ADVICE]),
        job_url=links.new_job(database.id, parameters_of(query)) if is_too_large and not plan.refused else "",
    )


def _cells(n_cells: int) -> str:
    return several("{n} cell", "{n} cells", n_cells).format(n=number(n_cells))


def _as_page(n_cells: int, plan: TablePlan) -> str:
    return _("{cells}, made in {time}.").format(cells=_cells(n_cells), time=_time(plan.seconds))


def _as_file(database: Database, query: Query, n_cells: int, plan: TablePlan) -> str:
    """What a table is that no page shows: too large, and how large and long as a file."""
    size = several("{n} megabyte", "{n} megabytes", _megabytes(database, query, n_cells))
    words = _("{cells}: more than the {most} that a page shows. As CSV it has about {size} and takes {time}.")
    return words.format(
        cells=_cells(n_cells),
        most=number(asking.options().page_cells),
        size=size.format(n=number(_megabytes(database, query, n_cells))),
        time=_time(plan.seconds + n_cells * _WRITING_S),
    )


def _megabytes(database: Database, query: Query, n_cells: int) -> int:
    """About how large tidy CSV is: a line for each cell with the code and the label of each field."""
    a_line = _NUMBER_BYTES
    for dimension in query.dimensions:
        field = database.field(dimension.field)
        codes = (field.classification[dimension.valueset] if dimension.valueset else field.valueset).codes
        a_line += sum(len(code.id) + len(code.label) for code in codes) // max(len(codes), 1) + 2
    return max(1, round(n_cells * a_line / 1_000_000))


def _time(seconds: float) -> str:
    if seconds < _NO_TIME_S:
        return _("less than a second")
    if seconds < _MINUTE_S:
        n = round(seconds)
        return several("about {n} second", "about {n} seconds", n).format(n=n)
    n = round(seconds / _MINUTE_S)
    return several("about {n} minute", "about {n} minutes", n).format(n=number(n))


def _rules(plan: TablePlan) -> str:
    if plan.passed == plan.evaluated and not plan.refused:
        return ""
    names = [outcome.rule for outcome in plan.outcomes if outcome.blocked]
    rule = names[0] if names else _("protection")
    if plan.refused:
        return _("Nothing of it can be shown: the rule {rule} refuses it.").format(rule=rule)
    return _("{passed} of {evaluated} areas can be shown.").format(
        passed=number(plan.passed), evaluated=number(plan.evaluated)
    )


def changes(database: Database, query: Query, carried: tuple[tuple[str, str], ...] = ()) -> tuple[Change, ...]:
    """Single changes of a table that would show more, the best first; none where that cannot be said."""
    return live_line(database, query, carried).changes


def _change(database: Database, query: Query, one: Advice, carried: tuple[tuple[str, str], ...]) -> Change:
    field = database.field(one.field)
    if one.level:
        words, edited = _("Take {what} instead"), _coarser(query, one)
        what = field.classification[one.level].label
    else:
        words, edited, what = _("Leave out {what}"), _left_out(query, one.field), field.label
    then = _("Then {passed} of {evaluated} areas can be shown.").format(
        passed=number(one.passed), evaluated=number(one.evaluated)
    )
    url = links.table(database.id, (*parameters_of(edited), *carried))
    return Change(words.format(what=what), then, url)


def _left_out(query: Query, field: str) -> Query:
    return editing.set_filter(editing.remove(query, field), field, ())


def _coarser(query: Query, one: Advice) -> Query:
    if editing.dimension(query, one.field) is not None:
        return editing.set_level(query, one.field, one.level)
    return replace(query, filters=tuple(f for f in query.filters if f.field != one.field))
