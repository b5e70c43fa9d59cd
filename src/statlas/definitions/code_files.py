"""Code lists, look-up files and population files: the CSV files beside a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from statlas import tabular
from statlas.definitions.findings import Findings, Place
from statlas.model.faults import Fault
from statlas.tabular import ColumnShape, TableShape

_PARENT = "parent:"
_POPULATIONS = ("persons", "households")
ShapeOf = Callable[[tabular.Table], TableShape]


@dataclass(frozen=True)
class CodeRow:
    """One row of a code list: ``parents`` by level id, under "" the parent in the level above; ``row`` in its file."""

    code: str
    label: str
    parents: Mapping[str, str] = field(default_factory=dict)
    valid_from: str | None = None
    valid_to: str | None = None
    row: int = 0


@dataclass(frozen=True)
class SizeRow:
    """One row of a population file: an area, its level if it is said, and how many live there."""

    code: str
    level: str | None
    size: int
    row: int


@dataclass(frozen=True)
class Files:
    """The files of one definition, read through one connection; ``used`` names those read so far."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    findings: Findings
    used: set[str] = field(default_factory=set)

    def code_rows(self, name: str, place: Place) -> tuple[CodeRow, ...] | None:
        """The rows of a code list; None, with findings, if it has faults."""
        table = self._open(name, place, _code_shape)
        return None if table is None else tuple(_code_row(row) for row in self._rows(table))

    def pairs(self, name: str, key: str, value: str, place: Place) -> tuple[tuple[str, str], ...] | None:
        """The (key, value) pairs of a look-up file; None, with findings, if it has faults."""
        shape = TableShape((ColumnShape(key), ColumnShape(value)), unique=((key,),))
        table = self._open(name, place, lambda _: shape)
        return None if table is None else tuple((row[key] or "", row[value] or "") for row in self._rows(table))

    def sizes(self, name: str, of: str, place: Place) -> tuple[SizeRow, ...] | None:
        """The rows of a population file, ``of`` being the column that counts; None, with findings, if it has faults."""
        table = self._open(name, place, lambda table: _size_shape(table, of))
        if table is None:
            return None
        level = tabular.text("level", table) if "level" in table.columns else "null"
        size = tabular.value(ColumnShape(of, tabular.Kind.INTEGER), table)
        wanted = f"{tabular.text('code', table)}, {level}, {size}, {tabular.ROW}"
        query = f"select {wanted} from {table.numbered} order by {tabular.ROW}"
        return tuple(SizeRow(*row) for row in self.connection.execute(query).fetchall())

    def _open(self, name: str, place: Place, shape_of: ShapeOf) -> tabular.Table | None:
        path = self.path(name, place)
        if path is None:
            return None
        tables, faults = tabular.open_files(self.connection, [path])
        for table in tables:
            faults += tabular.check(self.connection, [table], shape_of(table))
        self.findings.take(_named(fault, name) for fault in faults)
        return None if faults else tables[0]

    def path(self, name: str, place: Place) -> Path | None:
        """The file of that name beside the definition, now used; None, with a finding, if there is none."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            mend = "Put the file beside the definition or in a folder below it."
            self.findings.add(place, "file-outside", "a file in the definition's folder", mend)
            return None
        if not path.is_file():
            self.findings.add(place, "no-file", f"a file {name!r} beside the definition", "Check its name.")
            return None
        self.used.add(path.relative_to(self.folder.resolve()).as_posix())
        return path

    def _rows(self, table: tabular.Table) -> Iterator[dict[str, str | None]]:
        values = ", ".join(f"{tabular.text(name, table)}" for name in table.columns)
        order = f"select cast({tabular.ROW} as varchar), {values} from {table.numbered} order by {tabular.ROW}"
        for row in self.connection.execute(order).fetchall():
            yield dict(zip((tabular.ROW, *table.columns), row, strict=True))


def _code_shape(table: tabular.Table) -> TableShape:
    also = (name for name in table.columns if name.startswith(_PARENT))
    optional = ("parent", "valid_from", "valid_to", *also)
    columns = (
        ColumnShape("code"),
        ColumnShape("label"),
        *(ColumnShape(name, required=False, optional=True) for name in optional),
    )
    return TableShape(columns, unique=(("code",),), strict=True)


def _size_shape(table: tabular.Table, of: str) -> TableShape:
    others = [name for name in (*_POPULATIONS, "level") if name != of]
    columns = (
        ColumnShape("code"),
        ColumnShape(of, tabular.Kind.INTEGER),
        *(ColumnShape(name, required=False, optional=True) for name in others),
    )
    return TableShape(columns, unique=() if "level" in table.columns else (("code",),))


def _code_row(row: Mapping[str, str | None]) -> CodeRow:
    parents = {name.removeprefix(_PARENT): code for name, code in row.items() if name.startswith(_PARENT) and code}
    if row.get("parent"):
        parents = {"": row["parent"] or "", **parents}
    return CodeRow(
        row["code"] or "",
        row["label"] or "",
        parents,
        row.get("valid_from"),
        row.get("valid_to"),
        int(row[tabular.ROW] or 0),
    )


def _named(fault: Fault, name: str) -> Fault:
    return Fault(fault.code, name, fault.expected, fault.mend, column=fault.column, rows=fault.rows, count=fault.count)
