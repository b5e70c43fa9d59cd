"""What a table is expected to look like, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    REAL = "real"
    DATE = "date"


#: How dates may be written in a column of a database that has periods of a frequency. A month and a financial year are
#: both six digits (201112), so a frequency allows one of them only.
FORMS_OF = {
    "month": ("month", "day"),
    "quarter": ("month", "day"),
    "year": ("year", "day"),
    "financial_year": ("financial_year", "day"),
}


@dataclass(frozen=True)
class ColumnShape:
    """What one column holds: ``ColumnShape("award", Kind.MONEY, scale=2)``.

    Attributes:
        required: a blank is a fault.
        codes: the codes allowed, for CODE; None allows every text.
        scale: most decimal places, for DECIMAL and MONEY.
        forms: how a date may be written: ``day`` (2025-09-30 or 30/09/2025), ``month`` (202509 or 2025-09), ``year``
            (2025), ``financial_year`` (202526, 2025-26 or 2025/26).
        floor: what a date is rounded down to: ``day``, ``month``, ``year`` or ``financial_year``.
        optional: the column itself may be absent.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    codes: tuple[str, ...] | None = None
    scale: int = 2
    forms: tuple[str, ...] = ("day",)
    floor: str = "day"
    optional: bool = False


@dataclass(frozen=True)
class TableShape:
    """What a table holds.

    Attributes:
        columns: the columns, in no particular order.
        strict: a column not named here is a fault.
        unique: sets of columns whose values together occur once in all files together.
        may_be_empty: a file without a record is no fault.
    """

    columns: tuple[ColumnShape, ...]
    strict: bool = False
    unique: tuple[tuple[str, ...], ...] = ()
    may_be_empty: bool = False

    def __iter__(self) -> Iterator[ColumnShape]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> ColumnShape:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
