"""A tile for each area, where nobody knows their shapes: equal squares, in blocks of the areas above.

Blocks lie roughly where their areas lie, if those are drawn; inside a block tiles are in the order of the list, so a
tile's place says which block it is of and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from statlas.charts.maps_drawing import HEIGHT, WIDTH, Box, Drawing

GAP = 0.12
"""Space between tiles, as a share of a tile (arbitrary)."""

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
    taken: set[Place] = set()
    placed: dict[str, Place] = {}
    for above, areas in sorted(blocks, key=lambda block: _order(where.get(block[0]))):
        wide = max(1, math.ceil(math.sqrt(len(areas))))
        high = math.ceil(len(areas) / wide)
        x, y = where.get(above, (0.5, 1.0))
        start = (round(x * across * 1.15 - wide / 2), round(y * across * 1.5 - high / 2))
        left, top = _free(start, wide, high, taken)
        taken |= {(left + i, top + j) for i in range(-1, wide + 1) for j in range(-1, high + 1)}
        placed |= {code: (left + n % wide, top + n // wide) for n, (code, _name) in enumerate(areas)}
    west, north = min((x for x, _ in placed.values()), default=0), min((y for _, y in placed.values()), default=0)
    return {code: (x - west, y - north) for code, (x, y) in placed.items()}


def _order(middle: tuple[float, float] | None) -> tuple[float, float]:
    """Blocks near the middle first: those at the edge can be pushed outwards."""
    if middle is None:
        return (2.0, 0.0)
    return (math.hypot(middle[0] - 0.5, middle[1] - 0.6), middle[1])


def _free(start: Place, wide: int, high: int, taken: set[Place]) -> Place:
    """The nearest place for a block with nothing in it."""
    for away in range(400):
        ring = (
            (start[0] + i, start[1] + j)
            for i in range(-away, away + 1)
            for j in range(-away, away + 1)
            if max(abs(i), abs(j)) == away
        )
        for left, top in sorted(ring, key=lambda place: math.dist(place, start)):
            if not any((left + i, top + j) in taken for i in range(wide) for j in range(high)):
                return left, top
    raise AssertionError("a plane has room")
