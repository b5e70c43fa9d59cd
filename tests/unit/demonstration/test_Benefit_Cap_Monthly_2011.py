"""The benefit cap on Housing Benefit: its totals, how it was lowered, and whom it concerns."""

import pytest

from statlas.demonstration.made import SCALES

PUBLISHED = {"201908": 43, "201911": 37, "202011": 25, "202102": 24, "202302": 9.6}
"""Thousands of households capped (benefit cap statistics), rounded as published."""

SHARE = 0.5


@pytest.fixture(scope="module")
def capped(drawn):
    """Half of the demonstration's households."""
    return drawn("Benefit_Cap_Monthly_2011", 0.025 * SHARE)


def thousands(capped, month):
    """Households capped in a month at full size."""
    [(n,)] = capped.execute("select count(*) from records where month = ?", [month]).fetchall()
    return n / SCALES["Benefit_Cap_Monthly_2011"] / SHARE / 1000


@pytest.mark.parametrize("month", PUBLISHED)
def test_totals_are_near_the_published_ones(capped, month):
    """Within 3% in every month of which a figure is known."""
    assert thousands(capped, month) == pytest.approx(PUBLISHED[month], rel=0.03)


def test_the_lower_cap_triples_the_caseload(capped):
    """From October 2016 to February 2017."""
    assert thousands(capped, "201702") > 3 * thousands(capped, "201610")


def test_it_began_in_london(capped):
    """Nobody elsewhere is capped in April 2013, and London is under a third in 2017."""
    in_london = "select avg(starts_with(authority, 'E09')::int) from records where month = ?"
    [(first,)], [(later,)] = (capped.execute(in_london, [month]).fetchall() for month in ("201304", "201705"))
    assert first > 0.99
    assert later < 0.33


def test_the_capped_are_of_working_age(capped):
    """Pensioners are exempt."""
    assert capped.execute("select max(age) <= 65 from records").fetchall() == [(True,)]


def test_some_benefit_is_left(capped):
    """At least 50 pence of Housing Benefit, and never a cap of nothing."""
    assert capped.execute("select min(award) >= 0.5, min(capped) > 0 from records").fetchall() == [(True, True)]
