"""The staged table: every record of every file, encoded, before it is sorted and cut into periods.

columns: ``period`` (UINTEGER, the period code as a number), ``unit`` (UBIGINT, the unit's pseudonym), ``own`` (UBIGINT,
in its high half the key of a household or claim, which have one beside the unit's), ``statlas_f<n>`` (positions),
``statlas_m<n>`` (BIGINT amounts, NULL where blank), ``statlas_w<n>`` (BIGINT weights), ``faulty``.
Names start with ``statlas_`` where they could meet a column of a record file.
Staging is optimistic: it reads each file once, at full speed, and notices *that* something is wrong; ``checking`` then
finds out what and where.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from statlas.errors import QueryError
from statlas.model.database import Database, Measure, RecordTable
from statlas.model.derivation import Column, Constant
from statlas.model.period import Frequency
from statlas.records import keys, layout, units, weights
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

STAGED = "statlas_staged"
PERIOD = "statlas_period"

_FLOOR = {Frequency.YEAR: "year", Frequency.FINANCIAL_YEAR: "financial_year"}


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
    def weights(self) -> tuple[tuple[str, str], ...]:
        """The staged column of the weight and of each replicate, with the column it is read from."""
        return tuple((f"statlas_w{n}", column) for n, column in enumerate(weights.columns(self.database)))

    @property
    def records(self) -> RecordTable:
        """What a row is of."""
        return self.database.records


def begin(connection: duckdb.DuckDBPyConnection, database: Database, period: str | None) -> Stage:
    """Create the empty staged table and the relations through which it is filled."""
    made = Stage(database, encoded_fields(database), period)
    make_relations(connection, made.fields)
    columns = ["period uinteger", "unit ubigint", *(["own ubigint"] if units.has_own_key(made.records) else [])]
    columns += [f"{f.column} {layout.sql_type(f.field)}" for f in made.fields]
    columns += [f"{name} bigint" for name, _ in (*made.measures, *made.weights)]
    columns += ["faulty boolean"]
    connection.execute(f"create temp table {STAGED} ({', '.join(columns)})")
    return made


def fill(connection: duckdb.DuckDBPyConnection, made: Stage, table: Table, secret: bytes) -> int:
    """Encode the records of one file into the staged table; how many there were."""
    found = connection.execute(f"insert into {STAGED} {_select(made, table)}", keys.parameters(secret)).fetchall()
    return int(found[0][0])


def decoded_sql(made: Stage, table: Table, source: str, *also: str) -> str:
    """SQL of a file's rows as period, unit id, positions and amounts, and whatever is ``also`` wanted of them.

    Columns are ``statlas_period``, those of ``units``, ``statlas_f<n>``, ``statlas_m<n>``,
    ``statlas_m<n>_blank`` and ``statlas_w<n>``.
    """
    columns = [*also, f"{period_sql(made, table)} as {PERIOD}"]
    columns += units.read_sql(made.records, table)
    columns += [f"{_collected_sql(made, field, table)} as {field.column}" for field in made.fields]
    columns += [f"{weights.weight_sql(made.database, column, table)} as {name}" for name, column in made.weights]
    for name, measure in made.measures:
        columns.append(f"{value(measure_shape(measure), table)} as {name}")
        columns.append(f"{text(measure.column, table)} is null as {name}_blank")
    joins = " ".join(join_sql(field, table) for field in made.fields)
    return f"select {', '.join(columns)} from {source} as statlas_source {joins}"


def _collected_sql(made: Stage, field: EncodedField, table: Table) -> str:
    """SQL of a position; before the field was collected, whatever stands there, that of its first leaf."""
    position, first = position_sql(field, table), field.field.available_from
    if not first:
        return position
    return f"(case when {period_sql(made, table)} < {first} then 0 else {position} end)"


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


def _select(made: Stage, table: Table) -> str:
    """SQL of the staged columns of one file's rows."""
    own = ["own"] if units.has_own_key(made.records) else []
    fields, weighted = [f.column for f in made.fields], [name for name, _ in made.weights]
    names = [*own, *fields, *(name for name, _ in made.measures), *weighted]
    faulty = [f"{name} is null" for name in (PERIOD, "unit", *own, *fields, *weighted)]
    faulty += [f"({name} is null and not {name}_blank)" for name, _ in made.measures]
    faulty += [f"{PERIOD} <> {made.period}"] if made.period else []
    return (
        f"with decoded as ({decoded_sql(made, table, table.source)}), named as ({_with_unit(made)}) "
        f"select {PERIOD}, unit, {', '.join(names)}, {' or '.join(faulty)} from named"
    )


def _with_unit(made: Stage) -> str:
    """SQL that adds the pseudonym of the unit, or of the canonical row where there is none, and a key beside it."""
    if units.are_named(made.records):
        return f"select *, {', '.join(units.named_sql(made.records))} from decoded"
    parts = [f"{f.leaves}.{KEY}" for f in made.fields]
    parts += [f"coalesce(cast({name} as varchar), '')" for name, _ in (*made.measures, *made.weights[:1])]
    row = f" || chr({ord(keys.SEPARATOR)}) || ".join(parts)
    joins = " ".join(f"left join {f.leaves} on {f.leaves}.{POSITION} = decoded.{f.column}" for f in made.fields)
    return f"select decoded.*, {keys.unit_sql(row)} as unit from decoded {joins}"
