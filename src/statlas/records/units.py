"""What identifies the unit of a row: an id of its own, a household's members, or a person and the number of a claim.

Each unit stands once in a period: a unit id once, and a claim's person and number once.
"""

from __future__ import annotations

from statlas.model.database import Claim, RecordTable
from statlas.records import keys
from statlas.tabular import ColumnShape, Kind, Table, identifier, text, value

UNIT_ID, MEMBERS, PERSON, NUMBER = "statlas_unit_id", "statlas_members", "statlas_person", "statlas_number"
"""Columns of what is read, named so that no column of a record file is taken for them."""

_EXACT = 1 << 53
"""Above it a double no longer holds every whole number (IEEE 754), so two units could share an id."""


def are_named(records: RecordTable) -> bool:
    """Whether rows say which unit they are of."""
    return records.unit_id is not None or records.claim is not None


def has_own_key(records: RecordTable) -> bool:
    """Whether the key is that of a household or claim, and the unit id only tells rows apart."""
    return records.unit_id is not None and (records.members is not None or records.claim is not None)


def once(records: RecordTable) -> tuple[str, ...]:
    """The columns of ``named_sql`` of which each value stands once in a period."""
    units = ("unit",) if are_named(records) else ()
    return (*units, "own") if records.claim is not None and has_own_key(records) else units


def columns_once(records: RecordTable) -> tuple[tuple[str, ...], ...]:
    """The same as columns of a record file."""
    units: list[tuple[str, ...]] = [(records.unit_id,)] if records.unit_id is not None else []
    return tuple(units if records.claim is None else [*units, (records.claim.person, records.claim.number)])


def id_columns(records: RecordTable) -> dict[str, str]:
    """The columns of a record file that hold ids of units, by the name of what is read from them."""
    person = None if records.claim is None else records.claim.person
    named = {UNIT_ID: records.unit_id, MEMBERS: records.members, PERSON: person}
    return {name: column for name, column in named.items() if column is not None}


def number_shape(claim: Claim) -> ColumnShape:
    """What the column of a claim's number holds."""
    return ColumnShape(claim.number, Kind.INTEGER)


def read_sql(records: RecordTable, table: Table) -> list[str]:
    """SQL of what a row says of its unit, each ``as`` one of the names above."""
    ids = [f"{_id_sql(column, table)} as {name}" for name, column in id_columns(records).items()]
    return ids if records.claim is None else [*ids, f"{value(number_shape(records.claim), table)} as {NUMBER}"]


def _id_sql(column: str, table: Table) -> str:
    """SQL of a unit id as text; NULL for a blank, and for a number too large for the column's type to be exact."""
    if table.types[column] in ("FLOAT", "DOUBLE"):
        return f"(case when abs({identifier(column)}) < {_EXACT} then {text(column, table)} end)"
    return text(column, table)


def named_sql(records: RecordTable) -> list[str]:
    """SQL of what identifies a row's unit ``as unit``, and ``as own`` of what its key comes from if not from that.

    A text, or for a household the list of its members; NULL where there is none.
    """
    own = _claim_sql(records.claim) if records.claim is not None else _household_sql() if records.members else ""
    if not has_own_key(records):
        return [f"{own or UNIT_ID} as unit"]
    return [f"{UNIT_ID} as unit", f"{own} as own"]


def _claim_sql(claim: Claim) -> str:
    return keys.claim_sql(PERSON, claim.benefit, NUMBER)


def _household_sql() -> str:
    return f"(case when not {repeats_sql()} then {keys.members_sql(MEMBERS)} end)"


def repeats_sql() -> str:
    """SQL that is true where a household lists a member twice; NULL where it lists none."""
    members = keys.members_sql(MEMBERS)
    return f"(len(list_distinct({members})) < len({members}))"
