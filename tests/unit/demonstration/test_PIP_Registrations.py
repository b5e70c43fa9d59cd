"""Registrations of Personal Independence Payment: near the published totals by quarter, as policy went."""

import pytest

from statlas.demonstration.made import SCALES

PUBLISHED = {
    ("202011", "202101"): (140, 25), ("202111", "202201"): (170, 19), ("202202", "202204"): (200, 20),
    ("202211", "202301"): (180, 19), ("202302", "202304"): (210, 20), ("202502", "202504"): (210, 23),
}  # fmt: skip
"""Thousands of new claims and of reassessments in quarters, rounded as published."""

SHARE = 0.5


@pytest.fixture(scope="module")
def registrations(drawn):
    """Half of the demonstration's registrations."""
    return drawn("PIP_Registrations", 0.025 * SHARE)


def thousands(registrations, first, last, where="true"):
    """Registrations from a month to another at full size."""
    counted = f"select count(*) from records where month between ? and ? and {where}"
    [(n,)] = registrations.execute(counted, [first, last]).fetchall()
    return n / SCALES["PIP_Registrations"] / SHARE / 1000


@pytest.mark.parametrize("quarter", PUBLISHED)
def test_quarters_are_near_the_published_ones(registrations, quarter):
    """Within 4% for new claims and 7% for reassessments."""
    new, reassessed = PUBLISHED[quarter]
    assert thousands(registrations, *quarter, "reassessed = '1'") == pytest.approx(new, rel=0.04)
    assert thousands(registrations, *quarter, "reassessed = '2'") == pytest.approx(reassessed, rel=0.07)


@pytest.mark.parametrize(("until", "million"), [("202101", 5.7), ("202201", 6.4)])
def test_all_since_the_start_are_near_the_published_number(registrations, until, million):
    """Within 3% of all claims registered since April 2013."""
    assert thousands(registrations, "201304", until) == pytest.approx(1000 * million, rel=0.03)


def test_nobody_registers_in_scotland_any_more(registrations):
    """From January 2023 on claims there are for Adult Disability Payment."""
    assert thousands(registrations, "202201", "202203", "starts_with(authority, 'S')") > 10
    assert thousands(registrations, "202301", "202510", "starts_with(authority, 'S')") == 0


def test_reassessments_stopped_in_the_spring_of_2020(registrations):
    """A third of those of the winter before."""
    before, during = (
        thousands(registrations, *m, "reassessed = '2'") for m in (("202001", "202002"), ("202004", "202005"))
    )
    assert during < before / 3


def test_new_claims_are_made_below_state_pension_age(registrations):
    """Only reassessments may be of older people."""
    found = registrations.execute("select distinct reassessed from records where pension_age = '2'").fetchall()
    assert found == [("2",)]
