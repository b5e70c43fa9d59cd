"""Act on a release: each function is one change, allowed by ``machine``, with one line of the audit log.

Every function takes who acts; what is not their own organisation's is unknown to them.
``seen`` is ``ReleaseFactsOfOffice.moves`` as they saw it: if somebody acted meanwhile, they are told, and nothing is
done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from statlas.errors import AccessError, MoveRefusedError, UnknownNameError, UnusableNameError
from statlas.model import finding as findings
from statlas.model.release import ReleaseKind
from statlas.office.accounts.models import Account
from statlas.office.organisations import queries as organisation_queries
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import Act, State
from statlas.service.office import calendar, organisations
from statlas.service.office.actors import KEEPER, REPAIR, Actor
from statlas.service.office.releases import facts, moving, reading
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.moving import Wanted
from statlas.service.tables import auditing, drafting, standing
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home
from statlas.wording import _

__all__ = [
    "KEEPER",
    "REPAIR",
    "Actor",
    "accept",
    "adopt",
    "approve",
    "begin",
    "check",
    "destroy",
    "discard",
    "grant_access",
    "opened",
    "read_early",
    "require_may_begin",
    "restore",
    "revoke_access",
    "schedule",
    "send_back",
    "unschedule",
    "withdraw",
]

LONGEST_NAME = 200

# --- begin ------------------------------------------------------------------------------------------------------------


def require_may_begin(*, account: Account | None, database_id: str) -> None:
    """See, before records are read, that an account may make a draft of a database and that none is under way.

    Raises:
        UnknownNameError, AccessError: it is no producer of the organisation whose database it is.
        MoveRefusedError: a release of the database is under way.
    """
    organisations.require(account=account, database_id=database_id, role=Role.PRODUCER)
    found = queries.under_way(database_id)
    if found is not None:
        raise _under_way(found)


def begin(
    *,
    home: Home,
    draft: DraftReport,
    actor: Actor,
    kind: ReleaseKind = ReleaseKind.NEW,
    note: str = "",
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Put a sealed draft under way; who seals it prepares the release, and cannot approve it.

    Raises:
        UnknownNameError, AccessError: ``actor`` is no producer of the organisation whose database it is.
        MoveRefusedError: a release of the database is under way; the draft stays, and is discarded or adopted later.
    """
    needed = [one.id for one in findings.from_json(draft.reports).to_answer] if draft.reports else None
    if needed is None and draft.n_findings == 0:
        needed = []
    return _begin(
        home,
        actor,
        now or timezone.now(),
        Act.BEGIN,
        draft_id=draft.draft_id,
        database=draft.database,
        release=draft.release,
        digest=draft.digest,
        version=draft.version,
        kind=kind.value,
        note=note,
        to_answer=needed,
        prepared_by=actor.name,
        preparer=actor.account,
    )


def adopt(*, home: Home, draft_id: str, actor: Actor, now: datetime | None = None) -> ReleaseFactsOfOffice:
    """Put a sealed draft under way that has no row here, as a crash between the two leaves it.

    Who sealed it stays its preparer. What the checks found is asked of the keeper; see ``learn_findings``.

    Raises:
        UnknownNameError: there is no such draft without a row, or it is another organisation's.
        AccessError, MoveRefusedError: as ``begin``.
    """
    found = next((one for one in drafting.drafts(home=home) if one.draft_id == draft_id), None)
    if found is None or queries.by_draft(draft_id) is not None:
        raise _no_draft(draft_id)
    return _begin(
        home,
        actor,
        now or timezone.now(),
        Act.BEGIN,
        draft_id=draft_id,
        database=found.database,
        release=found.release,
        digest=found.digest,
        to_answer=None,
        prepared_by=found.by or actor.name,
    )


def _begin(home: Home, actor: Actor, now: datetime, act: Act, **fields: object) -> ReleaseFactsOfOffice:
    database = str(fields["database"])
    with transaction.atomic():
        organisation_queries.lock()
        organisations.require(account=actor.account, database_id=database, role=Role.PRODUCER)
        row = queries.add(state=State.DRAFT.value, created=now, changed=now, **fields)
        if row is None:
            raise _taken(database)
        move_id, wanted = random_id(), Wanted(home, row.pk, act, actor, now=now)
        queries.write_first_move(row, id=move_id, act=act, actor=actor.name, os_user=actor.os_user, at=now)
        moving.record_first(row, act, wanted, move_id)
    return moving.told(actor, row.pk, now)


def _taken(database: str) -> MoveRefusedError:
    found = queries.under_way(database)
    if found is not None:
        return _under_way(found)
    return MoveRefusedError(
        _("A release of {database} has this number already.").format(database=database),
        mend=_("Discard the draft and make it again."),
    )


def _under_way(found: ReleaseRow) -> MoveRefusedError:
    return MoveRefusedError(
        _("Release {release} of {database} is under way: {by} prepared it.").format(
            release=found.release, database=found.database, by=found.prepared_by
        ),
        mend=_("Bring it to its end, or discard it, before you make another draft."),
        state=found.state,
    )


