"""Sanction decisions on Employment and Support Allowance: they rise and fall, and what cannot be together is not."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def decisions(tmp_path_factory):
    """A fifth of what there are."""
    return Drawn("ESA_sanc_dec", tmp_path_factory.mktemp("esa_sanctions"), 0.2)


def test_decisions_rise_until_2014_and_fall(decisions):
    """The new regime brings more of them, and fewer people to sanction fewer; the pandemic nearly none."""
    n = {year: decisions.count(f"month like '{year}%'") for year in (2012, 2013, 2014, 2016, 2018, 2021)}
    assert n[2012] < n[2013] < n[2014]
    assert n[2014] > 2 * n[2016] > 4 * n[2018] > 40 * n[2021]


def test_the_regime_changes_in_december_2012(decisions):
    """No decision of the new regime before, none of the old one after."""
    assert decisions.none("regime = '2' and month < '201212'")
    assert decisions.none("regime = '1' and month > '201212'")
    assert decisions.count("month = '201212' and regime = '1'") > 0


def test_reconsiderations_begin_in_october_2013(decisions):
    """Before, decisions were reviewed or appealed against."""
    assert decisions.none("type = '3' and month < '201310'")
    assert decisions.count("type = '3' and month >= '201310'") > 0


def test_nobody_is_of_pension_age(decisions):
    """Claimants are of working age."""
    assert decisions.none("age < 18 or age >= 65")


def test_no_man_is_pregnant(decisions):
    """Chapter 15 is of women only."""
    assert decisions.none("condition = '15' and sex = '1'")
