"""What can be wrong with the site's database, said so that whoever runs the site can mend it.

A server's own message is told by its kind alone: some hold the address, the name of the user, or a line of SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error

from statlas.errors import SettingsError

KINDS = {
    "28P01": (
        "The PostgreSQL server does not accept the password in DATABASE_URL.",
        "Correct the name or the password.",
    ),
    "28000": (
        "The PostgreSQL server does not let this user in.",
        "Look at its pg_hba.conf, and at the user's LOGIN right.",
    ),
    "3D000": (
        "The PostgreSQL server has no such database.",
        "Make it with `createdb`, owned by the user in DATABASE_URL.",
    ),
    "42501": (
        "The PostgreSQL user may not make tables in the database.",
        "Make it the owner: ALTER DATABASE ... OWNER TO ...; or GRANT CREATE ON SCHEMA public TO ....",
    ),
    "53300": ("The PostgreSQL server has no connection left.", "Raise its max_connections, or use fewer workers."),
}
"""By SQLSTATE, the first word of PostgreSQL's own list of errors."""

UNREACHABLE = (
    "The PostgreSQL server in DATABASE_URL does not answer.",
    "Look whether it runs, and whether the host and the port are right.",
)

# Without a connection psycopg knows no SQLSTATE; the server's own words are all there is (PostgreSQL 12 to 18).
_WORDS = {
    "password authentication failed": "28P01",
    "is not permitted to log in": "28000",
    "no pg_hba.conf entry": "28000",
    "permission denied": "42501",
    "does not exist": "3D000",
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the database into one that says how to mend it.

    Raises:
        SettingsError: the database cannot be reached or used.
    """
    try:
        yield
    except Error as error:
        message, mend = _told(error)
        raise SettingsError(message, mend=mend, setting="database_url") from None


def _told(error: Error) -> tuple[str, str]:
    code = getattr(error.__cause__, "sqlstate", None)
    text = str(error)
    code = code or next((found for words, found in _WORDS.items() if words in text), None)
    if code in KINDS:
        return KINDS[code]
    if "connect" in text:
        return UNREACHABLE
    return ("The site's database cannot be used.", f"Its error is {code or type(error).__name__}.")
