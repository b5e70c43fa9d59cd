"""A proposed mapping plan: what is sure, what is a guess, what cannot be told."""

import pytest
from coded import database, field, level, towns

from statlas.model.classification import Node, Valueset
from statlas.model.database import Measure
from statlas.model.derivation import Band, Banded, Column, LookedUp
from statlas.model.map_matching import Confidence
from statlas.model.map_proposing import propose
from statlas.model.mapping import FieldMapping, MappingPlan

SURE, LIKELY, GUESS, NONE = Confidence.SURE, Confidence.LIKELY, Confidence.GUESS, Confidence.NONE


def found(before, after, successors=None):
    """Of each code that is gone the codes that it may be, and how sure that is."""
    proposal = propose(before, after, successors)
    return {one.node.code: ([node.code for node in one.now], one.confidence) for one in proposal.codes}


# --- hostile ----------------------------------------------------------------------------------------------------------


def test_a_name_that_two_have_says_nothing():
    """Two towns of one name are not told apart, and neither is taken for the other."""
    before = towns(("A", "Newport"), ("B", "Newport"))
    assert found(before, towns(("X", "Newport"), ("Y", "Newport"))) == {"A": ([], NONE), "B": ([], NONE)}
    assert found(towns(("A", "Newport")), towns(("X", "Newport"), ("Y", "Newport")))["A"] == ([], NONE)


def test_a_code_of_another_level_with_another_name_is_another_thing():
    """The code 1 of towns is not the code 1 of regions."""
    before = database(field(level("TOWN", [("1", "Ashby")])))
    after = database(field(level("REGION", [("1", "North")]), level("TOWN", [("2", "Corby")])))
    assert found(before, after) == {"1": ([], NONE)}


def test_equal_codes_of_another_column_are_no_evidence():
    """A region that holds the same codes holds other records, where they are coded from another column."""
    then = field(level("R", [("OLD", "Uplands")]), level("T", [("1", "A", ("R", "OLD")), ("2", "B", ("R", "OLD"))]))
    codes = (level("R", [("NEW", "Hills")]), level("T", [("1", "A", ("R", "NEW")), ("2", "B", ("R", "NEW"))]))
    assert found(database(then), database(field(*codes)))["OLD"] == (["NEW"], SURE)
    assert found(database(then), database(field(*codes, source=Column("other"))))["OLD"] == ([], NONE)


def test_a_list_of_successors_in_a_circle_ends():
    """It leads nowhere, and nothing hangs."""
    before, after = towns(("A", "Ash")), towns(("X", "Birch"))
    assert found(before, after, {"A": ("B",), "B": ("A",)})["A"] == ([], NONE)
    assert found(before, after, {"A": ("A",)})["A"] == ([], NONE)


def test_a_list_that_leads_elsewhere_is_not_half_believed():
    """One part of the split is of this field, the other is not: neither is taken."""
    before, after = towns(("A", "Ash")), towns(("X", "Birch"))
    assert found(before, after, {"A": ("X", "NOT_HERE")})["A"] == ([], NONE)


def test_names_that_differ_in_a_digit_are_not_near():
    """Barnet 001A is not Barnet 001B, however much they look alike."""
    assert found(towns(("A", "Barnet 001A of the north")), towns(("X", "Barnet 002A of the north")))["A"] == ([], NONE)


def test_a_region_that_is_cut_across_is_nothing():
    """Its parts lie in two others beside parts of others: no code counts its people."""
    before = field(
        level("R", [("N", "North"), ("S", "South")]),
        level("T", [("1", "A", ("R", "N")), ("2", "B", ("R", "N")), ("3", "C", ("R", "S")), ("4", "D", ("R", "S"))]),
    )
    after = field(
        level("R", [("E", "East"), ("W", "West")]),
        level("T", [("1", "A", ("R", "E")), ("2", "B", ("R", "W")), ("3", "C", ("R", "E")), ("4", "D", ("R", "W"))]),
    )
    proposal = propose(database(before), database(after))
    assert [(one.now, one.confidence) for one in proposal.codes] == [((), NONE), ((), NONE)]
    assert proposal.codes[0].why == "its parts lie in East and West, with others"


# --- what is sure -----------------------------------------------------------------------------------------------------


