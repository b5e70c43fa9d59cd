"""The state of the page where categories are chosen, as it goes from form to address and back.

The address of the page is that of the table it began with, and behind it what is chosen so far (``draft``) and what of
the field is seen: nothing is kept anywhere else, so going back is going back.
While a group is made or changed its own categories are in ``members``, and the rest of the choice waits in ``draft``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from statlas.definitions.address import (
    Parameters,
    escape,
    field_and_level,
    is_presentation,
    item_text,
    items_of,
    node_text,
    parameters_of,
    query_of,
)
from statlas.errors import QueryError
from statlas.model import choosing, editing
from statlas.model.choosing import Choice
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Item, Query, Role
from statlas.web import groups

_VIEW = ("field", "use", "draft", "members", "group", "level", "under", "find", "page", "open", "added")
_ANSWERS = ("act", "listed", "tick", "q", "at", "name", "text")
OWN = frozenset((*_VIEW, *_ANSWERS))
"""Parts of the page's address, and answers of its form, that are no part of the table's address."""

_PART_SHOWN = frozenset({"row", "column", "wafer", "ask"})  # of the table that was; another has other rows


@dataclass(frozen=True)
class View:
    """What of a field is seen: the tree, or the list of what fits a level, what it lies in, and a search.

    under: as it stands in an address; empty for everywhere. opened: nodes opened in the tree; None as it begins.
    """

    level: str = ""
    under: Node | None = None
    find: str = ""
    page: int = 1
    opened: tuple[Node, ...] | None = None

    @property
    def is_list(self) -> bool:
        """Whether a list is asked for and not the tree."""
        return bool(self.level or self.under or self.find)


@dataclass(frozen=True)
class Choosing:
    """Somebody choosing categories of a field.

    use: ``items`` for the table, ``filter`` for who is counted.
    base: parameters of the table's address, the groups defined for later among them.
    chosen: what is chosen so far; while ``group`` is not None that is what is chosen beside the group.
    group: the name that a group had while it is changed, empty for a new one. members: its categories.
    """

    database: Database
    field: Field
    use: str
    base: Parameters
    query: Query
    chosen: Choice
    view: View = View()
    group: str | None = None
    members: Choice = ()

    @property
    def ticked(self) -> Choice:
        """What the boxes of the page say: of the group, or of the table."""
        return self.chosen if self.group is None else self.members

    def with_ticked(self, ticked: Choice) -> Choosing:
        """With other boxes ticked."""
        return replace(self, chosen=ticked) if self.group is None else replace(self, members=ticked)

    @property
    def dimension(self) -> Dimension | None:
        """The field as it stands in the table."""
        return editing.dimension(self.query, self.field.id)

    @property
    def level(self) -> str:
        """The level at which the field stands in the table, or would."""
        found = self.dimension
        if found is not None and found.valueset:
            return found.valueset
        items = self.chosen or (found.items if found else None) or ()
        met = Counter(node.valueset for item in items for node in item.nodes)
        return met.most_common(1)[0][0] if met else self.field.valueset.id


# --- from an address --------------------------------------------------------------------------------------------------


def read(database: Database, sent: Parameters) -> Choosing:
    """The state that an address or a form holds.

    Raises:
        QueryError: the table's address cannot be read.
        UnknownNameError: there is no such field.
    """
    given = dict(sent)
    field = database.field(given.get("field", ""))
    base = tuple(one for one in sent if one[0] not in OWN)
    query = query_of(database, _one_date_choice(database, base))
    use = "filter" if given.get("use") == "filter" else "items"
    drafts = [value for name, value in sent if name == "draft"]
    return Choosing(
        database,
        field,
        use,
        base,
        query,
        draft_of(field, drafts[-1]) if drafts else in_table(database, query, field, use),
        View(
            given.get("level", "") if given.get("level", "") in field.classification else "",
            node_of(field, given.get("under", "")),
            " ".join(given.get("find", "").split())[:200],
            max(1, int(given["page"])) if given.get("page", "").isdecimal() and len(given["page"]) < 6 else 1,  # noqa: PLR2004
            tuple(singles_of(field, given["open"])) if "open" in given else None,
        ),
        given.get("group"),
        draft_of(field, given.get("members", "")),
    )


def _one_date_choice(database: Database, parameters: Parameters) -> Parameters:
    """Dates ticked one by one take the place of ``periods``."""
    is_ticked = any(name == f"items.{database.date.id}" for name, _ in parameters)
    return tuple((name, value) for name, value in parameters if not (is_ticked and name == "periods"))


def in_table(database: Database, query: Query, field: Field, use: str) -> Choice:
    """What is chosen of a field in a table; nothing where the whole of a level is."""
    if use == "filter":
        nodes = next((f.nodes for f in query.filters if f.field == field.id), ())
        return tuple(Item((node,)) for node in nodes)
    found = editing.dimension(query, field.id)
    labels = {n: database.label_of(field.id, n) for item in (found.items or () if found else ()) for n in item.nodes}
    return choosing.named((found.items or ()) if found else (), labels)


def draft_of(field: Field, text: str) -> Choice:
    """What ``draft_text`` wrote."""
    level, _, items = text.partition("|")
    return items_of(field, field_and_level(f"@{level}")[1], items)


def draft_text(chosen: Choice) -> str:
    """What is chosen as a part of the address: the level that is met most, and the items at it."""
    met = Counter(node.valueset for item in chosen for node in item.nodes)
    level = met.most_common(1)[0][0] if met else ""
    return f"{escape(level)}|{';'.join(item_text(item, level) for item in chosen)}"


def singles_of(field: Field, text: str) -> Iterator[Node]:
    """The nodes of a text of ``draft_text``; none of those that are not there."""
    try:
        yield from choosing.singles(draft_of(field, text))
    except QueryError:
        return


def node_of(field: Field, text: str) -> Node | None:
    """The node of ``LEVEL:CODE``; None where there is none."""
    return next(singles_of(field, f"|{text}"), None) if text else None


# --- to an address ----------------------------------------------------------------------------------------------------


def parameters(state: Choosing) -> Parameters:
    """The parts of the page's address from which ``read`` makes the state again."""
    view = state.view
    own = {
        "level": view.level,
        "under": node_text(view.under) if view.under else "",
        "find": view.find,
        "page": str(view.page) if view.page > 1 else "",
    }
    return (
        *carried(state),
        *((name, value) for name, value in own.items() if value),
        *((("open", nodes_text(view.opened)),) if view.opened is not None and not view.is_list else ()),
    )


