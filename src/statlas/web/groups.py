"""Groups of categories with a name, as they go from page to page.

A group in the table is an item of its field: ``items.FIELD=Name=CODE,CODE``.
One that is defined and not in the table is ``group.FIELD=Name=CODE,CODE``, so that it is there when the field comes
back; only its codes matter, so that it fits a field of another database that has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from statlas.definitions.address import Parameters, escape, item_text, items_of, node_text, query_of
from statlas.errors import QueryError
from statlas.model import choosing
from statlas.model.choosing import Choice
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.query import Item

_PREFIX = "group."


def defined(field: Field, parameters: Parameters) -> Choice:
    """The groups of a field that are defined and not in the table, each name once, without codes that it has not."""
    found: dict[str, Item] = {}
    for name, text in parameters:
        if name == f"{_PREFIX}{field.id}":
            group = _read(field, text)
            if group is not None:
                found.setdefault(group.label or "", group)
    return tuple(found.values())


def _read(field: Field, text: str) -> Item | None:
    label, is_named, codes = text.rpartition("=")
    nodes = tuple(dict.fromkeys(node for code in codes.split(",") for node in _nodes(field, code)))
    return Item(nodes, unquote(label)) if is_named and label and nodes else None


def _nodes(field: Field, text: str) -> Iterator[Node]:
    """The node of a code: at the level named where the field has it, else wherever it is."""
    for spelled in dict.fromkeys((text, text.rpartition(":")[2])):
        try:
            yield items_of(field, "", spelled)[0].nodes[0]
        except (QueryError, IndexError):
            continue
        return


def text_of(field: Field, group: Item) -> str:
    """A group as a part of an address; codes that only one level has stand without it."""
    return f"{escape(group.label or '')}={','.join(_shortest(field, node) for node in group.nodes)}"


def _shortest(field: Field, node: Node) -> str:
    first = next(valueset.id for valueset in field.classification if node.code in valueset)
    return escape(node.code) if first == node.valueset else node_text(node)


def with_defined(field: Field, parameters: Parameters, chosen: Choice) -> Parameters:
    """The parts of an address with these groups of a field, and no others, defined."""
    kept = tuple(one for one in parameters if one[0] != f"{_PREFIX}{field.id}")
    return (*kept, *((f"{_PREFIX}{field.id}", text_of(field, group)) for group in chosen))


def carried(database: Database, before: Parameters, after: Parameters) -> Parameters:
    """The parts ``after`` a change with every group that was there ``before`` it still defined.

    A group that is in the table needs no definition beside it.
    """
    found = after
    for field in database.fields:
        known = (*_in_use(database, field, before), *defined(field, before), *defined(field, after))
        if not known:
            continue
        used = {group.label for group in _in_use(database, field, after)}
        kept = {group.label: group for group in known if group.label not in used}
        found = with_defined(field, found, tuple(kept.values()))
    return found


def _in_use(database: Database, field: Field, parameters: Parameters) -> Choice:
    """The groups with a name among the items of a field; none where the address cannot be read."""
    if not any(name == f"items.{field.id}" and "=" in value for name, value in parameters):
        return ()
    try:
        query = query_of(database, parameters)
    except QueryError:
        return ()
    items = next((d.items for d in query.dimensions if d.field == field.id), None)
    return tuple(item for item in choosing.groups(items or ()) if item.label)


def item_parameters(field: Field, group: Item) -> Parameters:
    """A group as the part of an address that puts it into the table."""
    return ((f"items.{field.id}", item_text(group)),)
