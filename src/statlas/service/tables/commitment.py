"""What is promised of a release before it is public, and how it is proved afterwards.

At sealing a *statement* is written, canonical JSON of

* ``database`` and ``release``: id and number,
* ``definition``: SHA-256 of ``database.json``,
* ``tables``: the fingerprint of every ready-made table as it will be printed, by its id,
* ``manifest``: SHA-256 of 32 private bytes followed by ``manifest.json``, which itself stays confidential.

Its *digest*, SHA-256 of 32 salt bytes followed by the statement, is announced. It tells nothing: without the salt
nobody can try statements out. The release publishes salt and statement, and everybody can work the digest out again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from statlas.errors import DisclosureRefused, QueryError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.service.tables.fingerprint import fingerprint
from statlas.store import canonical

SALT_BYTES = 32
"""As many as the digest has: fewer could be tried out sooner than the digest itself."""


@dataclass(frozen=True)
class Commitment:
    """A statement in its salt: what is announced is ``digest`` alone; all are text, salt and digest in hexadecimal."""

    statement: str
    salt: str
    digest: str


def fresh_salt() -> bytes:
    """New salt from the system's generator."""
    return secrets.token_bytes(SALT_BYTES)


def committed(statement: str, salt: bytes) -> Commitment:
    """The commitment to a statement."""
    return Commitment(statement, salt.hex(), _sha256(salt + statement.encode()))


def statement_of(
    *, database: str, release: str, definition: bytes, tables: Mapping[str, str], private_salt: bytes, manifest: bytes
) -> str:
    """The statement of a release.

    Args:
        definition, manifest: the bytes of ``database.json`` and ``manifest.json``.
        tables: as ``fingerprints``.
    """
    body = {
        "database": database,
        "release": release,
        "definition": _sha256(definition),
        "tables": dict(tables),
        "manifest": _sha256(private_salt + manifest),
    }
    return canonical(body).decode()


def read_statement(text: str) -> dict[str, Any]:
    """What a statement says; nothing where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def fingerprints(database: Database, release: str, ask: Callable[[Query], Cube]) -> dict[str, str]:
    """The fingerprint of every ready-made table of a release, by its id; of one that is refused, why.

    Args:
        database: with its periods.
        ask: gives the printed table of a query.
    """
    return {table.id: fingerprint_of(replace(table.query, release=release), ask) for table in database.tables}


def fingerprint_of(query: Query, ask: Callable[[Query], Cube]) -> str:
    """The fingerprint of the table of a query; of one that is refused, why."""
    try:
        return fingerprint(ask(query))
    except DisclosureRefused as refusal:
        return f"refused: {refusal.rule}"
    except QueryError as error:
        return f"not answered: {error.code}"


def opens(digest: str, salt: str, statement: str) -> bool:
    """Whether a digest is that of a statement in its salt; False for what cannot be a salt."""
    try:
        return _sha256(bytes.fromhex(salt) + statement.encode()) == digest.strip().lower()
    except ValueError:
        return False


def hides(commitment: str, private_salt: bytes, manifest: bytes) -> bool:
    """Whether the statement's word on the manifest is true."""
    return _sha256(private_salt + manifest) == commitment


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
