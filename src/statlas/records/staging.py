"""The staged table: every record of every file, encoded, before it is sorted and cut into periods.

columns: ``period`` (UINTEGER, the period code as a number), ``unit`` (UBIGINT, the unit's pseudonym), ``statlas_f<n>``
(positions), ``statlas_m<n>`` (BIGINT amounts, NULL where blank), ``faulty``.
Names start with ``statlas_`` where they could meet a column of a record file.
Staging is optimistic: it reads each file once, at full speed, and notices *that* something is wrong; ``checking`` then
finds out what and where.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from statlas.errors import QueryError
from statlas.model.database import Database, Measure
from statlas.model.derivation import Column, Constant
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
from statlas.tabular import FORMS_OF, ColumnShape, Kind, Table, identifier, text, value

STAGED = "statlas_staged"
PERIOD = "statlas_period"
UNIT_ID = "statlas_unit_id"

_FLOOR = {Frequency.YEAR: "year", Frequency.FINANCIAL_YEAR: "financial_year"}

_EXACT = 1 << 53
"""Above it a double no longer holds every whole number (IEEE 754), so two units could share an id."""


@dataclass(frozen=True)
class Stage:
    """What staging needs to know: the database, and the only period there may be, if there is one."""

    database: Database
    fields: tuple[EncodedField, ...]
    period: str | None

    @property
    def measures(self) -> tuple[tuple[str, Measure], ...]:
        """The staged column of each measure."""
        return tuple((f"statlas_m{n}", measure) for n, measure in enumerate(self.database.measures))

    @property
    def unit_id(self) -> str | None:
        """The column of the unit id."""
        return self.database.records.unit_id


def begin(connection: duckdb.DuckDBPyConnection, database: Database, period: str | None) -> Stage:
    """Create the empty staged table and the relations through which it is filled."""
    made = Stage(database, encoded_fields(database), period)
    make_relations(connection, made.fields)
    columns = ["period uinteger", "unit ubigint", *(f"{f.column} {layout.sql_type(f.field)}" for f in made.fields)]
    columns += [*(f"{name} bigint" for name, _ in made.measures), "faulty boolean"]
    connection.execute(f"create temp table {STAGED} ({', '.join(columns)})")
    return made


def fill(connection: duckdb.DuckDBPyConnection, made: Stage, table: Table, secret: bytes) -> int:
    """Encode the records of one file into the staged table; how many there were."""
    found = connection.execute(f"insert into {STAGED} {_select(made, table)}", keys.parameters(secret)).fetchall()
    return int(found[0][0])


def decoded_sql(made: Stage, table: Table, source: str, *also: str) -> str:
    """SQL of a file's rows as period, unit id, positions and amounts, and whatever is ``also`` wanted of them.

    Columns are ``statlas_period``, ``statlas_unit_id``, ``statlas_f<n>``, ``statlas_m<n>`` and ``statlas_m<n>_blank``.
    """
    columns = [*also, f"{period_sql(made, table)} as {PERIOD}"]
    columns += [f"{unit_sql(made.unit_id, table)} as {UNIT_ID}"] if made.unit_id else []
    columns += [f"{position_sql(field, table)} as {field.column}" for field in made.fields]
    for name, measure in made.measures:
        columns.append(f"{value(measure_shape(measure), table)} as {name}")
        columns.append(f"{text(measure.column, table)} is null as {name}_blank")
    joins = " ".join(join_sql(field, table) for field in made.fields)
    return f"select {', '.join(columns)} from {source} as statlas_source {joins}"


def date_shape(database: Database) -> ColumnShape | None:
    """What the date column holds; its value is the first day of a month or year. None: there is no such column."""
    frequency, source = database.calendar.frequency, database.date.source
    if isinstance(source, Constant):
        return None
    assert isinstance(source, Column)
    return ColumnShape(source.column, Kind.DATE, forms=FORMS_OF[frequency], floor=_FLOOR.get(frequency, "month"))


def only_period(database: Database, named: str | None) -> str | None:
    """The one period that records may be of: the one named, or that of a definition without a date column.

    Raises:
        QueryError: it is no period, two are named, or none is where the records do not tell theirs.
    """
    if named is not None:
        database.calendar.check(named)
    source = database.date.source
    if not isinstance(source, Constant):
        return named
    if source.code is None and named is None:
        raise QueryError(f"The records of {database.id} do not say their period.", mend="Name it: --period 202509.")
    if source.code is not None and named not in (None, source.code):
        raise QueryError(f"The records of {database.id} are of {source.code}.", mend="Leave --period out.")
    return source.code or named


def measure_shape(measure: Measure) -> ColumnShape:
    """What the column of a measure holds; a blank is a missing amount."""
    kind = Kind.MONEY if measure.is_money else Kind.DECIMAL if measure.precision else Kind.INTEGER
    return ColumnShape(measure.column, kind, required=False, scale=measure.precision)


def period_sql(made: Stage, table: Table) -> str:
    """SQL of the period code of a row as a number: 202509, 2025 or 202526."""
    shape = date_shape(made.database)
    if shape is None:
        return f"cast({made.period} as uinteger)"
    day = value(shape, table)
    match made.database.calendar.frequency:
        case Frequency.YEAR:
            return f"cast(year({day}) as uinteger)"
        case Frequency.FINANCIAL_YEAR:
            return f"cast(year({day}) * 100 + (year({day}) + 1) % 100 as uinteger)"
        case _:
            return _month_sql(text(shape.name, table), day)


def _month_sql(read: str, day: str) -> str:
    """SQL of a month as a number; most are written as that number, which need not be made a day first."""
    plain = f"regexp_full_match({read}, '[12][0-9]{{3}}(0[1-9]|1[0-2])')"
    return (
        f"(case when {plain} then cast({read} as uinteger) else cast(year({day}) * 100 + month({day}) as uinteger) end)"
    )


def unit_sql(column: str, table: Table) -> str:
    """SQL of a unit id as text; NULL for a blank, and for a number too large for the column's type to be exact."""
    if table.types[column] in ("FLOAT", "DOUBLE"):
        return f"(case when abs({identifier(column)}) < {_EXACT} then {text(column, table)} end)"
    return text(column, table)


def _select(made: Stage, table: Table) -> str:
    """SQL of the staged columns of one file's rows."""
    names = [*(f.column for f in made.fields), *(name for name, _ in made.measures)]
    faulty = [f"{name} is null" for name in (PERIOD, "unit", *(f.column for f in made.fields))]
    faulty += [f"({name} is null and not {name}_blank)" for name, _ in made.measures]
    faulty += [f"{PERIOD} <> {made.period}"] if made.period else []
    return (
        f"with decoded as ({decoded_sql(made, table, table.source)}), named as ({_with_unit(made)}) "
        f"select {PERIOD}, unit, {', '.join(names)}, {' or '.join(faulty)} from named"
    )


def _with_unit(made: Stage) -> str:
    """SQL that adds the pseudonym of the unit, or of the canonical row where there is no unit id."""
    if made.unit_id:
        return f"select *, {keys.unit_sql(UNIT_ID)} as unit from decoded"
    parts = [f"{f.leaves}.{KEY}" for f in made.fields]
    parts += [f"coalesce(cast({name} as varchar), '')" for name, _ in made.measures]
    row = f" || chr({ord(keys.SEPARATOR)}) || ".join(parts)
    joins = " ".join(f"left join {f.leaves} on {f.leaves}.{POSITION} = decoded.{f.column}" for f in made.fields)
    return f"select decoded.*, {keys.unit_sql(row)} as unit from decoded {joins}"
