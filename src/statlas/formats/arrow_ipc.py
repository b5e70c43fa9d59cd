"""Arrow IPC files: the tidy columns, texts as dictionaries, and what is said of the table in the schema's metadata."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping

import pyarrow as pa

from statlas.formats.facts import facts, remarks
from statlas.model.about import About
from statlas.model.columns import batches, columns_of, schema_of
from statlas.model.cube import Cube
from statlas.model.frames import column_names
from statlas.model.query_data import query_data
from statlas.version import VERSION

MEDIA_TYPE = "application/vnd.apache.arrow.file"
SUFFIX = "arrow"


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in pieces, a batch of rows each."""
    columns = columns_of(cube)
    schema = said_schema(cube, about, schema_of(columns))
    sink = Drain()
    with pa.ipc.new_file(sink, schema) as writer:
        for batch in batches(cube, columns):
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            yield sink.taken()
    yield sink.taken()


class Drain(io.RawIOBase):
    """A file that is written to and emptied by turns, so that it never holds more than a batch."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        """It is for writing alone."""
        return True

    def tell(self) -> int:
        """Bytes written so far."""
        return self._position

    def write(self, data: object) -> int:
        """Keep some bytes until they are taken."""
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self._pieces.append(piece)
        self._position += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self._pieces = b"".join(self._pieces), []
        return found


def said_schema(cube: Cube, about: About, schema: pa.Schema) -> pa.Schema:
    """The schema with what is said of the table, and of each measure's values their unit, statistic and decimals."""
    fields = list(schema)
    for before, measure in zip(column_names(cube), cube.measures, strict=True):
        at = schema.get_field_index(f"{before}value")
        told = {"measure": measure.id, "label": measure.label, "statistic": measure.statistic, "unit": measure.unit}
        if at >= 0:
            fields[at] = fields[at].with_metadata({**told, "decimals": str(measure.precision)})
    return pa.schema(fields, metadata=_metadata(cube, about))


def _metadata(cube: Cube, about: About) -> Mapping[bytes, bytes]:
    """Texts by key; ``query``, ``symbols``, ``notes`` and ``rules`` are JSON."""
    told = remarks(cube)
    said = {fact.name: fact.text for fact in facts(cube, about)}
    said |= {
        "query": as_json(query_data(cube.query)),
        "symbols": as_json({fact.label: fact.text for fact in told if fact.name == "symbol"}),
        "notes": as_json([[fact.label, fact.text] for fact in told if fact.name == "note"]),
        "rules": as_json([fact.text for fact in told if fact.name == "rule"]),
        "software": f"Statlas {VERSION}",
    }
    return {key.encode(): text.encode("utf-8", "replace") for key, text in said.items()}


def as_json(content: object) -> str:
    """Plain data as short JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
