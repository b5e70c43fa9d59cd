"""The benefit cap on Universal Credit: totals, regions and amounts as published, and what moved them."""

import pytest

from statlas.demonstration.made import DATABASES, SCALES

PUBLISHED = {"201911": 40, "202302": 104, "202305": 79, "202511": 110.637}
"""Thousands of households capped (benefit cap statistics)."""

REGIONS = {
    "E12000001": 1960, "E12000002": 8544, "E12000003": 5746, "E12000004": 4979, "E12000005": 10198, "E12000006": 11127,
    "E12000007": 37213, "E12000008": 18623, "E12000009": 6270, "W92000004": 2841, "S92000003": 2890,
}  # fmt: skip
"""Households in November 2025 (Table 4)."""

AUTHORITIES = DATABASES / "geography" / "authority.csv"

SHARE = 0.5


@pytest.fixture(scope="module")
def capped(drawn):
    """Half of the demonstration's households."""
    return drawn("BC_UC_Monthly", 0.025 * SHARE)


@pytest.mark.parametrize("month", PUBLISHED)
def test_totals_are_near_the_published_ones(capped, month):
    """Within 2% in every month of which a figure is known."""
    [(n,)] = capped.execute("select count(*) from records where month = ?", [month]).fetchall()
    assert n / SCALES["BC_UC_Monthly"] / SHARE / 1000 == pytest.approx(PUBLISHED[month], rel=0.02)


def test_regions_are_near_the_published_ones(capped):
    """Within 8% and ten households drawn in November 2025."""
    rows = capped.execute("select authority, count(*) from records where month = '202511' group by 1").fetchall()
    parents = dict(capped.execute(f"select code, parent from read_csv('{AUTHORITIES}', all_varchar = true)").fetchall())
    found = dict.fromkeys(REGIONS, 0)
    for authority, n in rows:
        if parents[authority] in found:
            found[parents[authority]] += n
    scale = SCALES["BC_UC_Monthly"] * SHARE
    for region, n in REGIONS.items():
        assert found[region] == pytest.approx(n * scale, rel=0.08, abs=10), region


def test_amounts_are_near_the_published_ones(capped):
    """About a third lose up to £100 a month, a fifth £100 to £200 and an eighth over £500."""
    [shares] = capped.execute(
        """select avg((m <= 100)::int), avg((m > 100 and m <= 200)::int), avg((m > 500)::int)
           from (select capped * 52 / 12 as m from records where month = '202511')"""
    ).fetchall()
    assert shares == pytest.approx((0.347, 0.219, 0.121), abs=0.04)


def test_higher_caps_and_the_end_of_the_uplift_free_many(capped):
    """A fifth fewer are capped in May 2023 than in February, a third fewer in November 2021 than in August."""
    numbers = dict(capped.execute("select month, count(*) from records group by 1").fetchall())
    assert numbers["202305"] < 0.8 * numbers["202302"]
    assert numbers["202111"] < 0.7 * numbers["202108"]


def test_families_have_the_children_they_should(capped):
    """Children exactly where the family type has some."""
    found = capped.execute(
        "select distinct family from records where (children = '0') <> (family in ('1', '3'))"
    ).fetchall()
    assert found == []
