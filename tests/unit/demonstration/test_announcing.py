"""The release calendar of the demonstration."""

from datetime import UTC, datetime

import pytest

from statlas.demonstration import announcing
from statlas.demonstration.made import DATABASE_IDS
from statlas.model.announcement import Standing
from statlas.model.release_times import in_london, is_at_notice, is_usual
from statlas.service import tables
from statlas.service.office import calendar

pytestmark = pytest.mark.django_db

DAYS = [
    datetime(2026, 11, 23, 13, tzinfo=UTC),
    datetime(2027, 2, 9, 9, 30, tzinfo=UTC),
    datetime(2028, 2, 29, tzinfo=UTC),
]


@pytest.mark.parametrize("now", DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def test_it_has_a_year_that_a_department_might_have(tmp_path, now):
    """Whatever the day it is made on: months and days as they should be, near dates confirmed in time, once."""
    home = tables.open_home(tmp_path / "home").create()
    assert announcing.announce(home, now) > 60
    found = calendar.entries(home=home, now=now, for_staff=True)
    _check_days(found, now)
    for one in found:
        _check_certainty(one, now)
    _check_changes(calendar.entries(home=home, now=now))
    assert announcing.announce(home, now) == 0


def _check_days(found, now):
    """Housing Benefit in its four months, Universal Credit every month, all at usual moments to come."""
    assert all(is_usual(one.moment) and one.moment > now for one in found)
    assert {in_london(one.moment).month for one in found if one.database == "hb_new"} == {2, 5, 8, 11}
    assert {in_london(one.moment).month for one in found if one.database == "UC_Monthly"} == set(range(1, 13))
    assert {one.database for one in found} - {"carers_new"} <= set(DATABASE_IDS)


def _check_certainty(one, now):
    """A date within four weeks is confirmed, and was so in time."""
    confirmed = [change for change in one.changes if change.act == "confirmed"]
    assert bool(confirmed) == (one.standing is Standing.CONFIRMED)
    assert all(is_at_notice(one.moment, change.at) for change in confirmed)
    assert is_at_notice(one.moment, now) or one.standing is Standing.CONFIRMED


def _check_changes(told):
    """At most one date moved and one release cancelled; of a first release the title alone is told."""
    assert sum(one.last_moved is not None for one in told) <= 1
    assert sum(one.is_cancelled for one in told) <= 1
    assert announcing.FIRST[1] in {one.title for one in told}
    assert announcing.FIRST[0] not in repr(told)
