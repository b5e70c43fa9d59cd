"""ODS (OpenDocument 1.3), its XML written as it stands: the sheets of ``sheets``, each table a named range.

Texts are typed as texts, so none becomes a formula. Rows pass through the compressor a thousand at a time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from statlas.formats import sheets
from statlas.formats.facts import attribution
from statlas.formats.sheets import Cell, Link, Number, Sheet, plain, time_of
from statlas.model.about import About
from statlas.model.cube import Cube
from statlas.model.words import licence
from statlas.version import VERSION

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SUFFIX = "ods"

_ROWS_AT_ONCE = 1_000
_PIECE = 1 << 16
_DECIMALS = 13
"""Most decimals shown: a number has no more that are exact."""

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "number": "datastyle",
        "meta": "meta",
        "config": "config",
    }.items()
)
_ROOT = (
    f'{_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' office:version="1.3"'
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

misfit = partial(sheets.misfit, name=SUFFIX)


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in pieces.

    Raises:
        QueryError: a spreadsheet cannot hold the cube.
    """
    if found := misfit(cube):
        raise found
    return _pieces(cube, about)


def _pieces(cube: Cube, about: About) -> Iterator[bytes]:
    # Held whole, some ten megabytes at most: a file that cannot be wound back has sizes behind its members, and
    # readers in Java refuse that of a member that is not compressed.
    file = io.BytesIO()
    made = time_of(about.made)
    with zipfile.ZipFile(file, "w") as archive:
        # The first member is the type of the file, as it stands and uncompressed (OpenDocument, part 2, 3.3).
        archive.writestr(_member("mimetype", made), MEDIA_TYPE, zipfile.ZIP_STORED)
        archive.writestr(_member("META-INF/manifest.xml", made), _manifest())
        archive.writestr(_member("meta.xml", made), _meta(cube, about, made))
        archive.writestr(_member("settings.xml", made), _settings())
        archive.writestr(_member("styles.xml", made), _page_styles())
        with archive.open(_member("content.xml", made), "w") as content:
            for text in _content(sheets.sheets_of(cube, about)):
                content.write(text.encode("utf-8", "replace"))
    view = file.getbuffer()
    yield from (bytes(view[at : at + _PIECE]) for at in range(0, len(view), _PIECE))


def _member(name: str, made: datetime) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, made.timetuple()[:6])
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


# --- the parts that say what the file is ------------------------------------------------------------------------------


def _manifest() -> str:
    entries = {"/": MEDIA_TYPE, **dict.fromkeys(("content.xml", "styles.xml", "meta.xml", "settings.xml"), "text/xml")}
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries.items()
    )
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"'
    return f"{_XML}<manifest:manifest {space}>{listed}</manifest:manifest>"


def _meta(cube: Cube, about: About, made: datetime) -> str:
    terms = " ".join(part for part in (licence(cube.licence).name, attribution(cube)) if part)
    told = {
        "meta:generator": f"Statlas/{VERSION}",
        "dc:title": about.title,
        "dc:subject": about.subtitle,
        "dc:description": f"Release {cube.release}. {terms}",
        "dc:creator": cube.source or cube.database_label,
        "dc:language": "en-GB",
        "dc:date": f"{made:%Y-%m-%dT%H:%M:%S}",
        "meta:creation-date": f"{made:%Y-%m-%dT%H:%M:%S}",
        "meta:keyword": "synthetic statistics" if cube.synthetic else "statistics",
    }
    said = "".join(f"<{tag}>{_escaped(text)}</{tag}>" for tag, text in told.items() if text)
    for name, text in {"Release": cube.release, "Digest": about.digest, "Link": about.link}.items():
        if text:
            said += f'<meta:user-defined meta:name="{name}">{_escaped(text)}</meta:user-defined>'
    return f"{_XML}<office:document-meta {_ROOT}><office:meta>{said}</office:meta></office:document-meta>"


def _settings() -> str:
    """The cursor stands in A1 of the first sheet."""
    item = '<config:config-item config:name="{}" config:type="{}">{}</config:config-item>'
    view = item.format("ActiveTable", "string", "Cover")
    return (
        f"{_XML}<office:document-settings {_ROOT}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        f"<config:config-item-map-entry>{view}</config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>"
    )


def _page_styles() -> str:
    return (
        f'{_XML}<office:document-styles {_ROOT}><office:styles><style:default-style style:family="table-cell">'
        '<style:text-properties style:font-name="Arial" fo:font-family="Arial" fo:font-size="11pt"'
        ' fo:language="en" fo:country="GB"/></style:default-style></office:styles><office:automatic-styles>'
        '<style:page-layout style:name="page"><style:page-layout-properties style:print-orientation="landscape"'
        ' fo:page-width="29.7cm" fo:page-height="21cm" fo:margin="1.5cm" style:scale-to-X="1" style:scale-to-Y="0"/>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Default" style:page-layout-name="page"><style:header style:display="false"/>'
        '<style:footer style:display="false"/></style:master-page></office:master-styles></office:document-styles>'
    )


# --- the tables -------------------------------------------------------------------------------------------------------


