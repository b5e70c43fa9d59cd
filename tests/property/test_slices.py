"""A table of a few areas is, to the bit, what the table of all areas prints of them, however it was counted."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
from geographies import geographies
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import COST, EDGES, PAY, WEIGHT
from worlds import NOISE_KEY, MemoryRecords, ages, database, draw, flat, manifest

from statlas.disclosure.policy import Policy, policy_for
from statlas.disclosure.rules import RuleLimits
from statlas.engine import few_areas, slicing
from statlas.engine.tabulate import tabulate
from statlas.errors import StatlasError
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.database import Database, Field, Impossible, Population
from statlas.model.query import Dimension, Filter, Item, Query

PERIODS = ("202412", "202501", "202502")
MEASURES = ("T", "PAY:SUM", "PAY:MEAN", "PAY:MEDIAN", "COST:SUM")


def world(area: Field, *, survey: bool = False, inherit: bool = True, impossible: bool = False) -> Database:
    """A database of the geography with ages, sexes and two measures."""
    population = tuple((node, 20 * n) for n, node in enumerate(area.classification.nodes))
    late = replace(flat("LATE", 3), available_from=PERIODS[1])
    area = replace(area, inherit=inherit, population=Population("persons", population))
    made = database(
        area, ages(), flat("SEX", 2, inherit=False), late, periods=PERIODS, weight=WEIGHT if survey else None
    )
    never = Impossible((("AREA", (area.classification.nodes[0],)), ("SEX", (Node("C_SEX", "2"),))))
    pay = replace(PAY, edges=EDGES)
    return replace(made, measures=(pay, COST), impossible=(never,) if impossible else ())


def in_order(records: dict[str, MemoryRecords]) -> dict[str, MemoryRecords]:
    """The records in the order of their areas, as they are kept."""
    return {period: _in_order(of) for period, of in records.items()}


def _in_order(of: MemoryRecords) -> MemoryRecords:
    order = np.argsort(of.columns["AREA"], kind="stable")
    return MemoryRecords(
        of.keys[order],
        {name: column[order] for name, column in of.columns.items()},
        {name: column[order] for name, column in of.amounts.items()},
        {name: column[order] for name, column in of.blank.items()},
        tuple(column[order] for column in of.weighed),
    )


RULES = {
    "none": None,
    "usual": RuleLimits(max_variables_small=5),
    "sparse": RuleLimits(max_variables_small=5, sparsity=True, min_persons=60),
}
mostly = st.integers(0, 9).map(bool)
databases = st.fixed_dictionaries({"survey": st.booleans(), "inherit": mostly, "impossible": st.booleans()})
policies = st.builds(
    lambda preset, rules, inherit: replace(
        policy_for(preset), **({} if preset == "open" else {"rules": RULES[rules], "inherit": inherit})
    ),
    st.sampled_from(["standard", "light", "standard", "strong", "standard", "open"]),
    st.sampled_from(sorted(RULES)),
    mostly,
)
drawn = st.fixed_dictionaries(
    {
        "n_rows": st.sampled_from([30, 300, 2_000]),
        "seed": st.integers(0, 2**20),
        "skew": st.sampled_from([1.0, 3.0, 8.0]),
        "blank": st.sampled_from([None, 0.1, 0.8]),
    }
)


@st.composite
def queries(pick, made: Database) -> Query:
    """One to four areas of any level, or one as a filter, by up to two other fields; some months, alone or together."""
    nodes = st.sampled_from(made.field("AREA").classification.nodes)
    dimensions, filters = [], ()
    if pick(st.integers(0, 3)):
        items = pick(st.lists(nodes.map(lambda node: Item((node,))), min_size=1, max_size=4))
        dimensions.append(Dimension("AREA", items=tuple(items), total=pick(st.booleans()) and len(items) > 2))
    else:
        filters = (Filter("AREA", (pick(nodes),)),)
    others = pick(st.lists(st.sampled_from(["AGE", "SEX", "LATE"]), unique=True, max_size=2))
    dimensions += [Dimension(name, total=pick(st.booleans())) for name in others]
    months = [Item((Node("C_MONTH", period),)) for period in PERIODS]
    if pick(st.booleans()):
        dimensions.append(Dimension("MONTH", items=tuple(months[: pick(st.integers(1, 3))]), total=pick(st.booleans())))
    measures = pick(st.lists(st.sampled_from(MEASURES), unique=True, max_size=3))
    return Query(made.id, tuple(measures), tuple(dimensions), filters)


# --- the whole table, and the slice -----------------------------------------------------------------------------------


def asked(query: Query, made: Database, records: dict[str, MemoryRecords], policy: Policy) -> Cube | StatlasError:
    """The answer to a query, or its refusal."""
    try:
        return tabulate(
            made,
            manifest(made),
            query,
            open_period=records.__getitem__,
            policy=policy,
            noise_key=NOISE_KEY,
        )
    except StatlasError as error:
        return error


def whole(query: Query, made: Database, records: dict[str, MemoryRecords], policy: Policy) -> Cube | StatlasError:
    """The same, from the table of all areas."""
    with patch.object(few_areas, "MOST_AREAS", 0):
        return asked(query, made, records, policy)


def numbers(cube: Cube) -> list[np.ndarray | None]:
    """Every array of a cube."""
    return [*(a for m in cube.measures for a in (m.values, m.status, m.flags, m.sd, m.se)), cube.blocked]


def same(one: Cube | StatlasError, other: Cube | StatlasError) -> bool:
    """Whether two answers are equal to the bit, or two refusals word by word."""
    if isinstance(one, StatlasError) or isinstance(other, StatlasError):
        return (type(one), vars(one), str(one)) == (type(other), vars(other), str(other))
    plain = (replace(cube, measures=(), blocked=None) for cube in (one, other))
    arrays = list(zip(numbers(one), numbers(other), strict=True))
    return len(set(map(repr, plain))) == 1 and all(
        (a is None and b is None) or (a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
        for a, b in arrays
    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_slice_prints_what_the_whole_table_prints_of_it(data):
    """For random trees, policies, rules, measures with blanks, surveys and months: numbers, statuses, refusals."""
    made = world(data.draw(geographies), **data.draw(databases))
    query, policy = data.draw(queries(made)), data.draw(policies)
    records = in_order(draw(made, **data.draw(drawn)))
    few, siblings = data.draw(st.sampled_from([-1, 50, 10**6])), data.draw(st.integers(0, 3))
    expected = whole(query, made, records, policy)
    always = patch.object(few_areas, "MOST_OF_AXIS", 10.0)
    with always, patch.multiple(slicing, FEW_ROWS=few, N_SIBLINGS=siblings):
        assert same(asked(query, made, records, policy), expected)
