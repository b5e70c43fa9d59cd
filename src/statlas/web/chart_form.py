"""The form that changes a chart: its kinds as links, and what stands where as lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas import charts
from statlas.charts import Choice, Kind
from statlas.charts.cells import keys_of, label_of, parts, place
from statlas.charts.choice import LABELS, POINTS
from statlas.charts.choosing import MOST_BARS, quantities
from statlas.definitions.address import Parameters, escape
from statlas.model.cube import Cube, CubeDimension
from statlas.model.legend import heading
from statlas.web import charting, links
from statlas.web.option import Option, Select
from statlas.wording import _

_TOPS = (10, 20, 30, 60)
_MOST_OPTIONS = 400  # categories of a list (arbitrary: what a browser still scrolls)


@dataclass(frozen=True)
class KindLink:
    """A kind of chart: the address of it, or why it does not fit."""

    label: str
    url: str
    is_current: bool
    misfit: str


@dataclass(frozen=True)
class ChartForm:
    """Everything the form shows; ``hidden`` are the parts of the address that it sends along."""

    kinds: tuple[KindLink, ...]
    selects: tuple[Select, ...]
    hidden: Parameters


def form_of(cube: Cube, choice: Choice, canonical: Parameters) -> ChartForm:
    """The form of a chart of a table at the address ``canonical``."""
    hidden = (*links.shortened(canonical), ("kind", choice.kind.value))
    return ChartForm(tuple(_kinds(cube, choice, canonical)), tuple(_selects(cube, choice)), hidden)


def _kinds(cube: Cube, choice: Choice, canonical: Parameters) -> Iterator[KindLink]:
    for kind, misfit in charts.fitting_kinds(cube).items():
        url = links.chart(cube.database, (*canonical, ("kind", kind.value)))
        yield KindLink(label_of_kind(kind), url, kind is choice.kind, str(misfit) if misfit else "")


def label_of_kind(kind: Kind) -> str:
    """What a kind is called in the language spoken here."""
    return _(LABELS[kind])


def _selects(cube: Cube, choice: Choice) -> Iterator[Select]:
    yield from _points(cube, choice) if choice.kind in POINTS else _fields(cube, choice)
    used = {field for q in (choice.across, choice.up, choice.size) if q is not None for field, _n in q.at}
    for field, n in place(cube, choice).items():
        dimension = next(d for d in cube.dimensions if d.field == field)
        if len(dimension) > 1 and field not in used and len(dimension) <= _MOST_OPTIONS:
            yield Select("at", dimension.label, tuple(_places(cube, dimension, n)))


def _places(cube: Cube, dimension: CubeDimension, shown: int) -> Iterator[Option]:
    for n, label in enumerate(keys_of(dimension)):
        yield Option(charting.place_text(cube, dimension.field, n), label, n == shown)


def _fields(cube: Cube, choice: Choice) -> Iterator[Select]:
    """Which field stands where, and which number is drawn."""
    for name, label, is_needed in _roles(choice.kind):
        chosen = getattr(choice, name)
        fields = tuple(Option(escape(d.field), d.label, d.field == chosen) for d in _wide(cube, chosen))
        none = () if is_needed else (Option(charting.NONE, _("None"), not chosen),)
        if fields:
            yield Select(name, label, (*none, *fields))
    if len(cube.measures) > 1:
        shown = choice.measure or cube.measures[0].id
        options = (Option(escape(m.id), heading(cube, m), m.id == shown) for m in cube.measures)
        yield Select("number", _("Number"), tuple(options))
    n = max((len(parts(d)) for d in cube.dimensions if d.field == choice.x and not d.is_date), default=0)
    if choice.kind in (Kind.BAR, Kind.GROUPED, Kind.STACKED, Kind.SHARE) and n > _TOPS[0]:
        yield Select("top", _("How many bars"), tuple(_tops(choice, n)))


def _tops(choice: Choice, n: int) -> Iterator[Option]:
    if n <= MOST_BARS:
        yield Option("0", _("All"), not choice.top)
    for top in sorted({*(one for one in _TOPS if one < n), *([choice.top] if choice.top > 0 else [])}):
        yield Option(str(top), _("The {n} largest").format(n=top), top == choice.top)


def _roles(kind: Kind) -> Iterator[tuple[str, str, bool]]:
    """The parts of a chart that a field stands on: its name in the address, its label, whether it is needed."""
    if kind in (Kind.LINE, Kind.AREA):
        yield "x", _("Along the foot"), True
    elif kind is Kind.HEAT:
        yield "x", _("In the rows"), True
    else:
        yield "x", _("A bar for each"), True
    match kind:
        case Kind.LINE:
            yield "colour", _("A line for each"), False
        case Kind.HEAT:
            yield "colour", _("In the columns"), True
        case Kind.PYRAMID:
            yield "colour", _("The two sides"), True
        case Kind.GROUPED | Kind.STACKED | Kind.SHARE | Kind.AREA:
            yield "colour", _("A colour for each"), True
        case Kind.MULTIPLES:
            yield "facet", _("A panel for each"), True


def _wide(cube: Cube, chosen: str) -> list[CubeDimension]:
    return [d for d in cube.dimensions if len(parts(d)) > 1 or d.field == chosen]


def _points(cube: Cube, choice: Choice) -> Iterator[Select]:
    """Whose categories are points, and the numbers that place and size them."""
    fields = (Option(escape(d.field), d.label, d.field == choice.x) for d in _wide(cube, choice.x))
    yield Select("points", _("A point for each"), tuple(fields))
    found = quantities(cube, choice.x)
    for name, label, chosen in (
        ("x", _("Across"), choice.across),
        ("y", _("Upwards"), choice.up),
        *((("size", _("Size"), choice.size),) if choice.kind is Kind.BUBBLE else ()),
    ):
        own = [chosen] if chosen is not None and chosen not in found else []
        options = (Option(charting.quantity_text(cube, q), label_of(cube, q), q == chosen) for q in (*own, *found))
        yield Select(name, label, tuple(options))
