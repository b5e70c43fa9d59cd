"""Flows of Housing Benefit: they fit its caseload, and who they are of makes sense."""

import csv
from collections import Counter

import pytest

from statlas.demonstration.made import DATABASES, SCALES

SHARE = 0.25


@pytest.fixture(scope="module")
def flows(drawn):
    """A quarter of the demonstration's flows."""
    return drawn("hb_flows", 0.025 * SHARE)


@pytest.fixture(scope="module")
def caseload():
    """Claims of Great Britain by month, of working age outside specified and temporary accommodation."""
    found = Counter()
    with (DATABASES / "hb_new" / "caseload.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["month"]] += float(row["working_social"]) + float(row["working_private"])
    return found


@pytest.mark.parametrize(("first", "last"), [("201804", "201904"), ("202104", "202304"), ("202404", "202510")])
def test_flows_fit_the_caseload(flows, caseload, first, last):
    """Off-flows less on-flows are what the caseload of working age loses, within a sixth."""
    [(net,)] = flows.execute(
        "select sum(if(flow = '1', 1, -1)) from records where client = '1' and month > ? and month <= ?", [first, last]
    ).fetchall()
    assert net / SCALES["hb_flows"] / SHARE == pytest.approx(caseload[first] - caseload[last], rel=1 / 6)


def test_most_of_the_late_working_age_flows_are_ends(flows):
    """When claims moved to Universal Credit in the winter of 2024, four times as many ended as began."""
    [(ends, begins)] = flows.execute(
        """select count(*) filter (flow = '1'), count(*) filter (flow = '2') from records
           where client = '1' and month between '202411' and '202503'"""
    ).fetchall()
    assert ends > 4 * begins


def test_pensioners_lose_nothing_for_spare_rooms(flows):
    """Nobody of pension age has a reduction or is asked about work."""
    found = flows.execute(
        "select min(age), count(reduction), count(*) filter (employment <> '9') from records where client = '2'"
    ).fetchall()
    assert found == [(66, 0, 0)]


def test_a_spare_room_costs_a_seventh_or_a_quarter(flows):
    """Reductions are of tenants of social landlords alone, 14% of the rent for one room and 25% for more."""
    found = flows.execute(
        "select distinct sector from records where reduction > 0 and spare_rooms in ('1', '2') order by 1"
    ).fetchall()
    assert found == [("11",), ("12",)]
    [(one, more)] = flows.execute(
        """select median(reduction) filter (spare_rooms = '1'), median(reduction) filter (spare_rooms = '2')
           from records"""
    ).fetchall()
    assert more / one == pytest.approx(25 / 14, rel=0.1)
