"""Claims to Employment and Support Allowance: near the published figures, and what cannot be together is not."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def esa(tmp_path_factory):
    """A quarter of what the demonstration has."""
    return Drawn("ESA_Caseload_new", tmp_path_factory.mktemp("esa"), 0.25)


@pytest.mark.parametrize(("quarter", "published"), [("202408", 1_494_000), ("202505", 1_175_000), ("202508", 999_000)])
def test_claims_are_as_many_as_published(esa, quarter, published):
    """DWP benefits statistics: February 2026. Cells are small, so that whole claims take a little more."""
    assert esa.count(f"quarter = '{quarter}'") == pytest.approx(published, rel=0.05)


@pytest.mark.parametrize(
    ("condition", "published"),
    [("payment_type = '1'", 620_000), ("phase = '3'", 860_000), ("migrated = 'Y'", 370_000)],
)
def test_kinds_of_claims_are_as_many_as_published_in_august_2025(esa, condition, published):
    """Contribution-based alone, in the support group, and from incapacity benefits."""
    assert esa.count(f"quarter = '202508' and {condition}") == pytest.approx(published, rel=0.12)


def test_contributions_remain_where_income_moved_to_universal_credit(esa):
    """In a year 180,000 more have contribution-based allowance alone, and far fewer the income-related one."""
    before, after = (esa.count(f"quarter = '{q}' and payment_type = '1'") for q in ("202408", "202508"))
    assert 100_000 < after - before < 260_000
    assert (
        esa.count("quarter = '202508' and payment_type = '3'")
        < esa.count("quarter = '202408' and payment_type = '3'") / 2
    )


def test_credits_are_no_payment(esa):
    """Who has credits only has no award, and everybody else has one."""
    assert esa.none("(award is null) != (payment_type = '4')")


def test_nobody_is_of_pension_age(esa):
    """The allowance ends at State Pension age."""
    assert esa.none("age < 16 or age >= 66")


def test_awards_follow_phase_and_uprating(esa):
    """The support group gets more than who is being assessed, and 2025 more than 2018."""
    mean = dict(esa.rows("select quarter || phase, avg(award) from records group by 1"))
    assert mean["2018053"] > mean["2018051"] + 25
    assert 1.05 < mean["2025083"] / mean["2018053"] < 1.35
