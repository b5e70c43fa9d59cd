"""Reading record files into rows of packed words (``packing``), one file of rows a period (``rows``).

DuckDB encodes the records of a file, packs their codes into words, and hands over batches; what identifies a unit
comes with them as text and leaves as a pseudonym.
Names start with ``statlas_`` where they could meet a column of a record file.
Staging is optimistic: it reads each file once, at full speed, and notices *that* something is wrong; ``checking`` then
finds out what and where.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.errors import QueryError
from statlas.model.database import Database, Impossible, Measure, RecordTable
from statlas.model.derivation import Column, Constant
from statlas.model.period import Frequency
from statlas.records import keys, layout, units, weights
from statlas.records.encoding import (
    KEY,
    POSITION,
    EncodedField,
    encoded_fields,
    join_sql,
    leaves_of,
    make_relations,
    position_sql,
)
from statlas.records.hashing import Secret
from statlas.records.packing import Packing, sql_of
from statlas.records.rows import RowFiles
from statlas.tabular import FORMS_OF, ColumnShape, Kind, Table, blank, text, value

PERIOD = "statlas_period"

BATCH = 1 << 17
"""Records taken from DuckDB at a time: a measurement of November 2026 found no gain beyond a hundred thousand."""

_BUFFER = "16MB"
"""What DuckDB may have ready before it is asked for: a batch or two."""

_AHEAD = 4
"""Batches worked on while another is written: arbitrary, ten megabytes each."""

Rows = tuple[NDArray[np.uint32], NDArray[np.uint64]]
"""The period of each record, and its row of packed words."""

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

    @cached_property
    def packing(self) -> Packing:
        """How its records lie in words."""
        return Packing(self.database)


def begin(connection: duckdb.DuckDBPyConnection, database: Database, period: str | None) -> Stage:
    """Create the relations through which records are encoded."""
    made = Stage(database, encoded_fields(database), period)
    make_relations(connection, made.fields, with_leaves=not units.are_named(made.records))
    connection.execute(f"set streaming_buffer_size = '{_BUFFER}'")
    return made


def fill(
    connection: duckdb.DuckDBPyConnection,
    made: Stage,
    table: Table,
    staged: RowFiles,
    secret: Future[Secret],
    pool: ThreadPoolExecutor,
    step: Callable[[int], None],
) -> int:
    """Encode the records of one file into the files of rows; how many there were, as far as none is faulty.

    Args:
        step: told how many records each batch had.

    Raises:
        FaultyError: a record has a fault.
    """
    reader = connection.execute(_select(made, table)).to_arrow_reader(BATCH)
    n_records = 0
    for periods, rows in _in_turn(pool, made, reader, secret):
        staged.add(periods, rows)
        n_records += len(rows)
        step(len(rows))
    return n_records


class FaultyError(Exception):
    """A record has a fault, or its file cannot be read to the end."""


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of a result; Arrow wraps DuckDB's errors, which quote values."""
    try:
        yield from reader
    except (OSError, pa.ArrowException):
        raise FaultyError from None


def _in_turn(
    pool: ThreadPoolExecutor, made: Stage, reader: pa.RecordBatchReader, secret: Future[Secret]
) -> Iterator[Rows]:
    """The rows of each batch in turn, while the next ones are worked on."""
    pending: deque[Future[Rows]] = deque()
    for batch in _batches(reader):
        pending.append(pool.submit(lambda one: _rows(made, one, secret.result()), batch))
        if len(pending) > _AHEAD:
            yield pending.popleft().result()
    yield from (future.result() for future in pending)


def _rows(made: Stage, batch: pa.RecordBatch, secret: Secret) -> Rows:
    """The period of each record, and its row of packed words.

    Raises:
        FaultyError: a record has a fault.
    """
    if layout.view_of(batch.column("faulty")).any():
        raise FaultyError
    packing = made.packing
    rows = np.empty((len(batch), packing.n_words), np.uint64)
    for word in range(packing.n_codes):
        rows[:, word] = layout.view_of(batch.column(f"statlas_r{word}"))
    rows[:, packing.unit] = keys.pseudonyms(secret, batch.column("unit"))
    if packing.own != packing.unit:
        own = batch.column("own")
        of_own = keys.household_keys if pa.types.is_list(own.type) else keys.pseudonyms
        rows[:, packing.own] = of_own(secret, own)
    for word, name in enumerate((name for name, _ in (*made.measures, *made.weights)), packing.own + 1):
        rows[:, word] = layout.view_of(batch.column(name)).view(np.uint64)
    return layout.view_of(batch.column(PERIOD)), rows


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
        columns.append(f"{blank(measure.column, table)} as {name}_blank")
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


def impossible_sql(made: Stage) -> Iterator[tuple[Impossible, str]]:
    """Each impossible combination with SQL over decoded rows that is true where it is met."""
    encoded = {f.field.id: f for f in made.fields}
    for impossible in made.database.impossible:
        met = []
        for field_id, nodes in impossible.where:
            field = encoded[field_id].field
            met.append(f"{encoded[field_id].column} in ({', '.join(map(str, leaves_of(field, nodes)))})")
            met += [f"{PERIOD} >= {field.available_from}"] if field.available_from else []
        yield impossible, f"({' and '.join(met)})"


def _select(made: Stage, table: Table) -> str:
    """SQL of the words of one file's rows, and of whether each has a fault."""
    units_named = ["unit", *(["own"] if units.has_own_key(made.records) else [])]
    words, weighted = _words_sql(made), [name for name, _ in made.weights]
    # A word is NULL where one of its fields is.
    faulty = [f"{name} is null" for name in (PERIOD, *units_named, *words, *weighted)]
    faulty += [f"({name} is null and not {name}_blank)" for name, _ in made.measures]
    faulty += [f"{PERIOD} <> {made.period}"] if made.period else []
    faulty += [met for _, met in impossible_sql(made)]
    amounts = [f"coalesce({name}, 0) as {name}" for name, _ in made.measures]
    packed = ", ".join(f"{word} as {name}" for name, word in words.items())
    wanted = ", ".join((PERIOD, *units_named, *words, *amounts, *weighted))
    return (
        f"with decoded as ({decoded_sql(made, table, table.source)}), named as ({_with_unit(made)}), "
        f"packed as (select *, {packed} from named) "
        f"select {wanted}, cast(coalesce({' or '.join(faulty)}, true) as utinyint) as faulty from packed"
    )


def _words_sql(made: Stage) -> dict[str, str]:
    """SQL of the words of codes by their names."""
    columns = {f.field.id: f.column for f in made.fields}
    codes = ((columns[field_id], place) for field_id, place in made.packing.codes.items())
    blanks = ((f"({name} is null)", made.packing.blanks[measure.id]) for name, measure in made.measures)
    words = sql_of(chain(codes, blanks), made.packing.n_codes)
    return {f"statlas_r{n}": word for n, word in enumerate(words)}


def _with_unit(made: Stage) -> str:
    """SQL that adds what identifies the unit, or the canonical row where nothing does, and what a key comes from."""
    if units.are_named(made.records):
        return f"select *, {', '.join(units.named_sql(made.records))} from decoded"
    parts = [f"{f.leaves}.{KEY}" for f in made.fields]
    parts += [f"coalesce(cast({name} as varchar), '')" for name, _ in (*made.measures, *made.weights[:1])]
    row = f" || chr({ord(keys.SEPARATOR)}) || ".join(parts)
    joins = " ".join(f"left join {f.leaves} on {f.leaves}.{POSITION} = decoded.{f.column}" for f in made.fields)
    return f"select decoded.*, {row} as unit from decoded {joins}"
