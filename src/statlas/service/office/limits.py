"""Limits: how much one asker may ask for in an hour, shared by all workers.

An hour is one of the clock. What is asked for over a limit is refused whole and counts for nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from hmac import new as hmac
from typing import Self

from django.conf import settings
from django.utils import timezone

from statlas.errors import LimitError
from statlas.office.limits import queries
from statlas.office.limits.models import OFF
from statlas.wording import _, later

DEFAULTS: Mapping[str, int] = {
    "global": 10_000,  # as Stat-Xplore tells its clients
    "schema": 10_000,  # as STATcube tells its clients
    "table": 1_000,  # as Stat-Xplore told them in 2019
    "api": 10_000,  # a key has as much through one door as through the other
    "cells": OFF,
    "jobs": OFF,
    "permalinks": 600,  # arbitrary: above what anybody makes by hand
}
"""What an asker may spend of each kind in an hour; ``OFF`` is no limit."""

WITHOUT_A_KEY: Mapping[str, int] = {**DEFAULTS, "api": 600, "jobs": 20, "permalinks": 60}
"""The same for those known by their address alone; arbitrary: ten requests and one link a minute, a file in three."""

KINDS = tuple(DEFAULTS)

_HOUR_S = 3_600
_MINUTE_S = 60
_DIGEST_LENGTH = 32
_IPV6_NETWORK = 64
"""Bits that a provider gives a household whole."""


@dataclass(frozen=True)
class Asker:
    """Whose requests are counted together: a key's, an account's, or for an hour those of one address.

    ``account_id`` is the account whose groups may have other limits.
    """

    name: str
    account_id: int | None = None

    @classmethod
    def of_key(cls, key_id: int, account_id: int | None = None) -> Self:
        """The holder of a key."""
        return cls(f"key:{key_id}", account_id)

    @classmethod
    def of_account(cls, account_id: int) -> Self:
        """Someone signed in."""
        return cls(f"account:{account_id}", account_id)

    @classmethod
    def of_address(cls, address: str) -> Self:
        """Someone known by a network address alone.

        The name is a digest under the site's secret and the hour: nobody can follow an address from hour to hour.
        """
        text = f"{_hour()} {_network(address)}"
        return cls(f"address:{hmac(settings.SECRET_KEY.encode(), text.encode(), sha256).hexdigest()[:_DIGEST_LENGTH]}")

    @property
    def has_a_name(self) -> bool:
        """Whether more than an address is known."""
        return not self.name.startswith("address:")


@dataclass(frozen=True)
class Standing:
    """What is left of one limit: ``Standing("table", limit=1000, remaining=988, reset_ms=1795672800000, reset_s=512)``.

    kind: one of ``KINDS``.
    limit, remaining: ``-1`` both where there is no limit.
    reset_ms: when the next hour begins, in milliseconds since the beginning of 1970.
    reset_s: seconds until then, at least 1.
    """

    kind: str
    limit: int
    remaining: int
    reset_ms: int
    reset_s: int

    @property
    def is_off(self) -> bool:
        """Whether there is no limit."""
        return self.limit == OFF


def spend(*, asker: Asker, kind: str, n: int = 1) -> Standing:
    """Count ``n`` of a kind towards the limit of ``asker``.

    Raises:
        LimitError: the limit would be passed; nothing is counted.
    """
    return spend_each(asker=asker, numbers={kind: n})[kind]


def spend_each(*, asker: Asker, numbers: Mapping[str, int]) -> Mapping[str, Standing]:
    """Count several kinds at once, all of them or none; 0 of a kind only looks.

    Raises:
        LimitError: a limit would be passed, the first in the order of ``numbers``; nothing is counted.
    """
    limits = {kind: limit_of(asker, kind) for kind in numbers}
    counted = {kind: n for kind, n in numbers.items() if limits[kind] != OFF}
    _forget_what_is_past(_hour())
    spent = queries.spend(asker.name, _hour(), counted, limits) if counted else {}
    if spent is None:
        raise _over(asker, counted)
    return {kind: _standing(kind, limits[kind], spent.get(kind, 0)) for kind in numbers}


def standing(*, asker: Asker, kind: str) -> Standing:
    """What is left of a limit; asking counts for nothing."""
    return standings(asker=asker, kinds=(kind,))[kind]


def standings(*, asker: Asker, kinds: Iterable[str]) -> Mapping[str, Standing]:
    """What is left of several limits."""
    kinds = tuple(kinds)
    spent = queries.spent(asker.name, _hour(), kinds)
    return {kind: _standing(kind, limit_of(asker, kind), spent.get(kind, 0)) for kind in kinds}


def limit_of(asker: Asker, kind: str) -> int:
    """The limit in force: that of the asker's groups, else the site's."""
    site = DEFAULTS if asker.has_a_name else WITHOUT_A_KEY
    if asker.account_id is None:
        return site[kind]
    return _of_groups(asker.account_id, _now_s() // _MINUTE_S).get(kind, site[kind])


@lru_cache(maxsize=4_096)
def _of_groups(account_id: int, minute: int) -> Mapping[str, int]:  # noqa: ARG001 - the minute makes it forget
    """Asked of the database once a minute and process, as groups change seldom."""
    return queries.of_groups(account_id)


@lru_cache(maxsize=1)
def _forget_what_is_past(hour: int) -> None:
    """Once an hour and process."""
    queries.forget_before(hour)


def _over(asker: Asker, numbers: Mapping[str, int]) -> LimitError:
    now = standings(asker=asker, kinds=numbers)
    # Another hour may have begun meanwhile: then the last kind is named for all of them.
    first = next((kind for kind, n in numbers.items() if n > now[kind].remaining), list(numbers)[-1])
    return LimitError(
        _("{limit:,} {of_what} an hour are answered, and {now}.").format(
            limit=now[first].limit, of_what=_(_OF_WHAT[first]), now=_left(now[first])
        ),
        kind=first,
        limit=now[first].limit,
        retry_after=now[first].reset_s,
    )


_OF_WHAT = {
    "global": later("requests"),
    "schema": later("requests for the schema"),
    "table": later("requests for tables"),
    "api": later("requests"),
    "cells": later("cells"),
    "jobs": later("jobs"),
    "permalinks": later("permanent links"),
}


def _left(now: Standing) -> str:
    return _("{n:,} are left").format(n=now.remaining) if now.remaining else _("none is left")


def _standing(kind: str, limit: int, spent: int) -> Standing:
    now = _now_s()
    end = (now // _HOUR_S + 1) * _HOUR_S
    # A limit may be lowered below what was spent.
    return Standing(kind, limit, OFF if limit == OFF else max(limit - spent, 0), end * 1_000, end - now)


def _network(address: str) -> str:
    """An address as far as it tells of one asker: in IPv6 the network that one household has whole."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004 - the name of the protocol
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(known), _IPV6_NETWORK), strict=False))


def _now_s() -> int:
    return int(timezone.now().timestamp())


def _hour() -> int:
    return _now_s() // _HOUR_S
