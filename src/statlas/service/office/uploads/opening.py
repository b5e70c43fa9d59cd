"""Have the keeper open the records of an upload, for as long as a draft is made of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from statlas.errors import KeeperGoneError
from statlas.office.uploads.models import Upload
from statlas.service.office import keeper_line
from statlas.store import Home
from statlas.store.upload_files import RECORDS, UploadFiles

stopping = Event()
"""Set when the process shall end: nobody is waited for then."""

WAIT_S = 120.0
"""Seconds that a keeper is waited for: arbitrary; one that died is back in some seconds."""


@contextmanager
def opened(home: Home, files: UploadFiles, upload: Upload) -> Iterator[list[Path]]:
    """The files of records, to be read while the context lasts; afterwards nobody can.

    Raises:
        KeeperGoneError: the keeper does not answer.
        StatlasError: they are not as they were sealed, or the disk has no room.
    """
    if not any(files.heap(upload.pk, RECORDS).iterdir()):
        yield []
        return
    found = _asked(home, upload)
    try:
        yield files.link(upload.pk, found)
    finally:
        for number in found.values():
            os.close(number)


def _asked(home: Home, upload: Upload) -> dict[str, int]:
    """Ask until the keeper answers: it may be starting."""
    ends = time.monotonic() + WAIT_S
    while True:
        try:
            return keeper_line.take(home=home, account=upload.account.pk, upload=upload.pk)
        except KeeperGoneError:
            if time.monotonic() > ends or stopping.wait(1.0):
                raise
