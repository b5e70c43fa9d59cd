"""What is wrong with a mapping plan, hostile ones first, and what it cannot carry."""

from dataclasses import replace

import pytest
from coded import database, field, level, towns

from statlas.model.carrying import Names, carry
from statlas.model.classification import Node
from statlas.model.database import Measure
from statlas.model.map_checking import Grade, troubles
from statlas.model.mapping import FieldMapping, MappingPlan, completed
from statlas.model.query import Filter, Query

BEFORE = towns(("A", "Ash"), ("B", "Birch"), ("C", "Cedar"))


def t(*codes):
    """Nodes of towns."""
    return tuple(Node("TOWN", code) for code in codes)


def after(codes, plan, measures=()):
    """A database of towns, with what the plan says of codes."""
    said = tuple((Node("TOWN", old), t(*new)) for old, new in plan.items())
    mapping = MappingPlan((FieldMapping("AREA", codes=said),)) if plan else MappingPlan()
    return replace(towns(*((code, f"Town {code}") for code in codes)), mapping=mapping, measures=measures)


def wrong(before, now):
    """Of all that is wrong, where it is and what."""
    return [(one.place[-1], one.message) for one in troubles(before, now) if one.grade is Grade.WRONG]


@pytest.mark.parametrize(
    ("codes", "plan", "place", "said"),
    [
        ("BCX", {"Q": "X"}, "Q", "no such code"),
        ("ABCX", {"A": "X"}, "A", "still there"),
        ("BX", {"A": "C", "C": "X"}, "A", "followed once"),
        ("ABC", {"A": "B", "B": "A"}, "A", "followed once"),
        ("ABC", {"A": "B", "B": "C", "C": "A"}, "B", "followed once"),
    ],
)
def test_a_plan_that_leads_astray_is_wrong(codes, plan, place, said):
    """Codes that are not known, that are there still, chains and circles."""
    now = after([*dict.fromkeys([*codes, *"".join(plan.values())])], plan)
    assert any(place == where and said in message for where, message in wrong(BEFORE, now)), wrong(BEFORE, now)


def test_a_code_that_became_what_holds_another_is_wrong():
    """A region and a town inside it: its people would be counted twice."""
    before = database(field(level("R", []), level("TOWN", [("A", "Ash"), ("B", "Birch")])))
    now = database(
        field(level("R", [("U", "Upland")]), level("TOWN", [("B", "Birch"), ("N", "New", ("R", "U"))])),
        mapping=MappingPlan((FieldMapping("AREA", codes=((Node("TOWN", "A"), (Node("R", "U"), Node("TOWN", "N"))),)),)),
    )
    assert wrong(before, now) == [("A", "It became codes of which one holds another.")]


def test_a_plan_against_what_the_definitions_say_is_wrong():
    """The small areas of a town lie elsewhere than the plan sends it."""

    def made(small, *regions):
        return field(
            level("TOWN", [(code, code) for code in regions]),
            level("SMALL", [(code, code, ("TOWN", town)) for code, town in small.items()]),
        )

    plan = MappingPlan((FieldMapping("AREA", codes=((Node("TOWN", "A"), (Node("TOWN", "Y"),)),)),))
    before = database(made({"1": "A", "2": "A", "3": "B"}, "A", "B"))
    now = database(made({"1": "X", "2": "X", "3": "Y"}, "X", "Y"), mapping=plan)
    assert wrong(before, now) == [("A", "What it is made of lies elsewhere, as the definitions have it.")]


