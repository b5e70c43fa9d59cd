"""Making the department: each database drawn and published in turn, unless that has been done before."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from statlas.demonstration.made import (
    DATABASE_IDS,
    Ask,
    Note,
    definition_of,
    label_of,
    read_note,
    records_fingerprint,
    write_note,
)
from statlas.demonstration.source import Progress, make_source, n_records
from statlas.errors import BackendError, RecordsError
from statlas.service import tables
from statlas.store import Making, telling

SOURCES = "demonstration-source"
"""Folder of a home in which the records lie before they are encoded; they can be published by hand from there."""

BYTES_A_RECORD = 80
"""Space a record takes: 8 bytes in its Parquet file and 55 encoded, measured with hb_new, and some for the sort."""


BETWEEN_S = 0.5
"""Seconds between two tellings of how far a stage is: arbitrary, shorter than anybody reloads a page."""

AGREED = tables.Agreed("The demonstration", "The records are synthetic: another version of them tells of nobody.")
"""What a fourth version of a month needs; of real records an officer decides it."""


Bar = Callable[[str], AbstractContextManager[Progress]]
"""From a database's id to something that shows the progress of making it."""


def make_all(home: Path, ask: Ask, database_ids: Sequence[str], bar: Bar) -> None:
    """Make databases one after another, and tell the home's pages meanwhile how far it is.

    Raises:
        HeldError: another process is at it.
        BackendError: there is not enough room on the disk.
        HomeError: the home cannot be used.
    """
    if not database_ids:
        return
    there = len(DATABASE_IDS) - len(database_ids)
    with telling(home) as tell:
        for done, database_id in enumerate(database_ids, start=there):
            making = Making(label_of(database_id), done, len(DATABASE_IDS))
            tell(making)
            with bar(database_id) as progress:
                make(home, database_id, ask, _both(progress, _told_at_times(tell, making)))


def _told_at_times(tell: Callable[[Making], None], making: Making) -> Progress:
    """Tell a stage when it begins, and again after a while, not at every step of it."""
    told, last = "", 0.0

    def progress(stage: str, fraction: float, _rate: float) -> None:
        nonlocal told, last
        if stage != told or time.monotonic() > last + BETWEEN_S:
            told, last = stage, time.monotonic()
            tell(replace(making, stage=stage, fraction=fraction))

    return progress


def _both(one: Progress, two: Progress) -> Progress:
    def progress(stage: str, fraction: float, rate: float) -> None:
        one(stage, fraction, rate)
        two(stage, fraction, rate)

    return progress


def make(home: Path, database_id: str, ask: Ask, progress: Progress) -> None:
    """Draw a database of the demonstration and publish it in a home.

    Where the definition alone has changed since, and the records follow it, no record is drawn or read.

    Raises:
        BackendError: there is not enough room on the disk.
        HomeError: the home cannot be used.
    """
    note = read_note(home)
    note = note if note and note.published else Note(ask)
    with _room(home, n_records(database_id, ask) * BYTES_A_RECORD):
        home.mkdir(parents=True, exist_ok=True)
        # Before the first publish: a home that was interrupted is still known for what it is.
        write_note(home, note)
        if not (_is_drawn(note, database_id, ask) and _publish_definition(home, database_id)):
            source = make_source(database_id, home / SOURCES, ask, progress)
            _publish(home, source.definition, source.files, progress)
        write_note(home, note.with_published(database_id))


def _is_drawn(note: Note, database_id: str, ask: Ask) -> bool:
    return note.drawn.get(database_id) == records_fingerprint(database_id, ask)


def _publish_definition(home: Path, database_id: str) -> bool:
    """Publish the definition over the records that are there; false if they do not follow it."""
    try:
        _publish(home, definition_of(database_id), (), None)
    except RecordsError:
        return False
    return True


def _publish(home: Path, definition: Path, records: Sequence[Path], progress: Progress | None) -> None:
    tables.publish(
        home=tables.open_home(home), definition=definition, records=records, agreed=AGREED, progress=progress
    )


@contextmanager
def _room(home: Path, needed: int) -> Iterator[None]:
    """See beforehand whether the disk has room, and say so if it runs full all the same."""
    there = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise _full(home, f"about {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free")
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(home, "it ran full") from None
        raise


def _full(home: Path, what: str) -> BackendError:
    return BackendError(
        f"The disk of {home} has no room for the demonstration: {what}.",
        mend="Make room, name a folder on another disk with --home, or ask for a smaller --scale.",
    )
