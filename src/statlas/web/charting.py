"""How an address says what is drawn of its table: ``kind=line&x=MONTH&colour=SEX``, read into a ``Choice`` and written.

What an address leaves out is as in the chart shown unasked. The parts of an address are those of
``definitions.address.CHART``; fields, codes and measures are escaped as everywhere in it::

    kind=bubble                         one of charts.Kind
    x=FIELD, colour=FIELD, facet=FIELD  which field stands where
    number=MEASURE                      which number is drawn
    top=30                              only the largest bars
    at=FIELD:CODE                       of a field that stands nowhere, the category shown; repeated
    points=FIELD                        of scatter and bubbles, whose categories are points
    x=MEASURE;FIELD:CODE                and the numbers that place and size them; likewise y= and size=
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from statlas.charts import Choice, Kind, Quantity, Setting, default_choice
from statlas.charts.cells import dimension_of, measure_of
from statlas.charts.choice import POINTS
from statlas.charts.choosing import choice_of
from statlas.charts.setting import Theme, Width
from statlas.definitions.address import Parameters, escape, single, values
from statlas.errors import QueryError, UnknownNameError
from statlas.model.cells import CubeContent, CubeDimension
from statlas.model.explanation import TOTAL
from statlas.model.frames import code_of
from statlas.wording import _

NONE = "-"
"""Says that no field stands where one would stand unasked."""


def choice(cube: CubeContent, parameters: Parameters, unasked: Choice | None = None) -> Choice:
    """What an address draws of a table; what it does not say is as in ``unasked``.

    Raises:
        QueryError: it cannot be read, or names what is not in the table (``UnknownNameError``).
    """
    kind = single(parameters, "kind")
    found = unasked or (choice_of(cube, kind_of(kind)) if kind else default_choice(cube))
    found = replace(found, at=tuple(_at(cube, text) for text in values(parameters, "at")))
    return _points(cube, found, parameters) if found.kind in POINTS else _fields(cube, found, parameters)


def kind_of(text: str) -> Kind:
    """The kind of chart of that name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return Kind(text)
    except ValueError:
        raise UnknownNameError(
            _("There is no such kind of chart."), component=text[:60], mend=_("Choose one of the kinds on the page.")
        ) from None


def _fields(cube: CubeContent, unasked: Choice, parameters: Parameters) -> Choice:
    given = {name: single(parameters, name) for name in ("x", "colour", "facet")}
    named: dict[str, Any] = {name: _field(cube, text) for name, text in given.items() if text}
    number, top = single(parameters, "number"), single(parameters, "top")
    if number:
        named["measure"] = measure_of(cube, unquote(number)).id
    made = replace(unasked, **named)
    if named.keys() & {"x"} and not top and named["x"] != unasked.x:
        made = replace(made, top=0)
    return replace(made, top=_whole(top)) if top else made


def _field(cube: CubeContent, text: str) -> str:
    return "" if text == NONE else dimension_of(cube, unquote(text)).field


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 - more than any table has
        raise QueryError(_("A whole number was expected for how many bars."), mend=_("Write 30 for the 30 largest."))
    return int(text)


def _points(cube: CubeContent, unasked: Choice, parameters: Parameters) -> Choice:
    field = single(parameters, "points")
    size = single(parameters, "size")
    across, up = (single(parameters, name) for name in ("x", "y"))
    return replace(
        unasked,
        x=_field(cube, field) if field else unasked.x,
        across=_quantity(cube, across) if across else unasked.across,
        up=_quantity(cube, up) if up else unasked.up,
        size=_quantity(cube, size) if size and unasked.kind is Kind.BUBBLE else unasked.size,
    )


def _quantity(cube: CubeContent, text: str) -> Quantity:
    """``MEASURE;FIELD:CODE`` as a quantity."""
    measure, *places = text.split(";")
    return Quantity(measure_of(cube, unquote(measure)).id, tuple(_at(cube, place) for place in places))


def _at(cube: CubeContent, text: str) -> tuple[str, int]:
    """``FIELD:CODE`` as the field and the position of the item."""
    field, _colon, code = text.partition(":")
    dimension = dimension_of(cube, unquote(field))
    return dimension.field, _position(dimension, unquote(code))


def _position(dimension: CubeDimension, name: str) -> int:
    for n, item in enumerate(dimension.items):
        if name in (item_name(dimension, n), item.label):
            return n
    raise UnknownNameError(
        _("A category that the chart names is not in the table."),
        component=name[:60],
        mend=_("Choose one on the page of the chart."),
    )


# --- writing ----------------------------------------------------------------------------------------------------------


def written(cube: CubeContent, made: Choice) -> Parameters:
    """The parts of an address from which ``choice`` reads the same again: only those that are not so unasked."""
    return () if made == default_choice(cube) else different(cube, made, choice_of(cube, made.kind))


def different(cube: CubeContent, made: Choice, unasked: Choice) -> Parameters:
    """The kind of a choice, and the parts in which it differs from what its kind has unasked."""
    parts = _of_points(cube, made, unasked) if made.kind in POINTS else _of_fields(made, unasked)
    places = (("at", place_text(cube, field, n)) for field, n in made.at)
    return (("kind", made.kind.value), *parts, *places)


def _of_fields(made: Choice, unasked: Choice) -> Iterator[tuple[str, str]]:
    for name in ("x", "colour", "facet"):
        field = getattr(made, name)
        if field != getattr(unasked, name):
            yield name, escape(field) if field else NONE
    if made.measure:
        yield "number", escape(made.measure)
    if made.top != (unasked.top if made.x == unasked.x else 0):
        yield "top", str(made.top)


def _of_points(cube: CubeContent, made: Choice, unasked: Choice) -> Iterator[tuple[str, str]]:
    if made.x != unasked.x:
        yield "points", escape(made.x)
    for name, own, other in (
        ("x", made.across, unasked.across),
        ("y", made.up, unasked.up),
        ("size", made.size, unasked.size),
    ):
        if own is not None and own != other:
            yield name, quantity_text(cube, own)


def quantity_text(cube: CubeContent, quantity: Quantity) -> str:
    """A quantity as it stands in an address."""
    measure = measure_of(cube, quantity.measure).id
    return ";".join([escape(measure), *(place_text(cube, field, n) for field, n in quantity.at)])


def place_text(cube: CubeContent, field: str, n: int) -> str:
    """An item of a field as it stands in an address: ``SEX:1``, ``SEX:Total``."""
    return f"{escape(field)}:{escape(item_name(dimension_of(cube, field), n))}"


def item_name(dimension: CubeDimension, n: int) -> str:
    """How an item is named: by its code, a total as *Total*."""
    return code_of(dimension, n) or TOTAL


# --- the setting ------------------------------------------------------------------------------------------------------


def setting(parameters: Parameters, *, title: str, subtitle: str, address: str) -> Setting:
    """The theme and width that an address asks for."""
    theme, width = single(parameters, "theme"), single(parameters, "width")
    return Setting(
        title,
        subtitle,
        address,
        Theme.DARK if theme == Theme.DARK else Theme.LIGHT,
        Width.NARROW if width == Width.NARROW else Width.WIDE,
        touch=bool(single(parameters, "touch")),
    )
