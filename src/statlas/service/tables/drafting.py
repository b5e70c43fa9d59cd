"""Draft: a definition and record files in, a sealed draft out, which only the keeper can read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from statlas import store
from statlas.errors import RecordsError
from statlas.model.database import Database
from statlas.model.finding import to_json
from statlas.model.release import DraftFacts, Manifest, ReleaseFacts, ReleaseKind
from statlas.records import Progress
from statlas.service.tables import releasing, reporting
from statlas.service.tables.commitment import Commitment, committed, fingerprints, fresh_salt, statement_of
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, count
from statlas.service.tables.databases import DATABASE_FILE
from statlas.service.tables.releasing import Agreed, Made, Source
from statlas.store import Home, Publication
from statlas.store.layout import MANIFEST, SEAL

RELEASE, TOLD = "release", "told.json"
"""What is sealed: the folder of the release, with the reports on it, and what readers will be told of it."""

PRIVATE_SALT = "private_salt"
"""What opens the commitment to the manifest; in ``seal.json`` of the release, as confidential as the manifest."""

STAGE = "sealing"
"""What progress is told of the last step."""


@dataclass(frozen=True)
class DraftReport:
    """What a draft is: its id, whose release it would be, under which version, and its commitment.

    periods: those of the records given. added, revised: those that are new, or have other records than before.
    n_findings: how many findings of the screening and risk reports somebody has to accept with a reason.
    reports: the JSON of the reports, for whoever made the draft; they lie sealed with it.
    defined: the database as the draft has it, with its periods, for whoever made it.
    """

    draft_id: str
    database: str
    release: str
    digest: str
    version: str
    n_findings: int = 0
    periods: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    reports: bytes = b""
    defined: Database | None = None


def draft(  # noqa: PLR0913 - what a publisher says, each in its own words
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path] = (),
    period: str | None = None,
    agreed: Agreed | None = None,
    kind: ReleaseKind | None = None,
    note: str = "",
    by: str = "",
    progress: Progress | None = None,
) -> DraftReport:
    """Check and encode records under a definition, and seal what would be a release; nothing becomes public.

    Args:
        home: made by its first draft.
        definition, records, period, agreed, progress: as ``publish``.
        kind: why there is a release; None is a revision where published periods change, else new.
        note: plain words for readers: why, and what.
        by: who drafts, as staff are told.

    Raises:
        DefinitionError, RecordsError, QueryError: as ``publish``, and where nothing would change; the disk is as it
            was.
        HomeError: there is a draft of the database already, somebody else is publishing it, or the disk failed.
    """
    source = Source(definition, records, period, agreed, kind, note)
    begun = releasing.begin(source)
    store.check_no_draft(home.path, begun.database.id)
    with home.publish(begun.database.id) as publication:
        made = releasing.make(home, publication, source, begun, progress)
        _check_changed(publication, made)
        told = releasing.told(home, publication, made, source)
        return _seal(home, publication, made, told, by, progress)


def _check_changed(publication: Publication, made: Made) -> None:
    if publication.previous is not None and publication.is_unchanged(made.release):
        raise RecordsError(
            f"Nothing has changed: release {publication.previous.release} of {made.database.id} says the same.",
            mend="Give other records or another definition.",
        )


def _seal(
    home: Home, publication: Publication, made: Made, told: ReleaseFacts, by: str, progress: Progress | None
) -> DraftReport:
    private_salt = fresh_salt()
    seal = json.dumps({PRIVATE_SALT: private_salt.hex()}).encode()
    release = replace(made.release, files={**made.release.files, SEAL: seal})
    publication.keep(release)
    manifest = publication.build(release)
    noise_key = publication.secret(NOISE_SECRET, NOISE_BYTES)
    dated, staged = made.database.with_periods(manifest.periods), publication.staged(manifest)
    found = reporting.reports(
        home=home,
        previous=publication.previous,
        database=dated,
        manifest=staged,
        noise_key=noise_key,
        kind=told.kind.value,
        progress=progress,
    )
    promised = _promise(home, publication, made, staged, private_salt, noise_key)
    told = replace(told, digest=promised.digest, salt=promised.salt, statement=promised.statement)
    facts = DraftFacts(
        draft_id=secrets.token_hex(16),
        database=manifest.database,
        release=manifest.release,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by,
        digest=promised.digest,
        kind=told.kind.value,
        version=told.version,
        policy=manifest.policy,
    )
    reports = to_json(found).encode()
    if progress is not None:
        progress(STAGE, 0.0, 0.0)
    publication.keep_reports(reports)
    store.seal(home.path, facts, _bundle(publication, told))
    if progress is not None:
        progress(STAGE, 1.0, 0.0)
    return DraftReport(
        draft_id=facts.draft_id,
        database=facts.database,
        release=facts.release,
        digest=facts.digest,
        version=told.version,
        n_findings=len(found.to_answer),
        periods=made.periods,
        added=publication.added,
        revised=publication.revised,
        reports=reports,
        defined=dated,
    )


def _promise(
    home: Home, publication: Publication, made: Made, staged: Manifest, private_salt: bytes, noise_key: bytes
) -> Commitment:
    dated = made.database.with_periods(staged.periods)
    printed = fingerprints(
        dated,
        staged.release,
        lambda query: count(home=home, database=dated, manifest=staged, query=query, noise_key=noise_key),
    )
    statement = statement_of(
        database=staged.database,
        release=staged.release,
        definition=(publication.made / DATABASE_FILE).read_bytes(),
        tables=printed,
        private_salt=private_salt,
        manifest=(publication.made / MANIFEST).read_bytes(),
    )
    return committed(statement, fresh_salt())


def _bundle(publication: Publication, told: ReleaseFacts) -> Path:
    """The folder of everything that is sealed, inside the staging folder."""
    folder = publication.staging / "draft"
    folder.mkdir(mode=0o700)
    publication.made.rename(folder / RELEASE)
    (folder / TOLD).write_bytes(store.facts_dumps(told))
    return folder


def drafts(*, home: Home) -> tuple[DraftFacts, ...]:
    """What staff may see of each sealed draft of a home, oldest first."""
    return store.drafts(home.path)


def discard(*, home: Home, draft_id: str) -> None:
    """Remove a draft for good, so that nobody can open it; one that is gone already is no error.

    Raises:
        HomeError: its id cannot be one.
    """
    store.discard(home.path, draft_id)
