"""The one door to record-level rows: encoding at publish, opening lazily, attaching record keys.

Logs no value of a record, and no other room opens what it writes.
"""

from statlas.records.ingesting import ingest
from statlas.records.keeping import check_kept
from statlas.records.opening import PeriodRecords, open_period
from statlas.records.progress import Progress
from statlas.records.writing import Ingested

__all__ = ["Ingested", "PeriodRecords", "Progress", "check_kept", "ingest", "open_period"]
