"""Jobseeker's Allowance of the demonstration, quarter by quarter, with mistakes planted in a quarter.

The records are drawn as the demonstration's are, at its own size: some 140,000 claims of 14 quarters.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source
from statlas.model.finding import DraftReports, from_json
from statlas.service.tables import drafting, open_home, publish
from statlas.service.tables.releasing import Agreed

DATABASE = "JSA"
FIRST, LAST, NEXT, AFTER = "202205", "202502", "202505", "202508"
"""The oldest and the newest quarter of the first release, the one to come, and the one after it."""

AGREED = Agreed("A test", "The records are synthetic.")

Plant = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True)
class Quarters:
    """Records of all quarters, and a home in which those up to ``LAST`` are published."""

    folder: Path
    definition: Path
    records: pa.Table

    @property
    def home(self) -> Path:
        """The folder of the home."""
        return self.folder / "home"

    def of(self, *quarters: str) -> pa.Table:
        """The records of some quarters."""
        return self.records.filter(pc.is_in(pc.cast(self.records["quarter"], "string"), pa.array(quarters)))

    def written(self, table: pa.Table, name: str) -> Path:
        """The records as a file."""
        path = self.folder / f"{name}.parquet"
        pq.write_table(table, path)
        return path

    def drafted(self, table: pa.Table, definition: Path | None = None) -> DraftReports:
        """The reports on a draft of these records; the draft is discarded."""
        home = open_home(self.home)
        report = drafting.draft(
            home=home,
            definition=definition or self.definition,
            records=[self.written(table, "given")] if table.num_rows else [],
            agreed=AGREED,
        )
        drafting.discard(home=home, draft_id=report.draft_id)
        return from_json(report.reports)


def quarters(folder: Path) -> Quarters:
    """The home with every quarter up to ``LAST``."""
    source = make_source(DATABASE, folder, Ask())
    parts = [_plain(pq.read_table(path)) for path in source.files]
    found = Quarters(folder, _small(source.definition, folder / "definition"), pa.concat_tables(parts))
    quarter = found.records["quarter"]
    until = found.records.filter(pc.and_(pc.greater_equal(quarter, FIRST), pc.less_equal(quarter, LAST)))
    publish(home=open_home(found.home), definition=found.definition, records=[found.written(until, "until")])
    return found


def _small(definition: Path, folder: Path) -> Path:
    """The definition without wards and small areas, whose thousands of codes take longer to read than all records."""
    folder.mkdir()
    for name in ("geography", "codes"):
        shutil.copytree(definition.parent / name, folder / name)
    shutil.copy(definition.parent / "policy.yaml", folder)
    yaml = YAML(typ="safe", pure=True)
    text = yaml.load(definition)
    fields = {field["id"]: field for field in text["fields"]}
    fields["COA_CODE"]["column"] = "authority"
    fields["COA_CODE"]["levels"] = fields["COA_CODE"]["levels"][:3]
    for name in ("WARD_CODE", "SPC_CODE"):
        del fields[name]
    text["fields"] = [*fields.values()]
    text["annotations"] = [note for note in text["annotations"] if note.get("field", "COA_CODE") in fields]
    yaml.dump(text, folder / definition.name)
    return folder / definition.name


def _plain(table: pa.Table) -> pa.Table:
    """Columns of codes as text."""
    names = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    for name in names:
        position = table.schema.get_field_index(name)
        table = table.set_column(position, name, pc.cast(table[name], "string"))
    return table.replace_schema_metadata(None)


def with_column(table: pa.Table, name: str, values: Sequence[object] | pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with another column of that name."""
    position = table.schema.get_field_index(name)
    kind = table.schema.field(name).type
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)
    return table.set_column(position, name, pc.cast(array, kind))


def again(table: pa.Table) -> pa.Table:
    """The same records under other references."""
    return with_column(table, "claim_ref", pc.binary_join_element_wise(table["claim_ref"], "again", "-"))


def doubled(table: pa.Table) -> pa.Table:
    """Every record twice."""
    return pa.concat_tables([table, again(table)])


def dated(table: pa.Table, quarter: str) -> pa.Table:
    """The records as if they were of another quarter."""
    return with_column(table, "quarter", [quarter] * table.num_rows)


def without(table: pa.Table, column: str, codes: Sequence[str], part: float = 1.0, seed: int = 1) -> pa.Table:
    """The table without a part of the records that carry some codes, drawn at random."""
    carries = np.asarray(pc.is_in(table[column], pa.array(list(codes))))
    lost = carries & (np.random.default_rng(seed).random(table.num_rows) < part)
    return table.filter(pa.array(~lost))


def recoded(table: pa.Table, column: str, old: str, new: str) -> pa.Table:
    """The table with one code in the place of another."""
    values = pc.if_else(pc.equal(table[column], old), new, table[column])
    return with_column(table, column, values)


def times(table: pa.Table, column: str, factor: float, where: pa.ChunkedArray | None = None) -> pa.Table:
    """The table with amounts multiplied, everywhere or somewhere."""
    larger = pc.round(pc.multiply(table[column], factor), 2)
    return with_column(table, column, larger if where is None else pc.if_else(where, larger, table[column]))
