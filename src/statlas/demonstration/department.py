"""Making the department: each database drawn and published in turn, unless that has been done before."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from statlas.demonstration.made import Ask, Note, definition_of, read_note, records_fingerprint, write_note
from statlas.demonstration.source import Progress, make_source, n_records
from statlas.errors import BackendError, RecordsError
from statlas.service import tables

SOURCES = "demonstration-source"
"""Folder of a home in which the records lie before they are encoded; they can be published by hand from there."""

BYTES_A_RECORD = 80
"""Space a record takes: 8 bytes in its Parquet file and 55 encoded, measured with hb_new, and some for the sort."""


AGREED = tables.Agreed("The demonstration", "The records are synthetic: another version of them tells of nobody.")
"""What a fourth version of a month needs; of real records an officer decides it."""


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
