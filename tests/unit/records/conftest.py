"""A short way to ingest a file and to see what was written or what was wrong."""

from pathlib import Path
from typing import Any

import pytest
from claims import SECRET, claims, write_csv

from statlas import records
from statlas.errors import RecordsError


@pytest.fixture
def ingest(tmp_path: Path) -> Any:
    """``ingest(files_or_rows, database=..., **options)``: the opened periods by code."""

    def run(source: Any, database: Any = None, **options: Any) -> dict[str, records.PeriodRecords]:
        database = database or claims()
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        rows = isinstance(source, list) and (not source or isinstance(source[0], dict))
        files = [write_csv(tmp_path / "claims.csv", source)] if rows else source
        made = records.ingest(database, files, secret=SECRET, out_dir=out, **options)
        return {one.period: records.open_period(one.path, database) for one in made}

    return run


@pytest.fixture
def faults(ingest: Any, tmp_path: Path) -> Any:
    """``faults(files_or_rows, ...)``: what the refusal reports, having checked that nothing was written."""

    def run(source: Any, database: Any = None, **options: Any) -> Any:
        with pytest.raises(RecordsError) as raised:
            ingest(source, database, **options)
        assert not list((tmp_path / "out").rglob("*.arrow"))
        return raised.value.faults

    return run
