"""The file of one period's encoded records: its columns, and what its schema's metadata say.

An Arrow IPC file of one record batch, uncompressed, every buffer aligned to 64 bytes, so that a column is an array
in mapped memory and opening reads nothing.

column                  type            meaning
``record_key``          uint32          the unit's random number, fixed for life
a field's id            uint8/16/32     position among the leaves listed in the file, the narrowest type that fits
a measure's id          int64           amount times ``10**precision``: pence for pounds
``<measure>__missing``  uint8           1 where the amount was blank; only in a file that has some
``statlas_weight``      int64           weight times ``10**precision``; in a survey
``statlas_weight_<n>``  int64           the n-th replicate weight, from 1, likewise

Rows are sorted by the first geography field, then by all other columns in the order above: equal records give equal
bytes.
The metadata hold the lists of leaves, so that a later release with another code list can still read the file.

Equal records must give the bytes that they gave in earlier versions, or publishing them again would be a revision, with
new noise: what is added to a file stands only in files that need it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.model.classification import Node
from statlas.model.database import Database, Field, FieldKind, Measure, RecordTable
from statlas.model.derivation import Banded, Combined

FORMAT, WEIGHTED_FORMAT = 1, 2
"""Shapes of file: the second has weights."""

ALIGNMENT = 64
"""Bytes to which every column is aligned: a cache line, and the widest vector of the machines of 2026."""

OPTIONS = pa.ipc.IpcWriteOptions(compression=None)
"""As it stands in memory, so that it can be mapped."""

KEY = "record_key"
MISSING = "__missing"
WEIGHT = "statlas_weight"


@dataclass(frozen=True)
class Header:
    """What a file says about itself.

    ``leaves`` are the digests of the lists of leaves by field id; ``precisions`` the decimal places by measure id;
    ``keys`` is ``unit``, ``row``, ``members`` or ``claim of <benefit>``, what record keys were made from;
    ``derivations`` are digests of the bands and combinations by field id, and of fields not yet collected. What a
    look-up file lists may grow from period to period, so it is no part of this.
    ``weights`` are the precision of the weights and the number of replicates; None where nothing is weighted.
    """

    database: str
    period: str
    leaves: dict[str, str]
    precisions: dict[str, int]
    keys: str
    derivations: dict[str, str]
    weights: tuple[int, int] | None = None


def code_type(field: Field) -> pa.DataType:
    """The narrowest unsigned integer that holds every position among the field's leaves."""
    n = len(field.classification.leaves)
    return pa.uint8() if n <= 1 << 8 else pa.uint16() if n <= 1 << 16 else pa.uint32()


def sql_type(field: Field) -> str:
    """DuckDB's name of ``code_type``."""
    return {"uint8": "utinyint", "uint16": "usmallint", "uint32": "uinteger"}[str(code_type(field))]


def sort_order(database: Database) -> tuple[str, ...]:
    """Ids of the fields, the first geography first: the order in which records are sorted."""
    places = [f.id for f in database.categories if f.kind is FieldKind.GEOGRAPHY][:1]
    return (*places, *(f.id for f in database.categories if f.id not in places))


def header(database: Database, period: str) -> Header:
    """The header of a file of this database."""
    return Header(
        database=database.id,
        period=period,
        leaves={field.id: field.classification.leaves_digest for field in database.categories},
        precisions={measure.id: measure.precision for measure in database.measures},
        keys=_keys_from(database.records),
        derivations={field.id: found for field in database.categories if (found := _derivation(field, period))},
        weights=None if database.weight is None else (database.weight.precision, len(database.weight.replicates)),
    )


def _keys_from(records: RecordTable) -> str:
    if records.claim is not None:
        return f"claim of {records.claim.benefit}"
    if records.members is not None:
        return "members"
    return "row" if records.unit_id is None else "unit"


def is_collected(field: Field, period: str) -> bool:
    """Whether a field was collected in a period; where it was not, every record stands at its first leaf."""
    return period >= field.available_from


