"""The second factor: codes of an authenticator app, and codes on paper for the day the phone is lost."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from statlas.web.accounts.words import MISTAKES


class TwoFactor(DefaultMFAAdapter):
    """How django-allauth keeps and shows second factors here."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultMFAAdapter.error_messages, **MISTAKES}

    def is_mfa_enabled(self, user: AbstractBaseUser, types: Any = None) -> bool:
        """Whether ``user`` has one; never where the settings turn them off."""
        return settings.STATLAS.two_factor != "off" and super().is_mfa_enabled(user, types=types)

    def get_totp_issuer(self) -> str:
        """What the authenticator app calls this site."""
        return settings.STATLAS.site_name

    def encrypt(self, text: str) -> str:
        """A secret as it is kept in the database, unreadable without the secret of the home."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it was before ``encrypt``."""
        return _lock().decrypt(encrypted_text.encode()).decode()


def _lock() -> Fernet:
    digest = sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))
