"""Mapping plans: a query is carried whole or not at all, and counts the same people as before."""

from hypothesis import given
from hypothesis import strategies as st

from statlas.model.carrying import carry, carry_codes, follow
from statlas.model.classification import Node
from statlas.model.derived import Formula, Rank
from statlas.model.mapping import FieldMapping, MappingPlan, completed
from statlas.model.query import Dimension, Filter, Item, Query

OLD = [Node("L", code) for code in "ABCDEF"]
PEOPLE = {node: frozenset((node.code, n) for n in range(3)) for node in OLD}
"""Three people in each code of before."""


@st.composite
def plans(draw):
    """Codes renamed, merged, joined to another, split and gone: whom each new code counts, and who is nowhere."""
    codes, people = {}, {}
    rest = draw(st.permutations(OLD))
    while rest:
        n = draw(st.integers(1, 3))
        some, rest = rest[:n], rest[n:]
        kind = draw(st.sampled_from(["same", "renamed", "merged", "joined", "swapped", "split", "gone"]))
        for node in some:
            if kind == "same":
                people[node] = PEOPLE[node]
            elif kind == "renamed":
                codes[node] = (Node("L", f"{node.code}2"),)
                people[codes[node][0]] = PEOPLE[node]
            elif kind == "split":
                codes[node] = (Node("L", f"{node.code}x"), Node("L", f"{node.code}y"))
                first = frozenset([(node.code, 0)])
                people[codes[node][0]], people[codes[node][1]] = first, PEOPLE[node] - first
            elif kind == "gone":
                codes[node] = ()
        if kind == "merged":
            new = Node("L", "+".join(node.code for node in some))
            codes |= dict.fromkeys(some, (new,))
            people[new] = frozenset().union(*(PEOPLE[node] for node in some))
        if kind == "swapped":  # each has the code of the next
            codes |= dict(zip(some, ((node,) for node in (*some[1:], some[0])), strict=True))
            people |= dict(zip((*some[1:], some[0]), (PEOPLE[node] for node in some), strict=True))
        if kind == "joined":  # the first of them was there before, and the plan does not say that it counts others now
            codes |= dict.fromkeys(some[1:], (some[0],))
            people[some[0]] = frozenset().union(*(PEOPLE[node] for node in some))
    plan = MappingPlan((FieldMapping("F", codes=tuple(codes.items())),))
    return completed(plan, lambda _field: OLD), people


nodes = st.lists(st.sampled_from(OLD), min_size=1, max_size=4, unique=True).map(tuple)
items = st.lists(st.builds(Item, nodes), min_size=1, max_size=4).map(tuple)


def counted(found, people):
    """Who is counted by some nodes."""
    return frozenset().union(*(people[node] for node in found))


@given(plans(), nodes)
def test_a_carried_filter_counts_the_same_people(made, chosen):
    """Nobody more, nobody less; or it is not carried, and why is said."""
    plan, people = made
    found = carry(plan, Query("d", filters=(Filter("F", chosen),)))
    if found.query is None:
        assert found.cannot
        return
    [one] = found.query.filters
    assert counted(one.nodes, people) == counted(chosen, PEOPLE)


@given(plans(), items)
def test_carried_items_count_the_same_people(made, chosen):
    """Each item is the people of one item of before, or of several single codes that became one."""
    plan, people = made
    found = carry(plan, Query("d", dimensions=(Dimension("F", items=chosen),)))
    if found.query is None:
        assert found.cannot
        return
    [dimension] = found.query.dimensions
    before = {counted(item.nodes, PEOPLE) for item in chosen}
    singles = [PEOPLE[item.nodes[0]] for item in chosen if len(item.nodes) == 1]
    for item in dimension.items:
        now = counted(item.nodes, people)
        assert now in before or now == frozenset().union(*(one for one in singles if one <= now))
    assert counted([n for i in dimension.items for n in i.nodes], people) == counted(
        [n for i in chosen for n in i.nodes], PEOPLE
    )


@given(plans(), nodes)
def test_a_carried_group_says_what_cannot_be(made, chosen):
    """Codes that are carried count the people they did; the others are named."""
    plan, people = made
    found, lost = carry_codes(plan, "F", chosen)
    kept = [node for node in chosen if node.code not in lost]
    assert counted(found, people) == counted(kept, PEOPLE)


@given(items)
def test_without_a_plan_nothing_changes(chosen):
    """A release that says nothing carries everything as it is."""
    query = Query("d", ("M",), (Dimension("F", items=chosen),), derived=(Rank("F"),))
    assert carry(MappingPlan(), query) == carry(MappingPlan((FieldMapping("G", "H"),)), query)
    assert carry(MappingPlan(), query).query == query


def test_fields_levels_and_measures_are_called_otherwise():
    """Every place that names them follows."""
    plan = MappingPlan(
        (FieldMapping("F", "G", (("L", "M"),), ((Node("L", "A"), (Node("M", "Z"),)),)),), (("PAY", "WAGE"),)
    )
    query = Query(
        "d",
        ("PAY:MEAN",),
        (Dimension("F", valueset="L"), Dimension("K", items=(Item((OLD[0],)),))),
        derived=(Rank("F", "PAY"),),
    )
    found = carry(plan, query)
    assert found.query.dimensions[0] == Dimension("G", valueset="M")
    assert found.query.dimensions[1] == query.dimensions[1]
    assert (found.query.measures, found.query.derived) == (("WAGE:MEAN",), (Rank("G", "WAGE"),))
    assert found.changed


def test_a_formula_that_names_what_is_called_otherwise_is_not_carried():
    """It is written by hand, and nobody guesses what it meant."""
    plan = MappingPlan(measures=(("PAY", "WAGE"),))
    query = Query("d", ("PAY:SUM",), derived=(Formula("A head", "{PAY:SUM} / {T}"),))
    assert carry(plan, query).cannot


def test_plans_are_followed_one_after_another():
    """What became something else twice is what it is now."""
    first = MappingPlan((FieldMapping("F", codes=((OLD[0], (Node("L", "X"),)),)),))
    second = MappingPlan((FieldMapping("F", codes=((Node("L", "X"), (Node("L", "Y"),)),)),))
    query = Query("d", filters=(Filter("F", (OLD[0],)),))
    assert follow((first, second), query).query.filters == (Filter("F", (Node("L", "Y"),)),)
    lost = MappingPlan((FieldMapping("F", codes=((Node("L", "X"), ()),)),))
    assert follow((first, lost), query).query is None
