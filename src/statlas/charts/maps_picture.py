"""A map as SVG: for a page, which gives it its colours, and for a file, which carries them and its frame."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from statlas.charts.framing import credits_of, shown_address
from statlas.charts.lettering import FONT, lines_of
from statlas.charts.maps_sheet import Entry, MapSheet, n_areas
from statlas.charts.setting import Theme
from statlas.model.legend import STRUCTURAL_ZERO
from statlas.wording import gettext as _

MOST_TITLES = 2_000
"""Areas whose name and number stand inside the drawing for pointers without scripts; more would double its size."""

_TITLE, _TEXT, _FOOT, _LEADING = 17, 13, 11, 1.35
_EDGE, _LEGEND, _SWATCH = 12, 250, 16
_HATCHES = {"low": 45, "c": 135, "x": 90, "n": 0}
"""Degrees by which the lines of each sign are turned, so that they are told apart without colour."""


HATCH = {Theme.LIGHT: "#7c8886", Theme.DARK: "#7d8b88"}
"""Lines for areas without a number: lighter than any class that is dark, and 3:1 against the ground (WCAG 1.4.11)."""

BORDER = {Theme.LIGHT: "#6d7a78", Theme.DARK: "#0b1211"}
"""Lines between areas: thin, so that pale areas have an edge and small ones are not covered."""


def inline(sheet: MapSheet, name: str, alternative: str) -> str:
    """The map in a page: each area has a class of the page's style sheet; ids begin with ``name``."""
    left, top, wide, high = sheet.box
    said = f'<title id="{name}-title">{escape(alternative)}</title>'
    body = "".join(_inline_areas(sheet, name))
    patterns = "".join(_pattern(sign, f"{name}-{sign}") for sign in _HATCHES)
    return (
        f'<svg class="statlas-map__drawing" viewBox="{left} {top} {wide} {high}" role="img" '
        f'aria-labelledby="{name}-title" preserveAspectRatio="xMidYMid meet">'
        f'{said}<defs>{patterns}</defs><g class="statlas-map__areas" data-name="{name}">{body}</g></svg>'
    )


def _inline_areas(sheet: MapSheet, name: str) -> Iterator[str]:
    titled = len(sheet.drawing.paths) <= MOST_TITLES
    for code, path in _in_order(sheet):
        found = ' data-found="1"' if code == sheet.found else ""
        title = f"<title>{escape(told(sheet, code))}</title>" if titled else ""
        key = sheet.key_of(code)
        hatch = f' fill="url(#{name}-{key})"' if key in _HATCHES else ""
        yield f'<path class="k{css_of(key)}"{hatch} data-c="{escape(code)}"{found} d="{path}">{title}</path>'


def _in_order(sheet: MapSheet) -> Iterator[tuple[str, str]]:
    """Areas in the drawing's order; what was looked for last, so that its outline lies on top."""
    paths = sheet.drawing.paths
    yield from ((code, path) for code, path in paths.items() if code != sheet.found)
    if sheet.found in paths:
        yield sheet.found, paths[sheet.found]


def css_of(key: str) -> str:
    """The end of the class in the style sheet."""
    return {"-": "out", STRUCTURAL_ZERO: "out"}.get(key, key)


def told(sheet: MapSheet, code: str) -> str:
    """What is read out of a place: *Leeds: 1,234*."""
    area = sheet.by_code.get(code)
    if area is None:
        return _("{name}: not in this table").format(name=sheet.drawing.names.get(code, code))
    if area.value is None and area.sign == STRUCTURAL_ZERO:
        return _("{name}: not at this date").format(name=area.label)
    return f"{area.label}: {area.text}"


def _pattern(sign: str, name: str, ground: str = "", line: str = "") -> str:
    """Lines at a distance of 6 pixels; on a page the style sheet gives them their colour."""
    shared = f'width="60" height="60" patternUnits="userSpaceOnUse" patternTransform="rotate({_HATCHES[sign]})"'
    under, over = (f' fill="{colour}"' if colour else "" for colour in (ground, line))
    return (
        f'<pattern id="{name}" {shared}><rect class="statlas-map__hatch-ground" width="60" height="60"{under}/>'
        f'<rect class="statlas-map__hatch-line" width="11" height="60"{over}/></pattern>'
    )


# --- files ------------------------------------------------------------------------------------------------------------


