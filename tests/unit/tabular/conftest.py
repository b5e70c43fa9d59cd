"""Files to try the tabular room on."""

import pytest

from statlas import tabular
from statlas.model.faults import FaultReport
from statlas.tabular import TableShape


@pytest.fixture
def connection():
    """A connection of the test's own."""
    with tabular.connect() as opened:
        yield opened


@pytest.fixture
def write(tmp_path):
    """Write bytes or text to a file of that name and give its path."""

    def make(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


@pytest.fixture
def faults(connection):
    """All faults of files against columns: ``faults(path, column, ..., unique=...)``."""

    def find(paths, *columns, **expectations) -> FaultReport:
        paths = paths if isinstance(paths, list) else [paths]
        tables, report = tabular.open_files(connection, paths)
        return report + tabular.check(connection, tables, TableShape(columns, **expectations))

    return find
