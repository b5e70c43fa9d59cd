"""The difference of two printed tables: applied to the first it gives the second, and it lists nothing within noise."""

from dataclasses import replace
from math import ceil, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.disclosure.policy import policy_for
from statlas.model.cells import CellFlag, CellStatus, CubeDimension, CubeItem, CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.difference import Side, differences, least_change
from statlas.model.query import Query

POLICIES = {name: policy_for(name) for name in ("light", "standard", "strong", "open")}
CODES = ("A", "B", "C", "D", "E", "F")
STATUSES = [CellStatus.SHOWN] * 4 + list(CellStatus)


def table_of(codes, cells, policy, *, statistic="COUNT", precision=0, sd=None):
    """A table by one field whose cells are pairs of status and number."""
    status = np.array([one for one, _value in cells], np.uint8)
    values = np.array([value for _one, value in cells], np.float64 if precision else np.int64)
    sds = np.full(len(codes), policy.noise_sd if sd is None else sd)
    flags = np.zeros(len(codes), np.uint8)
    measure = CubeMeasure("M", "M", statistic, "", precision, values, status, flags, sds)
    items = tuple(CubeItem(code, (Node("L", code),), (code,)) for code in codes)
    return Cube(
        "d",
        "D",
        "1",
        "",
        Query("d"),
        (CubeDimension("F", "F", "T", items),),
        (measure,),
        threshold=policy.threshold or 0,
        noise_sd=policy.noise_sd,
    )


