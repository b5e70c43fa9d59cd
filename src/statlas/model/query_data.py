"""A query as plain data and back, as releases keep those of their ready-made tables and files name theirs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from statlas.model.classification import Node
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector


def query_data(q: Query) -> dict[str, Any]:
    """The query as plain data."""
    return {
        "database": q.database,
        "measures": list(q.measures),
        "dimensions": [_dimension(d) for d in q.dimensions],
        "filters": [[f.field, [list(node) for node in f.nodes]] for f in q.filters],
        "release": q.release,
        **({"derived": [_derived(d) for d in q.derived]} if q.derived else {}),
    }


def digest_of(q: Query) -> str:
    """SHA-256 of a query's plain data, in hexadecimal: of a query as answered, whose release is fixed, it names a table
    for good.
    """
    return hashlib.sha256(json.dumps(query_data(q), separators=(",", ":")).encode()).hexdigest()


def read_query(data: Mapping[str, Any]) -> Query:
    """The query that ``query_data`` gave."""
    return Query(
        data["database"],
        tuple(data["measures"]),
        tuple(_read_dimension(d) for d in data["dimensions"]),
        tuple(Filter(field, read_nodes(nodes)) for field, nodes in data["filters"]),
        data["release"],
        tuple(_read_derived(d) for d in data.get("derived", ())),
    )


def _derived(derived: Derived) -> list[Any]:
    match derived:
        case Percentage(of, measure):
            return ["percentage", of, measure]
        case Change(since, percent, measure):
            return ["change", since, percent, measure]
        case Rank(field, measure, ascending):
            return ["rank", field, measure, ascending]
        case Formula(label, expression, field, precision):
            return ["formula", label, expression, field, precision]


def _read_derived(data: list[Any]) -> Derived:
    match data:
        case ["percentage", of, measure]:
            return Percentage(Share(of), measure)
        case ["change", since, percent, measure]:
            return Change(Since(since), percent, measure)
        case ["rank", field, measure, ascending]:
            return Rank(field, measure, ascending)
        case ["formula", label, expression, field, precision]:
            return Formula(label, expression, field, precision)
        case _:
            raise ValueError("derived")


def _dimension(d: Dimension) -> list[Any]:
    items = None if d.items is None else [[[list(node) for node in i.nodes], i.label] for i in d.items]
    time = None if d.time is None else [d.time.kind, d.time.n, d.time.start, d.time.end]
    return [d.field, items, d.valueset, time, d.total, d.role]


def _read_dimension(data: list[Any]) -> Dimension:
    field, items, valueset, time, total, role = data
    return Dimension(
        field,
        None if items is None else tuple(Item(read_nodes(nodes), label) for nodes, label in items),
        valueset,
        None if time is None else TimeSelector(TimeKind(time[0]), *time[1:]),
        total,
        Role(role),
    )


def read_nodes(pairs: list[list[str]]) -> tuple[Node, ...]:
    """Nodes from pairs of valueset and code."""
    return tuple(Node(valueset, code) for valueset, code in pairs)
