"""Who asks, as far as a page or a limit has to know."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from statlas.office.accounts.models import Account


def address(request: HttpRequest) -> str:
    """The network address of the visitor: what the proxy in front saw, where there is one, else our own peer's.

    A proxy adds the address it saw at the end; what stands before it, anybody could have written.
    """
    if settings.STATLAS.behind_proxy:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


def account_id(request: HttpRequest) -> int | None:
    """The account that is signed in, or None.

    A guest carries no cookie, and then no session is touched: a public page stays the same for all guests.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user.pk if request.user.is_authenticated else None


def account_of(request: HttpRequest) -> Account:
    """The account that is signed in, on a page that only they can reach."""
    assert isinstance(request.user, Account)
    return request.user
