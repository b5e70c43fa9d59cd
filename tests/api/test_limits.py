"""Limits by the hour: what is counted, for whom, and that no worker counts past them."""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from statlas.errors import LimitError
from statlas.office.limits.models import GroupLimits, Spending
from statlas.service.office import limits
from statlas.service.office.limits import Asker

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
PROGRAM = Asker.of_key(7)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """``clock(moment)`` sets the time, noon at first; what processes keep is forgotten."""
    limits._of_groups.cache_clear()
    limits._forget_what_is_past.cache_clear()

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(NOON)
    return at


@pytest.fixture
def of_five(monkeypatch):
    """Five tables an hour, twenty requests in all."""
    monkeypatch.setattr(limits, "DEFAULTS", {**limits.DEFAULTS, "global": 20, "table": 5})


def used():
    """By kind what is counted, whoever asked."""
    return dict(Spending.objects.values_list("kind", "used"))


def test_what_is_spent_is_told_and_begins_anew_with_the_hour(clock, of_five):
    """Five of five, then none until the clock strikes; the sixth is refused with the seconds until then."""
    clock(NOON + timedelta(minutes=10))
    left = [limits.spend(asker=PROGRAM, kind="table").remaining for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(LimitError) as refused:
        limits.spend(asker=PROGRAM, kind="table")
    assert (refused.value.kind, refused.value.limit, refused.value.retry_after) == ("table", 5, 50 * 60)
    assert "5 requests for tables an hour" in refused.value.message
    assert "3000 seconds" in refused.value.mend
    clock(NOON + timedelta(hours=1))
    assert limits.spend(asker=PROGRAM, kind="table").remaining == 4


def test_the_reset_is_the_next_hour_of_the_clock(clock):
    """In UNIX milliseconds, as clients read it, and in seconds from now."""
    clock(NOON + timedelta(minutes=59, seconds=58, milliseconds=700))
    now = limits.standing(asker=PROGRAM, kind="table")
    assert (now.reset_ms, now.reset_s) == (int((NOON + timedelta(hours=1)).timestamp() * 1_000), 2)


def test_looking_counts_for_nothing(of_five):
    """A standing may be read a hundred times."""
    for _ in range(100):
        assert limits.standing(asker=PROGRAM, kind="table").remaining == 5
    assert not Spending.objects.exists()


def test_a_refusal_counts_for_nothing_of_any_kind(of_five):
    """What is refused for one limit is not counted towards another."""
    for _ in range(5):
        limits.spend_each(asker=PROGRAM, numbers={"global": 1, "table": 1})
    for _ in range(3):
        with pytest.raises(LimitError):
            limits.spend_each(asker=PROGRAM, numbers={"global": 1, "table": 1})
    assert used() == {"global": 5, "table": 5}
    assert limits.spend(asker=PROGRAM, kind="global").remaining == 14


def test_the_lower_of_two_limits_holds_first(of_five):
    """The one that is used up is named."""
    limits.spend(asker=PROGRAM, kind="global", n=19)
    limits.spend_each(asker=PROGRAM, numbers={"global": 1, "table": 1})
    with pytest.raises(LimitError) as refused:
        limits.spend_each(asker=PROGRAM, numbers={"global": 1, "table": 1})
    assert refused.value.kind == "global"


def test_a_kind_may_be_looked_at_while_another_is_spent(of_five):
    """One statement for a request and all its headers."""
    found = limits.spend_each(asker=PROGRAM, numbers={"global": 1, "schema": 0, "table": 0})
    assert [standing.remaining for standing in found.values()] == [19, 10_000, 5]


def test_more_than_is_left_is_refused_and_less_is_not(of_five):
    """A large request leaves the rest to smaller ones."""
    limits.spend(asker=PROGRAM, kind="table", n=3)
    for n in (3, 6, 10**12):
        with pytest.raises(LimitError, match="2 are left"):
            limits.spend(asker=PROGRAM, kind="table", n=n)
    assert limits.spend(asker=PROGRAM, kind="table", n=2).remaining == 0


def test_a_limit_lowered_below_what_was_spent_leaves_none(of_five, monkeypatch):
    """Never less than nothing; looking still works."""
    limits.spend(asker=PROGRAM, kind="table", n=5)
    monkeypatch.setattr(limits, "DEFAULTS", {**limits.DEFAULTS, "table": 2})
    assert limits.standing(asker=PROGRAM, kind="table").remaining == 0
    assert limits.spend_each(asker=PROGRAM, numbers={"table": 0})["table"].remaining == 0
    with pytest.raises(LimitError):
        limits.spend(asker=PROGRAM, kind="table")


def test_no_limit_is_minus_one_and_counts_nothing(monkeypatch):
    """And is told as such."""
    monkeypatch.setattr(limits, "DEFAULTS", {**limits.DEFAULTS, "table": -1})
    for _ in range(3):
        now = limits.spend(asker=PROGRAM, kind="table", n=10**9)
    assert (now.limit, now.remaining, now.is_off) == (-1, -1, True)
    assert not Spending.objects.exists()


def test_askers_do_not_share(of_five):
    """Each key, account and address has its own five."""
    askers = [Asker.of_key(1), Asker.of_key(2), Asker.of_account(1), Asker.of_key(3, account_id=1)]
    for asker in askers:
        assert limits.spend(asker=asker, kind="table", n=5).remaining == 0


def test_the_defaults_are_those_of_stat_xplore_and_600_without_a_key():
    """As the reference page says."""
    assert [limits.limit_of(PROGRAM, kind) for kind in ("global", "schema", "table")] == [10_000, 10_000, 1_000]
    assert limits.limit_of(Asker.of_address("192.0.2.1"), "api") == 600


# --- addresses --------------------------------------------------------------------------------------------------------


def test_an_address_is_kept_as_a_digest_for_an_hour(clock):
    """The same within the hour, another after it, and the address is in neither."""
    first, again = Asker.of_address("192.0.2.1"), Asker.of_address("192.0.2.1")
    clock(NOON + timedelta(hours=1))
    later = Asker.of_address("192.0.2.1")
    assert first == again
    assert first != later
    assert "192.0.2.1" not in first.name
    assert not first.has_a_name


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "not an address", False),
    ],
)
def test_a_household_is_one_asker(one, other, are_one):
    """An IPv6 network of 64 bits belongs to one; what is no address is taken as it stands."""
    assert (Asker.of_address(one) == Asker.of_address(other)) == are_one


