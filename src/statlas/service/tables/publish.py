"""Publish: a definition and record files in, a release out, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from statlas import definitions
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.model.release import Manifest
from statlas.records import ingest
from statlas.service.tables.databases import DATABASE_FILE, policy_of
from statlas.service.tables.table import count
from statlas.store import Home, NewRelease
from statlas.version import VERSION

FAMILY_BYTES = 32

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and records a second."""


@dataclass(frozen=True)
class PublishReport:
    """What a publish did: the release it made, or found unchanged, or would make.

    first_table: the first ready-made table, or the count by the first field, as it would be printed; dry runs only.
    """

    database: Database
    manifest: Manifest
    is_new: bool
    dry_run: bool
    periods: tuple[str, ...]
    first_table: Cube | None = None


def publish(
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path],
    period: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PublishReport:
    """Check, encode and release records under a definition.

    Raises:
        DefinitionError, RecordsError: with every fault; nothing has changed on the disk.
        HomeError: somebody else is publishing the database, or the disk failed.
    """
    database = definitions.read(definition)
    with home.publish(database.id) as publication:
        secret = publication.secret(f"family-{database.family}.v1", FAMILY_BYTES)
        made = ingest(database, records, secret=secret, out_dir=publication.staging, period=period, progress=progress)
        for one in made:
            publication.add_record_file(one.period, one.path, one.rows)
        release = _release(database, definition)
        periods = tuple(one.period for one in made)
        if dry_run:
            draft = publication.draft(release)
            table = _first_table(home, database, draft)
            return PublishReport(database, draft, is_new=True, dry_run=True, periods=periods, first_table=table)
        if publication.previous is not None and publication.is_unchanged(release):
            return PublishReport(database, publication.previous, is_new=False, dry_run=False, periods=periods)
        return PublishReport(database, publication.commit(release), is_new=True, dry_run=False, periods=periods)


def _release(database: Database, definition: Path) -> NewRelease:
    policy = policy_of(database)
    return NewRelease(
        files={
            DATABASE_FILE: definitions.dumps(database).encode(),
            f"definition/{definition.name}": definition.read_bytes(),
        },
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        policy=database.policy,
        ptable=policy.ptable.digest if policy.ptable else "",
        family=database.family,
        software=VERSION,
    )


def _first_table(home: Home, database: Database, draft: Manifest) -> Cube:
    dated = database.with_periods(draft.periods)
    query = dated.tables[0].query if dated.tables else _plain_query(dated)
    return count(home=home, database=dated, manifest=draft, query=query)


def _plain_query(database: Database) -> Query:
    latest = Dimension(database.date.id, time=TimeSelector(TimeKind.LATEST))
    return Query(database.id, dimensions=(latest, *(Dimension(f.id) for f in database.categories[:1])))
