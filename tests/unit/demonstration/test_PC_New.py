"""Claims to Pension Credit: near the published figures, and what cannot be together is not."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def pc(tmp_path_factory):
    """A quarter of what the demonstration has."""
    return Drawn("PC_New", tmp_path_factory.mktemp("pc"), 0.25)


@pytest.mark.parametrize(
    ("quarter", "published"), [("202408", 1_361_000), ("202505", 1_391_000), ("202508", 1_390_000)]
)
def test_claims_are_as_many_as_published(pc, quarter, published):
    """DWP benefits statistics: February 2026."""
    assert pc.count(f"quarter = '{quarter}'") == pytest.approx(published, rel=0.03)


@pytest.mark.parametrize(
    ("kind", "men", "women"), [("1", 288_000, 527_000), ("2", 57_000, 106_000), ("3", 125_000, 287_000)]
)
def test_men_and_women_are_as_many_as_published(pc, kind, men, women):
    """By type of Pension Credit in August 2025."""
    for sex, published in (("1", men), ("2", women)):
        found = pc.count(f"quarter = '202508' and type = '{kind}' and sex = '{sex}'")
        assert found == pytest.approx(published, rel=0.08)


def test_more_claim_after_the_winter_fuel_payment_came_to_depend_on_it(pc):
    """The caseload fell until 2022 and rises from August 2024 on."""
    first, low, before, after = (pc.count(f"quarter = '{q}'") for q in ("201805", "202202", "202408", "202505"))
    assert low < 0.86 * first
    assert after > 1.01 * before


def test_savings_credit_is_for_those_of_pension_age_in_2016(pc):
    """Nobody who has it reached State Pension age after April 2016, and it is never much money."""
    assert pc.none("type != '1' and quarter >= '202505' and age < 72")
    assert pc.none("type = '2' and award > 20")


def test_nobody_is_of_working_age(pc):
    """State Pension age was 65 in May 2018."""
    assert pc.none("age < 65 or age is null or award is null")
