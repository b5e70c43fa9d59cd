"""What stands around the numbers of every picture: title, source, release, address, and that they are made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statlas.charts.choice import POINTS
from statlas.charts.lettering import FONT, lines_of
from statlas.charts.sheet import EDGE, LABEL, Sheet
from statlas.model import words
from statlas.model.cells import CubeContent
from statlas.wording import gettext as _

_TITLE, _SUBTITLE, _FOOT = 17, 13, 11
_LEADING = 1.3
_MOST_LINES = 12  # of a title or a sentence (arbitrary): the names of groups and formulas come out of addresses
_LONGEST_ADDRESS = 420  # letters of an address that a picture can hold (arbitrary: five lines)


def framed(sheet: Sheet, chart: Any, said: tuple[str, ...] = ()) -> dict[str, Any]:
    """The specification of a chart with its frame and its data.

    Args:
        sheet: what is drawn.
        chart: an Altair chart on the data named ``cells``.
        said: sentences on how to read this kind of chart.
    """
    spec: dict[str, Any] = chart.to_dict(validate=False)
    schema = spec.pop("$schema", "https://vega.github.io/schema/vega-lite/v6.json")
    spec.pop("config", None)
    _without_data(spec)
    params = spec.pop("params", [])
    spec["title"] = {"text": [*_foot(sheet, said)], **_FOOT_STYLE}
    return {
        "$schema": schema,
        "description": sheet.setting.title,
        "data": {"name": "cells", "values": sheet.rows},
        "title": _head(sheet),
        "params": params,
        "vconcat": [spec],
        "config": config(sheet),
        "background": sheet.colours.ground,
        "padding": EDGE,
        "usermeta": {"source": sheet.setting.address, "synthetic": sheet.cube.synthetic},
    }


def _without_data(spec: dict[str, Any]) -> None:
    """Takes the data from every part: a part with its own would not be divided among panels."""
    spec.pop("data", None)
    for part in (*spec.get("layer", ()), *([spec["spec"]] if "spec" in spec else ())):
        _without_data(part)


_FOOT_STYLE = {
    "orient": "bottom",
    "anchor": "start",
    "frame": "bounds",
    "fontSize": _FOOT,
    "fontWeight": "normal",
    "offset": 14,
    "lineHeight": round(_FOOT * _LEADING),
}


def _head(sheet: Sheet) -> dict[str, Any]:
    width = sheet.setting.pixels - 2 * EDGE
    return {
        "text": lines_of(sheet.setting.title, width, _TITLE * 1.06, _MOST_LINES),
        "subtitle": [line for text in _beneath(sheet) for line in lines_of(text, width, _SUBTITLE, _MOST_LINES)],
        "anchor": "start",
        "frame": "bounds",
        "fontSize": _TITLE,
        "lineHeight": round(_TITLE * _LEADING),
        "subtitleFontSize": _SUBTITLE,
        "subtitleLineHeight": round(_SUBTITLE * _LEADING),
        "subtitlePadding": 6,
        "offset": 12,
    }


def _beneath(sheet: Sheet) -> Iterator[str]:
    """What holds for the whole, and what the numbers are; points have that on their axes."""
    if sheet.setting.subtitle:
        yield sheet.setting.subtitle
    if sheet.choice.kind not in POINTS:
        yield sheet.axis_title()


def _foot(sheet: Sheet, said: tuple[str, ...]) -> Iterator[str]:
    width = sheet.setting.pixels - 2 * EDGE
    for sentence in (*said, *credits_of(sheet.cube)):
        yield from lines_of(sentence, width, _FOOT, _MOST_LINES)
    if sheet.setting.address:
        yield from lines_of(shown_address(sheet.setting.address), width, _FOOT)


def credits_of(cube: CubeContent) -> Iterator[str]:
    """Where the numbers come from, in sentences: synthetic or not, source, release and its date, licence."""
    if cube.synthetic:
        yield _("Synthetic: these numbers are made up.")
    if cube.source:
        yield _("Source: {source}.").format(source=cube.source.rstrip("."))
    yield _("{database}, release {release}, published {day}. {licence}.").format(
        database=cube.database_label,
        release=cube.release,
        day=words.day(cube.released),
        licence=words.licence(cube.licence).name,
    )


def shown_address(address: str) -> str:
    """An address as a picture holds it: whole, or without its query where that would fill the picture."""
    return address if len(address) <= _LONGEST_ADDRESS else address.partition("?")[0]


_STACKED = {"top": {"anchor": "start", "direction": "vertical", "margin": 16, "offset": 12}}
"""Legends stand above one another, above the plot."""


def config(sheet: Sheet) -> dict[str, Any]:
    """The look of axes, legends and letters."""
    colours = sheet.colours
    lettering = {"labelColor": colours.text, "titleColor": colours.text, "labelFontSize": LABEL, "titleFontSize": LABEL}
    return {
        "font": FONT,
        "lineBreak": "\n",
        "view": {"stroke": None},
        "title": {"color": colours.text, "subtitleColor": colours.quiet},
        "axis": {
            **lettering,
            "domainColor": colours.quiet,
            "tickColor": colours.quiet,
            "gridColor": colours.line,
            "labelLimit": 0,
            "titleLimit": 0,
            "titleFontWeight": "normal",
        },
        "legend": {
            **lettering,
            "titleFontWeight": "bold",
            "titleLimit": 0,
            "rowPadding": 4,
            "offset": 10,
            "layout": _STACKED,
        },
        "header": {**lettering, "labelFontWeight": "bold", "labelLimit": 0},
        "text": {"color": colours.text, "fontSize": LABEL},
        "concat": {"spacing": 10},
    }
