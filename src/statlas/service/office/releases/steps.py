"""What people do to a release on its way: answer, check, send back, approve, schedule, discard."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from statlas.errors import MoveRefusedError, UnknownNameError
from statlas.model import finding as findings
from statlas.model.release import ReleaseKind
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import Act, State
from statlas.service.office import calendar, keeper_line, organisations
from statlas.service.office.actors import Actor
from statlas.service.office.releases import moving, saved_asking
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.moving import Wanted
from statlas.service.tables import drafting
from statlas.store import Home
from statlas.wording import _


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

    Where it is not known here what they found, the keeper is asked.

    Raises:
        UnknownNameError: there is no such release of one's own, or no such finding that needs a reason.
        AccessError, MoveRefusedError, HomeError: as ``moving.do``.
    """
    at = now or timezone.now()
    row = _learn_sealed(home, release_id, actor)
    if finding not in (row.to_answer or ()):
        _learn_saved(home, row, actor)

    def keep(row: ReleaseRow) -> None:
        if finding not in (row.to_answer or ()):
            raise UnknownNameError(
                _("There is no such finding to be answered."),
                mend=_("Take the id from the reports of this draft: it stands beside the finding."),
                component=finding[:64],
            )
        queries.answer(row, finding=finding, reason=reason.strip(), by=actor.name, at=at)

    return moving.do(Wanted(home, release_id, Act.ACCEPT, actor, reason, at, seen, about=finding[:64]), beside=keep)


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
    learn_findings(home=home, release_id=release_id, actor=actor)
    return moving.do(Wanted(home, release_id, Act.CHECK, actor, reason, now or timezone.now(), seen))


def learn_findings(*, home: Home, release_id: str, actor: Actor) -> None:
    """Ask the keeper what the checks found, where a draft was adopted and it is not known here.

    Of a draft that takes something away it is asked each time what becomes of users' work: they save every day.

    As nobody asked before it was drafted, it is asked now whether its policy may protect the database: a draft that
    has not been through here is not checked.

    Raises:
        AccessError: the policy is another organisation's.
        MoveRefusedError: it is not known which it is.
        KeeperGoneError: the keeper does not answer.
    """
    _learn_saved(home, _learn_sealed(home, release_id, actor), actor)


def _learn_sealed(home: Home, release_id: str, actor: Actor) -> ReleaseRow:
    """The release, with what the reports that lie sealed with it ask for."""
    row = moving.own(actor, release_id)[0]
    if row.to_answer is None and row.state == State.DRAFT and actor.account is not None:
        _check_policy(home, row)
        told = keeper_line.ask(home=home, act="reports", account=actor.account.pk, release=row.pk)
        queries.set_to_answer(row, [one.id for one in findings.from_json(told).to_answer])
        return moving.own(actor, release_id)[0]
    return row


def _learn_saved(home: Home, row: ReleaseRow, actor: Actor) -> None:
    if row.state == State.DRAFT and actor.account is not None:
        saved_asking.learn(home=home, account=actor.account, row=row)


def _check_policy(home: Home, row: ReleaseRow) -> None:
    facts = next((one for one in drafting.drafts(home=home) if one.draft_id == row.draft_id), None)
    if facts is None or not facts.policy:
        raise MoveRefusedError(
            _("It is not known under which policy this draft was made."), mend=_("Discard it, and make it again.")
        )
    organisations.require_policy(database_id=row.database, policy=facts.policy)


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
        AccessError: it would move a confirmed date, which is an approver's.
    """
    at = now or timezone.now()

    def announce(row: ReleaseRow) -> None:
        calendar.settle(
            home=home,
            database_id=row.database,
            moment=moment,
            digest=row.digest,
            actor=actor,
            exemption=exemption,
            reason=reason,
            title=title,
            kind=ReleaseKind(row.kind),
            announcement_id=announcement_id,
            now=at,
        )

    return moving.do(Wanted(home, release_id, Act.SCHEDULE, actor, reason, at, seen, moment=moment), beside=announce)


def unschedule(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Take a release off the schedule; it stays approved, and its digest is taken back from the calendar."""
    wanted = Wanted(home, release_id, Act.UNSCHEDULE, actor, reason, now or timezone.now(), seen)
    return moving.do(wanted, beside=_unsettles(wanted))


def discard(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Give up a release that is not public, and remove its draft for good."""
    wanted = Wanted(home, release_id, Act.DISCARD, actor, reason, now or timezone.now(), seen)
    done = moving.do(wanted, beside=_unsettles(wanted))
    if done.draft_id:  # the row says so already: what a crash leaves is removed by the next repair
        drafting.discard(home=home, draft_id=done.draft_id)
    return done


def _unsettles(wanted: Wanted) -> moving.Effect:
    """Take the digest back from the calendar, if it was announced."""

    def unsettle(row: ReleaseRow) -> None:
        if row.state == State.SCHEDULED:
            calendar.unsettle(
                home=wanted.home,
                database_id=row.database,
                digest=row.digest,
                reason=wanted.reason,
                actor=wanted.actor,
                now=wanted.now,
            )

    return unsettle
