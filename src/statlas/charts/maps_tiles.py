"""A tile for each area, where nobody knows their shapes: equal squares, in blocks of the areas above.

Blocks lie roughly where their areas lie, if those are drawn; inside a block tiles are in the order of the list, so a
tile's place says which block it is of and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from statlas.charts.maps_drawing import HEIGHT, WIDTH, Box, Drawing

GAP = 0.12
"""Space between tiles, as a share of a tile (arbitrary)."""

MOST_BLOCKS = 60
"""Blocks that can still be told apart, and are laid out in a moment; arbitrary."""

Place = tuple[int, int]


def tiles_of(
    blocks: Sequence[tuple[str, Sequence[tuple[str, str]]]], where: Mapping[str, tuple[float, float]]
) -> Drawing:
    """Tiles of areas.

    Args:
        blocks: code of the area above, and code and name of each area in it, in order.
        where: middle of the areas above, from 0 to 1 across and down; empty where that is not known.
    """
    placed = _places(blocks, where)
    columns = 1 + max((x for x, _y in placed.values()), default=0)
    rows = 1 + max((y for _x, y in placed.values()), default=0)
    step = int(min(WIDTH / columns, HEIGHT / rows))
    side = int(step * (1 - GAP))
    names = {code: name for _above, areas in blocks for code, name in areas}
    boxes: dict[str, Box] = {code: (x * step, y * step, side, side) for code, (x, y) in placed.items()}
    paths = {code: f"M{x} {y}h{w}v{h}h-{w}z" for code, (x, y, w, h) in boxes.items()}
    return Drawing(paths, boxes, names, is_tiles=True)


def _places(
    blocks: Sequence[tuple[str, Sequence[tuple[str, str]]]], where: Mapping[str, tuple[float, float]]
) -> dict[str, Place]:
    """Column and row of each tile: blocks one after another from where they lie, pushed on until they are free."""
    total = sum(len(areas) for _above, areas in blocks)
    across = max(1, math.ceil(math.sqrt(total * 0.9)))
    taken: list[tuple[int, int, int, int]] = []
    placed: dict[str, Place] = {}
    for above, areas in sorted(blocks, key=lambda block: _order(where.get(block[0]))):
        wide = max(1, math.ceil(math.sqrt(len(areas))))
        high = math.ceil(len(areas) / wide)
        x, y = where.get(above, (0.5, 1.0))
        start = (round(x * across * 1.15 - wide / 2), round(y * across * 1.5 - high / 2))
        left, top = _free(start, wide, high, np.array(taken, dtype=np.int64).reshape(-1, 4))
        taken.append((left, top, left + wide, top + high))
        placed |= {code: (left + n % wide, top + n // wide) for n, (code, _name) in enumerate(areas)}
    west, north = min((x for x, _ in placed.values()), default=0), min((y for _, y in placed.values()), default=0)
    return {code: (x - west, y - north) for code, (x, y) in placed.items()}


def _order(middle: tuple[float, float] | None) -> tuple[float, float]:
    """Blocks near the middle first: those at the edge can be pushed outwards."""
    if middle is None:
        return (2.0, 0.0)
    return (math.hypot(middle[0] - 0.5, middle[1] - 0.6), middle[1])


def _free(start: Place, wide: int, high: int, taken: NDArray[np.int64]) -> Place:
    """The nearest place for a block a tile away from others: where it wants to be, or touching that margin."""
    lefts = np.unique(np.concatenate([[start[0]], taken[:, 0] - wide - 1, taken[:, 2] + 1]))
    tops = np.unique(np.concatenate([[start[1]], taken[:, 1] - high - 1, taken[:, 3] + 1]))
    x, y = (axis.ravel() for axis in np.meshgrid(lefts, tops))
    order = np.lexsort((y, x, np.hypot(x - start[0], y - start[1])))
    for left, top in zip(x[order].tolist(), y[order].tolist(), strict=True):
        meets = (left < taken[:, 2] + 1) & (left + wide + 1 > taken[:, 0])
        meets &= (top < taken[:, 3] + 1) & (top + high + 1 > taken[:, 1])
        if not meets.any():
            return int(left), int(top)
    raise AssertionError("a plane has room")
