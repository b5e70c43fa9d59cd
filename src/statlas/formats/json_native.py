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
from statlas.model.cube import Cube, CubeDimension, CubeMeasure
from statlas.model.frames import STATUS_TEXTS, code_of, flag_text, interval_columns, numbers, rule_column
from statlas.model.legend import legend
from statlas.model.protection import RuleOutcome
from statlas.model.query_data import query_data

MEDIA_TYPE = "application/json"
SUFFIX = "json"


def write(cube: Cube, about: About | None = None) -> Iterator[bytes]:
    """The file in one piece."""
    text = json.dumps(body(cube, about), ensure_ascii=False, indent=1)
    # Half a surrogate pair can be asked for as a label; as an escape it is JSON, as UTF-8 it is nothing.
    yield text.encode("utf-8", "backslashreplace") + b"\n"


def body(cube: Cube, about: About | None = None) -> dict[str, Any]:
    """The cube as JSON types; ``about`` is made up from it where it is not given."""
    return {
        "about": {fact.name: fact.text for fact in facts(cube, about or about_of(cube))},
        "query": query_data(cube.query),
        "database": cube.database,
        "label": cube.database_label,
        "release": cube.release,
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
        "measures": [_measure(cube, m) for m in cube.measures],
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


def _measure(cube: Cube, measure: CubeMeasure) -> dict[str, Any]:
    status = np.vectorize(lambda s: STATUS_TEXTS[s], otypes=[object])(measure.status)
    flags = np.vectorize(flag_text, otypes=[object])(measure.flags)
    intervals = {name: _nested(values, cube.shape) for name, values in interval_columns(measure)}
    return {
        "id": measure.id,
        "label": measure.label,
        "statistic": measure.statistic,
        "unit": measure.unit,
        "precision": measure.precision,
        "values": numbers(cube, measure).tolist(),
        "status": status.tolist(),
        "flags": flags.tolist(),
        "noise_sd": measure.sd.tolist(),
        **intervals,
    }
