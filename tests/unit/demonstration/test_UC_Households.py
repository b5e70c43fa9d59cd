"""Households on Universal Credit: near the published figures, awards that fit the family, children that add up."""

import csv
import math

import pytest
from drawn import Drawn

from statlas.demonstration.made import DATABASES

BY_AGE = ("children_0_4", "children_5_10", "children_11_15", "children_16_19")
COUNTS = [f"try_cast({column} as int)" for column in BY_AGE]
SINCE_2019 = "month >= '201904' and family <> '99'"


@pytest.fixture(scope="module")
def uc(tmp_path_factory):
    """An eighth of what the demonstration has."""
    return Drawn("UC_Households", tmp_path_factory.mktemp("uc"), 0.125)


def published():
    """Rows of the file of published figures."""
    with (DATABASES / "UC_Households/published.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def where(row):
    """The records that a published figure counts."""
    if row["column"] == "region":
        places = f"select code from '{DATABASES}/geography/authority.csv' where parent = '{row['code']}'"
        return f"authority in ({places})"
    codes = ", ".join(f"'{code}'" for code in row["code"].split())
    return f"{row['column']} in ({codes})"


@pytest.mark.parametrize("column", ["family", "children", "tenure", "health", "authority", "region"])
def test_households_are_as_many_as_published(uc, column):
    """Within 3%, and what chance does to so few records."""
    rows = [row for row in published() if row["column"] == column]
    assert len(rows) >= 3
    for row in rows:
        found = uc.count(f"month = '{row['period']}' and {where(row)}")
        n = int(row["n"])
        assert abs(found - n) < 0.03 * n + 4 * math.sqrt(n / uc.scale), row


def test_awards_are_about_as_large_as_published(uc):
    """The mean payment of England in May and August 2018 was £527.84 and £567.91 (Stat-Xplore, March 2019)."""
    england = f"authority in (select code from '{DATABASES}/geography/authority.csv' where parent like 'E12%')"
    for month, mean in (("201805", 527.84), ("201808", 567.91)):
        [(found,)] = uc.rows(f"select avg(award) from records where month = '{month}' and {england}")
        assert found == pytest.approx(mean, rel=0.1)


def test_children_belong_to_families_with_children(uc):
    """Singles and couples without children have none, the others at least one."""
    assert uc.none(f"{SINCE_2019} and family in ('1', '3') and children <> '0'")
    assert uc.none(f"{SINCE_2019} and family in ('2', '4') and children = '0'")


def test_children_of_all_ages_add_up(uc):
    """Children by age are all the children (the last group holds five and more), and the youngest is among them."""
    assert uc.none(f"{SINCE_2019} and children <> least({' + '.join(COUNTS)}, 5)")
    for (low, high), count in zip(((0, 4), (5, 10), (11, 15), (16, 19)), COUNTS, strict=True):
        assert uc.none(f"{SINCE_2019} and cast(youngest as int) between {low} and {high} and {count} = 0")
        assert uc.none(f"{SINCE_2019} and {count} > 0 and cast(youngest as int) > {high}")


def test_ages_of_children_are_known_from_april_2019_on(uc):
    """Before that every household has the code for it."""
    assert uc.none("month < '201904' and (children <> '9999' or children_0_4 not in ('9999', '9998'))")
    assert uc.none("month >= '201904' and (children = '9999' or children_0_4 = '9999' or youngest = '99')")


def test_spare_rooms_cost_social_tenants_a_share_of_the_rent(uc):
    """Only they lose anything, and all of them who have spare bedrooms do."""
    assert uc.none("(reduction is null) <> (spare in ('0', '9'))")
    assert uc.none("(spare = '9') <> (tenure <> '1')")
    assert uc.none("(bedrooms = '0') <> (tenure = '0')")


def test_only_scotland_has_scottish_choices(uc):
    """Elsewhere the code says so, and in Scotland no household has it (its address may be unknown)."""
    assert uc.none("authority like 'E%' and scottish_landlord <> 'X'")
    assert uc.none("authority like 'S%' and scottish_frequent = 'X'")


def test_who_is_not_paid_has_no_award(uc):
    """In payment is who gets at least a penny."""
    assert uc.none("(payment = '1') <> (award > 0)")


def test_larger_families_get_more(uc):
    """Mean awards rise with children and with a partner."""
    rows = uc.rows("select family, avg(award) from records where month = '202512' group by 1")
    single, parent, couple, family = (dict(rows)[code] for code in "1234")
    assert single < couple < parent < family


def test_the_uplift_shows(uc):
    """Awards rise by about £80 in April 2020 and fall in October 2021."""
    rows = dict(uc.rows("select month, avg(award) from records where family = '1' group by 1"))
    assert rows["202004"] > rows["202003"] + 60
    assert rows["202110"] < rows["202109"] - 60
