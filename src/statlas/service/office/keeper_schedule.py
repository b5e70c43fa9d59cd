"""What the keeper asks of the office: what is due, and who may read what before its minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, close_old_connections, connection

from statlas.errors import BackendError, UnknownNameError
from statlas.office.accounts import queries as account_queries
from statlas.office.uploads import queries as upload_queries
from statlas.office.uploads.models import State as UploadState
from statlas.service.office import organisations
from statlas.service.office.releases import acting, reading
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.repairing import repair
from statlas.store import Home
from statlas.wording import _

__all__ = [
    "ReleaseFactsOfOffice",
    "all_under_way",
    "allowed",
    "due",
    "explained",
    "let_go",
    "repair",
    "require_being_read",
]

due, all_under_way = reading.due, reading.all_under_way


def allowed(*, home: Home, account_id: int, release_id: str, may_be_early: bool, now: datetime) -> ReleaseFactsOfOffice:
    """A release under way that an account may read: a member of the organisation, or somebody let in early.

    Whoever is let in early is written down when they first read.

    Args:
        now: by a clock that cannot be set forward: the hours before the minute are counted by it.

    Raises:
        UnknownNameError: it may not, or there is none that is not public yet.
    """
    account, release = account_queries.by_id(account_id), reading.release_of(release_id=release_id)
    if account is not None and account.is_active and release is not None and release.is_under_way:
        if organisations.is_member(account=account, database_id=release.database):
            return release
        if may_be_early and reading.may_read_early(account=account, release_id=release_id, now=now):
            acting.read_early(home=home, release_id=release_id, account=account, now=now)
            return release
    raise reading.unknown(release_id)


def require_being_read(*, account_id: int, upload_id: str) -> None:
    """See that an upload of an account is being made a draft now.

    Raises:
        UnknownNameError: it is not, or there is none.
    """
    found = upload_queries.find(upload_id, account_id)
    if found is None or found.state != UploadState.RUNNING:
        raise UnknownNameError(_("There is no such upload, or its time is over."), component=upload_id[:64])


@contextmanager
def explained() -> Iterator[None]:
    """Errors of the site's database as one of ours.

    Raises:
        BackendError: the database does not answer.
    """
    try:
        yield
    except Error as error:
        close_old_connections()
        raise BackendError("The site's database does not answer.") from error


def let_go() -> None:
    """Give the connection to the database back: this thread asks nothing for a while."""
    connection.close()
