"""Make the draft of an upload: check, encode, seal, and put it under way; then its files go."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.utils import timezone

from statlas import definitions
from statlas.errors import BackendError, DataError, KeeperGoneError, StatlasError
from statlas.model.release import ReleaseKind
from statlas.office.uploads import queries
from statlas.office.uploads.models import Upload
from statlas.service import tables
from statlas.service.office.releases import acting, reading
from statlas.service.office.uploads.nameless import nameless
from statlas.service.office.uploads.opening import opened, stopping
from statlas.service.tables import Agreed, drafting
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home
from statlas.store.upload_files import RECORDS, UploadFiles
from statlas.wording import _

TELL_S = 0.5
"""How often an upload tells how far it is; arbitrary."""

MOST_ATTEMPTS = 2
"""How often an upload is begun: one that ends its process each time would do so for ever."""

MOST_FAULTS = 200
"""Faults that are kept of an upload: more are counted; arbitrary, nobody reads them all."""

_log = logging.getLogger("statlas.jobs")


class Progress:
    """Notes how far an upload is, not too often."""

    def __init__(self, upload_id: str) -> None:
        self._id = upload_id
        self._told, self._stage = 0.0, ""

    def __call__(self, stage: str, fraction: float, _records_per_s: float) -> None:
        """So much of a stage is done."""
        if stage != self._stage or time.monotonic() - self._told >= TELL_S:
            self._told, self._stage = time.monotonic(), stage
            queries.advance(self._id, stage, min(max(fraction, 0.0), 1.0))


def run(upload_id: str) -> None:
    """Make the draft of an upload that waits; whatever goes wrong is told as its problem."""
    upload = queries.begin(upload_id)
    if upload is None:
        return
    home = tables.open_home(settings.STATLAS.home)
    files = UploadFiles(home.path)
    try:
        release = _drafted(home, files, upload)
    except StatlasError as error:
        if isinstance(error, KeeperGoneError) and stopping.is_set():
            queries.queue_again(upload_id)  # the site ends: it is taken up when it starts again
            return
        _fail(files, upload, error)
    except Exception:  # noqa: BLE001 - a mistake of ours ends this upload and no other job
        _log.exception("An upload failed.")
        _fail(
            files, upload, BackendError(_("The upload met a mistake of ours."), mend=_("Tell the keeper of the site."))
        )
    else:
        queries.finish(upload_id, release, timezone.now())
        files.remove(upload_id)


def take_up(upload: Upload) -> None:
    """Queue an upload again whose process ended while it was read, unless that was not the first time."""
    if upload.attempts < MOST_ATTEMPTS:
        queries.queue_again(upload.pk)
        return
    error = BackendError(
        _("The process that read the upload ended twice before it was done."), mend=_("Tell the keeper of the site.")
    )
    _fail(UploadFiles(tables.open_home(settings.STATLAS.home).path), upload, error)


def _drafted(home: Home, files: UploadFiles, upload: Upload) -> str:
    """Seal the draft and put it under way; the id of its release."""
    actor = acting.Actor.of_account(upload.account)
    if upload.attempts > 1 and (sealed := _sealed_before(home, upload)):
        found = reading.release_of(draft_id=sealed)
        return (found or acting.adopt(home=home, draft_id=sealed, actor=actor)).id
    report = _sealed(home, files, upload)
    kind = ReleaseKind(upload.kind) if upload.kind else ReleaseKind.REVISION if report.revised else ReleaseKind.NEW
    return acting.begin(home=home, draft=report, actor=actor, kind=kind).id


def _sealed_before(home: Home, upload: Upload) -> str:
    """The id of the draft that an earlier attempt sealed before its process ended; empty where there is none."""
    alike = (one for one in drafting.drafts(home=home) if one.database == upload.database)
    return next((one.draft_id for one in alike if one.by == upload.account.email), "")


def _sealed(home: Home, files: UploadFiles, upload: Upload) -> DraftReport:
    definition = files.definition(upload.pk)
    assert definition is not None, "it was there when the upload was taken"
    policy = definitions.read(definition).policy
    acting.require_may_begin(account=upload.account, database_id=upload.database, policy=policy, home=home)
    with opened(home, files, upload) as records:
        return drafting.draft(
            home=home,
            definition=definition,
            records=records,
            period=upload.period or None,
            agreed=Agreed(upload.agreed_by, upload.agreed) if upload.agreed else None,
            kind=ReleaseKind(upload.kind) if upload.kind else None,
            note=files.told(upload.pk),
            by=upload.account.email,
            progress=Progress(upload.pk),
        )


def _fail(files: UploadFiles, upload: Upload, error: StatlasError) -> None:
    files.remove(upload.pk)
    problem = dict(error.as_problem())
    if isinstance(error, DataError):
        faults = nameless(error.faults, files.heap(upload.pk, RECORDS).parent)
        problem |= {"faults": [str(fault) for fault in faults][:MOST_FAULTS], "n_faults": len(faults)}
    queries.fail(upload.pk, problem, timezone.now())
