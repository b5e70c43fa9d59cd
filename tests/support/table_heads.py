"""Which heads each cell of an HTML table has, by the rules of the HTML standard (4.9.12, forming relationships).

Written from the standard's algorithm, for tables without ``headers`` attributes; slow and obvious.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(eq=False)
class Cell:
    """A cell: its place and size, its text and scope, and the row group that it is anchored in."""

    x: int
    y: int
    width: int
    height: int
    is_head: bool
    scope: str
    group: int
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.text!r} at {self.x}, {self.y}"


class _Reader(HTMLParser):
    """The cells of the first table of a page, placed in slots."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[tuple[int, int], Cell] = {}
        self.cells: list[Cell] = []
        self.y, self.group, self.depth = -1, 0, 0
        self.open: Cell | None = None
        self.is_done = False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "table":
            self.depth += 1
        if self.is_done or not self.depth:
            return
        if tag in ("thead", "tbody"):
            self.group += 1
        if tag == "tr":
            self.y += 1
        if tag in ("td", "th"):
            self._place(tag, found)

    def _place(self, tag, found):
        x = 0
        while (x, self.y) in self.slots:
            x += 1
        size = int(found.get("colspan") or 1), int(found.get("rowspan") or 1)
        cell = Cell(x, self.y, *size, tag == "th", found.get("scope", ""), self.group, attributes=found)
        for dx in range(size[0]):
            for dy in range(size[1]):
                assert (x + dx, self.y + dy) not in self.slots, "two cells overlap"
                self.slots[x + dx, self.y + dy] = cell
        self.cells.append(cell)
        self.open = cell

    def handle_data(self, data):
        if self.open is not None:
            self.open.text = " ".join(f"{self.open.text}{data}".split(" ")).strip("\n")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.open = None
        if tag == "table" and self.depth:
            self.depth -= 1
            self.is_done = True


def cells_of(html: str) -> tuple[dict[tuple[int, int], Cell], list[Cell]]:
    """Slots and cells of the first table of a page."""
    reader = _Reader()
    reader.feed(html)
    for cell in reader.cells:
        cell.text = " ".join(cell.text.split())
    return reader.slots, reader.cells


def heads_of(slots: dict[tuple[int, int], Cell], principal: Cell) -> list[Cell]:
    """The heads of a cell: to its left and above, then those of its row group; without empty ones, each once."""
    found: list[Cell] = []
    for y in range(principal.y, principal.y + principal.height):
        _scan(slots, principal, found, principal.x, y, -1, 0)
    for x in range(principal.x, principal.x + principal.width):
        _scan(slots, principal, found, x, principal.y, 0, -1)
    every = dict.fromkeys(slots.values())
    found += [
        cell
        for cell in every
        if cell.is_head and cell.scope == "rowgroup" and cell.group == principal.group
        if cell.x < principal.x + principal.width and cell.y < principal.y + principal.height
    ]
    return [cell for cell in dict.fromkeys(found) if cell.text and cell is not principal]


def _scan(slots, principal, found, x, y, dx, dy):
    opaque: list[Cell] = []
    in_block = principal.is_head
    block: list[Cell] = [principal] if in_block else []
    while True:
        x, y = x + dx, y + dy
        if x < 0 or y < 0:
            return
        cell = slots.get((x, y))
        if cell is None:
            continue
        if cell.is_head:
            in_block = True
            block.append(cell)
            blocked = False
            if dx == 0:
                same = any(one.x == cell.x and one.width == cell.width for one in opaque)
                blocked = same or cell.scope != "col"
            if dy == 0:
                same = any(one.y == cell.y and one.height == cell.height for one in opaque)
                blocked = same or cell.scope != "row"
            if not blocked:
                found.append(cell)
        elif in_block:
            in_block = False
            opaque += block
            block = []
