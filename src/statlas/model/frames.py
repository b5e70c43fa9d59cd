"""A cube as tidy columns: one row for each cell, for pyarrow, pandas, polars and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import SYMBOLS, CellFlag, CellStatus, CubeContent, CubeDimension, CubeMeasure

Column = tuple[str, list[str], NDArray[np.int64]]
"""A dictionary column: name, distinct texts, and for each row the position of its text."""


def code_of(dimension: CubeDimension, position: int) -> str:
    """The code of an item; a group's codes are joined by ``+``, a total's is empty."""
    item = dimension.items[position]
    return "" if item.is_total else "+".join(node.code for node in item.nodes)


def dimension_columns(cube: CubeContent) -> list[Column]:
    """For each dimension its codes and labels, row by row in row-major order of the cube."""
    columns: list[Column] = []
    for axis, dimension in enumerate(cube.dimensions):
        along = [1] * len(cube.dimensions)
        along[axis] = len(dimension)
        rows = np.broadcast_to(np.arange(len(dimension)).reshape(along), cube.shape).reshape(-1)
        codes = [code_of(dimension, position) for position in range(len(dimension))]
        columns.append((f"{dimension.field}_code", codes, rows))
        columns.append((dimension.label, [item.label for item in dimension.items], rows))
    return columns


STATUS_TEXTS: dict[int, str] = {
    CellStatus.SHOWN: "",
    CellStatus.STRUCTURAL_ZERO: "z",
    **SYMBOLS,
}
"""What the status column says: nothing for a printed number, ``z`` for a structural zero, else the cell's symbol."""


def shown(measure: CubeMeasure) -> NDArray[np.bool_]:
    """Which cells print a number; a structural zero prints 0."""
    return np.isin(measure.status, (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO))


def flag_text(flags: int) -> str:
    """The marks of a cell: ``derived``, ``u`` for low reliability, ``p``, ``r``, joined by blanks."""
    marks = {CellFlag.DERIVED: "derived", CellFlag.UNRELIABLE: "u", CellFlag.PROVISIONAL: "p", CellFlag.REVISED: "r"}
    return " ".join(text for flag, text in marks.items() if flags & flag)


def cell_notes(cube: CubeContent) -> list[str]:
    """For every cell the keys of its own annotations, joined by blanks; empty for most."""
    notes = [""] * cube.n_cells
    for cell, keys in cube.cell_annotations.items():
        notes[cell] = " ".join(keys)
    return notes


def to_arrow(cube: CubeContent) -> Any:
    """A ``pyarrow.Table``: two dictionary columns for each dimension (codes, labels), then for each measure its value
    (null where none is printed), status, flags and noise sd; last the keys of each cell's own annotations.
    """
    import pyarrow as pa  # noqa: PLC0415  # a notebook that only looks at a cube does not need pyarrow

    arrays, names = [], []
    for name, texts, rows in dimension_columns(cube):
        arrays.append(pa.DictionaryArray.from_arrays(pa.array(rows.astype(np.int32)), pa.array(texts, pa.string())))
        names.append(name)
    for measure in cube.measures:
        for name, array in _measure_arrays(measure):
            arrays.append(array)
            names.append(name if len(cube.measures) == 1 else f"{measure.label} {name}")
    return pa.table([*arrays, pa.array(cell_notes(cube))], names=[*names, "notes"])


def _measure_arrays(measure: CubeMeasure) -> list[tuple[str, Any]]:
    import pyarrow as pa  # noqa: PLC0415

    statuses = list(STATUS_TEXTS)
    status = pa.DictionaryArray.from_arrays(
        pa.array(np.searchsorted(sorted(statuses), measure.status.reshape(-1)).astype(np.int8)),
        pa.array([STATUS_TEXTS[s] for s in sorted(statuses)]),
    )
    return [
        ("value", pa.array(measure.values.reshape(-1), mask=~shown(measure).reshape(-1))),
        ("status", status),
        ("flags", pa.array([flag_text(int(f)) for f in measure.flags.reshape(-1)])),
        ("noise_sd", pa.array(measure.sd.reshape(-1))),
    ]
