"""What is chosen of a field while somebody chooses: single categories, and groups of them with a name.

A choice is the items of a dimension, which a query has once it is done; here it may be empty.
Rules of the room: a category is chosen once as a single one; what is added stands in the order of the classification
as long as everything does, else at the end, so that a list keeps the order somebody gave it; groups stay as they are
unless something is done to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from statlas.model.classification import Classification, Node
from statlas.model.query import Item

Choice = tuple[Item, ...]
"""Single categories and groups, in the order of the table."""


def is_group(item: Item) -> bool:
    """Whether an item has a name of its own, or several categories counted together."""
    return item.label is not None or len(item.nodes) > 1


def groups(chosen: Choice) -> Choice:
    """The groups among what is chosen."""
    return tuple(item for item in chosen if is_group(item))


def singles(chosen: Choice) -> tuple[Node, ...]:
    """The categories chosen one by one."""
    return tuple(item.nodes[0] for item in chosen if not is_group(item))


def with_nodes(classification: Classification, chosen: Choice, nodes: Iterable[Node]) -> Choice:
    """With these categories as single ones; those that are chosen already stay where they are."""
    had = set(singles(chosen))
    added = tuple(Item((node,)) for node in dict.fromkeys(nodes) if node not in had)
    if not added:
        return chosen
    return in_order(classification, (*chosen, *added)) if is_in_order(classification, chosen) else (*chosen, *added)


def with_list(classification: Classification, chosen: Choice, nodes: Iterable[Node]) -> Choice:
    """With a list of categories that somebody made: in its own order, behind what is chosen, if it has one."""
    had = set(singles(chosen))
    added = tuple(Item((node,)) for node in dict.fromkeys(nodes) if node not in had)
    if is_in_order(classification, added):
        return with_nodes(classification, chosen, singles(added))
    return (*chosen, *added)


def without_nodes(chosen: Choice, nodes: Collection[Node]) -> Choice:
    """Without these categories as single ones."""
    gone = set(nodes)
    return tuple(item for item in chosen if is_group(item) or item.nodes[0] not in gone)


def ticked(classification: Classification, chosen: Choice, listed: Iterable[Node], ticks: Iterable[Node]) -> Choice:
    """What a form with tick boxes says: of the categories listed those ticked are chosen, and no other."""
    wanted = set(ticks)
    left = without_nodes(chosen, {node for node in listed if node not in wanted})
    return with_nodes(classification, left, (node for node in ticks if node in wanted))


def inverted(classification: Classification, chosen: Choice, nodes: Iterable[Node]) -> Choice:
    """Of these categories those that were not chosen, in place of those that were."""
    had = set(singles(chosen))
    among = tuple(nodes)
    left = without_nodes(chosen, among)
    return with_nodes(classification, left, (node for node in among if node not in had))


def is_in_order(classification: Classification, chosen: Choice) -> bool:
    """Whether the single categories stand in the order of the classification."""
    places = classification.positions
    found = [places[node] for node in singles(chosen)]
    return found == sorted(found)


def in_order(classification: Classification, chosen: Choice) -> Choice:
    """Single categories in the order of the classification, groups behind them."""
    places = classification.positions
    nodes = sorted(singles(chosen), key=places.__getitem__)
    return (*(Item((node,)) for node in nodes), *groups(chosen))


def together(chosen: Choice, label: str) -> Choice:
    """The single categories counted together under a name, behind the other groups."""
    nodes = singles(chosen)
    return with_group(groups(chosen), Item(nodes, label)) if nodes else chosen


def with_group(chosen: Choice, group: Item, instead_of: str | None = None) -> Choice:
    """With a group, in the place of the one that has its name, or of the one of the name given; else at the end."""
    name = group.label if instead_of is None else instead_of
    others = tuple(item for item in chosen if item.label != group.label or item.label == name)
    if any(item.label == name for item in others):
        return tuple(group if item.label == name else item for item in others)
    return (*others, group)


def without_group(chosen: Choice, label: str) -> Choice:
    """Without the group of that name."""
    return tuple(item for item in chosen if item.label != label)


def dissolved(classification: Classification, chosen: Choice, label: str) -> Choice:
    """The categories of a group as single ones in place of it."""
    nodes = (node for item in chosen if item.label == label for node in item.nodes)
    return with_nodes(classification, without_group(chosen, label), tuple(nodes))


def named(chosen: Choice, label_of: dict[Node, str]) -> Choice:
    """The groups all with a name: those that have none by their categories."""
    return tuple(
        replace(item, label=", ".join(label_of[node] for node in item.nodes))
        if is_group(item) and item.label is None
        else item
        for item in chosen
    )


def whole_level(classification: Classification, chosen: Choice) -> str | None:
    """The level of which every category is chosen, in order and nothing else; None where that is not so."""
    nodes = singles(chosen)
    if len(nodes) != len(chosen) or not nodes:
        return None
    valueset = classification[nodes[0].valueset]
    return valueset.id if nodes == valueset.nodes() else None


def count_inside(classification: Classification, nodes: Iterable[Node]) -> dict[Node, dict[str, int]]:
    """For every node that holds some of ``nodes``, by level how many."""
    found: dict[Node, dict[str, int]] = {}
    for node in nodes:
        for parent in classification.above[node]:
            counts = found.setdefault(parent, {})
            counts[node.valueset] = counts.get(node.valueset, 0) + 1
    return found
