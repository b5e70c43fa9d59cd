"""Groups go from page to page in the address: in the table, defined for later, and to other databases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.definitions.address import parameters_of, query_of
from statlas.model import editing
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, RecordTable
from statlas.model.derivation import Column
from statlas.model.period import Calendar
from statlas.model.query import Item
from statlas.web import groups

REGIONS = Valueset("R", "Region", (Code("1", "North"), Code("2", "South; and = East")))
AREAS = Valueset("A", "Area", tuple(Code(str(n), f"Area {n}", (Node("R", "1"),)) for n in range(2, 6)))
AREA = Field("AREA", "Area", "T", Classification((REGIONS, AREAS)), Column("area"))
DATE = Field("M", "Month", "D", Classification((Valueset("C", "Month", (Code("202401", "Jan"),)),)), Column("m"))
DATABASE = Database("d", "Data", RecordTable("T", "People", "person"), Calendar(), (DATE, AREA))
GROUP = Item((Node("R", "2"), Node("A", "2"), Node("A", "5")), "Mine; = 100%")
NODES = st.sampled_from(AREA.classification.nodes)
GROUPS = st.builds(
    Item, st.lists(NODES, min_size=1, unique=True).map(tuple), st.text(min_size=1, alphabet="abc;=,:%@ é")
)


@given(GROUPS)
def test_a_group_comes_back_from_its_part(group):
    """Whatever its name holds; a code that two levels have names its level."""
    [found] = groups.defined(AREA, (("group.AREA", groups.text_of(AREA, group)),))
    assert found == group


def test_a_group_stays_when_its_field_leaves_the_table_and_is_there_when_it_comes_back():
    """Defined meanwhile; put in again it is defined no longer beside."""
    before = (("rows", "AREA"), ("items.AREA", f"A:3;{'Mine=A:2,A:5'}"))
    without = parameters_of(editing.remove(query_of(DATABASE, before), "AREA"))
    after = groups.carried(DATABASE, before, without)
    assert ("group.AREA", "Mine=A:2,5") in after
    assert groups.carried(DATABASE, after, before) == before


def test_groups_defined_for_later_are_carried_through_every_change():
    """Also through one that says nothing of them."""
    before = (("rows", "AREA"), ("group.AREA", "Mine=3,4"))
    assert groups.carried(DATABASE, before, (("columns", "M"),)) == (("columns", "M"), ("group.AREA", "Mine=3,4"))


def test_a_group_fits_a_field_of_other_levels_that_has_its_codes():
    """What it has not is passed over; of nothing left there is no group."""
    other = replace(AREA, classification=Classification((Valueset("X", "Ward", (Code("5", "W"), Code("9", "V"))),)))
    [found] = groups.defined(other, (("group.AREA", groups.text_of(AREA, GROUP)),))
    assert found == Item((Node("X", "5"),), GROUP.label)
    assert groups.defined(other, (("group.AREA", "Mine=1,3"),)) == ()


@pytest.mark.parametrize("text", ["", "=", "=1", "Mine=", "Mine", "Mine=;;", "Mine=NOPE", "Mine=%zz", "Mine=:::"])
def test_parts_that_are_no_group_are_passed_over(text):
    """They are presentation: no table fails for them."""
    assert groups.defined(AREA, (("group.AREA", text),)) == ()
    assert query_of(DATABASE, (("rows", "AREA"), ("group.AREA", text)))
