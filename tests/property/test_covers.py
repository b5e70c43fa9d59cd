"""The cover of any group of any crossing bandings, against every way to make the group up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle
from worlds import ages, banded, geography

from statlas.engine.axes import tree_of
from statlas.model.database import Field


@st.composite
def crossing(draw_: st.DrawFn) -> Field:
    """Up to ten codes under up to four bandings; a code may have no band."""
    n = draw_(st.integers(1, 10))
    bands = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=n, max_size=n)
    return banded(n, *draw_(st.lists(bands, min_size=1, max_size=4)))


@st.composite
def intervals(draw_: st.DrawFn) -> Field:
    """Up to twelve years in bandings of equal width that begin anywhere: many covers are equally few."""
    n = draw_(st.integers(4, 12))
    widths = st.tuples(st.integers(2, 5), st.integers(0, 4))
    return banded(n, *([(i + by) // w for i in range(n)] for w, by in draw_(st.lists(widths, min_size=1, max_size=4))))


fields = st.one_of(crossing(), intervals(), st.just(ages()), st.just(geography()))


@given(field=fields, data=st.data())
def test_a_cover_has_the_fewest_nodes_of_all_ways_to_make_up_the_group(field, data):
    """A cover has no code twice, every code of the group and no other, and is the first of the fewest there are."""
    asked = data.draw(st.lists(st.sampled_from(field.classification.nodes), min_size=1, unique=True))
    oracle = Oracle([field], lambda _: 0, 5, 11)
    found = [oracle.leaves(0, node) for node in tree_of(field).cover(asked)]
    assert sum(map(len, found)) == len(frozenset().union(*found))
    assert frozenset().union(*found) == frozenset().union(*(oracle.leaves(0, node) for node in asked))
    best = oracle.cover(0, asked)
    assert len(found) == len(best)
    assert set(found) == set(best)


@given(field=fields, data=st.data())
def test_a_cover_depends_on_the_codes_of_the_group_alone(field, data):
    """A group named by bands, by single codes or in another order is covered alike."""
    asked = data.draw(st.lists(st.sampled_from(field.classification.nodes), min_size=1, unique=True))
    classification = field.classification
    codes = [classification.leaves[p] for p in sorted({p for node in asked for p in classification.members[node]})]
    tree = tree_of(field)
    assert tree.cover(asked) == tree.cover(tuple(reversed(asked))) == tree.cover(codes)
