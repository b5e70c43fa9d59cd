"""National Insurance numbers for people from abroad: near the published figures, with Europe giving way."""

import pytest
from drawn import Drawn

EUROPEAN = "nationality in ('ROU', 'POL', 'ITA', 'ESP', 'PRT', 'BGR', 'FRA', 'LTU', 'DEU', 'HUN')"


@pytest.fixture(scope="module")
def ninos(tmp_path_factory):
    """A quarter of what the demonstration has."""
    return Drawn("Ninos", tmp_path_factory.mktemp("ninos"), 0.25)


@pytest.mark.parametrize(
    ("first", "last", "published"),
    [("201906", "202003", 760_000), ("201806", "201903", 650_000), ("202006", "202006", 55_000)],
)
def test_totals_are_near_the_published_ones(ninos, first, last, published):
    """National Insurance numbers allocated to adult overseas nationals, to March 2020 and to June 2020."""
    assert ninos.count(f"quarter between '{first}' and '{last}'") == pytest.approx(published, rel=0.03)


def test_india_takes_the_place_of_romania(ninos):
    """People from the European Union are most in 2016, people from elsewhere in 2023."""
    before, after = ("quarter = '201606'", "quarter = '202306'")
    assert ninos.count(f"{before} and {EUROPEAN}") > 3 * ninos.count(f"{before} and not {EUROPEAN}") / 2
    assert ninos.count(f"{after} and {EUROPEAN}") < ninos.count(f"{after} and nationality = 'IND'") / 2


def test_ukraine_comes_in_2022(ninos):
    """Few before the war, many since."""
    assert ninos.count("nationality = 'UKR' and quarter = '202206'") > 5 * ninos.count(
        "nationality = 'UKR' and quarter = '202112'"
    )


def test_northern_ireland_is_in_the_kingdom_and_not_in_britain(ninos):
    """Its districts are in one geography and unknown in the other; everywhere else both are the same."""
    assert ninos.count("authority[1] = 'N'") > 0
    assert ninos.none("authority[1] = 'N' and authority_in_britain != 'ZZXXXXXXX'")
    assert ninos.none("authority[1] != 'N' and authority_in_britain != authority")


def test_years_end_in_june(ninos):
    """A quarter belongs to the year that ends with the next June."""
    rows = ninos.rows("select distinct quarter, june_year from records")
    assert all(year[:4] == str(int(quarter[:4]) - (quarter[4:] <= "06")) for quarter, year in rows)