def _no_draft(draft_id: str) -> UnknownNameError:
    return UnknownNameError(
        _("There is no draft {id!r} without a release.").format(id=draft_id[:64]), component=draft_id[:64]
    )


# --- on the way -------------------------------------------------------------------------------------------------------


def accept(
    *,
    home: Home,
    release_id: str,
    finding: str,
    reason: str,
    actor: Actor,
    seen: int | None = None,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Accept a finding of the checks, with the reason why the figures are right.

    Raises:
        UnknownNameError: there is no such release of one's own, or no such finding that needs a reason.
        AccessError, MoveRefusedError, HomeError: as ``moving.do``.
    """
    at = now or timezone.now()

    def keep(row: ReleaseRow) -> None:
        if row.to_answer is not None and finding not in row.to_answer:
            raise UnknownNameError(_("There is no such finding to be answered."), component=finding[:64])
        queries.answer(row, finding=finding, reason=reason.strip(), by=actor.name, at=at)

    return moving.do(Wanted(home, release_id, Act.ACCEPT, actor, reason, at, seen, about=finding[:64], beside=keep))


def check(
    *,
    home: Home,
    release_id: str,
    actor: Actor,
    reason: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Call a draft checked: every finding that needs a reason has one."""
    return moving.do(Wanted(home, release_id, Act.CHECK, actor, reason, now or timezone.now(), seen))


def send_back(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Make a checked or approved release a draft again; its approval is gone."""
    gone = {"approver": None, "approved_because": ""}
    return moving.do(Wanted(home, release_id, Act.SEND_BACK, actor, reason, now or timezone.now(), seen, change=gone))


def approve(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Approve a checked release that somebody else prepared, and say why."""
    kept = {"approver": actor.account, "approved_because": reason.strip()}
    return moving.do(Wanted(home, release_id, Act.APPROVE, actor, reason, now or timezone.now(), seen, change=kept))


def schedule(  # noqa: PLR0913 - a minute is announced in one go
    *,
    home: Home,
    release_id: str,
    moment: datetime,
    actor: Actor,
    reason: str = "",
    exemption: str = "",
    title: str = "",
    announcement_id: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Set the minute of an approved release; its digest is announced in the calendar in the same step.

    Args:
        reason: why the notice is short or the date another, where it is; readers see it.
        exemption: what allows another time than 09:30 on a working day.
        title, announcement_id: as ``calendar.settle`` has them.

    Raises:
        QueryError: a rule of the calendar is not kept; nothing has changed.
    """
    at = now or timezone.now()

    def announce(row: ReleaseRow) -> None:
        calendar.settle(
            home=home,
            database_id=row.database,
            moment=moment,
            digest=row.digest,
            actor=actor.name,
            exemption=exemption,
            reason=reason,
            title=title,
            kind=ReleaseKind(row.kind),
            announcement_id=announcement_id,
            now=at,
        )

    return moving.do(Wanted(home, release_id, Act.SCHEDULE, actor, reason, at, seen, moment=moment, beside=announce))


def unschedule(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Take a release off the schedule; it stays approved, and its digest is taken back from the calendar."""
    at = now or timezone.now()
    wanted = Wanted(
        home, release_id, Act.UNSCHEDULE, actor, reason, at, seen, beside=_unsettles(home, actor, reason, at)
    )
    return moving.do(wanted)


def discard(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Give up a release that is not public, and remove its draft for good."""
    at = now or timezone.now()
    wanted = Wanted(home, release_id, Act.DISCARD, actor, reason, at, seen, beside=_unsettles(home, actor, reason, at))
    done = moving.do(wanted)
    if done.draft_id:  # the row says so already: what a crash leaves is removed by the next repair
        drafting.discard(home=home, draft_id=done.draft_id)
    return done


def _unsettles(home: Home, actor: Actor, reason: str, at: datetime) -> Callable[[ReleaseRow], None]:
    def unsettle(row: ReleaseRow) -> None:
        if row.state == State.SCHEDULED:
            calendar.unsettle(
                home=home, database_id=row.database, digest=row.digest, reason=reason, actor=actor.name, now=at
            )

    return unsettle


# --- public -----------------------------------------------------------------------------------------------------------


def opened(
    *,
    home: Home,
    release_id: str,
    actor: Actor = KEEPER,
    reason: str = "",
    now: datetime | None = None,
    rename: Callable[[ReleaseFactsOfOffice], object] | None = None,
) -> ReleaseFactsOfOffice:
    """Make a scheduled release public at its minute; the keeper alone does.

    ``rename`` makes it so on the disk: it is called when everything else is certain and the line is in the audit log,
    while nobody can take the release off the schedule. Without it the disk must show the release already.

    Raises:
        AccessError: somebody else than the keeper asks.
        MoveRefusedError: it is not scheduled, or its minute has not come; ``rename`` was not called.
        StatlasError: whatever ``rename`` raises; then the release stays scheduled.
    """
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        if rename is not None:
            rename(facts.of_row(row))
        _check_there(home, row)
        _settle_public(home, row, at)

    done = moving.do(Wanted(home, release_id, Act.OPEN, actor, reason, at, change={"public_from": at}, effect=effect))
    calendar.opened(
        home=home,
        database_id=done.database,
        release=done.release,
        digest=done.digest,
        public_from=done.scheduled_for or at,
    )
    return done


def _check_there(home: Home, row: ReleaseRow) -> None:
    if not reading.is_on_disk(home=home, row=row):
        raise MoveRefusedError(
            _("Release {release} of {database} is not there.").format(release=row.release, database=row.database),
            mend=_("The keeper tries again."),
        )


def _settle_public(home: Home, row: ReleaseRow, at: datetime) -> None:
    """What the release says of itself, now that it may be read; the release that it corrects is marked so."""
    told = home.facts(row.database, row.release)
    queries.describe(row, kind=told.kind.value, note=told.note, version=told.version)
    if told.kind is ReleaseKind.CORRECTION:
        before = queries.readable_before(row)
        if before is not None:
            _mark_corrected(home, before, row, at)


def _mark_corrected(home: Home, before: ReleaseRow, by: ReleaseRow, at: datetime) -> None:
    if before.state in {State.PUBLIC, State.RESTORED}:
        reason = by.note or _("A later release corrects it.")
        moving.do(Wanted(home, before.pk, Act.CORRECT, KEEPER, reason, at, about=f"release {by.release}"))


def withdraw(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Withdraw a public release at once; readers are shown the reason."""
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.withdraw(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    change = {"notice": reason.strip()}
    return moving.do(Wanted(home, release_id, Act.WITHDRAW, actor, reason, at, seen, change=change, effect=effect))


def restore(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Let a withdrawn release be read again."""
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.restore(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    return moving.do(
        Wanted(home, release_id, Act.RESTORE, actor, reason, at, seen, change={"notice": ""}, effect=effect)
    )


def destroy(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Destroy the records of a release that no longer answers; what was printed stays."""
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.destroy(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    return moving.do(Wanted(home, release_id, Act.DESTROY, actor, reason, at, seen, effect=effect))


# --- before its minute ------------------------------------------------------------------------------------------------


def grant_access(  # noqa: PLR0913 - all of it is said of a reader
    *,
    home: Home,
    release_id: str,
    email: str,
    name: str,
    post: str,
    actor: Actor,
    reason: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Let somebody read a release in the 24 hours before its minute; name and post are published.

    Raises:
        UnusableNameError: a name, post or address is missing or cannot be one, or the address is let in already.
        AccessError, MoveRefusedError, UnknownNameError, HomeError: as ``moving.do``.
    """
    at, address = now or timezone.now(), _address(email)
    given = {"email": address, "name": _said(name, _("name")), "post": _said(post, _("post"))}

    def let_in(row: ReleaseRow) -> None:
        if not queries.let_in(row, **given, granted_by=actor.name, granted=at):
            raise UnusableNameError(_("This address is let in already."), name=address)

    return moving.do(Wanted(home, release_id, Act.GRANT_ACCESS, actor, reason, at, seen, about=address, beside=let_in))


def revoke_access(
    *,
    home: Home,
    release_id: str,
    email: str,
    actor: Actor,
    reason: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Take early reading back from an address.

    Raises:
        UnknownNameError: it was not let in.
    """
    at, address = now or timezone.now(), email.strip().lower()

    def shut_out(row: ReleaseRow) -> None:
        if not queries.shut_out(row, address, at):
            raise UnknownNameError(_("This address was not let in."), component=address[:320])

    return moving.do(
        Wanted(home, release_id, Act.REVOKE_ACCESS, actor, reason, at, seen, about=address[:320], beside=shut_out)
    )


def read_early(*, home: Home, release_id: str, account: Account | None, now: datetime | None = None) -> None:
    """Note that somebody reads a release before its minute; called before anything of it is shown.

    Raises:
        AccessError: they were not let in, or not yet, or no longer.
        HomeError: the line could not be written: nothing may be shown.
    """
    at = now or timezone.now()
    if account is None or not reading.may_read_early(account=account, release_id=release_id, now=at):
        raise AccessError(
            _("This release is not open to you before its time."),
            mend=_("Those who are named may read it in the 24 hours before; everybody from its minute."),
        )
    row = queries.find(release_id)
    assert row is not None, "it may be read"
    auditing.record(
        home=home,
        actor=account.email,
        action=f"release.{Act.READ_EARLY.value}",
        subject=moving.subject_of(row),
        details={"release": row.pk},
    )
    reader = queries.early_reader(row, account.email)
    if reader is not None:
        queries.mark_opened(reader, at)


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise UnusableNameError(
            _("This is no e-mail address."), mend=_("Write it as name@example.org."), name=email[:320]
        ) from None
    return address


def _said(text: str, what: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise UnusableNameError(
            _("The {what} has 1 to {longest} printable characters: it is published.").format(
                what=what, longest=LONGEST_NAME
            ),
            name=text[:LONGEST_NAME],
        )
    return text
