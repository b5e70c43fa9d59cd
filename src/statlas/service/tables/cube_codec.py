"""A public cube as bytes and back, exactly: a line of JSON with everything but the numbers, then the numbers.

No code is in the bytes: arrays are whole and floating-point numbers of fixed width, least significant byte first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CubeDimension, CubeItem, CubeMeasure
from statlas.model.cube import Cube
from statlas.model.derived import Formula
from statlas.model.protection import RuleOutcome
from statlas.model.query import Role
from statlas.model.query_data import query_data, read_nodes, read_query

FORMAT = 2
"""Raised whenever the bytes of a cube change; others are not read."""

ALIGNED = 8
"""Every array starts at a multiple of this many bytes, so that it is read where it lies."""

_ARRAYS = ("values", "status", "flags", "sd", "se")
_PLAIN = (
    "database",
    "database_label",
    "release",
    "released",
    "annotations",
    "licence",
    "source",
    "synthetic",
    "threshold",
    "n_min_magnitude",
    "noise_sd",
    "unit",
)
Array = NDArray[Any]


def dumps(cube: Cube) -> bytes:
    """The cube as bytes."""
    arrays = [_of_fixed_width(array) for array in _arrays(cube)]
    head = {
        "format": FORMAT,
        "plain": {name: getattr(cube, name) for name in _PLAIN} | ({"version": cube.version} if cube.version else {}),
        "query": query_data(cube.query),
        "dimensions": [_dimension(d) for d in cube.dimensions],
        "measures": [_measure(m) for m in cube.measures],
        "database_annotations": cube.database_annotations,
        "cell_annotations": list(cube.cell_annotations.items()),
        "rules": [asdict(rule) for rule in cube.rules],
        "blocked": cube.blocked is not None,
        "types": [array.dtype.str for array in arrays],
    }
    text = json.dumps(head, separators=(",", ":"), default=_number).encode()
    return b"".join([_padded(text + b"\n", b" "), *(_padded(array.tobytes(), b"\0") for array in arrays)])


def loads(data: bytes) -> Cube:
    """The cube that ``dumps`` was given; its arrays cannot be written to.

    Raises:
        ValueError: it is none, or of another format.
    """
    try:
        return _cube(data)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration) as error:
        raise ValueError("These bytes are no cube.") from error


def _cube(data: bytes) -> Cube:
    end = data.index(b"\n") + 1
    head = json.loads(data[:end])
    if head["format"] != FORMAT:
        raise ValueError("a cube of another format")
    dimensions = tuple(_read_dimension(d) for d in head["dimensions"])
    shape = tuple(len(d) for d in dimensions)
    arrays = _read_arrays(data, end + -end % ALIGNED, head["types"], shape)
    measures = tuple(_read_measure(m, arrays) for m in head["measures"])
    return Cube(
        **head["plain"],
        query=read_query(head["query"]),
        dimensions=dimensions,
        measures=measures,
        database_annotations=tuple(head["database_annotations"]),
        cell_annotations={cell: tuple(keys) for cell, keys in head["cell_annotations"]},
        rules=tuple(RuleOutcome(**{**rule, "areas": tuple(rule["areas"])}) for rule in head["rules"]),
        blocked=next(arrays) if head["blocked"] else None,
    )


# --- dimensions -------------------------------------------------------------------------------------------------------


def _dimension(d: CubeDimension) -> list[Any]:
    items = [_item(item) for item in d.items]
    return [d.field, d.label, d.table, items, d.role, d.valueset, d.annotations, d.is_date, d.is_geography]


def _read_dimension(data: list[Any]) -> CubeDimension:
    field, label, table, items, role, valueset, annotations, *kinds = data
    found = tuple(_read_item(item) for item in items)
    return CubeDimension(field, label, table, found, Role(role), valueset, tuple(annotations), *kinds)


def _item(item: CubeItem) -> list[Any]:
    formula = None if item.formula is None else list(asdict(item.formula).values())
    return [item.label, item.nodes, item.labels, item.is_total, item.annotations, formula]


def _read_item(data: list[Any]) -> CubeItem:
    label, nodes, labels, is_total, annotations, formula = data
    worked_out = None if formula is None else Formula(*formula)
    return CubeItem(label, read_nodes(nodes), tuple(labels), is_total, tuple(annotations), worked_out)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _arrays(cube: Cube) -> Iterator[Array]:
    for measure in cube.measures:
        yield from (found for name in _ARRAYS if (found := getattr(measure, name)) is not None)
    if cube.blocked is not None:
        yield cube.blocked


def _measure(m: CubeMeasure) -> list[Any]:
    return [m.id, m.label, m.statistic, m.unit, m.precision, m.table, m.se is not None]


def _read_measure(data: list[Any], arrays: Iterator[Array]) -> CubeMeasure:
    id_, label, statistic, unit, precision, table, has_se = data
    numbers: dict[str, Any] = {name: next(arrays) for name in _ARRAYS if name != "se" or has_se}
    return CubeMeasure(id_, label, statistic, unit, precision, **numbers, table=table)


def _read_arrays(data: bytes, start: int, types: Iterable[str], shape: tuple[int, ...]) -> Iterator[Array]:
    n = int(np.prod(shape, dtype=np.int64))
    for name in types:
        kind = np.dtype(name)
        if kind.kind not in "iuf":
            raise ValueError("an array of another kind")
        yield np.frombuffer(data, kind, n, start).reshape(shape)
        start += n * kind.itemsize
        start += -start % ALIGNED


def _of_fixed_width(array: Array) -> Array:
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)


def _padded(data: bytes, by: bytes) -> bytes:
    return data + by * (-len(data) % ALIGNED)


def _number(value: Any) -> Any:
    """A number of numpy's as one of Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)