def _derivation(field: Field, period: str) -> str | None:
    """Digest of what a source makes of its columns, whatever these are called; None where the codes say it all."""
    if not is_collected(field, period):
        return _digest("not collected")
    match field.source:
        case Banded(bands=bands):
            return _digest([[band.code, band.low, band.high] for band in bands])
        case Combined(table=table, otherwise=otherwise):
            return _digest([table, otherwise])
        case _:
            return None


def _digest(value: object) -> str:
    return hashlib.sha256(_json(value)).hexdigest()


def schema(database: Database, period: str, missing: frozenset[str]) -> pa.Schema:
    """The schema of a file; ``missing`` are ids of the measures that have blanks in it."""
    columns = [(KEY, pa.uint32()), *((field.id, code_type(field)) for field in database.categories)]
    for measure in database.measures:
        columns.append((measure.id, pa.int64()))
        if measure.id in missing:
            columns.append((missing_column(measure), pa.uint8()))
    columns += [(name, pa.int64()) for name in weight_columns(database)]
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns], _metadata(database, period))


def missing_column(measure: Measure) -> str:
    """The column that says where a measure was blank."""
    return f"{measure.id}{MISSING}"


def weight_columns(database: Database) -> tuple[str, ...]:
    """The columns of the weight and its replicates; none where nothing is weighted."""
    if database.weight is None:
        return ()
    return (WEIGHT, *(f"{WEIGHT}_{n}" for n in range(1, len(database.weight.replicates) + 1)))


def _metadata(database: Database, period: str) -> dict[bytes, bytes]:
    about = {"format": FORMAT if database.weight is None else WEIGHTED_FORMAT, **vars(header(database, period))}
    if database.weight is None:
        del about["weights"]
    leaves = {field.id: field.classification.leaves for field in database.categories}
    return {b"statlas": _json(about), b"statlas.leaves": _json(leaves)}


def room(item_size: int, n_rows: int) -> int:
    """Bytes that a column takes in the file, up to the next multiple of the alignment."""
    return -(-n_rows * item_size // ALIGNMENT) * ALIGNMENT


def aligned(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with metadata padded so that its first column, and with it every other, starts aligned in the file.

    Arrow aligns a batch, and the columns within, to 8 bytes in the file; columns whose buffers have ``room`` keep 64.
    """
    for n in range(0, ALIGNMENT, 8):
        padded = batch.replace_schema_metadata({**batch.schema.metadata, b"statlas.padding": b" " * n})
        if _start(padded) % ALIGNMENT == 0:
            return padded
    raise AssertionError("eight paddings, eight bytes apart, cannot all miss")


def _start(batch: pa.RecordBatch) -> int:
    """Where the first column starts in a file of this one batch: after the magic, the schema and the batch's header."""
    columns = sum(room(field.type.bit_width // 8, len(batch)) for field in batch.schema)
    header: int = pa.ipc.get_record_batch_size(batch) - columns
    return len(b"ARROW1\0\0") + int(batch.schema.serialize().size) + header


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_header(found: pa.Schema) -> Header | None:
    """The header in a schema's metadata; None if it is no file of ours, or of a later format."""
    try:
        about = json.loads((found.metadata or {})[b"statlas"])
        match about.pop("format"):
            case 1:
                return Header(**about)
            case 2:
                return Header(**{**about, "weights": tuple(about["weights"])})
            case _:
                return None
    except (KeyError, TypeError, ValueError):
        return None


def read_leaves(found: pa.Schema, field_id: str) -> tuple[Node, ...]:
    """The leaves of a field as the file lists them."""
    return tuple(Node(*pair) for pair in json.loads(found.metadata[b"statlas.leaves"])[field_id])


def kind_of(type_: pa.DataType) -> np.dtype[Any]:
    """The numpy type of a column; Arrow's own translation would load pandas, which Statlas does not need."""
    return np.dtype(str(type_))


def view_of(array: pa.Array) -> NDArray[Any]:
    """An array of whole numbers without nulls as a view of its buffer."""
    assert not array.null_count
    kind = kind_of(array.type)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)
