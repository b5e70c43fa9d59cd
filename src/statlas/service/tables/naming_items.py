"""Which item of a field a name in a formula means: a code, a code at a level, a label, or *Total*."""

from __future__ import annotations

from collections.abc import Sequence

from statlas.definitions import parse_codes
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.database import Field
from statlas.model.query import Item
from statlas.wording import _

TOTAL = "Total"
"""The name of all items of the table together, unless an item or code has it."""


def nodes_of(field: Field, items: Sequence[Item], name: str) -> tuple[Node, ...]:
    """The nodes of the item that a name means.

    Items of the table come first, by code, then by label; then *Total*; then codes of the field that do not stand in
    the table: ``CODE@LEVEL``, a code of the default level or of the first that has it, a label.

    Raises:
        QueryError: two items, or two codes, have the name.
        UnknownNameError: nothing has.
    """
    standing = _only(name, [item.nodes for item in items if _has_code(item, name)])
    standing = standing or _only(name, [item.nodes for item in items if _label(field, item) == name])
    if standing:
        return standing
    if name == TOTAL:
        return tuple(dict.fromkeys(node for item in items for node in item.nodes))
    try:
        return parse_codes(field, [name])
    except UnknownNameError as unknown:
        labelled = _labelled(field, name)
        if labelled is None:
            raise unknown from None
        return labelled


def _has_code(item: Item, name: str) -> bool:
    return len(item.nodes) == 1 and item.nodes[0].code == name


def _label(field: Field, item: Item) -> str:
    return item.label or ", ".join(field.classification.code(node).label for node in item.nodes)


def _labelled(field: Field, label: str) -> tuple[Node, ...] | None:
    """The code of a label: of the default level, else of the first that has it."""
    levels = dict.fromkeys((field.valueset.id, *(valueset.id for valueset in field.classification)))
    for level in levels:
        valueset = field.classification[level]
        found = _only(label, [(valueset.node(code),) for code in valueset if code.label == label])
        if found:
            return found
    return None


def _only(name: str, found: Sequence[tuple[Node, ...]]) -> tuple[Node, ...] | None:
    if len(found) > 1:
        raise QueryError(
            _("{name!r} means several items of the table.").format(name=name), mend=_("Write a code as CODE@LEVEL.")
        )
    return found[0] if found else None
