"""What pages ask: take in an upload whose files have come, see how far it is."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from statlas import definitions
from statlas.errors import AccessError, DefinitionError, QueryError, RequestError, UnknownNameError
from statlas.model.database import Database
from statlas.model.release import ReleaseKind
from statlas.office.accounts.models import Account
from statlas.office.uploads import queries
from statlas.office.uploads.models import OPEN, State, Upload
from statlas.service.office import organisations
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting
from statlas.service.office.uploads import queue
from statlas.service.office.uploads.nameless import nameless
from statlas.store import Home
from statlas.store.upload_files import DEFINITION, RECORDS, UploadFiles
from statlas.wording import _

MOST_OPEN = 3
"""Uploads of one account that wait or are being read: arbitrary, each takes the disk and the worker's time."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sent:
    """What a producer says of an upload: ``Sent(kind="revision", note="Late claims are in.")``.

    database: whose definition is kept where none came. kind: empty for what it turns out to be.
    agreed_by, agreed: who agreed to a fourth version of a period, and why; both or neither.
    """

    database: str = ""
    kind: str = ""
    note: str = ""
    period: str = ""
    agreed_by: str = ""
    agreed: str = ""


@dataclass(frozen=True)
class UploadFacts:
    """What is known of an upload: ``UploadFacts(id="0f3a...", state=State.RUNNING, progress=0.4, ...)``.

    database, label: of which it is. stage: what is being done, as the publisher's progress names it.
    release: the release under way that it became. problem: why it failed, as RFC 9457 has it, with ``faults``.
    """

    id: str
    database: str
    label: str
    state: State
    stage: str
    progress: float
    created: datetime
    finished: datetime | None
    release: str
    problem: Mapping[str, Any] | None

    @property
    def is_open(self) -> bool:
        """Whether it may still give a draft."""
        return self.state in OPEN


def require_may_send(*, account: Account, database_id: str = "") -> None:
    """See, before a byte of a form is read, that an account may send a release of a database, or of a new one.

    Raises:
        UnknownNameError: the database is not of its organisation.
        AccessError: the account is no producer there; without a database: nowhere.
        MoveRefusedError: a release of the database is under way.
    """
    if database_id:
        acting.require_may_begin(account=account, database_id=database_id)
    elif not produces(account=account):
        raise AccessError(
            _("Releases are sent by producers of an organisation."),
            mend=_("Ask an administrator of your organisation for that role."),
        )


def produces(*, account: Account) -> bool:
    """Whether an account is a producer of any organisation."""
    own = organisations.of_account(account=account)
    return any(Role.PRODUCER in organisations.roles_in(account=account, slug=one.slug) for one in own)


def submit(*, home: Home, account: Account, upload_id: str, sent: Sent) -> UploadFacts:
    """Have a draft made of the files of an upload; they are removed where it is refused.

    Raises:
        RequestError, QueryError: something is missing or cannot be; there are too many uploads.
        HomeError: the disk has no room.
        DefinitionError: the definition has faults, all of which are told.
        AccessError: the account is no producer of the database's organisation.
    """
    files = UploadFiles(home.path)
    try:
        database = _database(home, account, files, upload_id, sent)
        _refuse(account, sent)
        files.tell(upload_id, sent.note)
        with transaction.atomic():
            made = _add(account, upload_id, database, sent)
            queue.enqueue(made)
    except BaseException:
        files.remove(upload_id)
        raise
    return _facts(made)


def get(*, account: Account, upload_id: str) -> UploadFacts:
    """An upload of an account.

    Raises:
        UnknownNameError: the account has sent none of that id, or its time is over.
    """
    found = queries.find(upload_id, account.pk) if _ID.fullmatch(upload_id) else None
    if found is None:
        raise UnknownNameError(_("There is no such upload, or its time is over."), component=upload_id)
    return _facts(found)


def list_of(*, account: Account) -> tuple[UploadFacts, ...]:
    """The uploads of an account, newest first, as long as they are kept."""
    return tuple(_facts(one) for one in queries.of_account(account.pk))


def _database(home: Home, account: Account, files: UploadFiles, upload_id: str, sent: Sent) -> Database:
    """The database that the definition describes, which the account may produce."""
    if not any(files.heap(upload_id, DEFINITION).iterdir()):
        if not any(files.heap(upload_id, RECORDS).iterdir()):
            raise RequestError(_("No file is chosen."), mend=_("Choose records, a definition, or both."))
        _keep_definition(home, account, files, upload_id, sent.database)
    path = files.definition(upload_id)
    if path is None:
        raise RequestError(
            _("One definition is expected: one file whose name ends in .yaml, and the code lists that it names."),
            mend=_("Choose them together."),
        )
    try:
        database = definitions.read(path)
    except DefinitionError as error:
        raise DefinitionError(
            error.message, mend=error.mend, faults=nameless(error.faults, path.parent.parent)
        ) from None
    if sent.database and database.id != sent.database:
        raise RequestError(
            _("The definition is of the database {id}, not of {wanted}.").format(id=database.id, wanted=sent.database),
            mend=_("Send it on the page of that database, or correct its id."),
        )
    acting.require_may_begin(account=account, database_id=database.id, policy=database.policy)
    return database


def _keep_definition(home: Home, account: Account, files: UploadFiles, upload_id: str, database_id: str) -> None:
    """Bring the definition of the release that answers."""
    if not database_id or database_id not in home.databases():
        raise RequestError(_("There is no definition."), mend=_("A database's first release needs one."))
    organisations.require(account=account, database_id=database_id, role=Role.PRODUCER)
    target = files.heap(upload_id, DEFINITION)
    for file in home.current(database_id).files:
        name = file.path.partition("/definition/")[2]
        if name:
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(home.path / file.path, target / name)


def _refuse(account: Account, sent: Sent) -> None:
    if bool(sent.agreed_by) != bool(sent.agreed):
        raise QueryError(_("An agreement has a name and a reason."), mend=_("Give both, or neither."))
    if sent.kind and sent.kind not in [*ReleaseKind]:
        raise RequestError(_("There is no such kind of release."), mend=_("Choose one of them."))
    if sent.kind == ReleaseKind.CORRECTION and not sent.note:
        raise RequestError(
            _("A correction says what was wrong."), mend=_("Write it in the note for readers, in plain words.")
        )
    if queries.n_open(account.pk) >= MOST_OPEN:
        raise RequestError(
            _("You have {n} uploads that wait or are being read.").format(n=MOST_OPEN),
            mend=_("Wait until one of them has ended."),
        )


def _add(account: Account, upload_id: str, database: Database, sent: Sent) -> Upload:
    return queries.add(
        id=upload_id,
        account_id=account.pk,
        database=database.id,
        label=database.label,
        kind=sent.kind,
        period=sent.period,
        agreed_by=sent.agreed_by,
        agreed=sent.agreed,
        created=timezone.now(),
    )


def _facts(one: Upload) -> UploadFacts:
    return UploadFacts(
        id=one.pk,
        database=one.database,
        label=one.label,
        state=State(one.state),
        stage=one.stage,
        progress=one.progress,
        created=one.created,
        finished=one.finished,
        release=one.release,
        problem=one.problem,
    )
