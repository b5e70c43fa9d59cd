"""Work Capability Assessments by the start of the claim: fewer with time, and what cannot be together is not."""

import pytest
from drawn import Drawn

IMPAIRMENTS = (
    "upper_limb",
    "lower_limb",
    "sensory",
    "continence",
    "consciousness",
    "understanding",
    "adapting",
    "social",
)


@pytest.fixture(scope="module")
def wca(tmp_path_factory):
    """A fifth of what the demonstration has."""
    return Drawn("ESA_WCA_CS", tmp_path_factory.mktemp("wca"), 0.2)


def test_fewer_claims_begin(wca):
    """Universal Credit takes over; in spring 2020 there are more for a while."""
    n = {month: wca.count(f"month = '{month}'") for month in ("201403", "201803", "202002", "202004", "202203")}
    assert n["201403"] > 1.5 * n["201803"] > 3 * n["202203"]
    assert n["202004"] > 1.2 * n["202002"]


def test_the_support_group_grows(wca):
    """Of those assessed a larger share is in it from year to year, and fewer are found fit for work."""
    query = "select month[:4], outcome, count(*) from records where outcome in ('1', '2', '3') group by all"
    n = {(year, outcome): count for year, outcome, count in wca.rows(query)}
    share = {year: n[year, "1"] / sum(n[year, o] for o in "123") for year in ("2014", "2017", "2021")}
    assert 0.4 < share["2014"] < share["2017"] < share["2021"] < 0.9


def test_only_recent_claims_are_still_assessed(wca):
    """Nearly all claims of earlier years have an outcome."""
    assert wca.count("outcome = '5' and month < '202112'") < 0.02 * wca.count("month < '202112'")
    assert wca.count("outcome = '5' and month >= '202207'") > 0.1 * wca.count("month >= '202207'")


def test_reasons_are_those_of_the_group(wca):
    """The support group has reasons of its own, so has the other, and who is in neither has none."""
    assert wca.none("(outcome = '1') != (reason[1] = 'S')")
    assert wca.none("(outcome = '2') != (reason[1] = 'W')")


@pytest.mark.parametrize("impairment", IMPAIRMENTS)
def test_impairments_are_found_at_assessments(wca, impairment):
    """Who was not assessed has none, and none of the kinds is empty."""
    assert wca.none(f"({impairment} = 'X') != (outcome in ('4', '5'))")
    assert wca.count(f"{impairment} = 'Y'") > 1000
