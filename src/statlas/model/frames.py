"""What a cell of a file says: codes, names of columns, symbols, marks, numbers as Python's.

``columns`` makes whole columns of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import SYMBOLS, CellFlag, CellStatus, CubeContent, CubeDimension, CubeMeasure


def code_of(dimension: CubeDimension, position: int) -> str:
    """The code of an item; a group's codes are joined by ``+``, a total's is empty, a formula's is its label."""
    item = dimension.items[position]
    if item.formula is not None:
        return f"formula:{item.label}"
    return "" if item.is_total else "+".join(node.code for node in item.nodes)


_OWN_COLUMNS = frozenset(
    {"value", "status", "flags", "noise_sd", "standard_error", "lower", "upper", "rule", "notes", "remark", "about"}
)


def label_column(cube: CubeContent, dimension: CubeDimension) -> str:
    """The name of the column of labels: the field's label, with its id where another column has that name."""
    taken = [d.label for d in cube.dimensions].count(dimension.label) > 1 or dimension.label.casefold() in _OWN_COLUMNS
    return f"{dimension.label} ({dimension.field})" if taken else dimension.label


STATUS_TEXTS: dict[int, str] = {
    CellStatus.SHOWN: "",
    CellStatus.STRUCTURAL_ZERO: "z",
    **SYMBOLS,
}
"""What the status column says: nothing for a printed number, ``z`` for a structural zero, else the cell's symbol."""


def shown(measure: CubeMeasure) -> NDArray[np.bool_]:
    """Which cells print a number; a structural zero prints 0."""
    return shown_statuses(measure.status)


def shown_statuses(status: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of some statuses print a number."""
    found: NDArray[np.bool_] = (status == CellStatus.SHOWN) | (status == CellStatus.STRUCTURAL_ZERO)
    return found


def flag_text(flags: int) -> str:
    """The marks of a cell: ``derived``, ``u`` for low reliability, ``p``, ``r``, joined by blanks."""
    marks = {CellFlag.DERIVED: "derived", CellFlag.UNRELIABLE: "u", CellFlag.PROVISIONAL: "p", CellFlag.REVISED: "r"}
    return " ".join(text for flag, text in marks.items() if flags & flag)


def rule_column(cube: CubeContent) -> list[str] | None:
    """For every cell the id of the rule that blocks it, empty for most; None where nothing is blocked."""
    if cube.blocked is None:
        return None
    names = ["", *(outcome.rule for outcome in cube.rules)]
    return [names[rule] for rule in cube.blocked.reshape(-1).tolist()]


def precisions(cube: CubeContent, measure: CubeMeasure) -> NDArray[np.int64]:
    """Decimals of every cell, in a shape that broadcasts to the cube's: the measure's, or those of a formula's item."""
    found = np.full([1] * len(cube.dimensions), measure.precision, np.int64)
    for axis, dimension in enumerate(cube.dimensions):
        if any(item.formula for item in dimension.items):
            own = [measure.precision if item.formula is None else item.formula.precision for item in dimension.items]
            along = np.array(own).reshape([-1 if n == axis else 1 for n in range(len(cube.dimensions))])
            found = np.where(along != measure.precision, along, found)
    return found


def numbers(cube: CubeContent, measure: CubeMeasure) -> NDArray[np.object_]:
    """Python numbers in the shape of the cube, whole ones as ``int``; None where none is printed."""
    found = measure.values.astype(object)
    whole = np.broadcast_to(precisions(cube, measure) <= 0, found.shape)
    if whole.any() and measure.values.dtype.kind == "f":
        found[whole] = measure.values[whole].astype(np.int64).astype(object)
    found[~shown(measure)] = None
    return found


def column_names(cube: CubeContent) -> list[str]:
    """For each measure what stands before the names of its columns: nothing where it is alone, else label and blank.

    Two measures of one label are told apart by their ids.
    """
    if len(cube.measures) == 1:
        return [""]
    labels = [measure.label for measure in cube.measures]
    return [f"{m.label if labels.count(m.label) == 1 else m.id} " for m in cube.measures]


def interval_columns(measure: CubeMeasure) -> list[tuple[str, list[float | None]]]:
    """Standard error and ends of the 95% interval where a survey has them; None where no number is printed."""
    interval = measure.interval
    if measure.se is None or interval is None:
        return []
    decimals = max(measure.precision, 1)
    hidden = ~shown(measure).reshape(-1)
    columns = {"standard_error": measure.se, "lower": interval[0].round(decimals), "upper": interval[1].round(decimals)}
    found = []
    for name, array in columns.items():
        flat = array.reshape(-1).astype(object)
        flat[hidden] = None
        found.append((name, flat.tolist()))
    return found