def test_successors_are_followed_to_today():
    """From one change to the next, in splits too; what ended became nothing."""
    before = towns(("A", "Ash"), ("B", "Birch"), ("C", "Cedar"))
    after = towns(("X", "Xylem"), ("Y", "Yew"))
    given = {"A": ("A1",), "A1": ("X",), "B": ("X", "Y"), "C": ()}
    assert found(before, after, given) == {"A": (["X"], SURE), "B": (["X", "Y"], SURE), "C": ([], SURE)}


def test_what_is_made_of_the_same_is_the_same():
    """By finer codes: called otherwise, merged, split."""
    fine = [("1", "A"), ("2", "B"), ("3", "C"), ("4", "D")]

    def made(regions):
        of = {code: region for region, _label, codes in regions for code in codes}
        return database(
            field(
                level("R", [(region, label) for region, label, _codes in regions]),
                level("T", [(code, label, ("R", of[code])) for code, label in fine]),
            )
        )

    before = made([("N", "North", "12"), ("S", "South", "3"), ("W", "West", "4")])
    assert found(before, made([("N2", "Uplands", "12"), ("S", "South", "3"), ("W", "West", "4")])) == {
        "N": (["N2"], SURE)
    }
    assert found(before, made([("N", "North", "12"), ("Z", "Rest", "34")])) == {"S": (["Z"], SURE), "W": (["Z"], SURE)}
    split = made([("N1", "Far", "1"), ("N2", "Near", "2"), ("S", "South", "3"), ("W", "West", "4")])
    assert found(before, split) == {"N": (["N1", "N2"], SURE)}


def test_bounds_of_bands_say_which_band_is_which():
    """Two bands of five years are one of ten, whatever they are called."""

    def bands(*given):
        return database(
            field(
                level("AGE", [(code, code.lower()) for code, _low, _high in given]),
                source=Banded("age", tuple(Band(*one) for one in given)),
            )
        )

    before = bands(("A", 65, 70), ("B", 70, 75), ("C", 75, None))
    after = bands(("X", 65, 75), ("Y", 75, 85), ("Z", 85, None))
    assert found(before, after) == {"A": (["X"], SURE), "B": (["X"], SURE), "C": (["Y", "Z"], SURE)}


def test_keys_of_a_look_up_say_which_code_is_which():
    """Whatever both are called."""

    def looked_up(codes, table):
        return database(field(level("KIND", codes), source=LookedUp("kind", table)))

    before = looked_up([("A", "One"), ("B", "Two")], (("k1", "A"), ("k2", "A"), ("k3", "B")))
    after = looked_up([("A2", "First"), ("B", "Two")], (("k1", "A2"), ("k2", "A2"), ("k3", "B")))
    assert found(before, after) == {"A": (["A2"], SURE)}


def test_a_code_that_changed_its_level_is_found_there():
    """With its name."""
    before = database(field(level("REGION", [("R", "North")]), level("TOWN", [("C", "City", ("REGION", "R"))])))
    after = database(field(level("REGION", [("R", "North"), ("C", "City")])))
    proposal = propose(before, after)
    assert [(one.now, one.confidence) for one in proposal.codes] == [((Node("REGION", "C"),), SURE)]


# --- what is likely, and guesses --------------------------------------------------------------------------------------


def test_a_name_that_stays_is_likely_the_same():
    """Not sure: offices give a new code where the place has other bounds."""
    before = towns(("S12000046", "Glasgow City"), ("S12000015", "Fife"))
    after = towns(("S12000049", "Glasgow City"), ("S12000047", "Fife"))
    assert found(before, after) == {"S12000046": (["S12000049"], LIKELY), "S12000015": (["S12000047"], LIKELY)}


def test_the_parent_tells_two_of_a_name_apart():
    """*Other* of one group is not *Other* of the next."""

    def grouped(*codes):
        return database(field(level("G", [("P", "Pets"), ("Q", "Farm")]), level("K", codes)))

    before = grouped(("1", "Other", ("G", "P")), ("2", "Other", ("G", "Q")))
    after = grouped(("81", "Other", ("G", "P")), ("82", "Other", ("G", "Q")))
    assert found(before, after) == {"1": (["81"], LIKELY), "2": (["82"], LIKELY)}


