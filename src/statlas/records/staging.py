"""The staged table: every record of every file, encoded, before it is sorted and cut into periods.

columns: ``period`` (UINTEGER, the period code as a number), ``unit`` (UBIGINT, the unit's pseudonym), ``f<n>``
(positions), ``m<n>`` (BIGINT amounts, NULL where blank), ``faulty`` (some value of the row could not be read).
Staging is optimistic: it reads each file once and only marks faults; ``checks`` names them when there are any.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from statlas.model.database import Database, Measure
from statlas.model.period import Frequency
from statlas.records import keys, layout
from statlas.records.encoding import (
    KEY,
    POSITION,
    EncodedField,
    encoded_fields,
    join_sql,
    make_relations,
    position_sql,
)
from statlas.tabular import FORMS_OF, ColumnShape, Kind, Table, text, value

STAGED = "staged"

_FLOOR = {Frequency.YEAR: "year", Frequency.FINANCIAL_YEAR: "financial_year"}


@dataclass(frozen=True)
class Stage:
    """What staging needs to know of a database; ``columns`` name the staged table's columns by what they hold."""

    database: Database
    fields: tuple[EncodedField, ...]

    @property
    def measures(self) -> tuple[tuple[str, Measure], ...]:
        """The staged column of each measure."""
        return tuple((f"m{n}", measure) for n, measure in enumerate(self.database.measures))


def stage(connection: duckdb.DuckDBPyConnection, database: Database) -> Stage:
    """Create the empty staged table and the relations it is filled through."""
    made = Stage(database, encoded_fields(database))
    make_relations(connection, made.fields)
    columns = ["period uinteger", "unit ubigint", *(f"{f.column} {layout.sql_type(f.field)}" for f in made.fields)]
    columns += [f"{name} bigint" for name, _ in made.measures] + ["faulty boolean"]
    connection.execute(f"create temp table {STAGED} ({', '.join(columns)})")
    return made


def fill(connection: duckdb.DuckDBPyConnection, made: Stage, table: Table, secret: bytes) -> None:
    """Encode the records of one file into the staged table."""
    connection.execute(f"insert into {STAGED} {_select(made, table)}", keys.parameters(secret))


def date_shape(database: Database) -> ColumnShape:
    """What the date column holds; its value is the first day of a month or year."""
    frequency = database.calendar.frequency
    column = database.date.source.column  # type: ignore[union-attr]  # the date is a column
    return ColumnShape(column, Kind.DATE, forms=FORMS_OF[frequency], floor=_FLOOR.get(frequency, "month"))


def measure_shape(measure: Measure) -> ColumnShape:
    """What the column of a measure holds."""
    kind = Kind.MONEY if measure.is_money else Kind.DECIMAL if measure.precision else Kind.INTEGER
    return ColumnShape(measure.column, kind, required=False, scale=measure.precision)


def period_sql(database: Database, table: Table) -> str:
    """SQL of the period code of a row as a number: 202509, 2025 or 202526."""
    day = value(date_shape(database), table)
    match database.calendar.frequency:
        case Frequency.YEAR:
            found = f"year({day})"
        case Frequency.FINANCIAL_YEAR:
            found = f"year({day}) * 100 + (year({day}) + 1) % 100"
        case _:
            found = f"year({day}) * 100 + month({day})"
    return f"cast({found} as uinteger)"


def _select(made: Stage, table: Table) -> str:
    """SQL of the staged columns of one file's rows."""
    faulty = [f"{name} is null" for name in ("period", "unit", *(f.column for f in made.fields))]
    faulty += [f"({name} is null and not {name}_blank)" for name, _ in made.measures]
    names = [*(f.column for f in made.fields), *(name for name, _ in made.measures)]
    return (
        f"with decoded as ({_decoded(made, table)}), named as (select decoded.*, {_unit(made)}) "
        f"select period, unit, {', '.join(names)}, {' or '.join(faulty)} from named"
    )


def _decoded(made: Stage, table: Table) -> str:
    """SQL of a file's rows as period, positions and amounts; under names of our own, whatever the file's are."""
    unit_id = made.database.records.unit_id
    columns = [f"{period_sql(made.database, table)} as period"]
    columns += [f"{text(unit_id, table)} as unit_id"] if unit_id else []
    columns += [f"{position_sql(field, table)} as {field.column}" for field in made.fields]
    for name, measure in made.measures:
        columns += [
            f"{value(measure_shape(measure), table)} as {name}",
            f"{text(measure.column, table)} is null as {name}_blank",
        ]
    joins = " ".join(join_sql(field, table) for field in made.fields)
    return f"select {', '.join(columns)} from {table.source} {joins}"


def _unit(made: Stage) -> str:
    """SQL of the pseudonym of the unit, or of the canonical row where there is no unit id, with its FROM."""
    if made.database.records.unit_id:
        return f"{keys.unit_sql('unit_id')} as unit from decoded"
    parts = [f"{f.leaves}.{KEY}" for f in made.fields]
    parts += [f"coalesce(cast({name} as varchar), '')" for name, _ in made.measures]
    row = f" || chr({ord(keys.SEPARATOR)}) || ".join(parts)
    joins = " ".join(f"left join {f.leaves} on {f.leaves}.{POSITION} = decoded.{f.column}" for f in made.fields)
    return f"{keys.unit_sql(row)} as unit from decoded {joins}"
