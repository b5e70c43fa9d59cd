"""Cases of Personal Independence Payment: near the published totals, and with relations that make sense."""

import pytest

from statlas.demonstration.made import SCALES

PUBLISHED = {"202101": 2600, "202201": 2900, "202204": 3000, "202301": 3220, "202304": 3300, "202508": 3844.4}
"""Thousands administered by the department: statistics of these months, and of benefits in February 2026."""

SHARE = 0.2


@pytest.fixture(scope="module")
def cases(drawn):
    """A fifth of the demonstration's cases."""
    return drawn("PIP_Monthly", 0.025 * SHARE)


@pytest.mark.parametrize("month", PUBLISHED)
def test_totals_are_near_the_published_ones(cases, month):
    """Within 2% in every month of which a figure is known."""
    [(n,)] = cases.execute("select count(*) from records where month = ?", [month]).fetchall()
    assert n / SCALES["PIP_Monthly"] / SHARE / 1000 == pytest.approx(PUBLISHED[month], rel=0.02)


def test_scotland_moves_to_a_payment_of_its_own(cases):
    """A tenth of the cases in April 2022, next to none in August 2025."""
    rows = cases.execute(
        """select avg((authority[1] = 'S')::int) from records where month in ('202204', '202508')
           group by month order by month"""
    ).fetchall()
    [before, after] = [share for (share,) in rows]
    assert before == pytest.approx(0.102, abs=0.01)
    assert after < 0.003


def test_everybody_has_a_component_and_an_award(cases):
    """Never nil for both, and no award beyond the two enhanced rates."""
    none = "daily_living = '3' and mobility = '3'"
    assert cases.execute(f"select count(*) from records where {none}").fetchall() == [(0,)]
    [(least, most)] = cases.execute("select min(award), max(award) from records where month = '202508'").fetchall()
    assert least == pytest.approx(29.29, abs=0.1)
    assert most == pytest.approx(110.40 + 77.05, abs=0.1)


def test_conditions_fit_ages(cases):
    """Autism is for the young, osteoarthritis for older people; psychiatric disorders are nearly four in ten."""
    [(autism, arthritis, psychiatric)] = cases.execute(
        """select median(age) filter (disability = 'A3'), median(age) filter (disability = 'B1'),
           avg((disability[1] = 'A')::int) from records where month = '202508'"""
    ).fetchall()
    assert autism < 32
    assert arthritis > 52
    assert psychiatric == pytest.approx(0.39, abs=0.04)


def test_the_terminally_ill_get_enhanced_daily_living(cases):
    """Special rules for the end of life give the enhanced rate."""
    found = cases.execute("select distinct daily_living from records where rules = '2'").fetchall()
    assert found == [("1",)]
