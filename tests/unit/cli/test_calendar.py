"""``statlas calendar``: what it prints, what it refuses, and how it ends."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from typer.testing import CliRunner

from statlas.cli import app, calendar, site
from statlas.errors import QueryError
from statlas.model.database import Contact
from statlas.model.release_times import in_london, next_working_day
from statlas.office.accounts.models import Account
from statlas.service import tables

ACCESS = 4
"""The exit code of what is not allowed."""

AMINA, BEN = "amina@example.org", "ben@example.org"


@pytest.fixture
def home(tmp_path):
    """A home with nothing published in it."""
    return tables.open_home(tmp_path / "home").create()


@pytest.fixture
def statlas(home, db, monkeypatch):
    """Run ``statlas calendar ...`` on that home, here in this process, as the account ``by``."""
    monkeypatch.setattr(site, "prepare_site", lambda *_, **__: None)
    for email, role in ((AMINA, "producer"), (BEN, "approver")):
        Account.objects.create_user(email).groups.add(Group.objects.get_or_create(name=role)[0])

    def run(*arguments, by=""):
        return CliRunner().invoke(app, ["calendar", *arguments, "--home", str(home.path)], env={"STATLAS_AS": by})

    return run


def _day(weeks):
    """A working day so many weeks from now."""
    return next_working_day(in_london(datetime.now(UTC) + timedelta(weeks=weeks)).date()).isoformat()


def _id(done):
    assert done.exit_code == 0, done.stderr
    return re.search(r"\t([0-9a-f]{32})\t", done.stdout)[1]


def _told(done):
    """What a mistake of the asker is told, on one line."""
    assert done.exit_code == 2
    return " ".join(done.stderr.split())


def test_a_date_is_announced_confirmed_moved_and_cancelled(statlas):
    """Each by who may, with reasons; the list shows what stands, and the changes why."""
    announced = statlas("announce", "hb_next", _day(8), "--title", "Housing Benefit, first", by=AMINA)
    number = _id(announced)
    assert announced.stdout == f"{_day(8)} 09:30\tprovisional\t{number}\thb_next\tHousing Benefit, first\n"
    assert statlas("confirm", number[:8], by=AMINA).exit_code == ACCESS
    assert "\tconfirmed\t" in statlas("confirm", number[:8], by=BEN).stdout
    assert "takes a reason" in _told(statlas("move", number, _day(9), by=BEN))
    moved = statlas("move", number, _day(9), "--reason", "Records came late.", by=BEN)
    assert moved.stdout.startswith(_day(9))
    assert number in statlas("list").stdout
    assert "Records came late." in statlas("list", "--changes").stdout
    assert "\tcancelled\t" in statlas("cancel", number, "--reason", "Merged.", by=BEN).stdout


def test_a_pattern_announces_a_year(statlas):
    """Four quarters, once; taken away it leaves them."""
    made = statlas("pattern", "pip_next", "--day", "third working day", "--title", "PIP", by=AMINA)
    assert made.exit_code == 0
    assert made.stdout.count("\tprovisional\t") in (4, 5)
    assert {line[5:7] for line in made.stdout.splitlines()} == {"02", "05", "08", "11"}
    assert statlas("extend").stdout == ""
    assert statlas("pattern", "pip_next", "--remove", by=AMINA).exit_code == 0
    assert statlas("list", "--database", "pip_next").stdout == made.stdout


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: calendar._moment("soon"), "not a day and time"),
        (lambda: calendar._moment("2027-02-30"), "not a day and time"),
        (lambda: calendar._moment(""), "not a day and time"),
        (lambda: calendar._moment("2027-02-09 09:30+05:00"), "whole minute of London"),
        (lambda: calendar._moment("2027-02-09 09:30:30"), "whole minute of London"),
        (lambda: calendar._kind("odd"), "not a kind of release"),
        (lambda: calendar._pattern("week", "", "15", "09:30"), "pattern cannot be read"),
        (lambda: calendar._pattern("quarter", "2,x", "15", "09:30"), "pattern cannot be read"),
        (lambda: calendar._pattern("quarter", "", "15", "soon"), "pattern cannot be read"),
        (lambda: calendar._pattern("quarter", "", "someday", "09:30"), "not a day of a month"),
        (lambda: calendar._pattern("year", "", "15", "09:30"), "months of the year"),
    ],
)
def test_words_that_cannot_be_read_are_explained(read, said):
    """With what was expected."""
    with pytest.raises(QueryError, match=said):
        read()


def test_days_times_and_contacts_are_read():
    """09:30 where no time is said; a name with its address."""
    assert calendar._moment("2027-07-06").isoformat() == "2027-07-06T08:30:00+00:00"
    assert calendar._moment("2027-02-09 07:00").isoformat() == "2027-02-09T07:00:00+00:00"
    assert calendar._contact("Ada Lovelace <ada@example.gov.uk>") == Contact("Ada Lovelace", "ada@example.gov.uk")
    assert calendar._contact("The press office") == Contact("The press office")
    assert calendar._contact("") is None


@pytest.mark.parametrize("by", ["", "nobody@example.org"])
def test_nobody_in_particular_announces_nothing(statlas, by):
    """Without an account, or with one that is not there."""
    assert statlas("announce", "x", _day(8), "--title", "X", by=by).exit_code == ACCESS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("announce", "x", "2020-02-04"), "is past"),
        (("announce", "../x", "2098-02-04"), "not the id of a database"),
        (("announce", "x", "2098-02-04"), "announced under a title"),
        (("announce", "x", "2098-02-04 07:00", "--title", "X"), "is not 9:30am"),
        (("pattern", "x", "--at", "07:00", "--title", "X"), "not the usual time"),
        (("confirm", "0" * 32), "no such announcement"),
        (("confirm", ""), "no such announcement"),
    ],
)
def test_what_the_calendar_refuses_is_told(statlas, arguments, said):
    """And nothing is announced."""
    assert said in _told(statlas(*arguments, by=BEN))
    assert statlas("list").stdout == ""


def test_the_command_finds_the_site_of_a_home(home):
    """In a process of its own, as people run it: a list of nothing, and a mistake explained with its exit code."""
    command = [Path(sys.executable).with_name("statlas"), "calendar"]
    told = subprocess.run([*command, "confirm", "x", "--home", home.path], capture_output=True, text=True, check=False)
    assert told.returncode == ACCESS
    assert "Traceback" not in told.stderr