def picture(sheet: MapSheet, alternative: str) -> str:
    """The map as a file of its own: title, legend, source, address, and that it is synthetic, are inside."""
    colours, width = sheet.colours, sheet.setting.pixels
    is_narrow = width < 2 * _LEGEND + 100
    head, y = _lines(_head(sheet), _EDGE, _EDGE, width - 2 * _EDGE)
    map_width = width - 2 * _EDGE - (0 if is_narrow else _LEGEND + 16)
    left, top, wide, high = sheet.box
    map_height = min(round(map_width * high / wide), 900)
    svg = (
        f'<svg x="{_EDGE}" y="{y:.0f}" width="{map_width}" height="{map_height}" '
        f'viewBox="{left} {top} {wide} {high}">{"".join(_filled(sheet, wide / map_width))}</svg>'
    )
    legend_x = _EDGE if is_narrow else width - _EDGE - _LEGEND
    legend_y = y + map_height + 12 if is_narrow else y
    legend, end = _legend(sheet, legend_x, legend_y, width - _EDGE - legend_x)
    foot, bottom = _lines(_foot(sheet), _EDGE, max(y + map_height, end) + 14, width - 2 * _EDGE)
    ground, line = colours.ground, HATCH[sheet.setting.theme]
    patterns = "".join(_pattern(sign, f"hatch-{sign}", ground, line) for sign in _HATCHES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + _EDGE:.0f}" '
        f'viewBox="0 0 {width} {bottom + _EDGE:.0f}" font-family="{escape(FONT)}" fill="{colours.text}" role="img">'
        f"<title>{escape(sheet.setting.title)}</title><desc>{escape(alternative)}</desc><defs>{patterns}</defs>"
        f'<rect width="100%" height="100%" fill="{ground}"/>{head}{svg}{legend}{foot}</svg>'
    )


def _filled(sheet: MapSheet, units: float) -> Iterator[str]:
    """Areas of one filling together, which keeps the file small; ``units`` of the drawing are a pixel."""
    groups: dict[str, list[str]] = {}
    for code, path in sheet.drawing.paths.items():
        groups.setdefault(sheet.key_of(code), []).append(path)
    line = BORDER[sheet.setting.theme]
    thin = (0.4 if len(sheet.drawing.paths) < MOST_TITLES else 0.15) * units
    for key, paths in groups.items():
        fill = _fill(sheet, key)
        outline = sheet.colours.line if key in ("-", STRUCTURAL_ZERO) else line
        yield f'<g fill="{fill}" stroke="{outline}" stroke-width="{thin:.1f}" stroke-linejoin="round">'
        yield "".join(f'<path d="{path}"/>' for path in paths)
        yield "</g>"
    if sheet.found in sheet.drawing.paths:
        path = sheet.drawing.paths[sheet.found]
        yield f'<path d="{path}" fill="none" stroke="{sheet.colours.text}" stroke-width="{2 * units:.1f}"/>'


def _fill(sheet: MapSheet, key: str) -> str:
    if key in _HATCHES:
        return f"url(#hatch-{key})"
    return "none" if key in ("-", STRUCTURAL_ZERO) else sheet.fill(key)


def _legend(sheet: MapSheet, x: float, y: float, width: float) -> tuple[str, float]:
    made, at = _lines([(sheet.what, _TEXT, True)], x, y, width)
    at += 6
    parts = [made]
    for entry in sheet.legend:
        lines = lines_of(_entry_text(entry), width - _SWATCH - 8, _TEXT)
        parts.append(_swatch(sheet, entry, x, at))
        for line in lines:
            parts.append(_text(line, x + _SWATCH + 8, at + _TEXT, _TEXT))
            at += _TEXT * _LEADING
        at += 5
    return "".join(parts), at


def _entry_text(entry: Entry) -> str:
    return f"{entry.text} ({n_areas(entry.n_areas)})" if entry.n_areas else entry.text


def _swatch(sheet: MapSheet, entry: Entry, x: float, y: float) -> str:
    """A square of the legend; hatched ones are drawn larger and made smaller, as the lines of the map are."""
    fill = _fill(sheet, entry.key)
    if not fill.startswith("url"):
        return (
            f'<rect x="{x}" y="{y:.1f}" width="{_SWATCH}" height="{_SWATCH}" fill="{fill}" '
            f'stroke="{sheet.colours.quiet}" stroke-width="0.5"/>'
        )
    side = _SWATCH * 10
    return (
        f'<g transform="translate({x} {y:.1f}) scale(0.1)"><rect width="{side}" height="{side}" fill="{fill}" '
        f'stroke="{sheet.colours.quiet}" stroke-width="5"/></g>'
    )


def _head(sheet: MapSheet) -> list[tuple[str, float, bool]]:
    beneath = [sheet.setting.subtitle, "; ".join(sheet.shown)]
    return [(sheet.setting.title, _TITLE, True), *((text, _TEXT, False) for text in beneath if text)]


def _foot(sheet: MapSheet) -> list[tuple[str, float, bool]]:
    said = [*sheet.credits, *credits_of(sheet.cube)]
    if sheet.setting.address:
        said.append(shown_address(sheet.setting.address))
    return [(text, _FOOT, False) for text in said]


def _lines(texts: list[tuple[str, float, bool]], x: float, y: float, width: float) -> tuple[str, float]:
    parts = []
    for text, size, is_bold in texts:
        for line in lines_of(text, width, size * (1.06 if is_bold else 1)):
            y += size * _LEADING
            parts.append(_text(line, x, y - size * (_LEADING - 1), size, is_bold=is_bold))
        y += 4
    return "".join(parts), y + 4


def _text(line: str, x: float, y: float, size: float, *, is_bold: bool = False) -> str:
    weight = ' font-weight="bold"' if is_bold else ""
    return f'<text x="{x}" y="{y:.1f}" font-size="{size}"{weight}>{escape(line)}</text>'
