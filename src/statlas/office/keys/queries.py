"""What is asked of the table of API keys, and every change to it."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from django.db import IntegrityError, transaction

from statlas.office.keys.models import ApiKey

# Enough of a digest to find its row; the rest is compared in constant time, not by the database.
_PREFIX = 16


def add(name: str, digest: str, now: datetime) -> ApiKey | None:
    """Keep a new key; None where a key in force has that name."""
    try:
        with transaction.atomic():
            return ApiKey.objects.create(name=name, digest=digest, created=now)
    except IntegrityError:
        return None


def in_force(digest: str) -> ApiKey | None:
    """The key of that digest, unless there is none or it is revoked."""
    alike = ApiKey.objects.filter(digest__startswith=digest[:_PREFIX], revoked__isnull=True)
    return next((key for key in alike if compare_digest(key.digest, digest)), None)


def mark_used(key: ApiKey, hour: datetime) -> None:
    """Remember the hour in which the key was used; written once an hour."""
    if key.last_used is None or key.last_used < hour:
        ApiKey.objects.filter(pk=key.pk).update(last_used=hour)


def revoke(name: str, now: datetime) -> bool:
    """Take the key of that name out of force; False where none is."""
    return ApiKey.objects.filter(name=name, revoked__isnull=True).update(revoked=now) > 0


def every() -> tuple[ApiKey, ...]:
    """All keys, revoked ones too, oldest first."""
    return tuple(ApiKey.objects.all())