def test_what_is_past_is_forgotten(clock, of_five):
    """With the first request of a new hour: no diary of use grows."""
    limits.spend(asker=Asker.of_address("192.0.2.1"), kind="api")
    limits.spend(asker=PROGRAM, kind="table")
    clock(NOON + timedelta(hours=1))
    limits.spend(asker=Asker.of_key(8), kind="global")
    assert [row.asker for row in Spending.objects.all()] == ["key:8"]


def test_a_clock_that_lags_does_not_begin_the_hour_again(clock, of_five):
    """Two machines differ by a second at the full hour: what was spent stays spent."""
    limits.spend(asker=PROGRAM, kind="table", n=4)
    clock(NOON - timedelta(seconds=1))
    assert limits.spend(asker=PROGRAM, kind="table").remaining == 0
    with pytest.raises(LimitError):
        limits.spend(asker=PROGRAM, kind="table")


# --- groups -----------------------------------------------------------------------------------------------------------


def member(**of_groups):
    """An asker whose account is in groups of those limits."""
    account = get_user_model().objects.create_user("analyst@example.org")
    for name, given in of_groups.items():
        group = Group.objects.create(name=name)
        GroupLimits.objects.create(group=group, **given)
        account.groups.add(group)
    return Asker.of_key(9, account.pk)


def test_the_most_generous_group_holds(of_five):
    """A group that says nothing leaves the site's limit; one without a limit beats any number."""
    asker = member(press={"table_requests": 50}, analysts={"table_requests": 3, "requests": -1}, others={})
    assert [limits.limit_of(asker, kind) for kind in ("table", "global", "schema")] == [50, -1, 10_000]
    assert limits.spend(asker=asker, kind="table").remaining == 49


def test_a_group_may_have_less_than_everybody(of_five):
    """A limit of nothing closes the door."""
    asker = member(closed={"table_requests": 0})
    with pytest.raises(LimitError, match="none is left"):
        limits.spend(asker=asker, kind="table")


def test_groups_are_asked_for_once_a_minute(clock, django_assert_num_queries):
    """One statement a request is enough: what groups allow is remembered for a minute."""
    asker = member(press={"table_requests": 50})
    limits.spend(asker=asker, kind="table")
    with django_assert_num_queries(3):  # BEGIN, the statement, COMMIT
        limits.spend_each(asker=asker, numbers={"global": 1, "schema": 0, "table": 1})
    GroupLimits.objects.update(table_requests=60)
    assert limits.limit_of(asker, "table") == 50
    clock(NOON + timedelta(minutes=1))
    assert limits.limit_of(asker, "table") == 60


# --- several workers --------------------------------------------------------------------------------------------------

WORKER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statlas.web.configuration import Settings
from statlas.web.server import prepare
prepare(replace(Settings.from_environment(), home=Path(sys.argv[1])))
from statlas.errors import LimitError
from statlas.service.office import limits
limits.DEFAULTS = {**limits.DEFAULTS, "table": 100}
limits._now_s = lambda: 1_772_452_800  # the clock must not strike meanwhile
asker = limits.Asker.of_key(int(sys.argv[2]))
def ask(_):
    try:
        return limits.spend_each(asker=asker, numbers={"global": 1, "table": 1})["table"].remaining
    except LimitError:
        return None
with ThreadPoolExecutor(4) as threads:
    print(json.dumps(list(threads.map(ask, range(60)))))
"""


def test_workers_and_threads_share_one_count(tmp_path):
    """Three processes of four threads ask 180 times for 100: each number is given once, and nobody fails."""
    (tmp_path / "site.sqlite3").touch()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "statlas.web.settings"}
    # The folder's own database, or the one that all tests were given: then another run has been here.
    whose = [str(tmp_path), str(random.randrange(10**15))]
    subprocess.run([sys.executable, "-c", WORKER.replace("range(60)", "()"), *whose], env=environment, check=True)
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, *whose], stdout=subprocess.PIPE, env=environment)
        for _ in range(3)
    ]
    said = [left for worker in workers for left in json.loads(worker.communicate(timeout=60)[0])]
    assert sorted(left for left in said if left is not None) == [*range(100)]
    assert said.count(None) == 80
