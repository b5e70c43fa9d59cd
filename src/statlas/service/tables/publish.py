"""Publish: a definition and record files in, a release out, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from statlas import definitions
from statlas import records as record_files
from statlas.errors import DisclosureRefused, RecordsError, StatlasError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.faults import Fault, FaultReport
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.model.release import Agreement, Manifest
from statlas.records import Progress
from statlas.service.tables.bands import with_bands
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, count
from statlas.service.tables.databases import DATABASE_FILE, policy_of
from statlas.service.tables.policies import check_versions
from statlas.store import Home, NewRelease, Publication, family_secret
from statlas.store.layout import FAMILY_BYTES
from statlas.version import VERSION


@dataclass(frozen=True)
class Agreed:
    """The disclosure officer's agreement to periods that are revised once too often to go unasked: who, and why."""

    by: str
    reason: str


@dataclass(frozen=True)
class PublishReport:
    """What a publish did: the release it made, or found unchanged, or would make.

    periods: those of the records given. added, revised: those that are new, or have other records than before.
    first_table: the first ready-made table, or the count by the first field, as it would be printed; dry runs only.
    first_refusal: why that table would be refused, if it would be.
    without_cuboids: why cuboids could not be built, if they could not: the release answers all the same.
    """

    database: Database
    manifest: Manifest
    is_new: bool
    dry_run: bool
    periods: tuple[str, ...]
    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    first_table: Cube | None = None
    first_refusal: DisclosureRefused | None = None
    without_cuboids: str = ""


def publish(
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path] = (),
    period: str | None = None,
    dry_run: bool = False,
    agreed: Agreed | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Check, encode and release records under a definition.

    Args:
        home: made by its first publish.
        definition: the YAML file.
        records: files and folders; none changes the definition alone.
        period: every record must be of it.
        dry_run: do everything but release it.
        agreed: needed for a fourth and any later version of a period's records (decisions page, D1).
        progress: told how far it has come.

    Raises:
        DefinitionError, RecordsError: with every fault; nothing has changed on the disk.
        QueryError: the period is none, or needs to be named.
        HomeError: somebody else is publishing the database, or the disk failed.
    """
    database, code_files = definitions.read_with_files(definition)
    release = _release(database, definition, code_files)
    with home.publish(database.id) as publication:
        publication.check_family(release)
        check_versions(home, publication.previous, definition.parent, code_files)
        periods = _ingest(publication, database, records, period, progress)
        database = with_bands(home, publication, database)
        release = replace(release, files={**release.files, DATABASE_FILE: definitions.dumps(database).encode()})
        _check_kept(home, publication, database, release, periods)
        release = replace(release, agreements=_agreements(publication, agreed, release.created))
        report = _finish(home, publication, database, release, periods, dry_run=dry_run)
        return report if dry_run or not report.is_new else _with_cuboids(home, report, progress)


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


def _finish(
    home: Home,
    publication: Publication,
    database: Database,
    release: NewRelease,
    periods: tuple[str, ...],
    *,
    dry_run: bool,
) -> PublishReport:
    report = PublishReport(
        database=database,
        manifest=publication.draft(release),
        is_new=not publication.is_unchanged(release),
        dry_run=dry_run,
        periods=periods,
        added=publication.added,
        revised=publication.revised,
    )
    if dry_run:
        return _with_first_table(report, home, publication, database)
    if not report.is_new and publication.previous is not None:
        return replace(report, manifest=publication.previous)
    return replace(report, manifest=publication.commit(release))


def _with_cuboids(home: Home, report: PublishReport, progress: Progress | None) -> PublishReport:
    """The release answers already, and does without cuboids: whatever keeps them from being built is only told."""
    from statlas.service.tables.cuboid_building import update_cuboids  # noqa: PLC0415 - it loads the engine

    try:
        update_cuboids(
            home=home, database=report.database, manifest=report.manifest, given=report.periods, progress=progress
        )
    except (OSError, MemoryError, StatlasError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "message", None) or type(error).__name__
        return replace(report, without_cuboids=f"{why}")
    return report


def _with_first_table(report: PublishReport, home: Home, publication: Publication, database: Database) -> PublishReport:
    try:
        return replace(report, first_table=_first_table(home, publication, database, report.manifest))
    except DisclosureRefused as refusal:
        return replace(report, first_refusal=refusal)


def _first_table(home: Home, publication: Publication, database: Database, draft: Manifest) -> Cube:
    """What would be printed first, with the noise that it would have."""
    dated = database.with_periods(draft.periods)
    query = dated.tables[0].query if dated.tables else _plain_query(dated)
    noise_key = publication.secret(NOISE_SECRET, NOISE_BYTES)
    return count(home=home, database=dated, manifest=draft, query=query, noise_key=noise_key)


def _plain_query(database: Database) -> Query:
    latest = Dimension(database.date.id, time=TimeSelector(TimeKind.LATEST))
    return Query(database.id, dimensions=(latest, *(Dimension(f.id) for f in database.categories[:1])))
