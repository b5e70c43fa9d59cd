"""Which tables are refused, and which areas are blocked, judged on plans with made-up printed numbers."""

from dataclasses import replace

import numpy as np
import pytest
from worlds import ages, database, flat, geography

from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.rules import Exclusion, RuleLimits
from statlas.engine import area_rules, foreseeing
from statlas.engine.plan import plan
from statlas.engine.protect import possible
from statlas.engine.query_rules import query_outcomes, refuse_by_query
from statlas.errors import DisclosureRefused
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Population
from statlas.model.query import Dimension, Filter, Item, Query

FLAT = [flat(f"F{n}", 4) for n in range(6)]


def made(*fields, dimensions=(), filters=(), **changes):
    """The plan of a query on a world of those fields."""
    world = replace(database(*fields), **changes)
    named = tuple(Dimension(d) if isinstance(d, str) else d for d in dimensions)
    return plan(world, Query("world", dimensions=named, filters=tuple(filters)))


def failing(outcomes) -> list[str]:
    """The rules that blocked something."""
    return [outcome.rule for outcome in outcomes if outcome.blocked]


def printed(table, counts) -> PublicCube:
    """What the areas of a plan print, one count each; below 5 hidden."""
    values = np.array(counts, dtype=np.int64)
    status = np.where(values < 5, CellStatus.LOW, CellStatus.SHOWN).astype(np.uint8)
    alone = foreseeing.areas_alone(table)
    return PublicCube(np.where(values < 5, 0, values).reshape(alone.shape), status.reshape(alone.shape))


def test_the_area_counts_as_a_variable_and_the_date_does_not():
    """Five with the area pass, six are refused, whatever the date."""
    names = [f.id for f in FLAT]
    five = made(geography(), *FLAT, dimensions=["MONTH", "AREA", *names[:4]])
    six = made(geography(), *FLAT, dimensions=["AREA", *names[:5]])
    assert failing(query_outcomes(five, RuleLimits())) == []
    assert failing(query_outcomes(six, RuleLimits())) == ["max_variables"]


def test_a_filter_counts_as_a_variable():
    """A filter hides nobody from the differences between tables."""
    filters = [Filter(f.id, (Node(f"C_{f.id}", "1"),)) for f in FLAT[3:]]
    table = made(*FLAT, dimensions=[f.id for f in FLAT[:3]], filters=filters)
    with pytest.raises(DisclosureRefused, match="It has 6; at most 5 do") as raised:
        refuse_by_query(table, RuleLimits())
    assert raised.value.rule == "max_variables"
    assert raised.value.facts["blocked"] == 1
    assert "Leave out" in raised.value.mend


def test_below_authorities_three_variables_are_the_most():
    """A level says whether its areas are small; asked at a larger one, five may stand."""
    places = geography()
    levels = places.classification.valuesets
    small = replace(
        places,
        classification=replace(places.classification, valuesets=(*levels[:2], replace(levels[2], small_areas=True))),
    )
    others = [f.id for f in FLAT[:3]]
    towns = made(small, *FLAT, dimensions=[Dimension("AREA", valueset="TOWN"), *others])
    regions = made(small, *FLAT, dimensions=[Dimension("AREA", valueset="REGION"), *others])
    assert failing(query_outcomes(towns, RuleLimits())) == ["max_variables"]
    assert failing(query_outcomes(regions, RuleLimits())) == []


def test_a_second_geography_is_refused():
    """Two geographies over the same people cut slivers, be one of them a filter."""
    second = replace(geography(), id="WARD", label="Ward")
    both = made(geography(), second, dimensions=["AREA"], filters=[Filter("WARD", (Node("REGION", "E1"),))])
    assert failing(query_outcomes(both, RuleLimits())) == ["one_geography"]
    assert failing(query_outcomes(both, RuleLimits(one_geography=False))) == []


def test_excluded_fields_may_stand_apart():
    """Of fields that exclude each other no more than the limit stand together."""
    limits = RuleLimits(exclusions=(Exclusion(("F0", "F1", "F2"), 1),))
    assert failing(query_outcomes(made(*FLAT, dimensions=["F0", "F3"]), limits)) == []
    assert failing(query_outcomes(made(*FLAT, dimensions=["F0", "F2"]), limits)) == ["field_exclusion"]


