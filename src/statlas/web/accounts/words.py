"""What forms and answers say in place of django-allauth's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import lazy

from statlas.wording import gettext, later


@dataclass(frozen=True)
class FieldWords:
    """How a field of a form is put to its reader."""

    label: str
    hint: str = ""
    autocomplete: str = ""
    is_short: bool = False


_NEW_PASSWORD = later("At least 12 characters; three words that have nothing to do with each other do well.")
_CODE = FieldWords(
    later("Code"), later("The digits that your authenticator app shows."), "one-time-code", is_short=True
)

FIELDS: Mapping[str, FieldWords] = {
    "login": FieldWords(later("E-mail address"), autocomplete="username"),
    "email": FieldWords(later("E-mail address"), autocomplete="email"),
    "password": FieldWords(later("Password"), autocomplete="current-password"),
    "oldpassword": FieldWords(later("Password you have now"), autocomplete="current-password"),
    "password1": FieldWords(later("Choose a password"), _NEW_PASSWORD, "new-password"),
    "password2": FieldWords(later("The same password again"), autocomplete="new-password"),
    "remember": FieldWords(later("Stay signed in on this device for two weeks")),
    "code": _CODE,
    "name": FieldWords(
        later("Name of the key"), later("The program that will use it, such as regional dashboard."), "off"
    ),
}

_MISTAKES: Mapping[str, str] = {
    "account_inactive": later("This account cannot be used."),
    "email_password_mismatch": later("The e-mail address or the password is wrong."),
    "email_taken": later("This e-mail address cannot be used."),
    "enter_current_password": later("The password you have now is another."),
    "incorrect_code": later("The code is wrong or has been used. Wait for the next one."),
    "incorrect_password": later("The password is wrong."),
    "invalid_login": later("The e-mail address or the password is wrong."),
    "invalid_password_reset": later("This link has been used or is too old."),
    "too_many_login_attempts": later("Too many attempts. Wait 15 minutes, then try again."),
    "rate_limited": later("Too many attempts. Wait a few minutes, then try again."),
    "same_as_current": later("This is the address you have now."),
    "unverified_email": later("Confirm your e-mail address first."),
}

MISTAKES: Mapping[str, Any] = {name: lazy(gettext, str)(said) for name, said in _MISTAKES.items()}
"""What is wrong with a form, in the language of whoever reads it."""

_OF_DJANGO = frozenset(
    (
        later("This field is required."),
        later("Enter a valid email address."),
        later("You must type the same password each time."),
        later("This password is too short. It must contain at least 12 characters."),
        later("This password is too common."),
        later("This password is entirely numeric."),
        later("The password is too similar to the e-mail address."),
    )
)
"""What Django says of forms, in its own English words."""

DONE: Mapping[str, str] = {
    "account/messages/email_confirmation_sent.txt": later(
        "We have sent a link to {email}. Open it to confirm the address."
    ),
    "account/messages/email_confirmed.txt": later("{email} is confirmed."),
    "account/messages/email_confirmation_failed.txt": later("{email} could not be confirmed."),
    "account/messages/email_deleted.txt": later("{email} is forgotten."),
    "account/messages/password_changed.txt": later("Your password is changed."),
    "account/messages/password_set.txt": later("Your password is set."),
    "account/messages/primary_email_set.txt": later("Your e-mail address is changed."),
    "mfa/messages/recovery_codes_generated.txt": later("You have new recovery codes; the old ones no longer work."),
    "mfa/messages/totp_activated.txt": later("Two-step sign-in is on."),
    "mfa/messages/totp_deactivated.txt": later("Two-step sign-in is off."),
    "socialaccount/messages/account_connected.txt": later("The sign-in of your organisation is connected."),
    "socialaccount/messages/account_disconnected.txt": later(
        "The sign-in of your organisation is no longer connected."
    ),
}


def mistake(text: str) -> str:
    """What is wrong with a form; ours is in the reader's language already, Django's is put into it."""
    return gettext(text) if text in _OF_DJANGO else text


def of_field(name: str, label: str) -> FieldWords:
    """The words of a field; its own label where we have none."""
    found = FIELDS.get(name, FieldWords(label))
    return replace(found, label=gettext(found.label), hint=gettext(found.hint))