def _content(listed: Sequence[Sheet]) -> Iterator[str]:
    yield f"{_XML}<office:document-content {_ROOT}><office:automatic-styles>{_styles(listed)}</office:automatic-styles>"
    yield "<office:body><office:spreadsheet>"
    for sheet in listed:
        yield from _sheet(sheet)
    yield f"<table:database-ranges>{''.join(map(_range, listed))}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _range(sheet: Sheet) -> str:
    """The table as an object with a name; no buttons, so nothing is filtered."""
    top, last = len(sheet.above) + 2, len(sheet.above) + 2 + max(sheet.n_rows, 1)
    place = f"'{sheet.name}'.A{top}:'{sheet.name}'.{_letters(len(sheet.heads))}{last}"
    return (
        f"<table:database-range table:name={quoteattr(sheet.table)} table:target-range-address={quoteattr(place)}"
        ' table:display-filter-buttons="false"/>'
    )


def _letters(column: int) -> str:
    """The letters of a column, from 1: ``A``, ``Z``, ``AA``."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _styles(listed: Sequence[Sheet]) -> str:
    cell = (
        '<style:style style:name="{name}" style:family="table-cell"{data}><style:table-cell-properties'
        ' style:vertical-align="{down}"{more}/><style:paragraph-properties fo:text-align="{across}"/>'
        "<style:text-properties{look}/></style:style>"
    )
    bold, wrap, rule = ' fo:font-weight="bold"', ' fo:wrap-option="wrap"', ' fo:border-bottom="0.75pt solid #000000"'
    look = {"data": "", "down": "top", "more": "", "across": "start", "look": ""}
    made = [
        cell.format(**look | {"name": "title", "look": f'{bold} fo:font-size="15pt"'}),
        cell.format(**look | {"name": "line"}),
        cell.format(**look | {"name": "text", "more": wrap}),
        cell.format(**look | {"name": "more", "more": wrap, "across": 'start" fo:margin-left="0.2cm'}),
        cell.format(**look | {"name": "symbol", "across": "end"}),
        cell.format(**look | {"name": "head", "more": wrap + rule, "look": bold, "down": "bottom"}),
        cell.format(
            **look
            | {
                "name": "headm",
                "more": wrap + rule,
                "look": bold,
                "down": "bottom",
                "across": 'start" fo:margin-left="0.2cm',
            }
        ),
        cell.format(**look | {"name": "headn", "more": wrap + rule, "look": bold, "down": "bottom", "across": "end"}),
    ]
    for decimals in range(_DECIMALS + 1):
        made.append(
            f'<number:number-style style:name="n{decimals}"><number:number number:decimal-places="{decimals}"'
            f' number:min-decimal-places="{decimals}" number:min-integer-digits="1" number:grouping="true"/>'
            "</number:number-style>"
        )
        data = f' style:data-style-name="n{decimals}"'
        made.append(cell.format(**look | {"name": f"c{decimals}", "data": data, "across": "end"}))
    made += [
        f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{width * 0.23:.2f}cm"/></style:style>'
        for width in sorted({width for sheet in listed for width in sheet.widths})
    ]
    made.append(
        '<style:style style:name="sheet" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="row" style:family="table-row"><style:table-row-properties'
        ' style:use-optimal-row-height="true"/></style:style>'
    )
    return "".join(made)


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="sheet">'
    for width, same in groupby(sheet.widths):
        yield f'<table:table-column table:style-name="w{width}" table:number-columns-repeated="{len([*same])}"/>'
    yield _row([_text(" ".join(sheet.title.split()), "title")])
    yield from (_row([_text(text, "line")]) for text in sheet.above)
    yield _row([_text(head, _head_style(sheet, at)) for at, head in enumerate(sheet.heads)])
    pending: list[str] = []
    for cells in sheet.rows():
        pending.append(_row(_cells(cells, sheet)))
        if len(pending) >= _ROWS_AT_ONCE:
            yield "".join(pending)
            pending = []
    yield "".join(pending) + "</table:table>"


def _head_style(sheet: Sheet, column: int) -> str:
    if column == 0:
        return "head"
    return "headm" if sheet.is_text(column) else "headn"


def _row(cells: Iterable[str]) -> str:
    return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


def _cells(cells: Sequence[Cell], sheet: Sheet) -> Iterator[str]:
    for at, cell in enumerate(cells):
        if isinstance(cell, Number):
            yield _number(cell)
        elif isinstance(cell, Link):
            yield _link(cell, "text" if at == 0 else "more")
        else:
            yield _text(cell, ("text" if at == 0 else "more") if sheet.is_text(at) else "symbol")


def _number(cell: Number) -> str:
    decimals = min(cell.decimals, _DECIMALS)
    said = f"{cell.value:,.{decimals}f}"
    return (
        f'<table:table-cell table:style-name="c{decimals}" office:value-type="float" office:value="{cell.value!r}">'
        f"<text:p>{said}</text:p></table:table-cell>"
    )


def _text(text: str, style: str) -> str:
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in plain(text).split("\n"))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{paragraphs}</table:table-cell>'


def _link(link: Link, style: str) -> str:
    address = link.address if not link.address.startswith("#") else f"#'{link.address[1:]}'.A1"
    inner = f'<text:a xlink:type="simple" xlink:href={quoteattr(plain(address))}>{_escaped(link.text)}</text:a>'
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"><text:p>{inner}</text:p>'
        "</table:table-cell>"
    )


def _spaced(line: str) -> str:
    """A line of which XML folds no blanks: those at its ends, and more than one in a row, are told apart."""
    return re.sub("^ +| +$| {2,}", lambda found: f'<text:s text:c="{len(found[0])}"/>', escape(line))


def _escaped(text: str) -> str:
    return escape(plain(text))
