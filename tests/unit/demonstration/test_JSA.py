"""Claims to Jobseeker's Allowance: near the published figures, and what cannot be together is not."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def jsa(tmp_path_factory):
    """A quarter of what the demonstration has."""
    return Drawn("JSA", tmp_path_factory.mktemp("jsa"), 0.25)


@pytest.mark.parametrize(("quarter", "published"), [("202408", 93_000), ("202505", 86_000), ("202508", 71_000)])
def test_claims_are_as_many_as_published(jsa, quarter, published):
    """DWP benefits statistics: February 2026."""
    assert jsa.count(f"quarter = '{quarter}'") == pytest.approx(published, rel=0.05)


def test_claims_rose_in_the_pandemic(jsa):
    """They fell until February 2020, nearly doubled, and are below that level by now."""
    start, before, peak, now = (jsa.count(f"quarter = '{q}'") for q in ("201805", "202002", "202008", "202408"))
    assert now < before < start / 2
    assert peak > 1.7 * before


def test_nobody_is_of_pension_age(jsa):
    """The allowance is for people of 18 and over below State Pension age."""
    assert jsa.none("age < 18 or age >= 66")


def test_children_have_ages(jsa):
    """The youngest child has an age where there are children, and nowhere else."""
    assert jsa.none("(children = '0') != (youngest = '0')")
    assert jsa.none("age < 23 and children in ('3', '4')")


def test_rates_are_those_of_the_law(jsa):
    """In August 2025 a single person gets 92.05 a week, and somebody under 25 gets 72.90."""
    medians = jsa.rows("select age < 25, median(award) from records where quarter = '202508' group by all order by 1")
    assert [award for _, award in medians] == [pytest.approx(92.05, abs=0.1), pytest.approx(72.90, abs=0.1)]
