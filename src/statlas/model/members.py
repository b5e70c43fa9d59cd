"""What a category counts, as far as two definitions of its field tell it without a record.

The smallest things that both know alike stand for the records: the keys of a look-up, the ranges between the bounds of
bands, and otherwise the codes that records carry. Where two categories are made of the same, they count the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import pairwise
from math import inf

from statlas.model.classification import Node
from statlas.model.database import Field
from statlas.model.derivation import Banded, LookedUp, columns_of

Members = Mapping[Node, frozenset[Hashable]]
"""What each node of a field is made of."""


def members(before: Field, after: Field) -> tuple[Members, Members]:
    """What the nodes of a field are made of, before and after; what only one of the two knows stands for itself.

    Where records are coded from other columns than before, equal codes say nothing: then nothing is told.
    """
    if columns_of(before.source) != columns_of(after.source):
        return {}, {}
    cuts = sorted({bound for field in (before, after) for bound in _bounds(field)})
    return _members(before, cuts), _members(after, cuts)


def _members(field: Field, cuts: list[float]) -> Members:
    leaves = field.classification.leaves
    parts = {leaf: frozenset(_parts(field, leaf, cuts)) for leaf in leaves}
    return {
        node: frozenset().union(*(parts[leaves[position]] for position in positions))
        for node, positions in field.classification.members.items()
    }


def _parts(field: Field, leaf: Node, cuts: list[float]) -> Iterator[Hashable]:
    source = field.source
    if isinstance(source, LookedUp):
        yield from (("key", key) for key, code in source.table if code == leaf.code)
    elif isinstance(source, Banded) and any(band.code == leaf.code for band in source.bands):
        for band in (band for band in source.bands if band.code == leaf.code):
            low, high = (-inf if band.low is None else band.low), (inf if band.high is None else band.high)
            yield from (("from", one) for one, _to in pairwise(cuts) if low <= one < high)
    else:
        yield "code", leaf.code


def _bounds(field: Field) -> Iterator[float]:
    if isinstance(field.source, Banded):
        for band in field.source.bands:
            yield -inf if band.low is None else band.low
            yield inf if band.high is None else band.high
