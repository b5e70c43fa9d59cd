"""What is listed of a field on the page where categories are chosen: its tree, opened here and there, or a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from statlas.definitions.address import node_text
from statlas.model import choosing
from statlas.model.classification import Classification, Code, Node, folded
from statlas.model.database import Database, Field
from statlas.web.choosing import Choosing, View, nodes_text
from statlas.wording import _

MOST_LISTED = 200
"""Categories of a list on one page; arbitrary, what one may scroll through."""

_OPENED_AT_FIRST = 40
"""Rows of a tree as it begins, at most: it is opened so far (arbitrary, about two screens)."""


@dataclass(frozen=True)
class Inside:
    """What lies in a category at one level: how many, and how many of them are chosen."""

    level: str
    label: str
    n: int
    n_chosen: int


@dataclass(frozen=True)
class Row:
    """A box to tick.

    number: of its node, for ids. value: as it stands in an address. mark: when it exists, where that is not always.
    n_inside: categories right in it; n_chosen: how many anywhere in it are chosen. rows: those in it, if it is opened.
    inside: levels at which all that lies in it can be chosen, if it is opened. listed: the values of ``rows``.
    more: categories of ``rows`` that are not listed.
    """

    number: int
    value: str
    label: str
    code: str
    hint: str
    mark: str
    is_ticked: bool
    n_inside: int = 0
    n_chosen: int = 0
    is_open: bool = False
    rows: tuple[Row, ...] = ()
    inside: tuple[Inside, ...] = ()
    listed: str = ""
    more: int = 0


@dataclass(frozen=True)
class Listing:
    """What the page lists. n_found: categories of the list, of which ``first`` to ``last`` are here."""

    rows: tuple[Row, ...]
    listed: str
    n_found: int
    first: int = 1
    last: int = 0
    n_pages: int = 1
    opened: str = ""


def listing(state: Choosing) -> Listing:
    """The tree of a field with levels, or the list that is asked for."""
    if state.view.is_list or not has_tree(state.field):
        return _list(state)
    return _tree(state)


def has_tree(field: Field) -> bool:
    """Whether some categories of a field lie in others."""
    return any(code.parents for valueset in field.classification for code in valueset)


def found(field: Field, view: View) -> tuple[Node, ...]:
    """Every category that fits a level, what it lies in, and a search."""
    classification = field.classification
    nodes = classification[view.level].nodes() if view.level else classification.nodes
    if view.under is not None:
        nodes = tuple(node for node in nodes if view.under in classification.above[node])
    words = folded(view.find).split()
    if not words:
        return nodes
    return _best_first(classification, words, [node for node in nodes if _fits(classification.searched[node], words)])


def _fits(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _best_first(classification: Classification, words: Sequence[str], nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Those named so before those that lie in what is named so; *Leeds* before the areas in Leeds."""
    own = {node for node in nodes if _fits(folded(f"{node.code} {classification.code(node).label}"), words)}
    return (*(node for node in nodes if node in own), *(node for node in nodes if node not in own))


