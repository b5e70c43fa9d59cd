"""What one request counts towards the limits of whoever asks; anybody may ask, a key only raises limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from django.http import HttpRequest

from statlas.errors import KeyNotInForceError
from statlas.service.office import keys, limits
from statlas.service.office.keys import KeyFacts
from statlas.service.office.limits import Asker, Standing
from statlas.web import visitor

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")
"""As told in drafts of the HTTP API working group up to the sixth, which clients read."""

_HOUR_S = 3_600


class Spending:
    """What one request spends: counted once, before the first work that costs something."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._standing: Standing | None = None

    @cached_property
    def key(self) -> KeyFacts | None:
        """The key that was sent, None without one.

        Raises:
            KeyNotInForceError: it is not in force.
        """
        return _checked(_key(self._request))

    @cached_property
    def asker(self) -> Asker:
        """Who asks.

        Raises:
            KeyNotInForceError: a key was sent that is not in force.
        """
        if self.key is None:
            return Asker.of_address(visitor.address(self._request))
        return Asker.of_key(self.key.id, self.key.account_id)

    def count(self) -> None:
        """Count the request, unless it was counted.

        Raises:
            LimitError: the limit of this hour is reached.
        """
        if self._standing is None:
            self._standing = limits.spend(asker=self.asker, kind="api")

    def count_cells(self, n: int) -> None:
        """Count the cells of an answer.

        Raises:
            LimitError: they are more than are left in this hour.
        """
        limits.spend(asker=self.asker, kind="cells", n=n)

    def headers(self) -> Mapping[str, str]:
        """How much is left; nothing where there is no limit."""
        left = self._standing or limits.standing(asker=self.asker, kind="api")
        if left.is_off:
            return {}
        values = (str(left.limit), str(left.remaining), str(left.reset_s), f"{left.limit};w={_HOUR_S}")
        return dict(zip(HEADERS, values, strict=True))


def _checked(key: str) -> KeyFacts | None:
    found = keys.check(key=key) if key else None
    if key and found is None:
        raise KeyNotInForceError(
            "The key that was sent is not in force.", mend="Send one that is, or none: tables need no key."
        )
    return found


def _key(request: HttpRequest) -> str:
    """The key in ``APIKey``, else in ``Authorization: Bearer``; empty without one."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return request.headers.get("APIKey", "").strip() or (bearer.strip() if scheme.lower() == "bearer" else "")
