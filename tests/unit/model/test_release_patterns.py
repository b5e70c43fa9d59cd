"""On which days databases are released."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.errors import QueryError
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.model.release_times import in_london, is_usual, is_working_day

RULES = ("1", "15", "29", "30", "31", "first monday", "second tuesday", "fourth wednesday", "last friday")
RULES += ("first working day", "third working day", "last working day", "last sunday", "first saturday")


def _days(pattern, since, until):
    return [in_london(moment).date().isoformat() for moment in pattern.moments(since, until)]


def test_housing_benefit_comes_in_february_may_august_and_november():
    """Quarterly releases on the second Tuesday, at 09:30 of London in summer and in winter."""
    pattern = ReleasePattern.every(Every.QUARTER, DayRule.read("second Tuesday"))
    moments = [*pattern.moments(date(2026, 11, 23), date(2027, 11, 23))]
    assert [f"{one:%Y-%m-%d %H:%M}" for one in moments] == [
        "2027-02-09 09:30",
        "2027-05-11 08:30",
        "2027-08-10 08:30",
        "2027-11-09 09:30",
    ]


def test_a_monthly_release_has_twelve_days_a_year():
    """The 15th, or the working day after: 15 May 2027 is a Saturday, 17 March is Saint Patrick's."""
    pattern = ReleasePattern.every(Every.MONTH, DayRule.read("15"))
    days = _days(pattern, date(2027, 1, 1), date(2027, 12, 31))
    assert len(days) == 12
    assert days[4] == "2027-05-17"
    assert _days(ReleasePattern((3,), DayRule.read("17")), date(2027, 1, 1), date(2027, 12, 31)) == ["2027-03-18"]


@pytest.mark.parametrize(
    ("rule", "year", "month", "day"),
    [
        ("31", 2027, 2, date(2027, 3, 1)),  # 28 February is a Sunday
        ("31", 2028, 2, date(2028, 2, 29)),  # of a leap year, a Tuesday
        ("29", 2028, 2, date(2028, 2, 29)),
        ("last friday", 2028, 12, date(2028, 12, 29)),
        ("last monday", 2026, 12, date(2026, 12, 29)),  # 28 December stands in for Boxing Day
        ("first monday", 2027, 5, date(2027, 5, 4)),
        ("last working day", 2027, 12, date(2027, 12, 31)),
        ("last working day", 2026, 11, date(2026, 11, 27)),  # the 30th is Saint Andrew's
        ("first working day", 2028, 1, date(2028, 1, 5)),
        ("third working day", 2027, 1, date(2027, 1, 7)),
        ("1", 2028, 1, date(2028, 1, 5)),
    ],
)
def test_a_rule_names_a_day_that_is_moved_past_rest(rule, year, month, day):
    """Short months, leap years, the end of a year and holidays of one nation."""
    assert DayRule.read(rule).day_of(year, month) == day


@pytest.mark.parametrize(
    "text", ["", "0", "32", "-1", "fifth tuesday", "second", "tuesday", "second day", "²", "1.5", "١", "last working"]
)
def test_words_that_name_no_day_are_refused(text):
    """Hostile or mistaken rules are told, and what can be written."""
    with pytest.raises(QueryError, match="not a day of a month"):
        DayRule.read(text)


@pytest.mark.parametrize("months", [(), (0,), (13,), (-1, 2)])
def test_months_that_are_none_are_refused(months):
    """A pattern names months of the year."""
    with pytest.raises(QueryError, match="months from 1 to 12"):
        ReleasePattern(months, DayRule("15"))


def test_how_often_says_how_many_months():
    """A quarter takes four months, a year its one, which nobody guesses."""
    rule = DayRule.read("15")
    assert ReleasePattern.every(Every.QUARTER, rule, (12, 3, 9, 6)).months == (3, 6, 9, 12)
    for often, months in (
        (Every.YEAR, ()),
        (Every.QUARTER, (1, 2)),
        (Every.MONTH, (1,)),
        (Every.QUARTER, (2, 2, 5, 8)),
    ):
        with pytest.raises(QueryError, match="months of the year"):
            ReleasePattern.every(often, rule, months)


@given(
    st.sampled_from(RULES),
    st.sets(st.integers(1, 12), min_size=1),
    st.dates(date(1978, 3, 1), date(2098, 1, 1)),
    st.integers(0, 800),
)
def test_every_moment_of_a_pattern_is_a_usual_one_between_the_days_asked(rule, months, since, n_days):
    """In order, none twice, on working days, within the days asked for; asked in two parts they are the same."""
    pattern = ReleasePattern(tuple(sorted(months)), DayRule.read(rule))
    until = date.fromordinal(since.toordinal() + n_days)
    moments = [*pattern.moments(since, until)]
    assert moments == sorted(set(moments))
    assert all(is_usual(one) and since <= in_london(one).date() <= until for one in moments)
    middle = date.fromordinal(since.toordinal() + n_days // 2)
    after = date.fromordinal(middle.toordinal() + 1)
    assert [*pattern.moments(since, middle), *pattern.moments(after, until)] == moments


@given(st.sampled_from(RULES), st.integers(1979, 2098), st.integers(1, 12))
def test_each_month_of_a_pattern_has_one_day(rule, year, month):
    """Whatever the rule, a month's release is on a working day in that month or just after it."""
    day = DayRule.read(rule).day_of(year, month)
    assert is_working_day(day)
    assert 0 <= (day - date(year, month, 1)).days <= 38


def test_years_that_are_not_known_are_told():
    """A pattern ends with what is known of bank holidays, and says so."""
    with pytest.raises(QueryError, match="not known"):
        [*ReleasePattern((6,), DayRule.read("second working day")).moments(date(2099, 1, 1), date(2101, 1, 1))]


def test_another_time_of_day_is_kept():
    """An exempted pattern is at its own minute of London."""
    pattern = ReleasePattern((7,), DayRule.read("1"), time(7))
    assert [f"{one:%H:%M}" for one in pattern.moments(date(2027, 1, 1), date(2027, 12, 31))] == ["06:00"]
