"""Parquet: the tidy columns, texts as dictionaries, and what is said of the table in the metadata of the file.

Row groups are of some hundred thousand rows with an index of their pages, so that a program may read by range.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.parquet as pq

from statlas.formats.arrow_ipc import Drain, said_schema
from statlas.model.about import About
from statlas.model.columns import batches, columns_of, schema_of
from statlas.model.cube import Cube

MEDIA_TYPE = "application/vnd.apache.parquet"
SUFFIX = "parquet"

ROW_GROUP = 131_072
"""Rows of a group, arbitrary: a few megabytes, as readers by range like."""


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in pieces, a row group each."""
    columns = columns_of(cube)
    schema = said_schema(cube, about, schema_of(columns))
    sink = Drain()
    coded = [column.name for column in columns if column.texts is not None]
    with pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=coded, write_page_index=True) as writer:
        for batch in batches(cube, columns, ROW_GROUP):
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            yield sink.taken()
    yield sink.taken()
