"""How a record's code in a field is found from its columns.

Each class is a declaration; ``records`` turns it into SQL.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """The code stands in a column."""

    column: str


@dataclass(frozen=True)
class Constant:
    """Every record has this code; None: the publisher names it (``--period``). For the date of files without one."""

    code: str | None = None


@dataclass(frozen=True)
class Band:
    """A code for numbers in [low, high); None is open-ended: ``Band("2", 25, 35)``."""

    code: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Banded:
    """The code of the band in which a number lies; bands do not overlap."""

    column: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class LookedUp:
    """The code that a two-column table gives for a column's value."""

    column: str
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Combined:
    """The code that a table gives for several columns' values together; ``otherwise`` for any pair not listed."""

    columns: tuple[str, ...]
    table: tuple[tuple[tuple[str, ...], str], ...]
    otherwise: str | None = None


Source = Column | Constant | Banded | LookedUp | Combined


def columns_of(source: Source) -> tuple[str, ...]:
    """The columns a source reads."""
    if isinstance(source, Constant):
        return ()
    return source.columns if isinstance(source, Combined) else (source.column,)
