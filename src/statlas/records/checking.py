"""What is wrong with record files, and where: every fault with its count and first rows, never a value.

``suspicious`` is quick and runs always; ``report`` reads the files again and runs only when there is something to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import duckdb

from statlas.model.database import Database, Field, RecordTable
from statlas.model.derivation import Banded, Combined, LookedUp, columns_of
from statlas.model.faults import FaultReport
from statlas.records import layout, units, weights
from statlas.records.encoding import EncodedField, band_shape, blank_sql, known_sql
from statlas.records.rows import RowFiles
from statlas.records.sorting import stand_twice
from statlas.records.staging import PERIOD, Stage, date_shape, decoded_sql, impossible_sql, measure_shape
from statlas.tabular import Check, ColumnShape, Kind, Table, TableShape, check, identifier, value


def suspicious(connection: duckdb.DuckDBPyConnection, made: Stage, tables: Sequence[Table], staged: RowFiles) -> bool:
    """Whether anything is wrong with staged records that are not faulty by themselves, or with rows left out."""
    return (
        any(_any(connection, f"select 1 from {table.rejects}") for table in tables if table.rejects)
        or _any_not_valid(made, staged)
        or any(stand_twice(rows.word(word)) for rows in staged.periods.values() for word in once(made))
    )


def once(made: Stage) -> tuple[int, ...]:
    """The words of a row of which each value stands once in a period."""
    words = {"unit": made.packing.unit, "own": made.packing.own}
    return tuple(words[name] for name in units.once(made.records))


def watched(database: Database) -> tuple[str, ...]:
    """Ids of the fields with codes that do not exist in every period."""
    return tuple(field.id for field in database.categories if limited_positions(field))


def _any(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    return bool(connection.execute(f"select exists({query})").fetchall()[0][0])


def _any_not_valid(made: Stage, staged: RowFiles) -> bool:
    """Whether a record has a code that does not exist in its period."""
    for number, rows in staged.periods.items():
        period = str(number)
        for field_id, seen in rows.seen.items():
            field = made.database.field(field_id)
            limits = limited_positions(field) if layout.is_collected(field, period) else {}
            if not all(within(period, limit) for position, limit in limits.items() if seen[position]):
                return True
    return False


Limits = tuple[str, str]
"""The first and last period of a category; an empty text where there is none."""


def limited_positions(field: Field) -> dict[int, Limits]:
    """The positions of leaves that do not exist in every period: a leaf ends with the first node above it that does."""
    found = {}
    for position, leaf in enumerate(field.classification.leaves):
        codes = [field.classification.code(node) for node in (leaf, *field.classification.above[leaf])]
        first = max((code.valid_from or "" for code in codes), default="")
        last = min((code.valid_to for code in codes if code.valid_to), default="")
        if first or last:
            found[position] = (first, last)
    return found


def within(period: str, limits: Limits | None) -> bool:
    """Whether a period lies within the limits of a category; None are no limits."""
    return limits is None or (period >= limits[0] and (not limits[1] or period <= limits[1]))


def missing_columns(database: Database, table: Table) -> bool:
    """Whether a file lacks a column that the database needs."""
    return any(column.name not in table.types for column in _shape(database))


def report(connection: duckdb.DuckDBPyConnection, made: Stage, tables: Sequence[Table]) -> FaultReport:
    """Every fault of the files, in their order."""
    # Row numbers are those of the file only if rows keep its order.
    connection.execute("set preserve_insertion_order = true")
    shape = _shape(made.database)
    decoded = [table if missing_columns(made.database, table) else _decoded(made, table) for table in tables]
    found = check(connection, decoded, shape, also=lambda table: list(_checks(made, table)))
    return FaultReport(tuple(dict.fromkeys(found)))


def _decoded(made: Stage, table: Table) -> Table:
    """The file with the columns that staging makes of it beside its own."""
    keys = [f"{known_sql(f, table)} as {f.column}_known" for f in made.fields if not _is_banded(f.field)]
    wanted = ("statlas_source.*", *keys)
    source = decoded_sql(made, table, table.source, *wanted)
    numbered = decoded_sql(made, table, table.numbered, *wanted)
    return replace(table, source=f"({source})", numbered=f"({numbered})")


def _shape(database: Database) -> TableShape:
    """The columns that a database reads, each once a way in which it is read."""
    date, claim = date_shape(database), database.records.claim
    columns = [date] if date else []
    columns += [ColumnShape(column, Kind.TEXT) for column in units.id_columns(database.records).values()]
    columns += [units.number_shape(claim)] if claim else []
    columns += [_column_shape(field, column) for field in database.categories for column in columns_of(field.source)]
    columns += [measure_shape(measure) for measure in database.measures]
    columns += [weights.shape(column) for column in weights.columns(database)]
    once = ((*unit, date.name) if date else unit for unit in units.columns_once(database.records))
    return TableShape(tuple(dict.fromkeys(columns)), unique=tuple(once))


def _column_shape(field: Field, column: str) -> ColumnShape:
    return band_shape(column) if _is_banded(field) else ColumnShape(column, Kind.TEXT, required=False)


def _is_banded(field: Field) -> bool:
    return isinstance(field.source, Banded)


def _checks(made: Stage, table: Table) -> Iterator[Check]:
    date = date_shape(made.database)
    if made.period and date:
        wrong = f"{PERIOD} <> {made.period}"
        yield Check(date.name, "other-period", f"records of {made.period} only", "Leave the others out.", wrong)
    for name, column in units.id_columns(made.records).items():
        wrong = f"{identifier(column)} is not null and {name} is null"
        if table.types[column] in ("FLOAT", "DOUBLE"):
            expected = "unit ids as text or whole numbers; these are too large for a column of floating-point numbers"
            yield Check(column, "inexact-unit-id", expected, "Export the column as text.", wrong)
    yield from _unit_checks(made.records)
    for encoded in made.fields:
        yield from _field_checks(encoded, table)
    for column in weights.columns(made.database):
        expected = f"weights from 0 to {weights.MOST:,}"
        yield Check(column, "bad-weight", expected, "Mend the rows.", weights.outside_sql(column, table))
    for impossible, met in impossible_sql(made):
        fields = [made.database.field(name) for name, _ in impossible.where]
        column = ", ".join(dict.fromkeys(name for field in fields for name in columns_of(field.source)))
        named = " and ".join(field.id for field in fields)
        expected = f"no record with these codes of {named} together: {impossible.reason.rstrip('.')}"
        mend = "Mend the rows, or take the combination out of `impossible:`."
        yield Check(column, "impossible-combination", expected, mend, met)


def _unit_checks(records: RecordTable) -> Iterator[Check]:
    if records.members:
        yield Check(
            records.members, "repeated-member", "each member of a household once", "Mend the rows.", units.repeats_sql()
        )
    if records.claim:
        expected = "the claims of a person numbered from 1"
        yield Check(records.claim.number, "bad-claim-number", expected, "Mend the rows.", f"{units.NUMBER} < 1")


def _field_checks(encoded: EncodedField, table: Table) -> Iterator[Check]:
    field = encoded.field
    column, blank = ", ".join(columns_of(field.source)), blank_sql(field, table)
    unknown = f"{encoded.column} is null and not {blank}"
    if field.missing is None:
        mend = "Fill the blanks, or say with `missing:` which code they mean."
        yield Check(
            column, "blank", f"a code of {field.id} in every row", mend, f"{encoded.column} is null and {blank}"
        )
    if isinstance(field.source, Banded):
        unknown = f"{unknown} and {value(band_shape(field.source.column), table)} is not null"
    else:
        above = f"{unknown} and {encoded.column}_known"
        unknown = f"{unknown} and not {encoded.column}_known"
        expected = f"codes of the finest level of {field.id}; these stand above it"
        yield Check(column, "code-above-finest", expected, "Give each record its finest code.", above)
    yield Check(column, "unknown-code", _expected(field), _mend(field), unknown)
    for limits, positions in _by_limits(field).items():
        yield _not_valid(encoded, column, limits, positions)


def _expected(field: Field) -> str:
    match field.source:
        case Banded():
            return f"numbers within the bands of {field.id}"
        case LookedUp():
            return f"values that the look-up file of {field.id} lists"
        case Combined():
            return f"combinations that {field.id} lists"
        case _:
            return f"codes of {field.id}"


def _mend(field: Field) -> str:
    match field.source:
        case Banded():
            return "Mend the rows, or add a band."
        case LookedUp() | Combined():
            return "Mend the rows, or list what they have."
        case _:
            return "Mend the rows, or add the code to its list."


def _by_limits(field: Field) -> dict[Limits, list[int]]:
    found: dict[Limits, list[int]] = {}
    for position, limits in limited_positions(field).items():
        found.setdefault(limits, []).append(position)
    return found


def _not_valid(encoded: EncodedField, column: str, limits: Limits, positions: Iterable[int]) -> Check:
    first, last = limits
    outside = [f"cast({PERIOD} as varchar) < '{first}'"] if first else []
    outside += [f"cast({PERIOD} as varchar) > '{last}'"] if last else []
    wrong = f"{encoded.column} in ({', '.join(map(str, positions))}) and ({' or '.join(outside)})"
    wrong += f" and {PERIOD} >= {encoded.field.available_from}" if encoded.field.available_from else ""
    exists = " ".join(x for x in (f"from {first}" if first else "", f"to {last}" if last else "") if x)
    expected = f"codes of {encoded.field.id} only while they exist ({exists})"
    return Check(column, "code-not-valid", expected, "Mend the rows, or the code's valid_from and valid_to.", wrong)
