"""Loans for mortgage interest: the published figures of the north, and amounts within the limits of the law."""

import csv

import pytest
from drawn import Drawn

NORTH = ("E12000001", "E12000002", "E12000003")


@pytest.fixture(scope="module")
def smi(tmp_path_factory):
    """Every household there is."""
    return Drawn("SMI_CASELOAD", tmp_path_factory.mktemp("smi"), 1)


def test_the_north_has_as_many_as_published(smi, shared):
    """Each northern region in each quarter until February 2023 has what Stat-Xplore has, within a twentieth."""
    path = shared / "data/dwp_statxplore/smi_loans_in_payment_households.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    published = {(row["Quarter"].replace("-", ""), row["geography_code"]): float(row["value"]) for row in rows}
    found = {(q, r): n for q, r, n in smi.rows("select quarter, region, count(*) from records group by all")}
    assert len(published) == 60
    for place, n in published.items():
        assert found[place] == pytest.approx(n, rel=0.05), place


def test_pensioners_are_on_pension_credit(smi):
    """Most households are, and Universal Credit takes over from the other benefits."""
    of_quarter = "sum(count(*)) over (partition by quarter)"
    query = f"select quarter || benefit, count(*) / {of_quarter} from records group by quarter, benefit"
    share = dict(smi.rows(query))
    assert share["2018081"] > 0.5
    assert share["2018085"] < 0.1
    assert share["2025085"] > 0.3
    assert share["2025082"] < 0.1


def test_loans_are_within_the_limits(smi):
    """Interest is lent on at most 100,000 pounds with Pension Credit and 200,000 with the others, at up to 3.66%."""
    assert smi.none("amount > 100.38 * 1.4 + 0.01 or amount <= 0 or amount is null")
    assert smi.none("benefit = '1' and amount > 50.19 * 1.4 + 0.01")
