"""How a published release stands: withdrawn, restored, its records destroyed; and the proof of what was announced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from statlas import store
from statlas.errors import HomeError, QueryError, StatlasError
from statlas.model.cube import Cube
from statlas.model.query import Query
from statlas.model.release import Destroyed, Manifest, Notice, ReleaseFacts
from statlas.service.tables.commitment import fingerprint_of, hides, opens, read_statement
from statlas.service.tables.counting import count
from statlas.service.tables.databases import DATABASE_FILE, database_of
from statlas.service.tables.databases import manifest as manifest_of
from statlas.service.tables.drafting import PRIVATE_SALT
from statlas.service.tables.table import table
from statlas.store import Home
from statlas.store.layout import SEAL
from statlas.wording import _

LONGEST = 2_000
"""Letters of a reason: arbitrary, a notice is read on a screen."""


# --- withdrawn, restored, destroyed -----------------------------------------------------------------------------------


def withdraw(*, home: Home, database_id: str, release: str, reason: str, at: datetime) -> Notice:
    """Withdraw a public release at this instant: its links show the notice, and the release before answers.

    Args:
        reason: plain words for readers.
        at: aware of its zone; when it is withdrawn, as readers are told.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, or the release is withdrawn already.
        HomeError: the disk failed.
    """
    notice = Notice(database_id, release, _reason(reason), _moment(at))
    with _explained():
        store.withdraw(home.path, notice)
    return notice


def restore(*, home: Home, database_id: str, release: str, reason: str, at: datetime) -> None:
    """Let a withdrawn release be asked for again; if its number is the highest, it answers again.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, the release is not withdrawn, or its records were destroyed.
        HomeError: the disk failed.
    """
    with _explained():
        store.restore(home.path, database_id, release, reason=_reason(reason), at=_moment(at))


def destroy(*, home: Home, database_id: str, release: str, reason: str, at: datetime | None = None) -> Destroyed:
    """Destroy the records that only this release lists, and their cuboids; its printed figures stay.

    Args:
        reason: plain words for readers.
        at: when, as readers are told; None is now.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, or the release is the one that answers.
        HomeError: somebody is publishing the database, or the disk failed: ask again, what was begun is brought to
            its end.
    """
    fact = Destroyed(database_id, release, _reason(reason), _moment(at or datetime.now(UTC)))
    home.any_manifest(database_id, release)
    with _explained():
        store.check_destroying(home.path, fact)
        keep_printed(home=home, database_id=database_id, release=release)
        store.destroy(home.path, fact)
    return home.destroyed(database_id)[release]


def keep_printed(*, home: Home, database_id: str, release: str) -> None:
    """Keep what is to outlive the records of a release: all that is slow in destroying them, and nothing is destroyed.

    Raises:
        UnknownNameError: there is no such database or release.
        HomeError: the disk failed.
    """
    from statlas.service.tables import printed  # noqa: PLC0415 - it loads the engine, and pages act without it

    manifest = home.any_manifest(database_id, release)
    with _explained():
        if not home.is_destroyed(database_id, release):
            printed.keep(home=home, manifest=manifest)


def _reason(text: str) -> str:
    """A reason of one paragraph."""
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST:
        raise QueryError(
            _("This needs a reason in plain words, of at most {most:,} letters.").format(most=LONGEST),
            mend=_("Say what readers should know."),
        )
    return reason


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at.astimezone(UTC).isoformat(timespec="seconds")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HomeError(
            f"The home could not be written: {error.strerror or type(error).__name__}.",
            mend="See that its disk has room and works, then ask again.",
        ) from error


# --- the proof --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One thing that a proof looks at: what, and whether it is as it was promised."""

    what: str
    holds: bool


@dataclass(frozen=True)
class Proof:
    """Whether a public release is the one whose digest was announced."""

    database: str
    release: str
    digest: str
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it was promised."""
        return bool(self.checks) and all(check.holds for check in self.checks)


def prove(*, home: Home, database_id: str, release: str, digest: str) -> Proof:
    """Work out again, from the public release, what was announced of it before.

    Args:
        digest: as announced, 64 hexadecimal digits.

    Raises:
        UnknownNameError, WithdrawnError: there is no such release, or it was withdrawn.
    """
    manifest = manifest_of(home=home, database_id=database_id, release=release)
    facts = home.facts(database_id, release)
    said = read_statement(facts.statement)
    checks = (*_checks_of_digest(facts, said, digest), *_checks_of_release(home, manifest, said))
    return Proof(database_id, release, digest, checks)


def _checks_of_digest(facts: ReleaseFacts, said: dict[str, Any], digest: str) -> Iterator[Check]:
    known = opens(digest, facts.salt, facts.statement) if facts.statement else False
    yield Check(_("The digest is that of the statement which the release publishes, with its salt."), known)
    named = (said.get("database"), said.get("release")) == (facts.database, facts.release)
    yield Check(_("The statement names this release."), named)


def _checks_of_release(home: Home, manifest: Manifest, said: dict[str, Any]) -> Iterator[Check]:
    definition = store.digest_of(home.read_file(manifest, DATABASE_FILE))
    yield Check(_("The definition is the one that was sealed."), said.get("definition") == definition)
    yield Check(_("The files of the release are those that were sealed."), _is_hidden(home, manifest, said))
    yield from _checks_of_tables(home, manifest, said)


def _is_hidden(home: Home, manifest: Manifest, said: dict[str, Any]) -> bool:
    with suppress(StatlasError, ValueError, KeyError, OSError):
        salt = bytes.fromhex(json.loads(home.read_file(manifest, SEAL))[PRIVATE_SALT])
        return hides(str(said.get("manifest")), salt, home.manifest_bytes(manifest))
    return False


def _checks_of_tables(home: Home, manifest: Manifest, said: dict[str, Any]) -> Iterator[Check]:
    """Every ready-made table, counted anew; of destroyed records, as it was printed."""
    promised = said.get("tables")
    promised = promised if isinstance(promised, dict) else {}
    database = database_of(home=home, manifest=manifest)
    for ready in database.tables:
        found = fingerprint_of(replace(ready.query, release=manifest.release), lambda q: _printed(home, manifest, q))
        text = _("The table {title} prints what was sealed.").format(title=ready.title)
        yield Check(text, promised.get(ready.id) == found)
    more = set(promised) - {ready.id for ready in database.tables}
    if more:
        yield Check(_("Every table that was sealed is there."), False)  # noqa: FBT003 - what a check is made of


def _printed(home: Home, manifest: Manifest, query: Query) -> Cube:
    if manifest.release in home.destroyed(manifest.database):
        return table(home=home, query=query, door="python")
    return count(home=home, database=database_of(home=home, manifest=manifest), manifest=manifest, query=query)