def test_fields_levels_and_measures_that_lead_astray_are_wrong():
    """Of each what is not known, what is there still, and two that became one."""
    pay, wage = Measure("PAY", "Pay", "R", "pay", "GBP", 2), Measure("WAGE", "Wage", "R", "wage", "GBP", 2)
    old = field(level("C_S", [("F", "F")]), field_id="SEX")
    before = database(*BEFORE.categories, old, measures=(pay, wage))
    plan = MappingPlan(
        (
            FieldMapping("NOT"),
            FieldMapping("SEX", "AREA", (("NONE", "TOWN"),)),
            FieldMapping("SEX"),
        ),
        (("PAY", "WAGE"), ("WHAT", "WAGE")),
    )
    now = database(*BEFORE.categories, old, measures=(pay, wage), mapping=plan)
    found = wrong(before, now)
    for place, said in [
        ("NOT", "no such field"),
        ("SEX", "still a field"),
        ("SEX", "2 times"),
        ("AREA", "Several fields"),
        ("NONE", "no level NONE"),
        ("PAY", "still a measure"),
        ("WHAT", "no such measure"),
        ("WAGE", "Several measures"),
    ]:
        assert any(place == where and said in message for where, message in found), (place, said, found)


def test_what_is_lost_is_told():
    """Codes that the plan does not name, or that became nothing; fields, levels, measures and their statistics."""
    rent = Measure("RENT", "Rent", "R", "rent", "GBP", 2, ("SUM", "MEDIAN"))
    old = field(level("C_S", [("F", "F")]), field_id="SEX", label="Sex")
    before = database(*BEFORE.categories, old, measures=(rent, replace(rent, id="TAX", label="Tax")))
    now = after("C", {"A": ""}, (replace(rent, statistics=("SUM",)),))
    told = [(one.where, one.message) for one in troubles(before, now) if one.grade is Grade.LOSS]
    assert told == [
        ("Area: Ash (A)", "It became nothing that can be asked for."),
        ("Area: Birch (B)", "It is gone, and the plan does not say what became of it."),
        ("Sex", "The field is gone."),
        ("Rent", "It no longer has MEDIAN."),
        ("Tax", "The measure is gone."),
    ]


def test_what_is_carried_in_part_is_told():
    """Codes that became one together, and those that joined one that was there: the plan need not say that."""
    told = [one.message for one in troubles(BEFORE, after("CX", {"A": "X", "B": "X"}))]
    assert told == ["A and B became one: tables that ask for some of them alone cannot be carried."]
    told = [one.message for one in troubles(BEFORE, after("BC", {"A": "B"}))]
    assert told == ["A and B became one: tables that ask for some of them alone cannot be carried."]


def test_a_plan_that_stayed_does_not_count():
    """It was followed when it was new; what is taken away now is lost."""
    stayed = after("CX", {"A": "X", "B": "X"})
    now = replace(stayed, fields=after("X", {}).fields)
    assert [one.message for one in troubles(stayed, now)] == [
        "It is gone, and the plan does not say what became of it."
    ]


def test_nothing_is_said_of_a_plan_that_is_right():
    """One code called otherwise; and of no change at all."""
    assert troubles(BEFORE, after("BCX", {"A": "X"})) == ()
    assert troubles(BEFORE, BEFORE) == ()


def test_two_things_of_one_name_are_told_apart():
    """Fife became Fife: both with their codes; others by their names alone."""

    class Labels(Names):
        def node(self, field_id, node):
            return {"A": "Fife", "X": "Fife", "B": "Ash", "Y": "Birch"}[node.code]

    plan = after("XY", {"A": "X", "B": "Y"}).mapping
    told = carry(plan, Query("d", filters=(Filter("AREA", t("A", "B")),)), Labels()).changed
    assert told == ("Fife (A) is Fife (X) now.", "Ash is Birch now.")


def test_who_asks_for_one_that_others_joined_is_not_given_both():
    """Whether the plan says that it was there before, or leaves it unsaid."""
    plan = after("BC", {"A": "B"}).mapping
    whole = completed(plan, lambda _name: BEFORE.categories[0].classification.nodes)
    for code, said in (("A", "A of AREA became B, which counts B too."), ("B", "B of AREA counts A too now.")):
        assert carry(whole, Query("d", filters=(Filter("AREA", t(code)),))).cannot == (said,)
    assert carry(whole, Query("d", filters=(Filter("AREA", t("A", "B")),))).query.filters[0].nodes == t("B")
