"""The native JSON of a cube: dimensions with items, then for each measure its values and statuses, nested like the
axes.

A cell that prints no number is ``null`` in ``values`` and has its symbol in ``status``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from statlas.model.cube import Cube, CubeDimension, CubeMeasure
from statlas.model.frames import STATUS_TEXTS, code_of, flag_text, shown

MEDIA_TYPE = "application/json"
SUFFIX = "json"


def write(cube: Cube) -> Iterator[bytes]:
    """The file in one piece."""
    yield json.dumps(body(cube), ensure_ascii=False, indent=1).encode() + b"\n"


def body(cube: Cube) -> dict[str, Any]:
    """The cube as JSON types."""
    return {
        "database": cube.database,
        "label": cube.database_label,
        "release": cube.release,
        "released": cube.released,
        "synthetic": cube.synthetic,
        "source": cube.source,
        "licence": cube.licence,
        "protection": {"threshold": cube.threshold, "noise_sd": cube.noise_sd},
        "dimensions": [_dimension(d) for d in cube.dimensions],
        "measures": [_measure(m) for m in cube.measures],
        "annotations": cube.annotations,
        "database_annotations": list(cube.database_annotations),
        "cell_annotations": {str(cell): list(keys) for cell, keys in cube.cell_annotations.items()},
    }


def _dimension(dimension: CubeDimension) -> dict[str, Any]:
    items = [
        {"code": code_of(dimension, i), "label": item.label, "total": item.is_total, "annotations": item.annotations}
        for i, item in enumerate(dimension.items)
    ]
    return {"field": dimension.field, "label": dimension.label, "role": dimension.role, "items": items}


def _measure(measure: CubeMeasure) -> dict[str, Any]:
    values = measure.values.astype(object)
    values[~shown(measure)] = None
    status = np.vectorize(lambda s: STATUS_TEXTS[s], otypes=[object])(measure.status)
    flags = np.vectorize(flag_text, otypes=[object])(measure.flags)
    return {
        "id": measure.id,
        "label": measure.label,
        "statistic": measure.statistic,
        "unit": measure.unit,
        "precision": measure.precision,
        "values": values.tolist(),
        "status": status.tolist(),
        "flags": flags.tolist(),
        "noise_sd": measure.sd.tolist(),
    }
