"""The Work Programme: near the published figures, and four databases that fit each other."""

import pytest
from drawn import Drawn

SHARE = {"WP_Referrals": 0.5, "WP_Attachments": 0.2, "WP_Job_Outcomes": 0.2, "WP_Sustainment": 0.2}


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    """The four databases, a fifth of what the demonstration has or more."""
    folder = tmp_path_factory.mktemp("programme")
    return {name: Drawn(name, folder, share) for name, share in SHARE.items()}


@pytest.mark.parametrize(
    ("database_id", "until", "published"),
    [
        ("WP_Referrals", "201306", 1_310_000),
        ("WP_Referrals", "201703", 1_950_000),
        ("WP_Attachments", "201603", 1_840_000),
        ("WP_Job_Outcomes", "201306", 168_000),
        ("WP_Job_Outcomes", "201603", 522_000),
    ],
)
def test_totals_are_near_the_published_ones(programme, database_id, until, published):
    """Work Programme statistics of September 2013, June 2016 and March 2018."""
    assert programme[database_id].count(f"month <= '{until}'") == pytest.approx(published, rel=0.03)


@pytest.mark.parametrize(("month", "published"), [("201106", 0.085), ("201206", 0.13), ("201612", 0.162)])
def test_jobs_within_a_year_are_as_frequent_as_published(programme, month, published):
    """The share of those referred in a month with a job outcome within twelve months, which rose."""
    of_all, n = share(programme["WP_Referrals"], "outcome = '1'", f"month = '{month}'")
    assert of_all == pytest.approx(published, abs=4 * (published / n) ** 0.5)


@pytest.mark.parametrize(("group", "published"), [("1", 0.364), ("2", 0.317)])
def test_jobs_within_two_years_are_as_frequent_as_published(programme, group, published):
    """More than a third of the young, less than a third of those of 25 and over."""
    of_all, _ = share(programme["WP_Referrals"], "outcome != '3'", f"payment_group = '{group}'")
    assert of_all == pytest.approx(published, abs=0.01)


def share(drawn, condition, among):
    """The share of records for which a condition holds, and of how many."""
    [(n, found)] = drawn.rows(f"select count(*), avg(({condition})::int) from records where {among}")
    return found, n


def test_older_and_disabled_people_find_jobs_less_often(programme):
    """As the statistics of the programme told year after year."""
    referrals = programme["WP_Referrals"]
    old, young = (
        share(referrals, "outcome != '3'", f"payment_group = '2' and age {of}")[0] for of in (">= 50", "< 50")
    )
    ill, well = (share(referrals, "outcome != '3'", f"payment_group = '2' and disabled = '{d}'")[0] for d in "YN")
    assert old < 0.85 * young
    assert ill < 0.9 * well


@pytest.mark.parametrize("database_id", SHARE)
def test_payment_groups_have_their_rules(programme, database_id):
    """18 to 24 and 25 and over; benefits of England alone; contracts lie in their areas."""
    found = programme[database_id]
    assert found.none("payment_group = '8' and authority[1] in ('W', 'S')")
    assert found.none("authority[1] = 'W' and contract[:4] != 'WP13'")
    assert found.none("authority[1] = 'S' and contract[:4] != 'WP08'")
    if database_id != "WP_Sustainment":
        assert found.none("(payment_group = '1') and age not between 18 and 24")
        assert found.none("payment_group = '2' and age < 25")


@pytest.mark.parametrize("database_id", ["WP_Job_Outcomes", "WP_Sustainment"])
def test_outcomes_are_as_long_as_the_payment_group_asks(programme, database_id):
    """Six months in work for claimants of Jobseeker's Allowance who were referred in time, three for others."""
    assert programme[database_id].none("(length = '2') != (payment_group in ('1', '2', '9'))")


def test_payments_outlast_job_outcomes(programme):
    """Job outcomes are most in autumn 2013, sustainment payments in the year after."""
    peak = {name: max(months(programme[name])) for name in ("WP_Job_Outcomes", "WP_Sustainment")}
    assert peak["WP_Job_Outcomes"][1][:4] == "2013"
    assert peak["WP_Sustainment"][1][:4] == "2014"


def months(drawn):
    """Numbers and months."""
    return drawn.rows("select count(*), month from records group by month")
