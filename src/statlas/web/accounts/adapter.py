"""How django-allauth behaves here: who may register, what is sent, what is said."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from statlas.errors import BackendError
from statlas.web import visitor
from statlas.web.accounts import letters, words
from statlas.wording import _, gettext

LETTERS_AN_HOUR = 6
"""Most e-mails to one address in an hour: enough to lose three, too few to plague anybody with."""

_HOUR_S = 3_600


class Accounts(DefaultAccountAdapter):
    """Our own words, plain letters, and as few of them as will do."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultAccountAdapter.error_messages, **words.MISTAKES}

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - django-allauth's own
        """Whether anybody may register; an address that cannot be written to could not be confirmed."""
        return settings.STATLAS.sign_up and settings.STATLAS.sends_email

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits are counted by."""
        return visitor.address(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:  # noqa: ARG002 - django-allauth's own
        """Nobody's program is anybody's business."""
        return ""

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to ``url`` after signing in: pages of this site, told without its name, alone."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what was done, where a page of ours says nothing of it already."""
        said = gettext(words.DONE.get(message_template or "", message or "")).format(**message_context or {})
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an account; it takes as long as making one, so that the clock gives nothing away."""
        get_user_model()().set_password("as long as it takes")
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter, unless its address has had enough of them this hour.

        Raises:
            BackendError: the mail server does not take it.
        """
        if not _may_be_sent(email):
            return
        letter = letters.LETTERS[template_prefix]
        site = {"site_name": settings.STATLAS.site_name, "site": self.request.build_absolute_uri("/")}
        try:
            EmailMessage(
                letter.subject_for(site), letter.body_for({**site, "email": email, **context}), to=[email]
            ).send()
        except OSError:
            raise BackendError(
                _("The e-mail could not be sent: the mail server of this site did not take it."),
                mend=_("Try again in a few minutes."),
            ) from None


def _may_be_sent(email: str) -> bool:
    key = f"letters:{sha256(email.lower().encode()).hexdigest()}"
    cache.add(key, 0, timeout=_HOUR_S)
    try:
        return cache.incr(key) <= LETTERS_AN_HOUR
    except ValueError:  # forgotten between the two
        return True
