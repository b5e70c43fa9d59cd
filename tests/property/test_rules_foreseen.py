"""What a plan says that the rules would do is what they do, on random queries of a made-up world."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from worlds import NOISE_KEY, ages, database, draw, flat, geography, manifest

from statlas import engine
from statlas.disclosure.policy import policy_for
from statlas.disclosure.rules import RuleLimits
from statlas.errors import DisclosureRefused
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Population
from statlas.model.query import Dimension, Filter, Query, TimeKind, TimeSelector

AREAS = replace(
    geography(), population=Population("persons", ((Node("TOWN", "E1-1"), 50), (Node("REGION", "E1"), 300)))
)
WORLD = database(AREAS, ages(), flat("SEX", 2), flat("KIND", 12), periods=("202501", "202502"))
RECORDS = draw(WORLD, 300, seed=4, skew=2.0)
LIMITS = RuleLimits(max_variables=3, max_variables_small=3)


@st.composite
def queries(pick):
    """A query of up to four fields, some of them filters, one or two months."""
    levels = {"AREA": ("COUNTRY", "REGION", "TOWN"), "AGE": ("HALF", "YEAR"), "SEX": ("C_SEX",), "KIND": ("C_KIND",)}
    fields = pick(
        st.lists(st.sampled_from(sorted(levels)), unique=True, max_size=pick(st.sampled_from((2, 3, 3, 3, 4))))
    )
    as_filter = pick(st.integers(0, len(fields)))
    chosen = [(field, pick(st.sampled_from(levels[field]))) for field in fields]
    months = Dimension("MONTH", time=TimeSelector(TimeKind.LATEST, pick(st.integers(1, 2))))
    nodes = {f: WORLD.field(f).classification[level].nodes() for f, level in chosen}
    return Query(
        "world",
        dimensions=(
            months,
            *(Dimension(f, valueset=level, total=pick(st.booleans())) for f, level in chosen[as_filter:]),
        ),
        filters=tuple(Filter(f, (pick(st.sampled_from(nodes[f])),)) for f, _ in chosen[:as_filter]),
    )


def asked(query, **changes):
    """The table, and what was foreseen of it."""
    policy = replace(policy_for("standard"), rules=replace(LIMITS, **changes))
    given_ = {"open_period": RECORDS.__getitem__, "policy": policy, "noise_key": NOISE_KEY}
    _, foreseen = engine.foresee(WORLD, manifest(WORLD), query, **given_)
    try:
        return engine.tabulate(WORLD, manifest(WORLD), query, **given_), foreseen
    except DisclosureRefused:
        return None, foreseen


@given(queries())
def test_what_is_foreseen_happens(query):
    """A table is refused if and only if its plan says so, and the rules count the same areas both times."""
    cube, foreseen = asked(query)
    assert foreseen.refused == (cube is None)
    if cube is not None:
        rules = {outcome.rule for outcome in cube.rules}
        assert cube.rules == tuple(o for o in foreseen.outcomes if o.rule in rules)


@given(queries())
def test_blocked_cells_print_nothing_and_name_their_rule(query):
    """A cell is confidential exactly where a rule is named, and then its value is nought in every measure."""
    cube, _ = asked(query)
    if cube is None or cube.blocked is None:
        return
    closed = cube.measures[0].status == CellStatus.CONFIDENTIAL
    assert np.array_equal(cube.blocked > 0, closed)
    assert not cube.measures[0].values[closed].any()
    named = {cube.rules[number - 1] for number in np.unique(cube.blocked[closed])}
    assert all(outcome.blocked for outcome in named)


@given(queries())
def test_rules_take_numbers_away_and_change_none(query):
    """What is printed under the rules is printed alike without them, but for groups that hold a blocked area."""
    cube, _ = asked(query)
    if cube is None:
        return
    free, _ = asked(query, max_variables=None, max_variables_small=None, mean_cell_size=None, min_persons=None)
    one = all(len(item.nodes) == 1 for d in cube.dimensions for item in d.items)
    if one and cube.blocked is None:
        assert np.array_equal(cube.measures[0].values, free.measures[0].values)
        assert np.array_equal(cube.measures[0].status, free.measures[0].status)


@given(queries())
def test_sparsity_takes_areas_away(query):
    """Switched on, it blocks areas with their own rule and leaves the others as they were."""
    cube, _ = asked(query)
    strict, _ = asked(query, sparsity=True)
    if cube is None or strict is None:
        assert strict is None
        return
    printed = strict.measures[0].status == CellStatus.SHOWN
    assert np.array_equal(strict.measures[0].values[printed], cube.measures[0].values[printed])