def carried(state: Choosing) -> Parameters:
    """Those of them that the fields of the page's form do not say."""
    inner = () if state.group is None else (("group", state.group), ("members", draft_text(state.members)))
    return (
        *state.base,
        ("field", state.field.id),
        ("use", state.use),
        ("draft", draft_text(state.chosen)),
        *inner,
    )


def nodes_text(nodes: Iterable[Node]) -> str:
    """Nodes as ``singles_of`` reads them."""
    return draft_text(tuple(Item((node,)) for node in nodes))


def table_of(state: Choosing) -> Parameters:
    """The address of the table with what is chosen.

    Of nothing chosen the table has the whole level, and a filter is dropped.
    """
    shown = tuple(one for one in state.base if is_presentation(one[0]) and one[0] not in _PART_SHOWN)
    if state.use == "filter":
        return groups.carried(state.database, state.base, (*parameters_of(_filtered(state)), *shown))
    used = {item.label for item in state.chosen}
    later = tuple(group for group in groups.defined(state.field, shown) if group.label not in used)
    return groups.with_defined(state.field, (*parameters_of(_with_items(state)), *shown), later)


def _filtered(state: Choosing) -> Query:
    nodes = tuple(dict.fromkeys(node for item in state.chosen for node in item.nodes))
    query = editing.remove(state.query, state.field.id) if nodes and state.dimension else state.query
    return editing.set_filter(query, state.field.id, nodes)


def _with_items(state: Choosing) -> Query:
    field, query = state.field, state.query
    if state.dimension is None:
        query = editing.place(query, field.id, Role.ROWS)
    whole = choosing.whole_level(field.classification, state.chosen)
    if field is state.database.date:
        # The newest releases of a date chosen as a whole are not in a list of today.
        is_same = state.dimension is not None and not state.chosen and state.dimension.items is None
        return query if is_same else editing.set_items(query, field.id, state.chosen)
    if state.chosen and whole is None:
        return editing.set_items(query, field.id, state.chosen)
    return editing.set_level(query, field.id, whole or state.view.level or state.level)


def back(state: Choosing) -> Parameters:
    """The address of the table as it was."""
    return _one_date_choice(state.database, state.base)
