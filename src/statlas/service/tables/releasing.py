"""What a release is made of, worked out once for whoever publishes at once and whoever drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from statlas import definitions
from statlas import records as record_files
from statlas.errors import RecordsError
from statlas.model.database import Database
from statlas.model.faults import Fault, FaultReport
from statlas.model.release import Agreement, Manifest, ReleaseFacts, ReleaseKind
from statlas.records import Progress
from statlas.service.tables.bands import with_bands
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET
from statlas.service.tables.databases import DATABASE_FILE, policy_of
from statlas.service.tables.policies import check_versions
from statlas.service.tables.versions import facts_of_new
from statlas.store import Home, NewRelease, Publication, family_secret
from statlas.store.layout import FAMILY_BYTES
from statlas.version import VERSION


@dataclass(frozen=True)
class Agreed:
    """The disclosure officer's agreement to periods that are revised once too often to go unasked: who, and why."""

    by: str
    reason: str


@dataclass(frozen=True)
class Source:
    """What a publisher gives: a definition, record files, the period every record must be of, and agreements.

    kind: why there is a release; None is a revision where published periods change, else new.
    note: plain words for readers: why, and what.
    """

    definition: Path
    records: Sequence[Path] = ()
    period: str | None = None
    agreed: Agreed | None = None
    kind: ReleaseKind | None = None
    note: str = ""


@dataclass(frozen=True)
class Made:
    """A release before anybody sees it, and the periods of the records given."""

    database: Database
    release: NewRelease
    periods: tuple[str, ...]


def begin(source: Source) -> Made:
    """What the definition alone says of a release.

    Raises:
        DefinitionError: it has faults.
    """
    database, code_files = definitions.read_with_files(source.definition)
    return Made(database, _release(database, source.definition, code_files), tuple(code_files))


def make(home: Home, publication: Publication, source: Source, begun: Made, progress: Progress | None) -> Made:
    """Check and encode the records into the publication, and check them against what they follow.

    Raises:
        DefinitionError, RecordsError: with every fault.
        QueryError: the period is none, or needs to be named.
    """
    database, release, code_files = begun.database, begun.release, begun.periods
    publication.check_family(release)
    check_versions(home, publication.previous, source.definition.parent, code_files)
    periods = _ingest(publication, database, source.records, source.period, progress)
    database = with_bands(home, publication, database)
    release = replace(release, files={**release.files, DATABASE_FILE: definitions.dumps(database).encode()})
    _check_kept(home, publication, database, release, periods)
    release = replace(release, agreements=_agreements(publication, source.agreed, release.created))
    return Made(database, release, periods)


def told(home: Home, publication: Publication, made: Made, source: Source) -> ReleaseFacts:
    """What readers are told of the release, all but when it becomes public."""
    return facts_of_new(
        home=home,
        previous=publication.previous,
        database=made.database,
        manifest=publication.draft(made.release),
        kind=source.kind,
        note=source.note,
    )


def _release(database: Database, definition: Path, code_files: Sequence[str]) -> NewRelease:
    policy = policy_of(database)
    given = {name: (definition.parent / name).read_bytes() for name in code_files}
    return NewRelease(
        files={
            **{f"definition/{name}": data for name, data in given.items()},
            f"definition/{definition.name}": definition.read_bytes(),
        },
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        policy=database.policy,
        ptable=policy.ptable.digest if policy.ptable else "",
        family=database.family,
        software=VERSION,
    )


def _ingest(
    publication: Publication,
    database: Database,
    records: Sequence[Path],
    period: str | None,
    progress: Progress | None,
) -> tuple[str, ...]:
    """Encode the records given into the publication; their periods."""
    if not records and publication.previous is None:
        fault = Fault("no-files", database.id, "record files: there is no release whose records could be kept.")
        raise RecordsError(
            f"{database.id} has no records.", mend="Name its record files.", faults=FaultReport((fault,))
        )
    if not records:
        return ()
    publication.secret(NOISE_SECRET, NOISE_BYTES)  # made with the first release, so that a server need not write
    secret = publication.secret(family_secret(database.family), FAMILY_BYTES)
    made = record_files.ingest(
        database, records, secret=secret, out_dir=publication.staging, period=period, progress=progress
    )
    for one in made:
        publication.add_record_file(one.period, one.path, one.rows)
    return tuple(one.period for one in made)


def _check_kept(
    home: Home, publication: Publication, database: Database, release: NewRelease, periods: tuple[str, ...]
) -> None:
    """See that the records of the periods that were not given can be kept under the definition."""
    previous = publication.previous
    if previous is None or not publication.changes_definition(release, DATABASE_FILE):
        return
    faults = FaultReport()
    for kept in previous.records:
        if kept.period not in periods:
            faults += _family_changed(previous, database, kept.period)
            faults += record_files.check_kept(home.path_of(kept), database)
    if faults:
        raise RecordsError(
            "The definition has changed in a way that records published before do not follow; nothing was changed.",
            mend="Publish the records of those periods again, together with these.",
            faults=faults,
        )


def _family_changed(previous: Manifest, database: Database, period: str) -> FaultReport:
    if previous.family == database.family:
        return FaultReport()
    text = f"record keys of family {database.family!r}; those kept are of family {previous.family!r}."
    return FaultReport((Fault("republish", period, text, "Publish the records of this period again.", path="family"),))


def _agreements(publication: Publication, agreed: Agreed | None, at: str) -> tuple[Agreement, ...]:
    """The agreements that the release needs.

    Raises:
        RecordsError: it needs some, and nobody has agreed.
    """
    needing = publication.needing_agreement
    if needing and agreed is None:
        text = "the disclosure officer's agreement: it has been revised twice before."
        faults = FaultReport(tuple(Fault("needs-agreement", record.period, text) for record in needing))
        raise RecordsError(
            "Each version of a period tells an attacker more; a fourth is published only by recorded agreement.",
            mend="Publish with --agreed-by NAME --reason TEXT once it is given.",
            faults=faults,
        )
    return tuple(Agreement(r.period, r.epoch, agreed.by, agreed.reason, at) for r in needing if agreed)
