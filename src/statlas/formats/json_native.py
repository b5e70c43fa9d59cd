"""The native JSON of a cube: dimensions with items, then for each measure its values and statuses, nested like the
axes.

A cell that prints no number is ``null`` in ``values`` and has its symbol in ``status``.
``rules`` tells what the rules of disclosure control said, and ``blocked`` which of them hides which cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from statlas.formats.facts import facts
from statlas.model.about import About, about_of
from statlas.model.cube import CellFlag, Cube, CubeDimension, CubeMeasure
from statlas.model.frames import STATUS_TEXTS, code_of, flag_text, interval_columns, numbers, rule_column
from statlas.model.legend import legend
from statlas.model.protection import RuleOutcome
from statlas.model.query_data import query_data

MEDIA_TYPE = "application/json"
SUFFIX = "json"

_STATUSES = np.array([STATUS_TEXTS[status] for status in sorted(STATUS_TEXTS)], dtype=object)
_FLAGS = np.array([flag_text(flags) for flags in range(256)], dtype=object)


def write(cube: Cube, about: About | None = None) -> Iterator[bytes]:
    """The file in pieces, an array of numbers at a time; ``about`` is made up from the cube where it is not given."""
    yield b"{" + _members(_before(cube, about or about_of(cube))) + b',"measures":['
    for n, measure in enumerate(cube.measures):
        yield (b"," if n else b"") + b"{" + _members(_facts(measure))
        for name, array in _arrays(cube, measure):
            yield b"," + _members({name: array})
        yield b"}"
    yield b"]," + _members(_after(cube)) + b"}\n"


def _members(told: dict[str, Any]) -> bytes:
    """The members of an object, without its braces."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))[1:-1]
    # Half a surrogate pair can be asked for as a label; as an escape it is JSON, as UTF-8 it is nothing.
    return text.encode("utf-8", "backslashreplace")


def _before(cube: Cube, about: About) -> dict[str, Any]:
    return {
        "about": {fact.name: fact.text for fact in facts(cube, about)},
        "query": query_data(cube.query),
        "database": cube.database,
        "label": cube.database_label,
        "release": cube.release,
        "version": cube.version,
        "released": cube.released,
        "synthetic": cube.synthetic,
        "source": cube.source,
        "licence": cube.licence,
        "symbols": dict(legend(cube)),
        "protection": {
            "threshold": cube.threshold,
            "n_min_magnitude": cube.n_min_magnitude,
            "noise_sd": cube.noise_sd,
        },
        "rules": [_rule(outcome) for outcome in cube.rules],
        "dimensions": [_dimension(d) for d in cube.dimensions],
    }


def _after(cube: Cube) -> dict[str, Any]:
    return {
        "blocked": _blocked(cube),
        "annotations": cube.annotations,
        "database_annotations": list(cube.database_annotations),
        "cell_annotations": {str(cell): list(keys) for cell, keys in cube.cell_annotations.items()},
    }


def _rule(outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "rule": outcome.rule,
        "version": outcome.version,
        "evaluated": outcome.evaluated,
        "passed": outcome.passed,
        "blocked": outcome.blocked,
        "message": outcome.message,
        "mend": outcome.mend,
        "areas": list(outcome.areas),
    }


def _blocked(cube: Cube) -> Any:
    """For each cell the id of the rule that blocks it, or null; None where none is blocked."""
    rules = rule_column(cube)
    if rules is None:
        return None
    return _nested([rule or None for rule in rules], cube.shape)


def _nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    found = np.empty(len(flat), dtype=object)
    found[:] = flat
    return found.reshape(shape).tolist()


def _dimension(dimension: CubeDimension) -> dict[str, Any]:
    items = [_item(dimension, position) for position in range(len(dimension))]
    return {"field": dimension.field, "label": dimension.label, "role": dimension.role, "items": items}


def _item(dimension: CubeDimension, position: int) -> dict[str, Any]:
    item = dimension.items[position]
    found = {
        "code": code_of(dimension, position),
        "label": item.label,
        "total": item.is_total,
        "annotations": item.annotations,
    }
    if item.formula is not None:
        found |= {"formula": item.formula.expression, "precision": item.formula.precision}
    return found


def _facts(measure: CubeMeasure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "label": measure.label,
        "statistic": measure.statistic,
        "unit": measure.unit,
        "precision": measure.precision,
    }


_STATUSES = np.array([STATUS_TEXTS[status] for status in sorted(STATUS_TEXTS)], object)
_FLAGS = np.array([flag_text(flags) for flags in range(2 ** len(CellFlag))], object)
"""The text of every status and of every combination of flags, by their numbers."""


def _arrays(cube: Cube, measure: CubeMeasure) -> Iterator[tuple[str, Any]]:
    """Each array as nested lists, made when it is its turn: a million numbers are much larger as Python's."""
    yield "values", numbers(cube, measure).tolist()
    yield "status", _STATUSES[measure.status].tolist()
    yield "flags", _FLAGS[measure.flags].tolist()
    yield "noise_sd", measure.sd.tolist()
    for name, values in interval_columns(measure):
        yield name, _nested(values, cube.shape)
