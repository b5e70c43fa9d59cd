"""Which tables are of a few areas, of which a slice can be made instead of the table of all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import ROOT
from statlas.engine.axes import FieldAxis
from statlas.model.database import FieldKind

MOST_AREAS = 64
"""Most areas of a slice; arbitrary."""

MOST_OF_AXIS = 0.5
"""Most of the nodes of an axis that are counted for a slice: with more it saves little."""


def few_areas(axes: tuple[FieldAxis, ...]) -> tuple[int, NDArray[np.int64]] | None:
    """Which axis is the first geography, and the positions of the nodes asked of it.

    None where they are many, or not single nodes below the root: groups need the siblings of their nodes.
    """
    position = next((n for n, axis in enumerate(axes) if axis.field.kind is FieldKind.GEOGRAPHY), None)
    if position is None or not all(cover.is_node for cover in axes[position].covers):
        return None
    asked = np.unique([int(cover.positions[0]) for cover in axes[position].covers]).astype(np.int64)
    if ROOT in asked or len(asked) > MOST_AREAS or not is_part(len(asked) + 1, axes[position]):
        return None
    return position, asked


def is_part(n_nodes: int, axis: FieldAxis) -> bool:
    """Whether that many nodes are few enough of an axis."""
    return n_nodes <= MOST_OF_AXIS * len(axis.nodes)
