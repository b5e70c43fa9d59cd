"""Links that sign in to a demonstration, one a role, as long as the process that printed them serves.

The home keeps the digests alone, in ``sign-in-links.json``: all processes of the server read them there. A home that
is no demonstration has no such links, whatever the file says.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from statlas.errors import HomeError
from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.service.office import accounts
from statlas.store.durable import replace
from statlas.wording import _

N_BYTES = 24
"""Random bytes of a link: nobody guesses it."""


def is_demonstration(home: Path) -> bool:
    """Whether a home was made by ``statlas demo``."""
    return (home / "demonstration.json").is_file()


def make_links(*, home: Path) -> Mapping[Role, str]:
    """A new token for every role; those of before no longer work.

    Raises:
        HomeError: the home is no demonstration.
    """
    if not is_demonstration(home):
        raise HomeError(
            _("Only a demonstration has links that sign in."), mend=_("`statlas admin create` makes an account.")
        )
    tokens = {role: secrets.token_urlsafe(N_BYTES) for role in Role}
    digests = {role.value: _digest(token) for role, token in tokens.items()}
    replace(_file(home), json.dumps(digests).encode())
    return tokens


def forget_links(*, home: Path) -> None:
    """Let no link work any more, and sign out whoever came by one."""
    if _file(home).exists():
        _file(home).unlink(missing_ok=True)
        accounts.end_demonstration()


def role_of(*, home: Path, token: str) -> Role | None:
    """The role that a token signs in as; None where it is no token in force."""
    if not is_demonstration(home):
        return None
    digests = _read(home)
    return next((role for role in Role if compare_digest(digests.get(role.value, ""), _digest(token))), None)


def _read(home: Path) -> Mapping[str, str]:
    """The digests by role; none where the file is missing or damaged."""
    try:
        found = json.loads(_file(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {role: digest for role, digest in pairs if isinstance(digest, str) and digest.isascii()}


def account_of(*, role: Role) -> Account:
    """The account of a role, made where there is none."""
    return accounts.of_role(role=role)


def _file(home: Path) -> Path:
    return home / "sign-in-links.json"


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
