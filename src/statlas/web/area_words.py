"""What a page of a place says of each figure, in words: numbers, changes, places in an order, addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from statlas.definitions.address import Parameters, parameters_of
from statlas.model.cells import SYMBOLS, CellStatus
from statlas.model.query import Dimension, Query
from statlas.model.words import number
from statlas.service.tables import area_queries
from statlas.service.tables.area_figures import Figure, Number, Place, headcount, measures_of
from statlas.service.tables.area_index import AreaIndex
from statlas.service.tables.areas import Area, Occurrence
from statlas.web import links
from statlas.web.sparkline import Line, drawn
from statlas.wording import _

_TEENS = range(11, 14)


@dataclass(frozen=True)
class Shown:
    """A number as it is read: ``461``, or a symbol with ``why`` there is no number."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Change:
    """A change as it is read; ``mark`` is ``up``, ``down``, ``same`` or empty, ``why`` a sentence behind it."""

    mark: str
    text: str
    why: str = ""


@dataclass(frozen=True)
class Told:
    """A figure as the page tells it."""

    figure: Figure
    counted: str
    period: str
    before_period: str
    now: Shown
    before: Shown | None
    change: Change
    places: tuple[str, ...]
    share: str
    rate: str
    rate_place: str
    rate_source: str
    table_url: str
    series_url: str
    chart_url: str
    map_url: str
    line: Line | None


def told(figure: Figure, area: Area, *, is_drawn: bool = False) -> Told:
    """A figure in words; ``is_drawn`` says whether the place stands on a map."""
    calendar = figure.database.calendar
    rate, series = figure.rate, area_queries.series_of(figure, area.name.ended)
    return Told(
        figure=figure,
        counted=counted(figure),
        period=calendar.label_of(figure.periods[0]),
        before_period=calendar.label_of(figure.periods[1]) if figure.before else "",
        now=shown(figure, figure.now, figure.periods[0], area),
        before=shown(figure, figure.before, figure.periods[1], area) if figure.before else None,
        change=change(figure),
        places=tuple(map(place, figure.places)),
        share=_share(figure),
        rate=_rate(figure),
        rate_place=place(rate.place) if rate and rate.place else "",
        rate_source=f"{rate.source.label}, {rate.source.calendar.label_of(rate.period)}" if rate else "",
        table_url=_link(links.table, area_queries.table_of(figure)),
        series_url=_link(links.table, series),
        chart_url=_link(links.chart, series),
        map_url=_link(links.map_, area_queries.level_of(figure)) if is_drawn else "",
        line=line_of(figure, area),
    )


def counted(figure: Figure) -> str:
    """What is counted, where that is not the name of the database."""
    name = headcount(figure.database)
    label = figure.database.measure(name).label if name else figure.measure.label
    return "" if label.casefold() == figure.database.label.casefold() else label


def shown(figure: Figure, found: Number, period: str, area: Area) -> Shown:
    """A number, or its symbol and what that means: never a bare zero for what is not shown."""
    if found.value is not None:
        return Shown(number(found.value, figure.measure.precision))
    if found.status is CellStatus.STRUCTURAL_ZERO:
        return Shown("0 [z]", _not_there(figure, period, area))
    return Shown(f"[{SYMBOLS[found.status]}]", _why(figure, found.status))


def _why(figure: Figure, status: CellStatus) -> str:
    if status is CellStatus.LOW:
        return _("fewer than {n}, or none").format(n=figure.threshold) if figure.threshold else _("too few to show")
    if status is CellStatus.CONFIDENTIAL:
        return _("not shown, so that nobody can be found")
    return _("not available")


def _not_there(figure: Figure, period: str, area: Area) -> str:
    """Why there can be nobody: mostly because the place is not there then."""
    label_of = figure.database.calendar.label_of
    if area.name.ended and period > area.name.ended:
        return _("the place ended with {period}").format(period=label_of(area.name.ended))
    if area.name.began and period < area.name.began:
        return _("the place began with {period}").format(period=label_of(area.name.began))
    return _("there can be none, by definition")


