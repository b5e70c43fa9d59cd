"""Withdrawing a public release and restoring it: a notice beside the releases, put there or taken away at one instant.

Both hold the lock under which releases are opened, so that a draft is opened before or after and not between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from statlas.errors import QueryError
from statlas.model.release import Notice
from statlas.store import layout, locking, notices, reading
from statlas.wording import _


def withdraw(home: Path, notice: Notice) -> None:
    """Put the notice beside the releases.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: the release is withdrawn already.
        OSError: the disk failed.
    """
    with _held(home, notice.database, notice.release) as folder:
        if notices.is_withdrawn(folder, notice.release):
            raise _refused(notice.database, notice.release, _("Release {release} of {database} is withdrawn already."))
        notices.withdraw(folder, notice)


def restore(home: Path, database_id: str, release: str, *, reason: str, at: str) -> None:
    """Take the notice away, and keep what it said.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: the release is not withdrawn, or its records were destroyed.
        OSError: the disk failed.
    """
    with _held(home, database_id, release) as folder:
        if not notices.is_withdrawn(folder, release):
            raise _refused(database_id, release, _("Release {release} of {database} is not withdrawn."))
        if notices.is_destroyed(folder, release):
            raise _refused(database_id, release, _("The records of release {release} of {database} were destroyed."))
        notices.restore(folder, release, reason=reason, at=at)


@contextmanager
def _held(home: Path, database_id: str, release: str) -> Iterator[Path]:
    reading.any_manifest(home, database_id, release)
    with locking.locked(layout.databases_folder(home), wait=True):
        yield layout.database_folder(home, database_id)


def _refused(database_id: str, release: str, text: str) -> QueryError:
    return QueryError(
        text.format(release=release, database=database_id), mend=_("Look at the releases of the database.")
    )
