"""What forms and answers say in place of django-allauth's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldWords:
    """How a field of a form is put to its reader."""

    label: str
    hint: str = ""
    autocomplete: str = ""
    is_short: bool = False


_NEW_PASSWORD = "At least 12 characters; three words that have nothing to do with each other do well."  # noqa: S105
_CODE = FieldWords("Code", "The digits that your authenticator app shows.", "one-time-code", is_short=True)

FIELDS: Mapping[str, FieldWords] = {
    "login": FieldWords("E-mail address", autocomplete="username"),
    "email": FieldWords("E-mail address", autocomplete="email"),
    "password": FieldWords("Password", autocomplete="current-password"),
    "oldpassword": FieldWords("Password you have now", autocomplete="current-password"),
    "password1": FieldWords("Choose a password", _NEW_PASSWORD, "new-password"),
    "password2": FieldWords("The same password again", autocomplete="new-password"),
    "remember": FieldWords("Stay signed in on this device for two weeks"),
    "code": _CODE,
    "name": FieldWords("Name of the key", "The program that will use it, such as regional dashboard.", "off"),
}

MISTAKES: Mapping[str, str] = {
    "account_inactive": "This account cannot be used.",
    "email_password_mismatch": "The e-mail address or the password is wrong.",
    "email_taken": "This e-mail address cannot be used.",
    "enter_current_password": "The password you have now is another.",
    "incorrect_code": "The code is wrong or has been used. Wait for the next one.",
    "incorrect_password": "The password is wrong.",
    "invalid_login": "The e-mail address or the password is wrong.",
    "invalid_password_reset": "This link has been used or is too old.",
    "too_many_login_attempts": "Too many attempts. Wait 15 minutes, then try again.",
    "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    "same_as_current": "This is the address you have now.",
    "unverified_email": "Confirm your e-mail address first.",
}

DONE: Mapping[str, str] = {
    "account/messages/email_confirmation_sent.txt": "We have sent a link to {email}. Open it to confirm the address.",
    "account/messages/email_confirmed.txt": "{email} is confirmed.",
    "account/messages/email_confirmation_failed.txt": "{email} could not be confirmed.",
    "account/messages/email_deleted.txt": "{email} is forgotten.",
    "account/messages/password_changed.txt": "Your password is changed.",
    "account/messages/password_set.txt": "Your password is set.",
    "account/messages/primary_email_set.txt": "Your e-mail address is changed.",
    "mfa/messages/recovery_codes_generated.txt": "You have new recovery codes; the old ones no longer work.",
    "mfa/messages/totp_activated.txt": "Two-step sign-in is on.",
    "mfa/messages/totp_deactivated.txt": "Two-step sign-in is off.",
    "socialaccount/messages/account_connected.txt": "The sign-in of your organisation is connected.",
    "socialaccount/messages/account_disconnected.txt": "The sign-in of your organisation is no longer connected.",
}


def of_field(name: str, label: str) -> FieldWords:
    """The words of a field; its own label where we have none."""
    return FIELDS.get(name, FieldWords(label))
