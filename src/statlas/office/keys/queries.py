"""What is asked of the table of API keys, and every change to it."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from django.db import IntegrityError, models, transaction

from statlas.office.keys.models import ApiKey

# Enough of a digest to find its row; the rest is compared in constant time, not by the database.
_PREFIX = 16


def add(
    name: str, digest: str, now: datetime, account_id: int | None, expires: datetime | None = None
) -> ApiKey | None:
    """Keep a new key; None where a key in force of the same owner has that name."""
    over = ApiKey.objects.filter(name=name, account_id=account_id, revoked__isnull=True, expires__lte=now)
    try:
        with transaction.atomic():
            over.update(revoked=models.F("expires"))
            return ApiKey.objects.create(name=name, digest=digest, created=now, account_id=account_id, expires=expires)
    except IntegrityError:
        return None


def in_force(digest: str, now: datetime) -> ApiKey | None:
    """The key of that digest, unless there is none, or it is revoked or has expired."""
    alike = ApiKey.objects.filter(digest__startswith=digest[:_PREFIX], revoked__isnull=True).exclude(
        account__is_active=False
    )
    found = next((key for key in alike if compare_digest(key.digest, digest)), None)
    return None if found is None or (found.expires is not None and found.expires <= now) else found


def mark_used(key: ApiKey, hour: datetime) -> None:
    """Remember the hour in which the key was used; written once an hour."""
    if key.last_used is None or key.last_used < hour:
        ApiKey.objects.filter(pk=key.pk).update(last_used=hour)


def revoke(name: str, now: datetime) -> bool:
    """Take the key of that name, made on the command line, out of force; False where none is."""
    return _without_owner().filter(name=name, revoked__isnull=True).update(revoked=now) > 0


def revoke_of(account_id: int, key_id: int, now: datetime) -> bool:
    """Take a key of an account out of force; False where it has no such key in force."""
    found = ApiKey.objects.filter(pk=key_id, account_id=account_id, revoked__isnull=True)
    return found.update(revoked=now) > 0


def every() -> tuple[ApiKey, ...]:
    """All keys that were made on the command line, revoked ones too, oldest first."""
    return tuple(_without_owner())


def every_of(account_id: int) -> tuple[ApiKey, ...]:
    """All keys of an account, revoked ones too, oldest first."""
    return tuple(ApiKey.objects.filter(account_id=account_id))


def _without_owner() -> models.QuerySet[ApiKey]:
    return ApiKey.objects.filter(account__isnull=True)
