"""From a ``Cube`` to the body of a table answer.

Key order is part of the contract: clients written in R read ``values`` as the first member of a cube.
Numbers only: what prints no number becomes 0 here, as the very last step and nowhere else (decisions page D8), and a
note on the database says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.former import Former, as_asked
from statlas.definitions.stat_xplore.ids import Kind
from statlas.model.cube import CellFlag, CellStatus, Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.protection import RuleOutcome

_ZERO_KEY = "z"
"""Stat-Xplore's own key for its note on nil or negligible numbers."""

_PRINTED = (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)

_WITHHELD = ("c", "Withheld to keep people unfindable; the 0 is no number.")
_MISSING = ("x", "Not available; the 0 is no number.")
_FLAG_NOTES = {
    CellFlag.UNRELIABLE: ("u", "Low reliability: more than a third of the number is estimated from hidden cells."),
    CellFlag.PROVISIONAL: ("p", "Provisional."),
    CellFlag.REVISED: ("r", "Revised: moved by more than noise since the release before."),
}


Measures = Sequence[tuple[str, CubeMeasure]]
"""Each measure of the answer under the id by which it was asked for."""


def write(
    cube: Cube,
    dimensions: Sequence[Sequence[str]] | None = None,
    measures: Sequence[tuple[str, str]] = (),
    former: Former = MappingProxyType({}),
    *,
    sparse: bool = False,
) -> bytes:
    """The body that answers with ``cube``.

    Args:
        cube: the table.
        dimensions: ids of the dimensions as they were asked for, in the cube's order when flattened; without them
            each dimension stands alone, as the web page of Stat-Xplore writes them.
        measures: ids of the measures as they were asked for, each with the id of a measure of the cube; without them
            the answer is the count alone.
        former: fields that were asked for by former names, which the answer uses too.
        sparse: whether cubes hold only cells that are not 0, by their position.

    Returns:
        JSON in UTF-8.
    """
    found = content(cube, dimensions, measures)
    if former:
        # Ids of fields stand nowhere else: cubes are named by measures.
        found |= {part: as_asked(found[part], cube.database, former) for part in ("query", "fields")}
    if sparse:
        found["cubes"] = {uri: _sparse(cube) for uri, cube in found["cubes"].items()}
    return as_json(found)


def _sparse(dense: Mapping[str, Any]) -> dict[str, Any]:
    """A cube with only what is not 0 or null, by its row-major position, made from nothing but the dense one (D8)."""
    values = np.asarray(dense["values"]).ravel()
    at = np.flatnonzero(values).tolist()
    found = {str(n): {"value": value} for n, value in zip(at, values[at].tolist(), strict=True)}
    keys = {str(n): own for n, own in enumerate(_flat(dense, len(np.shape(dense["values"])))) if own}
    return {**dense, "values": found} | ({"annotations": keys} if keys else {})


def _flat(dense: Mapping[str, Any], n_dimensions: int) -> Iterator[Any]:
    """The annotation keys of a dense cube, cell by cell; none where it has no annotations."""
    cells = dense.get("annotations", ())
    for _ in range(n_dimensions - 1):
        cells = chain.from_iterable(cells)
    yield from cells


