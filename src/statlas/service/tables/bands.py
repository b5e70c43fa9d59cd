"""Bands of the measures whose definition gives none: chosen once from the records, and kept from then on."""

from __future__ import annotations

from dataclasses import replace

from statlas import definitions
from statlas import records as record_files
from statlas.model.database import Database, Measure
from statlas.model.release import Manifest
from statlas.service.tables.databases import DATABASE_FILE
from statlas.store import Home, Publication


def with_bands(home: Home, publication: Publication, database: Database) -> Database:
    """The database with bounds for the bands of each measure that has percentiles and none.

    They are those of the release before, else chosen from the newest period's records; none where these are too few.
    Open data needs no bands.
    """
    if database.protection.preset == "open" or not any(_is_wanting(measure) for measure in database.measures):
        return database
    before = _kept(home, publication.previous)
    return replace(
        database,
        measures=tuple(
            replace(m, edges=before.get(_sort(m)) or _chosen(home, publication, database, m)) if _is_wanting(m) else m
            for m in database.measures
        ),
    )


def _is_wanting(measure: Measure) -> bool:
    return measure.has_percentiles and not measure.edges


def _sort(measure: Measure) -> tuple[str, str, int]:
    """What must be the same for bounds to mean the same."""
    return (measure.id, measure.unit, measure.precision)


def _kept(home: Home, previous: Manifest | None) -> dict[tuple[str, str, int], tuple[int, ...]]:
    if previous is None:
        return {}
    database = definitions.loads(home.read_file(previous, DATABASE_FILE).decode())
    return {_sort(measure): measure.edges for measure in database.measures}


def _chosen(home: Home, publication: Publication, database: Database, measure: Measure) -> tuple[int, ...]:
    newest = publication.records[-1]
    return record_files.amount_edges(home.path_of(newest), database, measure.id)
