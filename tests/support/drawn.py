"""Records of a database of the demonstration, drawn small and ready to be asked in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from statlas.demonstration.made import DEFAULT_SCALE, Ask
from statlas.demonstration.source import make_source


class Drawn:
    """The view ``records`` of a database drawn at ``times`` its size in the demonstration, in folder ``folder``."""

    def __init__(self, database_id: str, folder: Path, times: float) -> None:
        ask = Ask(scale=DEFAULT_SCALE * times)
        source = make_source(database_id, folder, ask)
        self.scale = ask.scale_of(database_id)
        self._connection = duckdb.connect()
        self._connection.execute(f"create view records as from '{source.folder}/*.parquet'")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._connection.execute(query).fetchall()

    def count(self, condition: str = "true") -> float:
        """Records for which a condition holds, at full size."""
        [(n,)] = self.rows(f"select count(*) from records where {condition}")
        return float(n) / self.scale

    def none(self, condition: str) -> bool:
        """Whether there is no record for which the condition holds."""
        return self.count(condition) == 0
