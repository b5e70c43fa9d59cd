"""Who may change organisations, and the line of the audit log that each change has."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from statlas.errors import AccessError, UnknownNameError, UnusableNameError
from statlas.office.organisations import queries
from statlas.office.organisations.models import Organisation
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import rights
from statlas.store import Home
from statlas.wording import _

LONGEST_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321)."""


def administered(slug: str, actor: Actor) -> Organisation:
    """The organisation of that slug, which ``actor`` may change.

    Raises:
        UnknownNameError: there is none.
        AccessError: only its administrators may, and those of the site.
    """
    found = find(slug)
    if not (actor.is_system or rights.administers(account=actor.account, organisation=slug)):
        raise AccessError(
            _("Who belongs to {organisation}, and what is its own, its administrators say.").format(
                organisation=found.name
            ),
            mend=_("Ask one of them, or an administrator of the site."),
        )
    return found


def require_site_administrator(actor: Actor) -> None:
    """See that an administrator of the site acts.

    Raises:
        AccessError: it is somebody else.
    """
    account = actor.account
    if not (actor.is_system or (account is not None and account.is_active and account.is_staff)):
        raise AccessError(
            _("Organisations, and what belongs to which, are for administrators of the site."),
            mend=_("Ask one of them."),
        )


def find(slug: str) -> Organisation:
    """The organisation of that slug.

    Raises:
        UnknownNameError: there is none.
    """
    found = queries.find(slug)
    if found is None:
        raise UnknownNameError(_("There is no organisation {slug!r}.").format(slug=slug), component=slug)
    return found


def check_address(address: str) -> None:
    """See that a text can be an e-mail address.

    Raises:
        UnusableNameError: it cannot.
    """
    try:
        validate_email(address)
    except ValidationError:
        raise UnusableNameError(
            _("This is no e-mail address."), mend=_("Write it as name@example.org."), name=address[:320]
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise UnusableNameError(_("This e-mail address is too long."), name=address[:320])


def record(home: Home, actor: Actor, action: str, organisation: Organisation, **details: str) -> None:
    """One line of the audit log; within the transaction, so that no change is kept without it."""
    told = {**details, "os_user": actor.os_user} if actor.os_user else details
    acts.write(home=home, actor=actor.name, action=action, subject=organisation.slug, details=told)
