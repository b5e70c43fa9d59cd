"""Faults as whoever sent the files is told them: by the names that they gave, not by where the files lie here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from statlas.model.faults import Fault, FaultReport
from statlas.store.upload_files import OPENED, SUFFIXES


def nameless(faults: Iterable[Fault], folder: Path) -> FaultReport:
    """The same faults without the folder of the upload, and its heaps, before the names of files."""
    prefixes = [f"{folder}/{heap}/" for heap in (*SUFFIXES, OPENED)]
    return FaultReport(tuple(replace(one, file=_without(one.file, prefixes)) for one in faults))


def _without(name: str, prefixes: list[str]) -> str:
    return next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
