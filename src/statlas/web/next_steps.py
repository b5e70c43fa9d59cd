"""What comes next of a release, and whose turn it is; releases in lists, and what else can be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from statlas.office.accounts.models import Account
from statlas.office.releases.states import Act, State
from statlas.service.office.releases import reading
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.web import links
from statlas.web.release_words import ACTS
from statlas.web.releasing import Said, act_url, address, answers, moment, said_of, title_of
from statlas.wording import _, later, several


@dataclass(frozen=True)
class Next:
    """What comes next: said in sentences, with a button for whoever can do it and another way beside it."""

    heading: str
    says: tuple[str, ...]
    url: str = ""
    button: str = ""
    other_url: str = ""
    other: str = ""


@dataclass(frozen=True)
class Listed:
    """A release in a list; ``is_mine`` where something waits for whoever looks."""

    title: str
    url: str
    said: Said
    waits: str
    is_mine: bool


_GONE = later("Its records were destroyed; what was printed of them still answers.")


# --- what comes next --------------------------------------------------------------------------------------------------


def next_of(one: ReleaseFactsOfOffice) -> Next:
    """What is to be done now, and by whom."""
    return _NEXT[one.state](one)


def _of_draft(one: ReleaseFactsOfOffice) -> Next:
    reports = reverse("work_reports", args=[one.id])
    if one.unanswered is None or one.unanswered:
        said = (
            _("What the checks found is not known yet.")
            if one.unanswered is None
            else several(
                "{n} finding has to be accepted with a reason.",
                "{n} findings have to be accepted with a reason.",
                one.unanswered,
            ).format(n=one.unanswered)
        )
        return Next(_("Next: read the reports"), (said,), reports, _("Read the reports"))
    if Act.CHECK in one.acts:
        said = (
            _("Everything that was found is answered.")
            if one.to_answer
            else _("Nothing that the checks found needs a reason.")
        )
        says = (said, _("Read the reports, and mark the release as checked."))
        return Next(
            _("Next: mark it as checked"), says, act_url(one, Act.CHECK), _("Mark as checked"), reports, _("Reports")
        )
    return Next(_("Next: it is to be checked"), (_("It waits for a producer or reviewer."),), reports, _("Reports"))


def _of_checked(one: ReleaseFactsOfOffice) -> Next:
    if Act.APPROVE in one.acts:
        says = (_("{who} prepared it. Read the reports, look at its tables, and decide.").format(who=one.prepared_by),)
        return Next(
            _("Next: approve it, or send it back"),
            says,
            act_url(one, Act.APPROVE),
            _("Approve"),
            act_url(one, Act.SEND_BACK),
            _("Send back"),
        )
    says = (_("It waits for an approver who did not prepare it; {who} did.").format(who=one.prepared_by),)
    return Next(_("Next: somebody else approves it"), says)


def _of_approved(one: ReleaseFactsOfOffice) -> Next:
    approved = _("{who} approved it: {reason}").format(who=one.approved_by, reason=one.approved_because)
    if Act.SCHEDULE in one.acts:
        return Next(_("Next: give it its minute"), (approved,), act_url(one, Act.SCHEDULE), _("Schedule"))
    return Next(_("Next: it is to be scheduled"), (approved, _("It waits for a producer or approver.")))


def _of_scheduled(one: ReleaseFactsOfOffice) -> Next:
    assert one.scheduled_for is not None, "a scheduled release has a minute"
    if one.scheduled_for <= timezone.now():
        due = _("It was to be public on {moment}.").format(moment=moment(one.scheduled_for))
        late = _("The keeper opens it in a moment. If it does not, `statlas keeper check` says what is wrong.")
        return Next(_("Its minute has come"), (due, late))
    heading = _("It becomes public on {moment}").format(moment=moment(one.scheduled_for))
    says = (
        _("By itself, at that minute in London and not before. Nothing need be done."),
        _("If the keeper is not running then, nothing opens and an alarm sounds."),
    )
    if Act.UNSCHEDULE in one.acts:
        return Next(heading, says, other_url=act_url(one, Act.UNSCHEDULE), other=_("Take it off the schedule"))
    return Next(heading, says)


def _of_public(one: ReleaseFactsOfOffice) -> Next:
    since = _("Since {moment}.").format(moment=moment(one.public_from)) if one.public_from else ""
    heading = {
        State.CORRECTED: _("It is public, and corrected by a later release"),
        State.RESTORED: _("It is public again"),
    }.get(one.state, _("It is public"))
    says = (since,) if since else ()
    if one.is_destroyed:
        says = (*says, _(_GONE))
    more = (_("If something is wrong, send a correction; if nobody should read it meanwhile, withdraw it."),)
    return Next(heading, (*says, *more), other_url=links.database(one.database), other=_("See it as readers do"))


def _of_withdrawn(one: ReleaseFactsOfOffice) -> Next:
    says = (_("Readers see this notice: {notice}").format(notice=one.notice),)
    if one.is_destroyed:
        return Next(_("It is withdrawn"), (*says, _(_GONE)))
    if Act.RESTORE in one.acts:
        return Next(_("It is withdrawn"), says, act_url(one, Act.RESTORE), _("Restore"))
    return Next(_("It is withdrawn"), (*says, _("An approver can restore it.")))


def _of_discarded(one: ReleaseFactsOfOffice) -> Next:
    url = reverse("work_database", args=[one.database])
    return Next(
        _("It was discarded"), (_("The draft is gone. A new one can be sent."),), other_url=url, other=_("Its database")
    )


_NEXT = {
    State.DRAFT: _of_draft,
    State.CHECKED: _of_checked,
    State.APPROVED: _of_approved,
    State.SCHEDULED: _of_scheduled,
    State.PUBLIC: _of_public,
    State.CORRECTED: _of_public,
    State.RESTORED: _of_public,
    State.WITHDRAWN: _of_withdrawn,
    State.DISCARDED: _of_discarded,
}


# --- lists ------------------------------------------------------------------------------------------------------------

_FORWARD = {
    State.DRAFT: (Act.ACCEPT, Act.CHECK),
    State.CHECKED: (Act.APPROVE,),
    State.APPROVED: (Act.SCHEDULE,),
}
"""Acts that bring a release on; it waits for whoever can do one."""


def n_waiting(account: Account) -> int:
    """How many releases wait for somebody."""
    return sum(_is_mine(one) for one in reading.for_account(account=account, states=_FORWARD))


def _is_mine(one: ReleaseFactsOfOffice) -> bool:
    return any(act in one.acts for act in _FORWARD.get(one.state, ()))


def listed(one: ReleaseFactsOfOffice) -> Listed:
    """A release in a list."""
    waits = _("{sentence}.").format(sentence=next_of(one).heading)
    return Listed(title_of(one), address(one), said_of(one.state), waits, _is_mine(one))


def other_acts(one: ReleaseFactsOfOffice) -> Iterator[tuple[str, str]]:
    """What else can be done, besides what comes next: addresses and texts."""
    shown = {next_of(one).url, next_of(one).other_url}
    for act, words in ACTS.items():
        if act is Act.DESTROY and answers(one):
            continue
        if act in one.acts and act_url(one, act) not in shown:
            yield act_url(one, act), _(words.title)
