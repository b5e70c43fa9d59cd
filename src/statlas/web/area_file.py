"""Headline figures of a place as a file: a line a database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from statlas.definitions.address import parameters_of
from statlas.formats.csv_text import line, neutral, quoted, writable
from statlas.model.cells import SYMBOLS, CellStatus
from statlas.service.tables import area_queries
from statlas.service.tables.area_figures import Figure, Number
from statlas.service.tables.areas import Area, Figures
from statlas.web import links

COLUMNS = (
    *("area", "area_name", "kind", "database", "database_name", "release", "field", "level", "measure", "period"),
    *("value", "symbol", "period_before", "value_before", "symbol_before", "change", "change_percent", "within_noise"),
    *("rank", "rank_of", "rank_in", "percent_of", "share_percent", "rate_per_1000", "rate_of", "synthetic", "table"),
)

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SYMBOLS = {**SYMBOLS, CellStatus.STRUCTURAL_ZERO: "z"}


def csv_of(area: Area, figures: Figures, absolute: Callable[[str], str]) -> bytes:
    """The figures as CSV; ``absolute`` makes an address of the site whole."""
    return b"".join((line(COLUMNS), *(_line(_cells(area, one, absolute)) for one in figures.found)))


def _line(cells: Iterable[str]) -> bytes:
    """Cells as a line; numbers stay numbers where they are negative."""
    texts = (quoted(cell if _NUMBER.fullmatch(cell) else neutral(cell)) for cell in cells)
    return writable(",".join(texts) + "\r\n").encode()


def name_of(area: Area) -> str:
    """The name of the file: ``leeds-E08000035.csv``."""
    label = re.sub(r"[^a-z0-9]+", "-", area.name.label.lower()).strip("-")[:60]
    code = re.sub(r"[^A-Za-z0-9_-]+", "-", area.name.code)[:60]
    return f"{label or 'area'}-{code}.csv"


def _cells(area: Area, one: Figure, absolute: Callable[[str], str]) -> Iterator[str]:
    yield from (area.name.code, area.name.label, area.name.kind, one.database.id, one.database.label)
    yield from (one.release, one.field.id, one.node.valueset, one.measure.id, one.periods[0])
    yield from _number(one.now)
    yield one.periods[1] if one.before else ""
    yield from _number(one.before) if one.before else ("", "")
    is_compared = one.is_comparable
    yield _text(one.change.value) if one.change and is_compared else ""
    yield _text(one.percent.value) if one.percent and is_compared else ""
    yield ("yes" if one.is_noise else "no") if is_compared else ""
    first = one.places[0] if one.places else None
    yield from (str(first.place), str(first.of), first.code) if first else ("", "", "")
    yield from (one.share_of, f"{one.share:.1f}") if one.share is not None else ("", "")
    yield from (f"{one.rate.value:.3f}", one.rate.source.id) if one.rate else ("", "")
    yield "yes" if one.database.synthetic else "no"
    yield absolute(links.table(one.database.id, parameters_of(area_queries.table_of(one))))


def _number(found: Number) -> tuple[str, str]:
    return _text(found.value), _SYMBOLS.get(found.status, "")


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}" if value % 1 else f"{value:.0f}"
