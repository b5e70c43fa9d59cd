"""The e-mails of accounts, in plain text: why it came, what to do, and that nothing need be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NOT_YOU = "If this was not you, there is nothing to do: without the link nothing changes."
_WARN = "If this was not you, set a new password now: {site}account/password/reset"


@dataclass(frozen=True)
class Letter:
    """An e-mail; words in braces are filled in when it is sent."""

    subject: str
    paragraphs: tuple[str, ...]

    def subject_for(self, facts: Mapping[str, Any]) -> str:
        """The subject, on one line whatever the site is called."""
        return " ".join(self.subject.format_map(facts).split())

    def body_for(self, facts: Mapping[str, Any]) -> str:
        """The text, a paragraph a line."""
        said = (paragraph.format_map(facts) for paragraph in self.paragraphs)
        return "\n\n".join([*said, "{site_name}\n{site}".format_map(facts)]) + "\n"


_CONFIRM = (
    "Somebody, most likely you, gave this address to {site_name}.",
    "To confirm that it is yours, open this page within three days and press the button:\n{activate_url}",
    "If this was not you, there is nothing to do: without the button the address is forgotten.",
)

LETTERS: Mapping[str, Letter] = {
    "account/email/email_confirmation_signup": Letter("Confirm your e-mail address for {site_name}", _CONFIRM),
    "account/email/email_confirmation": Letter("Confirm your e-mail address for {site_name}", _CONFIRM),
    "account/email/account_already_exists": Letter(
        "You have an account at {site_name}",
        (
            "Somebody, most likely you, tried to register this address at {site_name}. It has an account already.",
            "Sign in with the password you have, or set a new one:\n{password_reset_url}",
            "If this was not you, there is nothing to do.",
        ),
    ),
    "account/email/unknown_account": Letter(
        "No account at {site_name} has this address",
        (
            "Somebody, most likely you, asked {site_name} for a new password. No account has this address.",
            "Perhaps you registered with another one. You can register here:\n{signup_url}",
            "If this was not you, there is nothing to do.",
        ),
    ),
    "account/email/password_reset_key": Letter(
        "Set a new password for {site_name}",
        (
            "Somebody, most likely you, asked {site_name} for a new password.",
            "To set it, open this page; the link works once, for three days:\n{password_reset_url}",
            _NOT_YOU,
        ),
    ),
    "account/email/set_up": Letter(
        "Your account at {site_name}",
        (
            "An account with this address was made for you at {site_name}.",
            "To choose its password, open this page; the link works once, for three days:\n{password_reset_url}",
            "If you do not know what this is about, there is nothing to do.",
        ),
    ),
    "account/email/password_reset": Letter(
        "Your password was changed", ("The password of your account was set anew.", _WARN)
    ),
    "account/email/password_changed": Letter(
        "Your password was changed", ("The password of your account was changed.", _WARN)
    ),
    "account/email/password_set": Letter("Your password was set", ("Your account was given a password.", _WARN)),
    "account/email/email_changed": Letter(
        "Your e-mail address was changed",
        ("The e-mail address of your account was changed from {from_email} to {to_email}.", _WARN),
    ),
    "account/email/email_confirm": Letter(
        "Your e-mail address is confirmed", ("This address now belongs to your account.", _WARN)
    ),
    "account/email/email_deleted": Letter(
        "An e-mail address was removed", ("{deleted_email} no longer belongs to your account.", _WARN)
    ),
    "mfa/email/totp_activated": Letter(
        "Two-step sign-in is on", ("From now on your account asks for a code of your authenticator app.", _WARN)
    ),
    "mfa/email/totp_deactivated": Letter(
        "Two-step sign-in is off", ("Your account no longer asks for a code of your authenticator app.", _WARN)
    ),
    "mfa/email/recovery_codes_generated": Letter(
        "You have new recovery codes", ("New recovery codes were made; the old ones no longer work.", _WARN)
    ),
    "socialaccount/email/account_connected": Letter(
        "Another way to sign in", ("You can now sign in to your account through your organisation.", _WARN)
    ),
    "socialaccount/email/account_disconnected": Letter(
        "One way less to sign in", ("You can no longer sign in to your account through your organisation.", _WARN)
    ),
}
