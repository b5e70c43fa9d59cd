"""Starts to Universal Credit: the pandemic's rush, the roll-out, and whom the older benefits sent."""

import pytest


@pytest.fixture(scope="module")
def starts(drawn):
    """A quarter of the demonstration's starts."""
    return drawn("UC_Starts", 0.025 / 4)


def n_in(starts, *months):
    """Starts a month, on average."""
    [(n,)] = starts.execute("select count(*) from records where list_contains(?, month)", [list(months)]).fetchall()
    return n / len(months)


def test_the_pandemic_brought_a_rush(starts):
    """April and May 2020 have more than four times the starts of the winter before."""
    assert n_in(starts, "202004", "202005") > 4 * n_in(starts, "202001", "202002")


def test_the_north_west_came_first(starts):
    """Most starts of early 2015 are there, about an eighth of those of 2020."""
    north_west = "select avg(starts_with(authority, 'E0800000')::int) from records where month[:4] = ?"  # Manchester
    [(early,)], [(late,)] = (starts.execute(north_west, [year]).fetchall() for year in ("2015", "2020"))
    assert early > 3 * late


def test_managed_migration_brings_older_people(starts):
    """From 2023 to 2025 more starts are of people of 50 and over than before."""
    older = "select avg((age >= 50)::int) from records where month between ? and ?"
    [(before,)], [(after,)] = (
        starts.execute(older, period).fetchall() for period in (("202101", "202204"), ("202409", "202506"))
    )
    assert after > 1.5 * before


def test_nobody_starts_at_pension_age(starts):
    """Starts are of people from 16 to 65."""
    assert starts.execute("select min(age) >= 16 and max(age) <= 65 from records").fetchall() == [(True,)]
