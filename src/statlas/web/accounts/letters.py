"""The e-mails of accounts, in plain text: why it came, what to do, and that nothing need be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statlas.wording import gettext, later

_NOT_YOU = later("If this was not you, there is nothing to do: without the link nothing changes.")
_WARN = later("If this was not you, set a new password now: {site}account/password/reset")


@dataclass(frozen=True)
class Letter:
    """An e-mail; words in braces are filled in when it is sent."""

    subject: str
    paragraphs: tuple[str, ...]

    def subject_for(self, facts: Mapping[str, Any]) -> str:
        """The subject, on one line whatever the site is called."""
        return " ".join(gettext(self.subject).format_map(facts).split())

    def body_for(self, facts: Mapping[str, Any]) -> str:
        """The text, a paragraph a line."""
        said = (gettext(paragraph).format_map(facts) for paragraph in self.paragraphs)
        return "\n\n".join([*said, "{site_name}\n{site}".format_map(facts)]) + "\n"


_CONFIRM = (
    later("Somebody, most likely you, gave this address to {site_name}."),
    later("To confirm that it is yours, open this page within three days and press the button:\n{activate_url}"),
    later("If this was not you, there is nothing to do: without the button the address is forgotten."),
)

LETTERS: Mapping[str, Letter] = {
    "account/email/email_confirmation_signup": Letter(later("Confirm your e-mail address for {site_name}"), _CONFIRM),
    "account/email/email_confirmation": Letter(later("Confirm your e-mail address for {site_name}"), _CONFIRM),
    "account/email/account_already_exists": Letter(
        later("You have an account at {site_name}"),
        (
            later(
                "Somebody, most likely you, tried to register this address at {site_name}. It has an account already."
            ),
            later("Sign in with the password you have, or set a new one:\n{password_reset_url}"),
            later("If this was not you, there is nothing to do."),
        ),
    ),
    "account/email/unknown_account": Letter(
        later("No account at {site_name} has this address"),
        (
            later("Somebody, most likely you, asked {site_name} for a new password. No account has this address."),
            later("Perhaps you registered with another one. You can register here:\n{signup_url}"),
            later("If this was not you, there is nothing to do."),
        ),
    ),
    "account/email/password_reset_key": Letter(
        later("Set a new password for {site_name}"),
        (
            later("Somebody, most likely you, asked {site_name} for a new password."),
            later("To set it, open this page; the link works once, for three days:\n{password_reset_url}"),
            _NOT_YOU,
        ),
    ),
    "account/email/set_up": Letter(
        later("Your account at {site_name}"),
        (
            later("An account with this address was made for you at {site_name}."),
            later("To choose its password, open this page; the link works once, for three days:\n{password_reset_url}"),
            later("If you do not know what this is about, there is nothing to do."),
        ),
    ),
    "account/email/password_reset": Letter(
        later("Your password was changed"), (later("The password of your account was set anew."), _WARN)
    ),
    "account/email/password_changed": Letter(
        later("Your password was changed"), (later("The password of your account was changed."), _WARN)
    ),
    "account/email/password_set": Letter(
        later("Your password was set"), (later("Your account was given a password."), _WARN)
    ),
    "account/email/email_changed": Letter(
        later("Your e-mail address was changed"),
        (later("The e-mail address of your account was changed from {from_email} to {to_email}."), _WARN),
    ),
    "account/email/email_confirm": Letter(
        later("Your e-mail address is confirmed"), (later("This address now belongs to your account."), _WARN)
    ),
    "account/email/email_deleted": Letter(
        later("An e-mail address was removed"), (later("{deleted_email} no longer belongs to your account."), _WARN)
    ),
    "mfa/email/totp_activated": Letter(
        later("Two-step sign-in is on"),
        (later("From now on your account asks for a code of your authenticator app."), _WARN),
    ),
    "mfa/email/totp_deactivated": Letter(
        later("Two-step sign-in is off"),
        (later("Your account no longer asks for a code of your authenticator app."), _WARN),
    ),
    "mfa/email/recovery_codes_generated": Letter(
        later("You have new recovery codes"),
        (later("New recovery codes were made; the old ones no longer work."), _WARN),
    ),
    "socialaccount/email/account_connected": Letter(
        later("Another way to sign in"),
        (later("You can now sign in to your account through your organisation."), _WARN),
    ),
    "socialaccount/email/account_disconnected": Letter(
        later("One way less to sign in"),
        (later("You can no longer sign in to your account through your organisation."), _WARN),
    ),
}