@st.composite
def tables(draw, policy, statistic="COUNT"):
    """A printed table by some codes in some order."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    cells = []
    for _code in codes:
        status = draw(st.sampled_from(STATUSES))
        least = (policy.threshold or 0) if status is CellStatus.SHOWN else 0
        cells.append((status, draw(st.integers(least, 60)) if status is CellStatus.SHOWN else 0))
    return table_of(codes, cells, policy, statistic=statistic)


def printed(cube):
    """What a table prints of each code: its status and number."""
    [dimension], [measure] = cube.dimensions, cube.measures
    return {
        item.nodes[0].code: (int(s), float(v))
        for item, s, v in zip(dimension.items, measure.status, measure.values, strict=True)
    }


def listed(before, after, policy):
    """The difference as it is listed: code, then what was printed and what is."""
    [found] = differences(Side(before, policy.variance), Side(after, policy.variance))
    [dimension] = after.dimensions
    rows = {}
    for n in np.flatnonzero(found.beyond):
        was = (int(found.before_status[n]), float(found.before_values[n]))
        rows[dimension.items[n].nodes[0].code] = was, (int(found.measure.status[n]), float(found.measure.values[n]))
    return rows, found


POLICY = st.sampled_from(list(POLICIES.values()))


@given(st.data(), POLICY)
def test_applied_to_the_first_it_gives_the_second(data, policy):
    """Each line of a difference takes the cell of the earlier table to what the later one prints."""
    before, after = data.draw(tables(policy)), data.draw(tables(policy))
    rows, _found = listed(before, after, policy)
    then, now = printed(before), printed(after)
    for code, (was, is_) in rows.items():
        assert then[code] == was
        then[code] = is_
        assert then[code] == now[code]


@given(st.data(), POLICY)
def test_nothing_listed_is_within_noise_and_nothing_beyond_is_left_out(data, policy):
    """D8 word for word: a cell only if it moved by more than 3 times the root of 2V, rounded up."""
    before, after = data.draw(tables(policy)), data.draw(tables(policy))
    rows, _found = listed(before, after, policy)
    then, now = printed(before), printed(after)
    limit = ceil(3 * sqrt(2 * policy.variance))
    for code in now:
        if code not in then:
            assert code not in rows
            continue
        (s1, v1), (s2, v2) = then[code], now[code]
        if s1 == s2 == CellStatus.SHOWN:
            assert (code in rows) == (abs(v1 - v2) > limit)
        if {s1, s2} & {CellStatus.CONFIDENTIAL, CellStatus.NOT_AVAILABLE} or s1 == s2 == CellStatus.LOW:
            assert code not in rows


@given(st.data(), POLICY)
def test_a_table_has_no_difference_from_itself(data, policy):
    """However its codes stand."""
    before = data.draw(tables(policy))
    [dimension], [measure] = before.dimensions, before.measures
    order = data.draw(st.permutations(range(len(dimension))))
    after = replace(
        before,
        dimensions=(replace(dimension, items=tuple(dimension.items[n] for n in order)),),
        measures=(replace(measure, values=measure.values[order], status=measure.status[order]),),
    )
    assert listed(before, after, policy)[0] == {}


@given(st.data(), POLICY)
def test_it_is_the_same_the_other_way_round(data, policy):
    """What came and what went are told alike."""
    before, after = data.draw(tables(policy)), data.draw(tables(policy))
    there, back = listed(before, after, policy)[0], listed(after, before, policy)[0]
    assert {code: (b, a) for code, (a, b) in there.items()} == back


@pytest.mark.parametrize(("name", "limit"), [("light", 6), ("standard", 8), ("strong", 13), ("open", 0)])
def test_the_largest_change_that_is_noise(name, limit):
    """3 * sqrt(2V) rounded up, of each preset: 5.7, 7.3, 12.7 and nothing."""
    policy = POLICIES[name]
    assert least_change(np.array([2 * policy.variance]), 0).tolist() == [limit]
    for change, is_listed in ((limit, False), (limit + 1, True)):
        cells = [(CellStatus.SHOWN, 100)], [(CellStatus.SHOWN, 100 + change)]
        one, two = (table_of("A", side, policy) for side in cells)
        assert bool(listed(one, two, policy)[0]) is is_listed


def test_a_hidden_number_may_be_anything_below_the_threshold():
    """From [low] to a number is told only where even 4 would have moved beyond noise."""
    policy = POLICIES["standard"]
    for value, is_listed in ((5, False), (12, False), (13, True)):
        one = table_of("A", [(CellStatus.LOW, 0)], policy)
        two = table_of("A", [(CellStatus.SHOWN, value)], policy)
        assert bool(listed(one, two, policy)[0]) is is_listed
        assert bool(listed(two, one, policy)[0]) is is_listed


def test_a_number_that_cannot_be_has_no_noise_of_its_own():
    """From a structural zero to a number there is the noise of one table alone."""
    policy = POLICIES["standard"]
    for value, is_listed in ((6, False), (7, True)):
        one = table_of("A", [(CellStatus.STRUCTURAL_ZERO, 0)], policy)
        two = table_of("A", [(CellStatus.SHOWN, value)], policy)
        assert bool(listed(one, two, policy)[0]) is is_listed


def test_groups_and_amounts_have_their_own_noise():
    """A group of nine cells has three times the noise; a sum that which is published beside it."""
    policy = POLICIES["standard"]
    for statistic, sd, precision, limit in (("COUNT", 5.2, 0, 23), ("SUM", 10.0, 2, 44.55), ("MEAN", 0.5, 2, 2.23)):
        for change, is_listed in ((limit, False), (limit + 10.0**-precision, True)):
            one = table_of("A", [(CellStatus.SHOWN, 100)], policy, statistic=statistic, precision=precision, sd=sd)
            two = table_of(
                "A", [(CellStatus.SHOWN, 100 + change)], policy, statistic=statistic, precision=precision, sd=sd
            )
            assert bool(listed(one, two, policy)[0]) is is_listed, (statistic, change)


def test_an_amount_whose_noise_is_not_told_is_not_compared():
    """Without a size of the noise nothing can be said to lie beyond it."""
    policy = POLICIES["standard"]
    one = table_of("A", [(CellStatus.SHOWN, 100)], policy, statistic="MEDIAN", precision=2, sd=0.0)
    two = table_of("A", [(CellStatus.SHOWN, 900)], policy, statistic="MEDIAN", precision=2, sd=0.0)
    rows, found = listed(one, two, policy)
    assert rows == {}
    assert found.n_compared == 0


def test_binary_fractions_make_no_difference():
    """0.3 and 0.1 + 0.2 are one printed number, also where nothing is noise."""
    policy = POLICIES["open"]
    one = table_of("A", [(CellStatus.SHOWN, 0.3)], policy, statistic="MEAN", precision=1)
    two = table_of("A", [(CellStatus.SHOWN, 0.1 + 0.2)], policy, statistic="MEAN", precision=1)
    assert listed(one, two, policy)[0] == {}


def test_tables_by_other_fields_are_not_compared():
    """There is no cell that both have."""
    policy = POLICIES["open"]
    one = table_of("A", [(CellStatus.SHOWN, 1)], policy)
    two = replace(one, dimensions=(replace(one.dimensions[0], field="G"),))
    with pytest.raises(ValueError, match="other fields"):
        differences(Side(one, 0), Side(two, 0))


def test_marks_are_no_difference():
    """[p] on one side says nothing of the number."""
    policy = POLICIES["standard"]
    one = table_of("A", [(CellStatus.SHOWN, 100)], policy)
    [measure] = one.measures
    marked = replace(one, measures=(replace(measure, flags=measure.flags | np.uint8(CellFlag.PROVISIONAL)),))
    assert listed(one, marked, policy)[0] == {}
