"""How a row of a file becomes a row of codes: each field's source as SQL.

Every field has a *key*: one text made from its columns.
A small relation lists each key with the position of its leaf; a join with it gives the position, NULL where the row
has a fault.
Bands are compared with, and in a column of whole numbers a key that is one is looked up in a list, by its place there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.derivation import Banded, Combined, LookedUp, columns_of
from statlas.records import layout
from statlas.tabular import ColumnShape, Kind, Table, blank, identifier, is_whole, literal, text, value

SEPARATOR = "\x1f"
"""Joins the values of a combined field's columns: ASCII's unit separator."""

KEY, POSITION = "statlas_key", "statlas_position"
"""Columns of the relation of allowed keys, named so that no column of a record file is taken for them."""

MOST_LISTED = 4096
"""Whole numbers in a list of keys: arbitrary, some ten thousand characters of SQL."""

MOST_WRITTEN = 20_000
"""Keys up to which a relation is written as SQL: arbitrary. Handing over an Arrow table makes DuckDB load pandas where
that is installed, which takes longer than to read so many."""

_WHOLE_NUMBER = re.compile("0|-?[1-9][0-9]{0,17}")
"""How a whole number is cast to text."""

BAND_PLACES = 6
"""Decimal places to which numbers are compared with the bounds of bands: arbitrary, finer than any bound."""


@dataclass(frozen=True)
class EncodedField:
    """A field with the SQL names of what it needs; ``number`` is its place among the fields."""

    field: Field
    number: int

    @property
    def relation(self) -> str:
        """The relation of keys."""
        return f"statlas_code_{self.number}"

    @property
    def leaves(self) -> str:
        """The relation of leaf codes by position."""
        return f"statlas_leaf_{self.number}"

    @property
    def column(self) -> str:
        """The column of positions in the staged table."""
        return f"statlas_f{self.number}"


def encoded_fields(database: Database) -> tuple[EncodedField, ...]:
    """The fields of a database but the date, in order."""
    return tuple(EncodedField(field, number) for number, field in enumerate(database.categories))


def leaf_positions(field: Field) -> dict[str, int]:
    """Position among the leaves by code; where two levels have a leaf of the same code, the finer one's."""
    return {leaf.code: position for position, leaf in enumerate(field.classification.leaves)}


def leaves_of(field: Field, nodes: Iterable[Node]) -> list[int]:
    """The positions of all leaves of some nodes, ascending."""
    return sorted({position for node in nodes for position in field.classification.members[node]})


def keys_of(field: Field) -> Iterator[tuple[str, int | None]]:
    """Every key that means something in a field, with the position it stands for; none for bands.

    Codes above the leaves stand for no position: a record must carry the finest code.
    """
    positions = leaf_positions(field)
    match field.source:
        case Banded():
            found: Iterable[tuple[str, str]] = ()
        case LookedUp(table=pairs):
            found = pairs
        case Combined(table=rows):
            found = ((SEPARATOR.join(values), code) for values, code in rows)
        case _:
            found = ((node.code, node.code) for node in field.classification.nodes)
    yield from ((key, positions.get(code)) for key, code in found)


def make_relations(connection: duckdb.DuckDBPyConnection, fields: Iterable[EncodedField], *, with_leaves: bool) -> None:
    """Create the relation of keys of every field, and that of leaf codes, which only canonical rows need."""
    for encoded in fields:
        _make(connection, encoded.relation, dict(keys_of(encoded.field)))
        if with_leaves:
            leaves = encoded.field.classification.leaves
            _make(connection, encoded.leaves, {leaf.code: position for position, leaf in enumerate(leaves)})


def _make(connection: duckdb.DuckDBPyConnection, name: str, pairs: dict[str, int | None]) -> None:
    columns = f"{KEY} varchar, {POSITION} uinteger"
    connection.execute(f"create temp table {name} ({columns})")
    if len(pairs) > MOST_WRITTEN:
        keys, positions = pa.array(list(pairs), pa.string()), pa.array(list(pairs.values()), pa.uint32())
        connection.register("listed", pa.table({KEY: keys, POSITION: positions}))
        connection.execute(f"insert into {name} select * from listed")
        connection.unregister("listed")
    elif pairs:
        rows = (f"({literal(key)}, {'null' if at is None else at})" for key, at in pairs.items())
        connection.execute(f"insert into {name} values {', '.join(rows)}")


def key_sql(field: Field, table: Table) -> str:
    """SQL of a field's key; NULL for a blank."""
    if isinstance(field.source, Combined):
        parts = (f"coalesce({text(column, table)}, '')" for column in field.source.columns)
        return f" || chr({ord(SEPARATOR)}) || ".join(parts)
    return text(columns_of(field.source)[0], table)


def join_sql(encoded: EncodedField, table: Table) -> str:
    """SQL of the join with the keys; nothing for bands, and where a list has them."""
    if isinstance(encoded.field.source, Banded) or listed_keys(encoded.field, table) is not None:
        return ""
    return f"left join {encoded.relation} on {encoded.relation}.{KEY} = {key_sql(encoded.field, table)}"


