"""Addresses of the site's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from statlas.definitions.address import Parameters, parameters_of, query_string
from statlas.model.database import Database, ReadyTable

SOFTWARE_INTERFACE = "/webapi/rest/v1"
NATIVE_INTERFACE = "/api/v1"


def database(database_id: str) -> str:
    """The page of a database."""
    return f"/databases/{quote(database_id)}"


def table(database_id: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page of a table."""
    return _with(f"{database(database_id)}/table", parameters)


def file(database_id: str, parameters: Iterable[tuple[str, str]], suffix: str) -> str:
    """The file of a table in the format whose files end so."""
    return _with(f"{database(database_id)}/table.{suffix}", parameters)


def csv(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The file of a table as tidy CSV."""
    return file(database_id, parameters, "csv")


def job(job_id: str) -> str:
    """The page of a job."""
    return f"/jobs/{quote(job_id)}"


def new_job(database_id: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The page where a table is asked for as a file."""
    return _with("/jobs/new", (("database", database_id), *parameters))


def categories(database_id: str, parameters: Iterable[tuple[str, str]], field: str, use: str) -> str:
    """The page where categories of a field are ticked, for a table (``items``) or a ``filter``."""
    return _with(f"{database(database_id)}/table/categories", (*parameters, ("field", field), ("use", use)))


def ready(database: Database, ready_table: ReadyTable) -> str:
    """The page of a ready-made table: its query is its address, like that of any other table."""
    return table(database.id, parameters_of(ready_table.query))


def changed(parameters: Parameters, **changes: str) -> Parameters:
    """Parameters with some replaced, or taken away where the new value is empty."""
    kept = [(name, value) for name, value in parameters if name not in changes]
    return (*kept, *((name, value) for name, value in changes.items() if value))


def without_field(parameters: Parameters, field: str) -> Parameters:
    """Parameters without the filter on a field."""
    return tuple((name, value) for name, value in parameters if name != f"filter.{field}")


def _with(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    given = query_string(parameters)
    return f"{address}?{given}" if given else address
