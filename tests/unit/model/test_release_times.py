"""When releases are public, through every change of the clocks and every bank holiday."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.errors import QueryError
from statlas.model import release_times
from statlas.model.release_times import (
    KNOWN_YEARS,
    USUAL,
    bank_holidays,
    in_london,
    is_at_notice,
    is_usual,
    is_working_day,
    last_working_day,
    next_working_day,
    release_moment,
)

# Days on which the clocks in the United Kingdom go forward and back, at 01:00 UTC: Statutory Instrument 2002/262.
CLOCK_CHANGES = {
    2024: (date(2024, 3, 31), date(2024, 10, 27)),
    2025: (date(2025, 3, 30), date(2025, 10, 26)),
    2026: (date(2026, 3, 29), date(2026, 10, 25)),
    2027: (date(2027, 3, 28), date(2027, 10, 31)),
    2028: (date(2028, 3, 26), date(2028, 10, 29)),
    2032: (date(2032, 3, 28), date(2032, 10, 31)),
    2050: (date(2050, 3, 27), date(2050, 10, 30)),
}
CHANGES = [(year, *days) for year, days in CLOCK_CHANGES.items()]

# As https://www.gov.uk/bank-holidays lists them, substitute days in place of weekends.
ENGLAND_AND_WALES = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}
SCOTLAND = {
    2022: "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
    2025: "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
    2026: "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",  # June: the World Cup
    2027: "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28",
    2028: "01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26",
}
NORTHERN_IRELAND = {
    2022: "01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-26 12-27",
    2025: "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
    2026: "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
    2027: "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28",
    2028: "01-03 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26",
}


@pytest.mark.parametrize(("_year", "forward", "back"), CHANGES)
def test_half_past_nine_follows_london_through_both_changes_of_the_clocks(_year, forward, back):
    """09:30 is 09:30 UTC before the clocks go forward, 08:30 from that day on, and 09:30 again from the day back."""
    a_day = timedelta(days=1)
    hours = {day: release_moment(day).time() for day in (forward - a_day, forward, back - a_day, back)}
    assert hours == {
        forward - a_day: time(9, 30),
        forward: time(8, 30),
        back - a_day: time(8, 30),
        back: time(9, 30),
    }


@pytest.mark.parametrize(("_year", "forward", "back"), CHANGES)
@pytest.mark.parametrize("at", [time(1), time(1, 30), time(1, 59)])
def test_a_time_that_the_clocks_skip_or_repeat_is_refused(_year, forward, back, at):
    """01:30 never comes when the clocks go forward and comes twice when they go back: no release is at such a time."""
    for day in (forward, back):
        with pytest.raises(QueryError, match="twice, or never"):
            release_moment(day, at)


@pytest.mark.parametrize(("_year", "forward", "back"), CHANGES)
def test_the_minutes_around_a_change_of_the_clocks_are_moments(_year, forward, back):
    """00:59 and 02:00 of the same day come once."""
    assert release_moment(forward, time(0, 59)).time() == time(0, 59)
    assert release_moment(forward, time(2)).time() == time(1)
    assert release_moment(back, time(0, 59)) == datetime.combine(back - timedelta(days=1), time(23, 59), UTC)
    assert release_moment(back, time(2)).time() == time(2)


def test_a_release_has_a_whole_minute():
    """Seconds, or a time of another zone, are no time of release."""
    for at in (time(9, 30, 1), time(9, 30, 0, 1), time(9, 30, tzinfo=UTC)):
        with pytest.raises(QueryError, match="whole minute"):
            release_moment(date(2027, 2, 9), at)


@given(st.dates(date(1972, 1, 1), date(2150, 12, 31)))
def test_a_moment_is_back_on_the_day_and_time_it_was_made_of(day):
    """The moment of any day, leap days too, reads 09:30 of that day on London's clocks, and is in UTC."""
    moment = release_moment(day)
    assert moment.tzinfo is UTC
    assert in_london(moment).replace(tzinfo=None) == datetime.combine(day, USUAL)


def test_a_leap_day_is_a_day_like_others():
    """29 February 2028, a Tuesday, is a working day; 2100 has none."""
    assert is_usual(release_moment(date(2028, 2, 29)))
    assert next_working_day(date(2028, 2, 29)) == date(2028, 2, 29)


def test_a_moment_without_a_zone_is_a_mistake_of_ours():
    """A time that does not say its zone is never guessed."""
    with pytest.raises(ValueError, match="time zone"):
        in_london(datetime(2027, 2, 9, 9, 30))  # noqa: DTZ001 - that is what is tested


def _weekdays_of(year, nation):
    return {day for day, nations in bank_holidays(year).items() if nation in nations and day.weekday() < 5}


def _days(year, text):
    return {date.fromisoformat(f"{year}-{one}") for one in text.split()}