@pytest.mark.parametrize(
    ("before", "after", "meant"),
    [
        (["65 to 69", "70-74"], ["65 to 74"], {"65 to 69": ["65 to 74"], "70-74": ["65 to 74"]}),
        (["75 and over"], ["75 to 84", "85+"], {"75 and over": ["75 to 84", "85+"]}),
        (["16-17", "18-24"], ["16-19", "20-24"], {"16-17": [], "18-24": []}),
        (["Under 16"], ["0 to 15"], {"Under 16": []}),
    ],
)
def test_bounds_in_names_are_likely(before, after, meant):
    """Where they fill each other exactly, and not where they cross."""
    proposal = propose(towns(*((one, one) for one in before)), towns(*((one, one) for one in after)))
    assert {one.label: [node.code for node in one.now] for one in proposal.codes} == meant


def test_names_put_together_are_guesses():
    """Bournemouth, Christchurch and Poole; North and West Northamptonshire; a spelling."""
    before = towns(("1", "Bournemouth"), ("2", "Poole"), ("3", "Christchurch"))
    assert found(before, towns(("X", "Bournemouth, Christchurch and Poole"))) == dict.fromkeys("123", (["X"], GUESS))
    split = towns(("X", "North Northamptonshire"), ("Y", "West Northamptonshire"))
    assert found(towns(("1", "Northamptonshire")), split) == {"1": (["X", "Y"], GUESS)}
    assert found(towns(("1", "Rhondda, Cynon, Taff")), towns(("X", "Rhondda Cynon Taf"))) == {"1": (["X"], GUESS)}


# --- fields, levels, measures -----------------------------------------------------------------------------------------


def test_fields_levels_and_measures_are_matched():
    """By column and codes; by name where nothing else says; the count of records by what it is."""
    sex = level("C_SEX", [("F", "Female"), ("M", "Male")])
    before = database(
        field(sex, field_id="SEX", label="Sex", source=Column("sex")),
        field(level("C_T", [("1", "One")]), field_id="TENURE", label="Tenure", source=Column("ten")),
        measures=(Measure("RENT", "Rent", "R", "rent", "GBP", 2), Measure("AGE", "Age", "R", "age", "years", 0)),
    )
    after = database(
        field(Valueset("C_G", "G", sex.codes), field_id="GENDER", label="Gender", source=Column("sex")),
        field(level("C_T2", [("9", "Nine")]), field_id="TENURE2", label="Tenure", source=Column("tenure_now")),
        measures=(Measure("WEEKLY", "Weekly rent", "R2", "rent", "GBP", 2),),
        records="R2",
    )
    proposal = propose(before, after)
    assert [(one.field, one.level, one.now, one.confidence) for one in proposal.fields] == [
        ("SEX", "", "GENDER", SURE),
        ("SEX", "C_SEX", "C_G", SURE),
        ("TENURE", "", "TENURE2", GUESS),
        ("TENURE", "C_T", "", NONE),
    ]
    assert [(one.measure, one.now, one.confidence) for one in proposal.measures] == [
        ("R", "R2", SURE),
        ("RENT", "WEEKLY", SURE),
        ("AGE", "", NONE),
    ]
    assert proposal.plan(SURE).of("SEX") == FieldMapping("SEX", "GENDER", (("C_SEX", "C_G"),))


def test_what_the_plan_names_already_is_not_proposed_again():
    """What is left is; a plan that stayed from the release before names nothing."""
    before = towns(("A", "Ash"), ("B", "Birch"))
    plan = MappingPlan((FieldMapping("AREA", codes=((Node("TOWN", "A"), (Node("TOWN", "X"),)),)),))
    after = database(*towns(("X", "Ash"), ("Y", "Birch")).categories, mapping=plan)
    assert found(before, after) == {"B": (["Y"], LIKELY)}
    stayed = database(*before.categories, mapping=plan)
    assert [*found(stayed, after)] == ["A", "B"]


def test_nothing_taken_away_is_no_plan():
    """Labels and new codes need none; the new ones are told."""
    proposal = propose(towns(("A", "Ash")), towns(("A", "Ash tree"), ("N", "New")))
    assert (len(proposal), proposal.plan(), proposal.appeared) == (0, MappingPlan(), (("AREA", Node("TOWN", "N")),))
