"""The page of a release: its state as steps, what comes next, what it is, what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import StatlasError
from statlas.office.accounts.models import Account
from statlas.office.releases.states import Act, State
from statlas.service.office import organisations
from statlas.service.office.organisations import Role
from statlas.service.office.releases import reading, saved_asking
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.service.office.releases.saved_work import Carriage
from statlas.web import asking, links, next_steps, releasing
from statlas.web.visitor import account_of
from statlas.wording import _

LOOK_S = 3.0
"""Seconds for which the keeper is asked: arbitrary; the page is shown without it too."""


@require_http_methods(["GET", "HEAD"])
@login_required
def one(request: HttpRequest, release_id: str) -> HttpResponse:
    """Where a release is, and what can be done with it."""
    account = account_of(request)
    release = releasing.found(account, release_id)
    return render(request, "work/release.html", {"view": view_of(account, release)})


def view_of(account: Account, release: ReleaseFactsOfOffice) -> dict[str, Any]:
    """What the page shows; the pages of acts show its head alone."""
    history = reading.history(account=account, release_id=release.id)
    is_early = release.state in (State.APPROVED, State.SCHEDULED)
    return {
        **head_of(release),
        "steps": releasing.steps_of(release, history),
        "next": next_steps.next_of(release),
        "facts": [*_facts(release, _note(account, release))],
        "looks": [*_looks(release)],
        "saved": _saved(account, release),
        "readers": [releasing.reader_line(one) for one in releasing.readers_of(account, release)] if is_early else None,
        "readers_url": reverse("work_readers", args=[release.id]) if Act.GRANT_ACCESS in release.acts else "",
        "acts": [*next_steps.other_acts(release), *_more(account, release)],
        "events": releasing.events_of(history),
    }


def head_of(release: ReleaseFactsOfOffice) -> dict[str, Any]:
    """What every page of a release says of it."""
    return {
        "title": releasing.title_of(release),
        "short": _("Release {n}").format(n=release.release),
        "label": releasing.label_of(release.database),
        "database_url": reverse("work_database", args=[release.database]),
        "url": releasing.address(release),
        "said": releasing.said_of(release.state),
        "moves": release.moves,
    }


def kept_reports(one: ReleaseFactsOfOffice) -> bytes:
    """The reports that are kept with a release that was public; empty where there are none."""
    if one.is_under_way or one.state is State.DISCARDED:
        return b""
    return asking.home().reports(one.database, one.release)


def _note(account: Account, release: ReleaseFactsOfOffice) -> str:
    """What readers are told, or will be."""
    try:
        return reading.note(home=asking.home(), account=account, one=release, timeout_s=LOOK_S)
    except StatlasError:
        return _("Not known: the keeper does not answer.")


def _facts(release: ReleaseFactsOfOffice, note: str) -> Iterator[tuple[str, str]]:
    yield _("Kind"), releasing.kind_word(release.kind)
    if release.version:
        yield _("Version"), release.version
    if note:
        yield _("Note for readers"), note
    yield _("Prepared by"), release.prepared_by
    if release.approved_by:
        yield _("Approved by"), release.approved_by
    if release.scheduled_for and release.is_under_way:
        yield _("Becomes public"), _("{moment} in London").format(moment=releasing.moment(release.scheduled_for))
    if release.digest:
        yield _("Digest"), release.digest


def _saved(account: Account, release: ReleaseFactsOfOffice) -> tuple[Carriage, ...] | None:
    """What becomes of users' work; nothing where nothing is taken away, None where the keeper is asked in vain."""
    try:
        return saved_asking.told(home=asking.home(), account=account, one=release, timeout_s=LOOK_S)
    except StatlasError:
        return None


def _looks(release: ReleaseFactsOfOffice) -> Iterator[tuple[str, str]]:
    if release.is_under_way and release.draft_id:
        yield reverse("work_reports", args=[release.id]), _("Reports: screening, risk, changes")
        yield reverse("work_tables", args=[release.id]), _("Its tables, as they would be printed")
    elif kept_reports(release):
        yield reverse("work_reports", args=[release.id]), _("Reports: screening, risk, changes")
    if release.is_public:
        yield links.database(release.database), _("Its public page")


def _more(account: Account, release: ReleaseFactsOfOffice) -> Iterator[tuple[str, str]]:
    """What is no act on this release but begins another."""
    if release.is_public and organisations.may(account=account, database_id=release.database, role=Role.PRODUCER):
        send = reverse("work_upload_to", args=[release.database])
        yield f"{send}?kind=correction", _("Send a correction")