def change(figure: Figure) -> Change:
    """The change on a year before, and why there is none."""
    if figure.before is None:
        return Change("", "", _("no figure of a year before"))
    if not figure.is_comparable:
        return Change("", "", _("the place was not there in both years"))
    if figure.change is None or figure.change.value is None:
        return Change("", "", _("not available, as one of the two numbers is not shown"))
    amount = figure.change.value
    size = number(abs(amount), figure.measure.precision)
    percent = figure.percent.value if figure.percent else None
    part = f" ({'+' if amount > 0 else '−' if amount < 0 else ''}{abs(percent):.1f}%)" if percent is not None else ""
    if figure.is_noise or not amount:
        sign = "+" if amount > 0 else "−" if amount < 0 else ""
        why = _("within the noise") if figure.is_noise else ""
        return Change("same", _("about the same: {change}").format(change=f"{sign}{size}{part}"), why)
    words = _("up {n}") if amount > 0 else _("down {n}")
    return Change("up" if amount > 0 else "down", words.format(n=size) + part)


def place(found: Place) -> str:
    """*2nd of 15 in Yorkshire and The Humber*, *joint 2nd of 4*."""
    nth = _("joint {nth}").format(nth=ordinal(found.place)) if found.shared else ordinal(found.place)
    if found.within:
        return _("{nth} of {n} in {place}").format(nth=nth, n=f"{found.of:,}", place=found.within)
    return _("{nth} of {n}").format(nth=nth, n=f"{found.of:,}")


def ordinal(n: int) -> str:
    """*1st*, *2nd*, *12th*."""
    if n % 100 not in _TEENS and n % 10 in (1, 2, 3):
        return (_("{n}st"), _("{n}nd"), _("{n}rd"))[n % 10 - 1].format(n=f"{n:,}")
    return _("{n}th").format(n=f"{n:,}")


def line_of(figure: Figure, area: Area) -> Line | None:
    """The series as a small line, with the same in words; None where there is too little of it."""
    label_of = figure.database.calendar.label_of
    there = [(year, one) for year, one in figure.series if one.status is not CellStatus.STRUCTURAL_ZERO]
    words = (f"{label_of(year)}: {shown(figure, one, year, area).text}" for year, one in there)
    ends = (label_of(there[0][0]), label_of(there[-1][0])) if there else ("", "")
    return drawn([one.value for _year, one in there], "; ".join(words), ends)


def _share(figure: Figure) -> str:
    if figure.share is None:
        return ""
    return _("{percent}% of {place}").format(percent=f"{figure.share:.1f}", place=figure.share_of)


def _rate(figure: Figure) -> str:
    if figure.rate is None:
        return ""
    value = significant(figure.rate.value)
    if figure.rate.of == "households":
        return _("{rate} per 1,000 households").format(rate=value)
    return _("{rate} per 1,000 residents").format(rate=value)


def significant(value: float) -> str:
    """Three figures that count, and no more than one decimal above ten: ``0.547``, ``12.3``, ``1,230``."""
    decimals = next((n for n, least in enumerate((100, 10, 1)) if value >= least), 3)
    return number(value, decimals)


# --- addresses --------------------------------------------------------------------------------------------------------


def _link(page: Callable[[str, Parameters], str], query: Query | None) -> str:
    return page(query.database, parameters_of(query)) if query else ""


def level_url(one: Occurrence, then: AreaIndex | None) -> str:
    """The table of the level in which a place stands: every place of it, as of ``then`` where it is."""
    release = then.manifests[one.database.id].release if then else None
    by = (Dimension(one.field.id, valueset=one.valueset.id),)
    query = Query(one.database.id, measures_of(one.database), by, release=release)
    return links.table(one.database.id, parameters_of(query))