@pytest.mark.parametrize(
    ("nation", "years"),
    [
        ("England", ENGLAND_AND_WALES),
        ("Wales", ENGLAND_AND_WALES),
        ("Scotland", SCOTLAND),
        ("Northern Ireland", NORTHERN_IRELAND),
    ],
)
def test_bank_holidays_are_those_the_government_lists(nation, years):
    """Each nation has its own, substitute days, a jubilee and a state funeral among them."""
    for year, text in years.items():
        assert _weekdays_of(year, nation) == _days(year, text), year


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 1, 4), "Scotland alone: in place of 2 January"),
        (date(2027, 3, 17), "Northern Ireland alone: Saint Patrick"),
        (date(2027, 3, 29), "not Scotland: Easter Monday"),
        (date(2027, 7, 12), "Northern Ireland alone: the Boyne"),
        (date(2027, 8, 2), "Scotland alone: the summer holiday"),
        (date(2027, 8, 30), "not Scotland: the summer holiday of the others"),
        (date(2027, 11, 30), "Scotland alone: Saint Andrew"),
        (date(2027, 12, 28), "everywhere: in place of Boxing Day"),
        (date(2027, 2, 13), "a Saturday"),
        (date(2027, 2, 14), "a Sunday"),
    ],
)
def test_a_holiday_of_one_nation_is_no_day_of_release(day, why):
    """A day on which any nation rests is a working day of none of them, and no usual one without an exemption."""
    assert not is_working_day(day), why
    assert not is_usual(release_moment(day)), why


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        (date(2026, 12, 25), date(2026, 12, 29)),  # Friday, weekend, substitute Monday
        (date(2027, 12, 25), date(2027, 12, 29)),
        (date(2027, 12, 31), date(2027, 12, 31)),
        (date(2028, 1, 1), date(2028, 1, 5)),  # weekend, then two substitutes, the second Scotland's alone
        (date(2027, 3, 26), date(2027, 3, 30)),
        (date(2027, 2, 9), date(2027, 2, 9)),
    ],
)
def test_a_day_of_rest_is_moved_past_all_that_follow(day, next_one):
    """The next working day is one in every nation, over the end of a year as well."""
    assert next_working_day(day) == next_one


def test_the_working_day_before_is_found_too():
    """Before the rest at the end of 2027 it is Friday, Christmas Eve."""
    assert last_working_day(date(2027, 12, 28)) == date(2027, 12, 24)


@given(st.dates(date(1978, 1, 1), date(2099, 12, 20)))
def test_the_next_working_day_is_the_first_one(day):
    """It is a working day, not before the day, and none lies between."""
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


@pytest.mark.parametrize("year", [1977, 2100, 2150, 9999])
def test_a_year_that_is_not_known_has_no_working_day(year):
    """Where nobody knows the bank holidays, none are assumed away: no day is usual, and the next one is not found."""
    day = date(year, 6, 2)
    assert not is_working_day(day)
    assert not is_usual(release_moment(day))
    for asked in (lambda: bank_holidays(year), lambda: next_working_day(day), lambda: last_working_day(day)):
        with pytest.raises(QueryError, match="not known"):
            asked()


def test_every_year_that_is_said_to_be_known_is():
    """Each year has the eight holidays that England and Wales have had since May Day became one."""
    for year in KNOWN_YEARS:
        assert len(_weekdays_of(year, "England")) >= 8, year


def test_the_edge_of_what_is_known_is_refused_rather_than_guessed():
    """After the last working day of the last known year none is found."""
    last = last_working_day(date(KNOWN_YEARS[-1], 12, 31))
    with pytest.raises(QueryError, match="not known"):
        next_working_day(last + timedelta(days=1))


def test_usual_is_half_past_nine_sharp():
    """A minute or a second off is not usual, nor is 09:30 UTC in summer."""
    moment = release_moment(date(2027, 7, 6))
    assert is_usual(moment)
    for off in (timedelta(minutes=1), timedelta(seconds=1), timedelta(hours=1), timedelta(microseconds=-1)):
        assert not is_usual(moment + off)


@pytest.mark.parametrize(
    ("now", "is_enough"),
    [
        (datetime(2027, 3, 9, 9, 30, tzinfo=UTC), True),
        (datetime(2027, 3, 9, 9, 31, tzinfo=UTC), False),
        (datetime(2027, 3, 9, 8, 31, tzinfo=UTC), True),
    ],
)
def test_four_weeks_are_four_weeks_of_london_whatever_the_clocks_do(now, is_enough):
    """From 09:30 on 9 March to 09:30 on 6 April are four weeks, though an hour is missing between."""
    assert is_at_notice(release_moment(date(2027, 4, 6)), now) is is_enough


def test_four_weeks_over_the_clocks_going_back_are_no_shorter():
    """From 09:31 on 12 October to 09:30 on 9 November an hour is won, and still a minute is missing."""
    moment = release_moment(date(2027, 11, 9))
    assert is_at_notice(moment, release_moment(date(2027, 10, 12)))
    assert not is_at_notice(moment, release_moment(date(2027, 10, 12), time(9, 31)))


def test_holidays_are_counted_once_a_year():
    """A year that was asked for is not worked out again."""
    release_times._bank_holidays.cache_clear()
    bank_holidays(2027)
    bank_holidays(2027)
    assert release_times._bank_holidays.cache_info().hits == 1
