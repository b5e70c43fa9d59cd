"""The one door to record-level rows: encoding at publish, opening lazily, attaching record keys.

Logs no value of a record, and no other room opens what it writes.
What publishes is imported when it is first used: a process that only answers queries never pays for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from statlas.records.opening import PeriodRecords, open_period
from statlas.records.progress import Progress

if TYPE_CHECKING:
    from statlas.records.edges import amount_edges
    from statlas.records.ingesting import ingest
    from statlas.records.keeping import check_kept
    from statlas.records.writing import Ingested

_HOME = {"Ingested": "writing", "amount_edges": "edges", "check_kept": "keeping", "ingest": "ingesting"}

__all__ = ["Ingested", "PeriodRecords", "Progress", "amount_edges", "check_kept", "ingest", "open_period"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
