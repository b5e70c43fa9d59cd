"""The letter with which an account opens: a link at which its owner chooses a password."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage

from statlas.errors import BackendError
from statlas.service.office import accounts
from statlas.web.accounts.letters import LETTERS


def send(*, email: str, site: str) -> None:
    """Send it; ``site`` is the address of the site's first page.

    Raises:
        BackendError: the mail server does not take it.
        UnknownNameError: no account has this address.
    """
    link = site.rstrip("/") + accounts.set_up_path(email=email)
    letter = LETTERS["account/email/set_up"]
    facts = {"site_name": settings.STATLAS.site_name, "site": site, "password_reset_url": link}
    try:
        EmailMessage(letter.subject_for(facts), letter.body_for(facts), to=[email]).send()
    except OSError:
        raise BackendError(
            "The e-mail could not be sent: the mail server did not take it.",
            mend="Look at STATLAS_EMAIL_URL, and at the server's own log.",
        ) from None
