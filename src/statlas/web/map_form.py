"""The form that changes a map: levels as links, and what is drawn as lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from statlas.charts.cells import keys_of, parts
from statlas.charts.maps import CLASS_LABELS, FEWEST, MOST, Classes, MapChoice, date_of, place_of
from statlas.definitions.address import Parameters, escape, parameters_of, query_of, single, with_date
from statlas.errors import StatlasError
from statlas.model.cube import Cube, CubeDimension
from statlas.model.database import Database, Field, FieldKind
from statlas.model.frames import code_of
from statlas.model.legend import heading
from statlas.model.query import Dimension, Query, Role
from statlas.web import links
from statlas.web.option import Option, Select
from statlas.wording import _

_MOST_OPTIONS = 400  # categories of a list (arbitrary: what a browser still scrolls)
_RATED = ("COUNT", "SUM")
_OWN = frozenset({"number", "at", "per", "against", "classes", "n", "breaks", "find", "with", "row", "step"})


@dataclass(frozen=True)
class Link:
    """A choice that is a link."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class MapForm:
    """Everything the form shows; ``hidden`` are the parts of the address that it sends along."""

    levels: tuple[Link, ...]
    places: tuple[Link, ...]
    selects: tuple[Select, ...]
    breaks: str
    beside: str
    dates: tuple[Option, ...]
    hidden: Parameters


def form_of(database: Database, cube: Cube, query: Query, choice: MapChoice, parameters: Parameters) -> MapForm:
    """The form of a map."""
    dates = tuple(Option(p, database.date.classification.valuesets[0][p].label) for p in reversed(database.periods))
    area = (("area", escape(choice.area)),) if single(parameters, "area") else ()
    return MapForm(
        tuple(_levels(database, query, choice, parameters)),
        tuple(_others(database, query, choice, parameters)),
        tuple(_selects(cube, choice, parameters, dates)),
        single(parameters, "breaks"),
        single(parameters, "with"),
        dates,
        (*links.shortened(parameters_of(query)), *area),
    )


def _levels(database: Database, query: Query, choice: MapChoice, parameters: Parameters) -> Iterator[Link]:
    """Each level of the geography; categories chosen at another level are left."""
    dimension = next(d for d in query.dimensions if d.field == choice.area)
    field = database.field(choice.area)
    kept = _kept(parameters)
    for level in field.classification:
        changed = replace(dimension, valueset=level.id, items=None)
        asked = replace(query, dimensions=tuple(changed if d is dimension else d for d in query.dimensions))
        url = links.map_(database.id, (*parameters_of(asked), *kept)) + "#map"
        yield Link(level.label, url, _is_at(dimension, field, level.id))


def _kept(parameters: Parameters) -> Parameters:
    return tuple(one for one in parameters if one[0] in _OWN - {"find", "with", "row", "breaks"})


def _is_at(dimension: Dimension, field: Field, level: str) -> bool:
    if dimension.items is not None:
        return all(node.valueset == level for item in dimension.items for node in item.nodes)
    return (dimension.valueset or field.valueset.id) == level


def _others(database: Database, query: Query, choice: MapChoice, parameters: Parameters) -> Iterator[Link]:
    """The other geographies of the database, each at its finest level that is not of small areas."""
    kept = _kept(parameters)
    for field in database.categories:
        if field.kind is FieldKind.GEOGRAPHY and field.id != choice.area:
            rest = tuple(d for d in query.dimensions if d.field not in (choice.area, field.id))
            filters = tuple(f for f in query.filters if f.field != field.id)
            asked = replace(query, dimensions=(_usual(field), *rest), filters=filters, derived=())
            yield Link(field.label, links.map_(database.id, (*parameters_of(asked), *kept)) + "#map")


def _usual(field: Field) -> Dimension:
    """The finest level that is no list of small areas."""
    levels = [level for level in field.classification if len(level) < 800]  # noqa: PLR2004 - authorities, constituencies
    return Dimension(field.id, valueset=levels[-1].id if levels else None, role=Role.ROWS)


def by_geography(database: Database, parameters: Parameters) -> Iterator[Link]:
    """Maps that can be drawn of a database whose table has no areas: its numbers by each geography."""
    try:
        query = with_date(database, query_of(database, parameters))
    except StatlasError:
        query = Query(database.id)
    for field in database.categories:
        if field.kind is FieldKind.GEOGRAPHY:
            rest = tuple(d for d in query.dimensions if d.field == database.date.id)
            asked = replace(query, dimensions=(_usual(field), *rest), derived=())
            yield Link(field.label, links.map_(database.id, parameters_of(asked)))


def _selects(cube: Cube, choice: MapChoice, parameters: Parameters, dates: tuple[Option, ...]) -> Iterator[Select]:
    if len(cube.measures) > 1:
        named = (Option(escape(m.id), heading(cube, m), m.id == choice.measure) for m in cube.measures)
        yield Select("number", _("Number"), tuple(named))
    at = place_of(cube, choice)
    for dimension in cube.dimensions:
        is_date = dimension.is_date and (single(parameters, "step") or choice.against is not None)
        if dimension.field in at and len(dimension) > 1 and (not dimension.is_date or is_date):
            yield Select("at", dimension.label, tuple(_items(dimension, at[dimension.field])))
    measure = next(m for m in cube.measures if m.id == choice.measure)
    if measure.statistic in _RATED:
        yield Select("per", _("As"), tuple(_rates(choice.per)))
    yield Select("against", _("Change since"), tuple(_since(cube, choice, dates)))
    classes = tuple(Option(one.value, _(label), one is choice.classes) for one, label in CLASS_LABELS.items())
    yield Select("classes", _("Classes"), classes)
    if choice.classes is not Classes.OWN and choice.against is None:
        sizes = tuple(Option(str(n), str(n), n == choice.n_classes) for n in range(FEWEST, MOST + 1))
        yield Select("n", _("How many classes"), sizes)


def _items(dimension: CubeDimension, now: int) -> Iterator[Option]:
    for n in (*parts(dimension), *(n for n, item in enumerate(dimension.items) if item.is_total))[:_MOST_OPTIONS]:
        value = f"{escape(dimension.field)}:{escape(code_of(dimension, n))}"
        yield Option(value, keys_of(dimension)[n], n == now)


def _rates(now: str) -> Iterator[Option]:
    yield Option("", _("the number itself"), not now)
    yield Option("persons", _("per 1,000 residents"), now == "persons")
    yield Option("households", _("per 1,000 households"), now == "households")


def _since(cube: Cube, choice: MapChoice, dates: tuple[Option, ...]) -> Iterator[Option]:
    date = date_of(cube)
    then = code_of(date, choice.against) if choice.against is not None else ""
    yield Option("", _("no date: the number as it is"), not then)
    yield from (replace(one, selected=one.value == then) for one in dates)
