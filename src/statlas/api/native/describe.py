"""Databases, their schemas and codes as plain data of the shapes in ``shapes``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from statlas.api.native.links import Links
from statlas.formats.csv_text import neutral
from statlas.model import words
from statlas.model.classification import Classification, Node
from statlas.model.database import Annotation, Database, Field, Measure
from statlas.model.release import Manifest
from statlas.model.statistics import name_of
from statlas.service import tables
from statlas.store import Home

_ROWS_AT_ONCE = 5_000  # arbitrary: about half a megabyte of text

# --- finding ----------------------------------------------------------------------------------------------------------


def matches(database: Database, find: str) -> bool:
    """Whether every word of a search stands in what a database says of itself."""
    said = (database.id, database.label, database.description, *database.folder, *_names(database))
    return all(word in " ".join(said).casefold() for word in find.casefold().split())


def _names(database: Database) -> Iterator[str]:
    yield database.records.label
    for field in database.fields:
        yield from (field.id, field.label)
    for measure in database.measures:
        yield from (measure.id, measure.label)


def in_list(home: Home, database: Database, manifest: Manifest, links: Links) -> dict[str, Any]:
    """A database as a list names it."""
    version, released, _first, _last = _facts_of(home.path, database.id, manifest.release)
    return {
        "id": database.id,
        "label": database.label,
        "folder": list(database.folder),
        "description": database.description,
        "unit": database.records.unit,
        "synthetic": database.synthetic,
        "release": manifest.release,
        "version": version,
        "released": released,
        "first_period": database.periods[0],
        "last_period": database.periods[-1],
        "n_periods": len(database.periods),
        "address": links.schema(database.id),
        "page": links.database_page(database.id),
    }


# --- schemas ----------------------------------------------------------------------------------------------------------


def schema(home: Home, database: Database, manifest: Manifest, links: Links) -> dict[str, Any]:
    """What can be asked of a database."""
    current = home.current(database.id).release
    return {
        **in_list(home, database, manifest, links),
        "address": links.schema(database.id, manifest.release),
        "latest": manifest.release == current,
        "frequency": str(database.calendar.frequency),
        "count": {"id": database.records.id, "statistic": "COUNT", "label": database.records.label},
        "date": database.date.id,
        "fields": [_field(database, field, manifest.release, links) for field in database.fields],
        "measures": [_measure(measure) for measure in database.measures],
        "notes": _notes(a for a in database.annotations if not a.where),
        "releases": [_release(home.path, database.id, name, links) for name in home.releases(database.id)],
        "tables": [
            {"id": ready.id, "title": ready.title, "address": links.table(ready.query), "page": links.page(ready.query)}
            for ready in database.tables
        ],
        "protection": _protection(database),
        "licence": _licence(database.licence),
        "contact": {"name": database.contact.name, "email": database.contact.email},
        "source": database.source,
        "methodology": database.methodology,
    }


def _field(database: Database, field: Field, release: str, links: Links) -> dict[str, Any]:
    classification = field.classification
    return {
        "id": field.id,
        "label": field.label,
        "kind": str(field.kind),
        "group": field.group,
        "description": field.description,
        "default_level": field.valueset.id,
        "available_from": field.available_from,
        "levels": [
            {
                "id": valueset.id,
                "label": valueset.label,
                "n_codes": len(valueset),
                "parent": classification.next_above(valueset.id),
                "codes": links.codes(database.id, field.id, valueset.id, release),
            }
            for valueset in classification
        ],
        "notes": _notes(a for a in database.annotations if len(a.where) == 1 and a.where[0][0] == field.id),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "precision": measure.precision,
        "description": measure.description,
        "available_from": measure.available_from,
        "statistics": [
            {"id": f"{measure.id}:{one}", "statistic": one, "label": name_of(one)} for one in measure.statistics
        ],
    }


def _notes(annotations: Iterable[Annotation]) -> list[dict[str, str]]:
    return [{"key": note.key, "text": note.text} for note in annotations]


def _release(home: Path, database_id: str, release: str, links: Links) -> dict[str, Any]:
    version, released, first, last = _facts_of(home, database_id, release)
    return {
        "release": release,
        "version": version,
        "released": released,
        "first_period": first,
        "last_period": last,
        "address": links.schema(database_id, release),
    }


@lru_cache(maxsize=4096)
def _facts_of(home: Path, database_id: str, release: str) -> tuple[str, str, str, str]:
    """A release's version, since when it is public, its first and last period; kept, as a release never changes."""
    manifest, told = Home(home).any_manifest(database_id, release), Home(home).facts(database_id, release)
    return told.version, told.public_from or manifest.created, manifest.periods[0], manifest.periods[-1]


def _protection(database: Database) -> dict[str, Any]:
    policy, written = tables.policy_of(database), database.protected_by
    threshold, smallest = policy.threshold or 0, (policy.n_min_magnitude or 0) if database.measures else 0
    return {
        "policy": written.name,
        "version": written.version,
        "preset": written.preset,
        "threshold": threshold,
        "n_min_magnitude": smallest,
        "noise_sd": policy.noise_sd,
        "said": list(words.protection(threshold, policy.noise_sd, smallest)),
    }


def _licence(identifier: str) -> dict[str, str]:
    found = words.licence(identifier)
    return {"id": identifier, "name": found.name, "url": found.url}


# --- codes ------------------------------------------------------------------------------------------------------------


def found_nodes(field: Field, level: str, find: str, within: Node | None) -> Sequence[Node]:
    """The codes of a field, coarse before fine: of a level, in a node, whose label or code has every word.

    Raises:
        UnknownNameError: the field has no such level.
    """
    classification = field.classification
    nodes = classification[level].nodes() if level else classification.nodes
    if within is not None:
        nodes = tuple(node for node in nodes if within in classification.above[node])
    sought = find.casefold().split()
    return [node for node in nodes if _says(classification, node, sought)] if sought else nodes


def _says(classification: Classification, node: Node, sought: Sequence[str]) -> bool:
    text = f"{node.code} {classification.code(node).label}".casefold()
    return all(word in text for word in sought)


def code(field: Field, node: Node) -> dict[str, Any]:
    """A code with what holds it."""
    found = field.classification.code(node)
    return {
        "level": node.valueset,
        "code": node.code,
        "label": found.label,
        "parents": [f"{parent.code}@{parent.valueset}" for parent in found.parents],
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }


CODE_COLUMNS = ("level", "code", "label", "parent_level", "parent", "valid_from", "valid_to")


def codes_csv(field: Field, nodes: Sequence[Node]) -> Iterator[bytes]:
    """Codes as CSV, a line each, in pieces; of several parents the main one."""
    yield _lines([CODE_COLUMNS])
    rows = (_code_row(field, node) for node in nodes)
    while piece := _lines(islice(rows, _ROWS_AT_ONCE)):
        yield piece


def _code_row(field: Field, node: Node) -> tuple[str, ...]:
    found = field.classification.code(node)
    parent = found.parents[0] if found.parents else Node("", "")
    return (*node, found.label, *parent, found.valid_from or "", found.valid_to or "")


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([neutral(part) for part in row] for row in rows)
    return text.getvalue().encode()
