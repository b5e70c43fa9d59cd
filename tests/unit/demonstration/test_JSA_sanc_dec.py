"""Decisions on sanctions: two regimes, reasons that fit the level, a peak."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def jsa(tmp_path_factory):
    """Half of what the demonstration has."""
    return Drawn("JSA_sanc_dec", tmp_path_factory.mktemp("jsa"), 0.5)


def test_every_decision_is_one(jsa):
    """No reference occurs twice."""
    assert jsa.rows("select count(*) = count(distinct decision_ref) from records") == [(True,)]


def test_the_regime_changed_in_october_2012(jsa):
    """Before it only the old one, after it only the new one, in it both."""
    assert jsa.none("regime = '2' and month < '201210'")
    assert jsa.none("regime = '1' and month > '201210'")
    assert jsa.rows("select count(distinct regime) from records where month = '201210'") == [(2,)]


def test_a_decision_has_the_level_of_its_regime(jsa):
    """Levels are of the new regime, groups of the old one."""
    assert jsa.none("(regime = '1') <> (level = '9')")
    assert jsa.none("(regime = '2') <> (old_group = '9')")


def test_a_level_has_its_reasons(jsa):
    """Leaving work is of the high level, looking for it of the intermediate, interviews and schemes of the low one."""
    kind = "case level when '1' then '3' when '2' then '2' else '1' end"
    assert jsa.none(f"regime = '2' and substr(reason, 1, 1) <> {kind}")


def test_schemes_are_a_reason_while_they_run(jsa):
    """Nobody misses Mandatory Work Activity after its end in April 2016."""
    assert jsa.none("reason = '14' and month >= '201605'")
    assert jsa.none("type = '3' and month < '201310'")


def test_the_peak_is_in_2013(jsa):
    """About 90,000 sanctions in October 2013, and a twentieth of it five years later."""
    peak = jsa.count("month = '201310' and outcome = '1'")
    assert peak == pytest.approx(90_000, rel=0.1)
    assert jsa.count("month = '201810' and outcome = '1'") < peak / 20


def test_nobody_is_a_pensioner(jsa):
    """Jobseeker's Allowance ends at State Pension age."""
    assert jsa.none("age < 16 or age > 64")
