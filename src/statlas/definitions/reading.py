"""Reading a definition: the text, its form, its files, its meaning; every mistake in one pass."""

from __future__ import annotations

from pathlib import Path

from statlas import tabular
from statlas.definitions.building import build
from statlas.definitions.code_files import Files
from statlas.definitions.findings import Findings
from statlas.definitions.validating import parts_of
from statlas.definitions.yaml_text import read_yaml
from statlas.errors import DefinitionError
from statlas.model.database import Database
from statlas.model.faults import FaultReport


def read(path: Path) -> Database:
    """The database that a definition file and the files it names describe; its date field has no periods yet.

    Raises:
        DefinitionError: it has mistakes; ``faults`` holds all of them, with the line of the file in ``rows``.
    """
    return read_with_files(path)[0]


def read_with_files(path: Path) -> tuple[Database, tuple[str, ...]]:
    """The same with the names of the files it was read from besides, CSV and policy, relative to its own folder.

    Raises:
        DefinitionError: as ``read`` does.
    """
    findings = Findings(path.name)
    used: set[str] = set()
    database = _read(path, findings, used)
    if database is None or findings.faults:
        raise _error(path, findings.report)
    return database, tuple(sorted(used))


def _read(path: Path, findings: Findings, used: set[str]) -> Database | None:
    data = read_yaml(path, findings, "statlas: 1")
    if data is None:
        return None
    parts = parts_of(data, findings)
    with tabular.connect(memory_limit="1GB") as connection:
        return build(parts, Files(path.parent, connection, findings, used))


def _error(path: Path, faults: FaultReport) -> DefinitionError:
    n = len(faults)
    return DefinitionError(f"{path.name} has {n} fault{'s' if n > 1 else ''}.", faults=faults)
