"""JSON-stat 2.0: one dataset with the measures as its last dimension.

``value`` is null where no number is printed and ``status`` has the symbol; a printed number may have marks there.
``role`` says which dimension is time, which places, which the measures.
What the standard has no room for stands in ``extension``: release, licence, protection, symbols, rules, notes on cells.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from statlas.formats.facts import facts, remarks
from statlas.model.about import About
from statlas.model.cells import CubeContent, CubeDimension, CubeItem, CubeMeasure
from statlas.model.cube import Cube
from statlas.model.frames import STATUS_TEXTS, code_of, flag_text, numbers
from statlas.model.legend import heading
from statlas.model.query_data import query_data

MEDIA_TYPE = "application/vnd.json-stat+json"
SUFFIX = "jsonstat.json"

METRIC = "measure"
"""Id of the dimension of measures; with more underscores where a field has that id."""

TOTAL = "_T"
"""Code of a total, as in SDMX: JSON-stat has no empty codes."""


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in one piece."""
    text = json.dumps(body(cube, about), ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair can be asked for as a label; as an escape it is JSON, as UTF-8 it is nothing.
    yield text.encode("utf-8", "backslashreplace") + b"\n"


def body(cube: Cube, about: About) -> dict[str, Any]:
    """The dataset as JSON types."""
    ids = [d.field for d in cube.dimensions]
    metric = METRIC
    while metric in ids:
        metric += "_"
    dimensions = {d.field: _dimension(cube, d) for d in cube.dimensions}
    said = {
        "version": "2.0",
        "class": "dataset",
        "label": about.title,
        "source": cube.source,
        "updated": cube.released,
        "href": about.link,
        "note": [f"{label}: {text}" for _, label, text in facts(cube, about)]
        + [f"{m} {text}" for _, m, text in remarks(cube)],
        "role": _roles(cube, metric),
        "id": [*ids, metric],
        "size": [*cube.shape, len(cube.measures)],
        "dimension": {**dimensions, metric: _metric(cube)},
        "value": _values(cube),
        "status": _statuses(cube),
        "extension": _extension(cube, about),
    }
    return {name: part for name, part in said.items() if part != ""}


def _roles(cube: CubeContent, metric: str) -> dict[str, list[str]]:
    found = {
        "time": [d.field for d in cube.dimensions if d.is_date],
        "geo": [d.field for d in cube.dimensions if d.is_geography],
        "metric": [metric],
    }
    return {role: ids for role, ids in found.items() if ids}


def _dimension(cube: CubeContent, dimension: CubeDimension) -> dict[str, Any]:
    codes = codes_of(dimension)
    category: dict[str, Any] = {
        "index": {code: at for at, code in enumerate(codes)},
        "label": {code: item.label for code, item in zip(codes, dimension.items, strict=True)},
    }
    notes = {code: _texts(cube, item) for code, item in zip(codes, dimension.items, strict=True) if item.annotations}
    if notes:
        category["note"] = notes
    found: dict[str, Any] = {"label": dimension.label, "category": category}
    if dimension.annotations:
        found["note"] = [cube.annotations[key] for key in dimension.annotations if key in cube.annotations]
    return found


def _texts(cube: CubeContent, item: CubeItem) -> list[str]:
    return [cube.annotations[key] for key in item.annotations if key in cube.annotations]


def codes_of(dimension: CubeDimension) -> list[str]:
    """A code for every item, none empty and no two the same; those of several levels have their level in front."""
    codes = [code_of(dimension, at) or TOTAL for at in range(len(dimension))]
    times = Counter(codes)
    for at, item in enumerate(dimension.items):
        if times[codes[at]] > 1 and item.nodes and not item.is_total:
            codes[at] = "+".join(f"{node.valueset}:{node.code}" for node in item.nodes)
    return _distinct(codes)


def _distinct(codes: Sequence[str]) -> list[str]:
    taken: dict[str, None] = {}
    for code in codes:
        name, n = code, 2
        while name in taken:
            name, n = f"{code}~{n}", n + 1
        taken[name] = None
    return [*taken]


def _metric(cube: CubeContent) -> dict[str, Any]:
    return {
        "label": "Measure",
        "category": {
            "index": {measure.id: at for at, measure in enumerate(cube.measures)},
            "label": {measure.id: heading(cube, measure) for measure in cube.measures},
            "unit": {measure.id: _unit(measure) for measure in cube.measures},
        },
    }


def _unit(measure: CubeMeasure) -> dict[str, Any]:
    found: dict[str, Any] = {"label": measure.unit, "decimals": max(measure.precision, 0)}
    return found | {"symbol": "£", "position": "start"} if measure.unit == "GBP" else found


def _values(cube: CubeContent) -> list[Any]:
    found: list[Any] = np.stack([numbers(cube, measure) for measure in cube.measures], axis=-1).reshape(-1).tolist()
    return found


def _statuses(cube: CubeContent) -> dict[str, str]:
    """By position the symbol of what is hidden and of a structural zero, or the marks of a number; most have none."""
    status = np.stack([measure.status for measure in cube.measures], axis=-1).reshape(-1)
    flags = np.stack([measure.flags for measure in cube.measures], axis=-1).reshape(-1)
    told = np.flatnonzero((status > 0) | (flags > 0))
    cells = zip(told.tolist(), status[told].tolist(), flags[told].tolist(), strict=True)
    return {str(at): STATUS_TEXTS[one] or flag_text(mark) for at, one, mark in cells}


def _extension(cube: CubeContent, about: About) -> dict[str, Any]:
    said = {fact.name: fact.text for fact in facts(cube, about) if fact.name not in ("title", "source", "link")}
    told = remarks(cube)
    return {
        **said,
        "released": cube.released,
        "licence": cube.licence,
        "synthetic": cube.synthetic,
        "threshold": cube.threshold,
        "noise_sd": cube.noise_sd,
        "symbols": {fact.label.strip("[]"): fact.text for fact in told if fact.name == "symbol"},
        "rules": [fact.text for fact in told if fact.name == "rule"],
        "notes": cube.annotations,
        "cell_notes": {str(cell): list(keys) for cell, keys in cube.cell_annotations.items()},
        "query": query_data(cube.query),
    }