def as_json(content: Mapping[str, Any]) -> bytes:
    """Any body of this dialect as bytes."""
    # Half a surrogate pair can be asked for; as an escape it is JSON, as UTF-8 it is nothing.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def content(
    cube: Cube, dimensions: Sequence[Sequence[str]] | None = None, measures: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What ``write`` writes, as plain lists, objects, texts and numbers."""
    asked = dimensions if dimensions is not None else [[_field_uri(cube, dimension)] for dimension in cube.dimensions]
    uris = [uri for inner in asked for uri in inner]
    notes = _Notes(cube)
    by_id = {measure.id: measure for measure in cube.measures}
    told = [(uri, by_id[id_]) for uri, id_ in measures] or [(_count_uri(cube, one), one) for one in cube.measures]
    cubes = {uri: _cube(cube, measure, notes) for uri, measure in told}
    return {
        "query": _query(cube, asked, uris, told),
        "database": {
            "id": cube.database,
            "uri": ids.database(cube.database),
            "label": cube.database_label,
            "annotationKeys": [*cube.database_annotations, *notes.on_the_database],
        },
        "measures": [_measure(uri, measure) for uri, measure in told],
        "fields": [_field(cube, uri, dimension) for uri, dimension in zip(uris, cube.dimensions, strict=True)],
        "cubes": cubes,
        "annotationMap": notes.texts,
    }


class _Notes:
    """The notes of one answer: the cube's own and those of this dialect, under keys that do not clash.

    ``texts`` maps keys to texts and grows as notes are used.
    """

    def __init__(self, cube: Cube) -> None:
        self._own = dict(cube.annotations)
        self.texts = dict(cube.annotations)
        self.on_the_database = [self.key(_ZERO_KEY, _zero_note(cube))] if cube.threshold else []

    def key(self, wanted: str, text: str) -> str:
        """The key under which ``text`` is told; ``wanted`` unless it stands for something else here."""
        key = wanted
        while (self._own | self.texts).get(key, text) != text:
            key += wanted
        self.texts[key] = text
        return key


def _zero_note(cube: Cube) -> str:
    few = f"none or fewer than {cube.threshold}"
    if any(measure.statistic != "COUNT" for measure in cube.measures) and cube.n_min_magnitude:
        few += f" (of an amount, beside fewer than {cube.n_min_magnitude})"
    return f"0 stands for {few}, and for a number that is withheld."


def _query(cube: Cube, asked: Sequence[Sequence[str]], uris: Sequence[str], measures: Measures) -> dict[str, Any]:
    return {
        "database": ids.database(cube.database),
        "measures": [uri for uri, _ in measures],
        "recodes": {
            uri: {
                "map": [_value_uris(cube, dimension, item) for item in dimension.items if not item.is_total],
                "total": any(item.is_total for item in dimension.items),
            }
            for uri, dimension in zip(uris, cube.dimensions, strict=True)
        },
        "dimensions": [list(inner) for inner in asked],
    }


def _field_uri(cube: Cube, dimension: CubeDimension) -> str:
    return ids.field(cube.database, dimension.table, dimension.field)


def _value_uris(cube: Cube, dimension: CubeDimension, item: CubeItem) -> list[str]:
    return [ids.value(cube.database, dimension.table, dimension.field, node) for node in item.nodes]


def _count_uri(cube: Cube, measure: CubeMeasure) -> str:
    assert measure.statistic == "COUNT", measure.statistic  # a request that names no measure asks for the count
    return ids.count(cube.database, measure.id)


def _measure(uri: str, measure: CubeMeasure) -> dict[str, Any]:
    found = ids.parse(uri)
    of = ids.measure(*found.parts[:3]) if found and found.kind is Kind.STATFN else uri
    return {"uri": uri, "label": measure.label, "measure": of, "function": measure.statistic}


def _field(cube: Cube, uri: str, dimension: CubeDimension) -> dict[str, Any]:
    return {
        "uri": uri,
        "label": dimension.label,
        **_annotation_keys(dimension.annotations),
        "items": [_item(cube, dimension, item) for item in dimension.items],
    }


def _item(cube: Cube, dimension: CubeDimension, item: CubeItem) -> dict[str, Any]:
    if item.is_total:
        # Clients know a total by its lack of uris.
        return {"type": "Total", "labels": ["Total"], **_annotation_keys(item.annotations)}
    return {
        "type": "RecodeItem",
        "uris": _value_uris(cube, dimension, item),
        "labels": list(item.labels),
        **_annotation_keys(item.annotations),
    }


def _annotation_keys(keys: Sequence[str]) -> dict[str, list[str]]:
    return {"annotationKeys": list(keys)} if keys else {}


def _cube(cube: Cube, measure: CubeMeasure, notes: _Notes) -> dict[str, Any]:
    found: dict[str, Any] = {"values": _numbers(measure), "precision": measure.precision}
    keys = _cell_keys(cube, measure, notes)
    if any(key is not None for key in keys.flat):
        found["annotations"] = keys.tolist()
    return found


def _numbers(measure: CubeMeasure) -> Any:
    """Nested lists of what is printed, and 0 where nothing is; whole numbers as integers."""
    printed = np.where(np.isin(measure.status, _PRINTED), measure.values, 0)
    return printed.astype(np.int64).tolist() if measure.precision <= 0 else printed.tolist()


def _cell_keys(cube: Cube, measure: CubeMeasure, notes: _Notes) -> NDArray[np.object_]:
    """For each cell its annotation keys, the publisher's first; None for a cell without any."""
    noted = [
        *_status_notes(cube, measure),
        *(((measure.flags & flag) != 0, note) for flag, note in _FLAG_NOTES.items()),
    ]
    # A million cells share a handful of combinations.
    marks = sum((cells.astype(np.int64) << bit for bit, (cells, _) in enumerate(noted)), np.zeros(cube.shape, np.int64))
    kinds, kind_of = np.unique(marks, return_inverse=True)
    keys = np.full(len(kinds), None, dtype=object)
    for position, mark in enumerate(kinds.tolist()):
        keys[position] = [notes.key(*note) for bit, (_, note) in enumerate(noted) if mark >> bit & 1] or None
    found = keys[kind_of].reshape(cube.shape)
    for position, own in cube.cell_annotations.items():
        found.flat[position] = [*own, *(found.flat[position] or ())]
    return found


def _status_notes(cube: Cube, measure: CubeMeasure) -> Iterator[tuple[NDArray[np.bool_], tuple[str, str]]]:
    """Which cells are withheld by each rule, or by none that is known; and which are not available."""
    withheld = measure.status == CellStatus.CONFIDENTIAL
    rules = np.zeros(cube.shape, np.uint8) if cube.blocked is None else cube.blocked
    for number in np.unique(rules[withheld]).tolist():
        yield withheld & (rules == number), _withheld_by(cube.rules[number - 1]) if number else _WITHHELD
    yield measure.status == CellStatus.NOT_AVAILABLE, _MISSING


def _withheld_by(outcome: RuleOutcome) -> tuple[str, str]:
    key, text = _WITHHELD
    return key, f"{text} Rule {outcome.rule}: {outcome.message} {outcome.mend}".strip()
