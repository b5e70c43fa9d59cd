"""What is chosen of a field while somebody chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.model import choosing
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.query import Item

REGIONS = Valueset("R", "Region", (Code("r1", "North"), Code("r2", "South")))
AREAS = Valueset(
    "A",
    "Area",
    tuple(Code(f"a{n}", f"Area {n}", (Node("R", "r1" if n < 3 else "r2"),)) for n in range(6)),
)
TREE = Classification((REGIONS, AREAS))
NODES = st.sampled_from(TREE.nodes)
CHOICES = st.lists(NODES, unique=True).map(lambda nodes: tuple(Item((node,)) for node in nodes))
GROUP = Item((Node("A", "a1"), Node("R", "r2")), "Mine")


def chosen(*codes):
    """Single categories."""
    return tuple(Item((Node("R" if code[0] == "r" else "A", code),)) for code in codes)


def test_what_is_ticked_stands_in_the_order_of_the_classification():
    """Ticking one by one gives what ticking all at once gives."""
    one_by_one = choosing.with_nodes(TREE, choosing.with_nodes(TREE, (), [Node("A", "a4")]), [Node("A", "a2")])
    assert one_by_one == chosen("a2", "a4")


def test_a_list_keeps_the_order_that_somebody_gave_it():
    """What is ticked later stands behind it, until the usual order is asked for."""
    found = choosing.with_nodes(TREE, chosen("a4", "a2"), [Node("A", "a3")])
    assert found == chosen("a4", "a2", "a3")
    assert choosing.in_order(TREE, found) == chosen("a2", "a3", "a4")


def test_a_pasted_list_in_an_order_of_its_own_keeps_it():
    """One in the usual order is sorted in."""
    assert choosing.with_list(TREE, chosen("a1"), [Node("A", "a4"), Node("A", "a2")]) == chosen("a1", "a4", "a2")
    assert choosing.with_list(TREE, chosen("a3"), [Node("A", "a2"), Node("A", "a4")]) == chosen("a2", "a3", "a4")


@given(CHOICES, st.lists(NODES, unique=True), st.data())
def test_boxes_say_what_of_the_listed_is_chosen_and_leave_the_rest(before, listed, data):
    """After a form is sent the listed ones chosen are those ticked; nothing else has changed."""
    ticks = data.draw(st.lists(st.sampled_from(listed), unique=True)) if listed else []
    after = choosing.singles(choosing.ticked(TREE, before, listed, ticks))
    assert {node for node in after if node in listed} == set(ticks)
    assert {node for node in after if node not in listed} == {n for n in choosing.singles(before) if n not in listed}
    assert len(after) == len(set(after))


@given(CHOICES, st.lists(NODES, unique=True))
def test_swapping_twice_gives_the_same_categories(before, among):
    """What was chosen is chosen again."""
    twice = choosing.inverted(TREE, choosing.inverted(TREE, before, among), among)
    assert set(twice) == set(before)


@given(CHOICES, st.lists(NODES, unique=True))
def test_groups_stay_as_they_are_while_boxes_change(before, nodes):
    """A category may be chosen by itself and stand in a group as well."""
    found = choosing.with_nodes(TREE, (GROUP, *before), nodes)
    assert choosing.groups(found) == (GROUP,)
    assert choosing.groups(choosing.without_nodes(found, nodes)) == (GROUP,)


def test_what_is_counted_together_is_no_longer_ticked():
    """The single categories become one group; other groups stay before it."""
    found = choosing.together((GROUP, *chosen("a1", "a2")), "Two")
    assert found == (GROUP, Item((Node("A", "a1"), Node("A", "a2")), "Two"))


def test_a_group_that_is_split_up_is_its_categories():
    """Each once, also where it was ticked beside the group."""
    found = choosing.dissolved(TREE, (GROUP, *chosen("a1")), "Mine")
    assert set(found) == set(chosen("a1", "r2"))


def test_a_group_is_changed_in_its_place():
    """Renamed, it stands where it stood; a new one stands last."""
    other = Item((Node("A", "a0"),), "Other")
    new = Item((Node("A", "a5"),), "New")
    assert choosing.with_group((GROUP, other), new, "Mine") == (new, other)
    assert choosing.with_group((GROUP, other), new) == (GROUP, other, new)


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (("r1", "r2"), "R"),
        (("r2", "r1"), None),
        (("r1",), None),
        (("r1", "r2", "a0"), None),
        ((), None),
        (("a0", "a1", "a2", "a3", "a4", "a5"), "A"),
    ],
)
def test_a_level_is_whole_if_all_of_it_is_chosen_in_order_and_nothing_else(codes, level):
    """Then the table has the level, which newer releases may add to."""
    assert choosing.whole_level(TREE, chosen(*codes)) == level


def test_what_is_chosen_inside_is_counted_by_level():
    """For every node that holds some."""
    found = choosing.count_inside(TREE, [Node("A", "a0"), Node("A", "a1"), Node("A", "a4"), Node("R", "r2")])
    assert found == {Node("R", "r1"): {"A": 2}, Node("R", "r2"): {"A": 1}}


def test_the_search_text_of_a_category_names_what_it_lies_in():
    """So that the areas of a region are found by its name."""
    assert TREE.searched[Node("A", "a0")] == "a0 area 0 north"
    assert TREE.searched[Node("R", "r2")] == "r2 south"