def test_a_field_asked_as_one_whole_is_no_variable():
    """Everything together tells nothing of the field."""
    whole = tuple(Item(tuple(Node(f"C_{f.id}", str(n)) for n in range(1, 5))) for f in FLAT[:1])
    table = made(*FLAT, dimensions=[Dimension("F0", items=whole), *(f.id for f in FLAT[1:6])])
    assert failing(query_outcomes(table, RuleLimits())) == []


def test_areas_are_judged_with_filters_lifted():
    """A filter to one code of four leaves four cells an area to be filled."""
    lifted = made(geography(), flat("F", 4), dimensions=["AREA"], filters=[Filter("F", (Node("C_F", "1"),))])
    cells = area_rules.n_possible_cells(lifted, possible(lifted, "202501"))
    assert set(cells.tolist()) == {4}


def test_the_finest_level_asked_counts_the_cells():
    """Mixed levels are judged at the finer; what stands above is made of it."""
    items = (Item((Node("HALF", "a"),)), Item((Node("YEAR", "7"),)))
    table = made(geography(), ages(), dimensions=["AREA", Dimension("AGE", items=items)])
    assert set(area_rules.n_possible_cells(table, possible(table, "202501")).tolist()) == {8}


def test_each_area_is_judged_by_itself():
    """An area with fewer people than cells is blocked, its neighbour is not; a group is judged at its parts."""
    items = (Item((Node("REGION", "E1"), Node("REGION", "W"))), Item((Node("REGION", "E2"),)))
    table = made(geography(), flat("F", 10), dimensions=[Dimension("AREA", items=items), "F"])
    numbers = foreseeing._numbers(table, printed(table, [40, 30, 10, 21, 9]), "202501")
    masks = area_rules.judge(table, numbers, RuleLimits())
    by = area_rules.blocked_by(table, masks)
    named = dict(zip([None if n is None else n.code for n in table.axes[0].nodes], by.tolist(), strict=True))
    assert {code for code, rule in named.items() if rule} == {"E2"}
    [outcome] = area_rules.area_outcomes(table, {"202501": masks})
    assert (outcome.evaluated, outcome.passed, outcome.areas) == (3, 2, ("South",))


def test_a_small_population_is_blocked_and_an_unknown_one_is_not():
    """The population of the place decides, never that of the records."""
    sizes = ((Node("COUNTRY", "E"), 5000), (Node("REGION", "E1"), 99))
    table = made(
        replace(geography(), population=Population("persons", sizes)), dimensions=[Dimension("AREA", valueset="REGION")]
    )
    numbers = foreseeing._numbers(table, printed(table, [400, 300, 100, 210, 90]), "202501")
    masks = area_rules.judge(table, numbers, RuleLimits(mean_cell_size=None))
    hit = {n.code for n, ok in zip(table.axes[0].nodes, masks["min_area_population"], strict=True) if n and not ok}
    assert hit == {"E1"}


def test_without_a_geography_the_country_is_one_area():
    """A table of too many cells for everybody together is refused whole."""
    table = made(flat("F", 10), dimensions=["F"])
    enough = foreseeing.foresee_table(table, {"202501": printed(table, [10])}, RuleLimits())
    few = foreseeing.foresee_table(table, {"202501": printed(table, [9])}, RuleLimits())
    assert (enough.refused, few.refused) == (False, True)


def test_advice_names_what_to_leave_out_and_which_level_to_take():
    """What helps is told, the best first; what does not help is not."""
    table = made(geography(), flat("F", 10), flat("G", 2), dimensions=[Dimension("AREA", valueset="REGION"), "F", "G"])
    counts = {"COUNTRY": 100, "REGION": 12}
    areas = printed(table, [200 if n is None else counts[n.valueset] for n in table.axes[0].nodes])
    found = foreseeing.foresee_table(table, {"202501": areas}, RuleLimits())
    assert (found.passed, found.evaluated) == (1, 3)
    assert [(one.text, one.passed, one.evaluated) for one in found.advice] == [
        ("Leave out F.", 3, 3),
        ("Leave out G.", 3, 3),
        ("Take Country instead.", 2, 2),
    ]
