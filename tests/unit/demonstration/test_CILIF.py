"""Children in low income families: near the published figures, by the relative and the absolute measure."""

import pytest
from drawn import Drawn


@pytest.fixture(scope="module")
def relative(tmp_path_factory):
    """A fifth of what the demonstration has."""
    return Drawn("CILIF_REL", tmp_path_factory.mktemp("relative"), 0.2)


@pytest.fixture(scope="module")
def absolute(tmp_path_factory):
    """A fifth of what the demonstration has."""
    return Drawn("CILIF_ABS", tmp_path_factory.mktemp("absolute"), 0.2)


def test_totals_are_near_the_published_ones(relative, absolute):
    """The United Kingdom in 2019/20, and Great Britain the year before: statistics of March 2021 and June 2020."""
    assert relative.count("year = '2019'") == pytest.approx(2_990_000, rel=0.02)
    assert absolute.count("year = '2019'") == pytest.approx(2_440_000, rel=0.02)
    assert relative.count("year = '2018' and authority[1] != 'N'") == pytest.approx(2_740_000, rel=0.02)
    assert absolute.count("year = '2018' and authority[1] != 'N'") == pytest.approx(2_270_000, rel=0.02)


def test_four_in_five_are_under_16(relative, absolute):
    """81% by both measures; nobody is older than 19."""
    for children in (relative, absolute):
        assert children.count("year = '2019' and age < 16") / children.count("year = '2019'") == pytest.approx(
            0.81, abs=0.015
        )
        assert children.none("age > 19")


def test_fewer_are_poor_when_benefits_are_higher(relative):
    """In 2020/21 Universal Credit was more."""
    assert relative.count("year = '2020'") < 0.9 * relative.count("year = '2019'")


def test_work_becomes_no_way_out(relative):
    """More of the families work from year to year, fewest where there is one parent alone."""

    def working(among):
        return relative.count(f"{among} and in_work = 'Y'") / relative.count(among)

    assert working("year = '2023'") > working("year = '2014'") + 0.1
    assert working("lone_parent = 'Y'") < working("lone_parent = 'N'") - 0.2


def test_northern_ireland_is_in_the_kingdom_and_not_in_britain(relative):
    """Its districts are in one geography and unknown in the other."""
    assert relative.count("authority[1] = 'N'") > 0
    assert relative.none("authority[1] = 'N' and authority_in_britain != 'ZZXXXXXXX'")
