"""DuckDB connections that keep within a limit of memory and touch no network."""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(
    *, memory_limit: str = "1GB", temp_dir: Path | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection of one's own, in memory, that spills to ``temp_dir`` beyond ``memory_limit``.

    Args:
        memory_limit: as DuckDB writes it, ``"2GB"``.
        temp_dir: where it spills, a private folder, for what is spilled is confidential; None spills nowhere and fails
            beyond the limit.
        threads: how many; None means all cores.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": "" if temp_dir is None else str(temp_dir),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    connection = duckdb.connect(":memory:", config=settings)
    # The date of a moment must not depend on where the machine stands.
    connection.execute("set TimeZone = 'UTC'")
    return connection
