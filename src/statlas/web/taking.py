"""The ways to take a table away: files, the query, a citation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas import formats
from statlas.definitions.address import Parameters
from statlas.model.about import About
from statlas.model.cube import Cube
from statlas.web import links
from statlas.wording import _, later

FORMAT_HINTS = {
    "csv": later("Every line a number, with codes and labels; for programs and databases."),
    "csv-bom": later("The same for spreadsheets that take no other; they hold a million lines at most."),
    "xlsx": later("With its title, notes and source on sheets of their own."),
    "ods": later("The same for LibreOffice and others."),
    "csv-shown": later("Rows and columns as on a page, with title and notes, to be read rather than computed with."),
    "parquet": later("Small; for Python, R, DuckDB, Power BI."),
    "arrow": later("For Python and R, read without being unpacked."),
    "json-stat": later("For programs that read JSON-stat cubes."),
    "json": later("Everything that is known of the table, for programs."),
    "opendata-query": later("The question rather than the answer, as Stat-Xplore writes it."),
}
_ORDER = ("csv", "xlsx", "ods", "csv-shown", "csv-bom", "parquet", "arrow", "json-stat", "json", "opendata-query")
_AT_HAND = {"csv": later("CSV"), "xlsx": later("Excel"), "ods": later("ODS")}
"""Formats beside the title, as people call them."""

_QUERY = "opendata-query"
_MOST_ITEMS = 400
"""Items in a query that is still shown on its page; of more it is a file (arbitrary: some hundred lines)."""


@dataclass(frozen=True)
class Download:
    """A format in the list of downloads: its address, or why a table is no such file."""

    name: str
    label: str
    hint: str
    url: str
    misfit: str


def downloads(cube: Cube, parameters: Parameters) -> Iterator[Download]:
    """Every format, those most people take first."""
    for name in dict.fromkeys((*_ORDER, *formats.FORMATS)):
        one = formats.FORMATS[name]
        found = one.misfit(cube)
        url = "" if found else links.file(cube.database, parameters, one.suffix)
        yield Download(name, _(one.label), _(FORMAT_HINTS.get(name, "")), url, str(found) if found else "")


def at_hand(found: tuple[Download, ...]) -> Iterator[tuple[str, str]]:
    """What the links beside the title say, and where they lead."""
    return ((_(_AT_HAND[one.name]), one.url) for one in found if one.name in _AT_HAND and one.url)


def query_text(cube: Cube) -> str:
    """The query as Stat-Xplore writes it, to be shown; empty where it cannot, or is too long for a page."""
    form = formats.FORMATS[_QUERY]
    if sum(len(item.nodes) for d in cube.dimensions for item in d.items) > _MOST_ITEMS or form.misfit(cube):
        return ""
    return b"".join(form.write(cube, About(""))).decode()
