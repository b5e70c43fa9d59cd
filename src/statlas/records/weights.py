"""Weights of a survey: numbers from 0 with any decimals, kept as whole numbers of 10**-precision."""

from __future__ import annotations

from statlas.model.database import Database
from statlas.tabular import ColumnShape, Kind, Table, value

MOST = 1_000_000
"""Far beyond what one record of a survey stands for, and small enough to add up: arbitrary."""


def columns(database: Database) -> tuple[str, ...]:
    """The columns of a record file with the weight and its replicates; none where nothing is weighted."""
    return () if database.weight is None else (database.weight.column, *database.weight.replicates)


def shape(column: str) -> ColumnShape:
    """What a column of weights holds."""
    return ColumnShape(column, Kind.REAL)


def weight_sql(database: Database, column: str, table: Table) -> str:
    """SQL of a weight as a whole number, rounded half to even; NULL if it is blank or none."""
    assert database.weight is not None
    number = value(shape(column), table)
    scaled = f"round_even({number} * {10**database.weight.precision}, 0)"
    return f"(case when {number} between 0 and {MOST} then cast({scaled} as bigint) end)"


def outside_sql(column: str, table: Table) -> str:
    """SQL that is true where a number is no weight."""
    return f"(not {value(shape(column), table)} between 0 and {MOST})"
