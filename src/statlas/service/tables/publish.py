"""Publish: a definition and record files in, a release out, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from statlas.errors import DisclosureRefused, StatlasError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.finding import DraftReports, to_json
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.model.release import Manifest, ReleaseKind
from statlas.records import Progress
from statlas.service.tables import releasing
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, count
from statlas.service.tables.releasing import Agreed, Made, Source
from statlas.store import Home, Publication

__all__ = ["Agreed", "Before", "PublishReport", "publish"]

Before = Callable[[Manifest, DraftReports], object]
"""Told of a release that is certain and not public, and of what the checks found; where it raises, nothing is."""


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


def publish(  # noqa: PLR0913 - what a publisher says, each in its own words
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path] = (),
    period: str | None = None,
    dry_run: bool = False,
    agreed: Agreed | None = None,
    kind: ReleaseKind | None = None,
    note: str = "",
    before: Before | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Check, encode and release records under a definition, at once and without ceremony.

    Args:
        home: made by its first publish.
        definition: the YAML file.
        records: files and folders; none changes the definition alone.
        period: every record must be of it.
        dry_run: do everything but release it.
        agreed: needed for a fourth and any later version of a period's records (decisions page, D1).
        kind: why there is a release; None is a revision where published periods change, else new.
        note: plain words for readers: why, and what.
        before: where it is given, the reports that a draft gets are made, told with the release when everything is
            certain and before it is public, and kept with it; where it raises, nothing is public.
        progress: told how far it has come.

    Raises:
        DefinitionError, RecordsError: with every fault; nothing has changed on the disk.
        QueryError: the period is none, or needs to be named.
        HomeError: somebody else is publishing the database, or the disk failed.
    """
    source = Source(definition, records, period, agreed, kind, note)
    begun = releasing.begin(source)
    with home.publish(begun.database.id) as publication:
        made = releasing.make(home, publication, source, begun, progress)
        report = _finish(home, publication, made, source, before, progress, dry_run=dry_run)
        return report if dry_run or not report.is_new else _with_cuboids(home, report, progress)


def _finish(
    home: Home,
    publication: Publication,
    made: Made,
    source: Source,
    before: Before | None,
    progress: Progress | None,
    *,
    dry_run: bool,
) -> PublishReport:
    report = PublishReport(
        database=made.database,
        manifest=publication.draft(made.release),
        is_new=not publication.is_unchanged(made.release),
        dry_run=dry_run,
        periods=made.periods,
        added=publication.added,
        revised=publication.revised,
    )
    if dry_run:
        return _with_first_table(report, home, publication, made.database)
    if not report.is_new and publication.previous is not None:
        return replace(report, manifest=publication.previous)
    told = releasing.told(home, publication, made, source)
    reports = b""
    if before is not None:
        found = _reports(home, publication, report, told.kind, progress)
        before(report.manifest, found)
        reports = to_json(found).encode()
    return replace(report, manifest=publication.commit(made.release, told, reports))


def _reports(
    home: Home, publication: Publication, report: PublishReport, kind: ReleaseKind, progress: Progress | None
) -> DraftReports:
    from statlas.service.tables import reporting  # noqa: PLC0415 - only who releases by a command looks at them

    return reporting.reports(
        home=home,
        previous=publication.previous,
        database=report.database.with_periods(report.manifest.periods),
        manifest=report.manifest,
        noise_key=publication.secret(NOISE_SECRET, NOISE_BYTES),
        kind=kind.value,
        progress=progress,
    )


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
