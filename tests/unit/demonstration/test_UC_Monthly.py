"""People on Universal Credit: near the published total, the pandemic, nobody of pension age."""

import pytest
from drawn import Drawn

from statlas.demonstration.made import DATABASES


@pytest.fixture(scope="module")
def uc(tmp_path_factory):
    """A tenth of what the demonstration has."""
    return Drawn("UC_Monthly", tmp_path_factory.mktemp("uc"), 0.1)


def test_people_are_as_many_as_published(uc):
    """8.3 million in December 2025 (DWP benefits statistics: February 2026)."""
    assert uc.count("month = '202512'") == pytest.approx(8_300_000, rel=0.01)


def test_the_pandemic_shows(uc):
    """More than 5 million in May 2020, from 3 million in March."""
    assert uc.count("month = '202003'") == pytest.approx(3_000_000, rel=0.02)
    assert uc.count("month = '202005'") > 5_000_000


def test_nobody_is_too_young_or_too_old(uc):
    """From 16 to State Pension age."""
    assert uc.none("age < 16 or age > 66 or (month >= '202011' and age > 65)")


def test_the_north_west_came_first(uc):
    """Half of the people of January 2015 live in its authorities, and a seventh in 2020."""
    there = f"select code from '{DATABASES}/geography/authority.csv' where parent = 'E12000002'"
    share = f"select avg(cast(authority in ({there}) as int)) from records"
    [(early,)] = uc.rows(f"{share} where month = '201501'")
    [(late,)] = uc.rows(f"{share} where month = '202003'")
    assert early > 0.4
    assert 0.1 < late < 0.2


def test_a_person_keeps_sex_and_place_and_stays_on(uc):
    """One row a month, without a gap, the same sex and constituency in all of them."""
    month = "cast(month as int) // 100 * 12 + cast(month as int) % 100"
    lives = f"""select count(distinct month) = count(*) and max({month}) - min({month}) + 1 = count(*) as whole,
        count(distinct sex) = 1 and count(distinct constituency_2010) = 1 as same from records group by person_ref"""
    assert uc.rows(f"select bool_and(whole), bool_and(same) from ({lives})") == [(True, True)]


def test_what_is_expected_changes_now_and_then(uc):
    """Of those who stay a year some have another regime by then, and most have the same."""
    pairs = """select avg(cast(a.regime <> b.regime as int)) from records a join records b using (person_ref)
        where a.month = '202306' and b.month = '202406'"""
    [(changed,)] = uc.rows(pairs)
    assert 0.05 < changed < 0.4


def test_who_works_is_mostly_known_by_the_regime(uc):
    """Most of those working are in employment, and few of those searching."""
    rows = dict(uc.rows("select regime, avg(cast(employment = '1' as int)) from records group by 1"))
    assert rows["3"] > 0.9
    assert rows["1"] < 0.3
