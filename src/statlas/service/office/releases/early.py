"""Who may read a release in the hours before its minute, and that they did."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from statlas.errors import AccessError, UnknownNameError, UnusableNameError
from statlas.office.accounts.models import Account
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import Act
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.releases import moving, reading
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.moving import Wanted
from statlas.store import Home
from statlas.wording import _

LONGEST_NAME, LONGEST_ADDRESS = 200, 254
"""Characters of a name or a post, and of an e-mail address (RFC 5321): what the tables hold."""


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

    return moving.do(Wanted(home, release_id, Act.GRANT_ACCESS, actor, reason, at, seen, about=address), beside=let_in)


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
    at, address = now or timezone.now(), email.strip().lower().replace("\0", "")

    def shut_out(row: ReleaseRow) -> None:
        if not queries.shut_out(row, address, at):
            raise UnknownNameError(_("This address was not let in."), component=address[:320])

    return moving.do(
        Wanted(home, release_id, Act.REVOKE_ACCESS, actor, reason, at, seen, about=address[:320]), beside=shut_out
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
    with acts.alone():
        reader = queries.early_reader(row, account.email)
        if reader is not None:
            queries.mark_opened(reader, at)
        acts.write(
            home=home,
            actor=account.email,
            action=f"release.{Act.READ_EARLY.value}",
            subject=moving.subject_of(row),
            details={"release": row.pk},
        )


def _address(email: str) -> str:
    address = email.strip().lower()
    if len(address) > LONGEST_ADDRESS:
        raise UnusableNameError(_("This e-mail address is too long."), name=address[:LONGEST_ADDRESS])
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