def _list(state: Choosing) -> Listing:
    nodes = found(state.field, state.view)
    n_pages = max(1, -(-len(nodes) // MOST_LISTED))
    page = min(state.view.page, n_pages)
    here = nodes[(page - 1) * MOST_LISTED : page * MOST_LISTED]
    ticked = set(choosing.singles(state.ticked))
    rows = tuple(_row(state, node, ticked, hint=_within(state.field, state.view, node)) for node in here)
    first = (page - 1) * MOST_LISTED + 1
    return Listing(rows, nodes_text(here), len(nodes), first, first + len(here) - 1, n_pages)


def _within(field: Field, view: View, node: Node) -> str:
    """The level, where several are listed, and what a category lies in."""
    above = field.classification.above[node]
    labels = [] if view.level or not has_tree(field) else [field.classification[node.valueset].label]
    return ", ".join(dict.fromkeys((*labels, *(field.classification.code(parent).label for parent in above))))


def _row(state: Choosing, node: Node, ticked: AbstractSet[Node], hint: str = "") -> Row:
    code = state.field.classification.code(node)
    return Row(
        state.field.classification.positions[node],
        node_text(node),
        code.label,
        code.id,
        hint,
        exists(state.database, code),
        node in ticked,
        len(state.field.classification.children(node)),
    )


def exists(database: Database, code: Code) -> str:
    """When a category exists, where that is not in every period of the database; else nothing."""
    if not database.periods:
        return ""
    first, last = database.periods[0], database.periods[-1]
    begins = code.valid_from if code.valid_from and code.valid_from > first else ""
    ends = code.valid_to if code.valid_to and code.valid_to < last else ""
    label = database.calendar.label_of
    if begins and ends:
        return _("{first} to {last} only").format(first=label(begins), last=label(ends))
    if begins:
        return _("from {first} on").format(first=label(begins))
    return _("until {last}").format(last=label(ends)) if ends else ""


# --- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawn:
    """A tree while it is drawn."""

    state: Choosing
    ticked: AbstractSet[Node]
    n_inside: dict[Node, dict[str, int]]
    opened: AbstractSet[Node]


def _tree(state: Choosing) -> Listing:
    classification = state.field.classification
    opened = state.view.opened if state.view.opened is not None else first_opened(classification)
    nodes = choosing.singles(state.ticked)
    drawn = _Drawn(state, set(nodes), choosing.count_inside(classification, nodes), set(opened))
    roots = tuple(node for node in classification.nodes if not classification.code(node).parents)
    rows = tuple(_branch(drawn, node) for node in roots[:MOST_LISTED])
    return Listing(rows, nodes_text(roots[:MOST_LISTED]), len(roots), 1, len(rows), opened=nodes_text(opened))


def first_opened(classification: Classification) -> tuple[Node, ...]:
    """Nodes that are open as a tree begins: level by level as long as few rows come of it."""
    shown = [node for node in classification.nodes if not classification.code(node).parents]
    opened: list[Node] = []
    level = shown
    n_rows = len(shown)
    while level:
        below = [child for node in level for child in classification.children(node)]
        n_rows += len(below)
        if n_rows > _OPENED_AT_FIRST:
            break
        # What holds one category alone is opened by whoever wants it.
        opened += [node for node in level if len(classification.children(node)) > 1]
        level = below
    return tuple(opened)


def _branch(drawn: _Drawn, node: Node) -> Row:
    state = drawn.state
    row = _row(state, node, drawn.ticked)
    n_chosen = sum(drawn.n_inside.get(node, {}).values())
    if node not in drawn.opened or not row.n_inside:
        return _with(row, n_chosen=n_chosen)
    children = state.field.classification.children(node)
    here = children[:MOST_LISTED]
    return _with(
        row,
        n_chosen=n_chosen,
        is_open=True,
        rows=tuple(_branch(drawn, child) for child in here),
        inside=tuple(_inside(drawn, node)),
        listed=nodes_text(here),
        more=len(children) - len(here),
    )


def _with(row: Row, **changes: object) -> Row:
    return Row(**{**row.__dict__, **changes})


def _inside(drawn: _Drawn, node: Node) -> Iterator[Inside]:
    """The levels below a node at which several lie in it."""
    classification = drawn.state.field.classification
    chosen = drawn.n_inside.get(node, {})
    for level, n in classification.n_inside[node].items():
        if n > 1:
            yield Inside(level, classification[level].label, n, chosen.get(level, 0))


# --- how many ---------------------------------------------------------------------------------------------------------


def levels(state: Choosing) -> tuple[Inside, ...]:
    """Every level of the field with how many categories it has, and how many of them are chosen."""
    met: dict[str, int] = {}
    for node in choosing.singles(state.ticked):
        met[node.valueset] = met.get(node.valueset, 0) + 1
    return tuple(Inside(v.id, v.label, len(v), met.get(v.id, 0)) for v in state.field.classification)
