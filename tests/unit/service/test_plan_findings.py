"""A mapping plan that is wrong is a finding of the draft, that somebody has to answer."""

from dataclasses import replace
from types import SimpleNamespace

from coded import towns

from statlas.model.classification import Node
from statlas.model.database import ReadyTable
from statlas.model.finding import Severity
from statlas.model.mapping import FieldMapping, MappingPlan
from statlas.model.query import Dimension, Item, Query
from statlas.service.tables.release_changes import BREAKING, PLAN, change_report

BEFORE = towns(("A", "Ash"), ("B", "Birch"))


ASH = Query("d", dimensions=(Dimension("AREA", items=(Item((Node("TOWN", "A"),)),)),))


def report(codes, plan, before=BEFORE, last=None):
    """The report on a draft of these towns under a plan; no table of it is asked for."""
    said = tuple((Node("TOWN", old), tuple(Node("TOWN", one) for one in new)) for old, new in plan.items())
    now = replace(towns(*((code, code) for code in codes)), mapping=MappingPlan((FieldMapping("AREA", codes=said),)))
    compared = SimpleNamespace(database=now, last=last, before=(), added=(), revised=(), periods=())
    return change_report(compared, before)


def test_a_plan_that_leads_astray_is_a_problem():
    """Birch is still there; whoever asks for it would be led to another town."""
    found = report("BX", {"A": "X", "B": "X"})
    [one] = [one for one in found if one.check == PLAN]
    assert (one.severity, one.needs_reason, one.where) == (Severity.PROBLEM, True, "Area: Birch (B)")
    assert next(check for check in found.checks if check.id == PLAN).looked_at == "2 lines of the plan"


def test_the_same_mistake_has_the_same_id():
    """So that its answer holds for the next draft."""
    ids = {next(one.id for one in report(codes, {"A": "X", "B": "X"}) if one.check == PLAN) for codes in ("BX", "BXY")}
    assert len(ids) == 1


def test_what_the_plan_says_stands_beside_what_is_taken_away():
    """A code that it names, one that became nothing, one that it forgets."""
    mends = {
        plan: next(one.mend for one in report("BX", said) if one.check == BREAKING)
        for plan, said in {"named": {"A": "X"}, "nothing": {"A": ""}, "forgotten": {}}.items()
    }
    assert mends["named"] == "The mapping plan says that it became X; say why it changed."
    assert mends["nothing"] == "The mapping plan says that it became nothing; say why."
    assert "add a mapping" in mends["forgotten"]


def test_many_codes_that_the_plan_names_are_one_finding_that_says_so():
    """And that asks for a plan where it forgets one of them."""
    many = [f"{n:02}" for n in range(12)]
    before = towns(*((code, code) for code in many))
    whole = report("X", dict.fromkeys(many, "X"), before)
    assert [one.mend for one in whole] == ["The mapping plan says what became of them; say why they changed."]
    assert "add a mapping" in next(iter(report("X", dict.fromkeys(many[1:], "X"), before))).mend


def test_a_ready_made_table_that_the_plan_carries_can_still_be_made():
    """Only one whose town became nothing, or is forgotten, cannot."""
    database = replace(BEFORE, tables=(ReadyTable("ash", "Ash alone", ASH),))
    last = SimpleNamespace(database=database, table=lambda query: SimpleNamespace(query=query))
    told = {
        plan: next(fact.value for fact in report("BX", said, last=last).facts if fact.label == "Ash alone")
        for plan, said in {"named": {"A": "X"}, "nothing": {"A": ""}, "forgotten": {}}.items()
    }
    assert told["named"] == "The mapping plan carries it over; its numbers are not compared: A."
    assert told["nothing"] == told["forgotten"] == "It cannot be made any more: A."