def listed_keys(field: Field, table: Table) -> tuple[int, list[str]] | None:
    """The keys that are whole numbers: the first of them, and from it on the key of each number, "" where none is.

    None where a field is not read from a column of whole numbers, or its keys lie too far apart.
    Casting such a column to text and joining with that takes twenty times as long.
    """
    if isinstance(field.source, Banded | Combined) or not is_whole(columns_of(field.source)[0], table):
        return None
    numbers = {int(key): key for key, _ in keys_of(field) if _WHOLE_NUMBER.fullmatch(key)}
    if not numbers or max(numbers) - min(numbers) >= MOST_LISTED:
        return None
    return min(numbers), [numbers.get(number, "") for number in range(min(numbers), max(numbers) + 1)]


def _looked_up(listed: tuple[int, list[str]], found: dict[str, str], field: Field) -> str:
    """SQL of what was found for the key in a row; NULL where there is no such key."""
    first, names = listed
    number = f"try_cast({identifier(columns_of(field.source)[0])} as bigint)"
    # A list has no place for a number far below the first: counting back from the end, it would find another.
    place = f"case when {number} between {first} and {first + len(names) - 1} then {number} - {first - 1} end"
    return f"([{', '.join(found.get(name, 'null') for name in names)}])[{place}]"


def known_sql(encoded: EncodedField, table: Table) -> str:
    """SQL that is true where a row's key means something in a field, if only a code above the leaves; not for bands."""
    listed = listed_keys(encoded.field, table)
    if listed is None:
        return f"{encoded.relation}.{KEY} is not null"
    return f"({_looked_up(listed, {key: 'true' for key, _ in keys_of(encoded.field)}, encoded.field)} is not null)"


def _keyed_sql(encoded: EncodedField, table: Table) -> str:
    """SQL of the position of a row's key."""
    listed = listed_keys(encoded.field, table)
    if listed is None:
        return f"{encoded.relation}.{POSITION}"
    positions = {key: str(position) for key, position in keys_of(encoded.field) if position is not None}
    return _looked_up(listed, positions, encoded.field)


def position_sql(encoded: EncodedField, table: Table) -> str:
    """SQL of a record's position among the field's leaves; NULL where its code is not known or missing."""
    field, positions = encoded.field, leaf_positions(encoded.field)
    found = [
        _banded(field.source, positions, table) if isinstance(field.source, Banded) else _keyed_sql(encoded, table)
    ]
    if field.missing is not None:
        found.append(f"case when {blank_sql(field, table)} then {positions[field.missing]} end")
    if isinstance(field.source, Combined) and field.source.otherwise is not None:
        found.append(str(positions[field.source.otherwise]))
    return f"cast(coalesce({', '.join(found)}) as {layout.sql_type(field)})"


def blank_sql(field: Field, table: Table) -> str:
    """SQL that is true where one of a field's columns is blank."""
    return "(" + " or ".join(blank(column, table) for column in columns_of(field.source)) + ")"


def band_shape(column: str) -> ColumnShape:
    """What a column that is banded holds."""
    return ColumnShape(column, Kind.DECIMAL, required=False, scale=BAND_PLACES)


def _banded(source: Banded, positions: dict[str, int], table: Table) -> str:
    """SQL of the position of the band that holds a number: how many bounds it has reached tells which.

    Written so that the number stands in one kind of place: DuckDB then reads it once, not once for every band.
    """
    number = _number_sql(source.column, table)
    bounds = sorted({bound for band in source.bands for bound in (band.low, band.high) if bound is not None})
    reached = " + ".join(["1", *(f"cast({number} >= {bound!r}::double as integer)" for bound in bounds)])
    held = [_band_at(source, low) for low in (None, *bounds)]
    listed = ", ".join("null" if code is None else str(positions[code]) for code in held)
    return f"(case when {number} is not null then [{listed}][{reached}] end)"


def _band_at(source: Banded, low: float | None) -> str | None:
    """The code of the band that begins at ``low`` or goes on there; None if there is a gap."""
    for band in source.bands:
        begun = band.low is None or (low is not None and band.low <= low)
        if begun and (band.high is None or low is None or low < band.high):
            return band.code
    return None


def _number_sql(column: str, table: Table) -> str:
    """SQL of a number as DOUBLE, as the check reads it; bounds compare exactly, as both are the nearest double."""
    checked = f"({value(band_shape(column), table)} / {10**BAND_PLACES}.0::double)"
    if table.types[column] != "VARCHAR":
        return checked
    read = text(column, table)
    plain = f"regexp_full_match({read}, '-?[0-9]{{1,15}}([.][0-9]{{1,{BAND_PLACES}}}0*)?')"
    return f"(case when {plain} then try_cast({read} as double) else {checked} end)"
