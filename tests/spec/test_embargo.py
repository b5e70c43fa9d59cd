"""Nothing early, everything on time, no old copy after: the whole site as the public sees it, before and after.

One process is the keeper and the site, and the keeper's clock is the test's own.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import release_day
from django.test import Client
from fake_clock import FakeClock
from prober import Answer, Prober, Unreleased, stale
from release_day import CODE, MONTH, NOTE, PERIOD, PLACE

from statlas.model.release_times import next_working_day, release_moment
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import State
from statlas.service import tables
from statlas.service.keeper import drafts, flipping
from statlas.service.keeper.tending import Minute
from statlas.service.keeper.warming import Warming
from statlas.service.office.releases import acting
from statlas.store import layout

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
TABLE = "rows=AREA&columns=MONTH"


@pytest.fixture
def moment():
    """Half past nine in London on a working day some weeks from now: pages have the machine's own clock."""
    return release_moment(next_working_day(datetime.now(UTC).date() + timedelta(weeks=6)))


@pytest.fixture
def clock(moment):
    """The keeper's clock, two days before."""
    return FakeClock(moment - timedelta(days=2))


@pytest.fixture
def day(tmp_path, settings, moment):
    """A release that is approved, on a site that serves its home."""
    made = release_day.drafted(tmp_path, moment - timedelta(weeks=6))
    settings.STATLAS = replace(settings.STATLAS, home=made.home.path)
    drafts.Ready(made.home).look()
    assert drafts.is_ready(made.home, made.draft.draft_id)
    return made


_visitor = Client(SERVER_NAME="localhost", raise_request_exception=False)


def ask(address, headers=None, body=None, kind="application/json"):
    """Ask the site as anybody could, who never was there before."""
    client = _visitor
    client.cookies.clear()
    if body is None:
        got = client.get(address, headers=headers or {})
    else:
        got = client.post(address, body, content_type=kind, headers=headers or {})
    data = b"".join(got.streaming_content) if got.streaming else got.content
    return Answer(got.status_code, {name.lower(): value for name, value in got.headers.items()}, data)


QUICK = {
    "database_id": ["pens"],
    "code": ["N"],
    "suffix": ["csv", "svg"],
    "field": ["AREA", "MONTH"],
    "component": ["str:database:pens", "str:field:pens:V_F_PENS:AREA"],
    "kind": ["table"],
    "number": ["2"],
    "act": ["approve"],
}
"""What the parts of addresses can be, as far as it is known before."""

DEEP = {
    "database_id": ["pens", "clubs"],
    "code": ["N", "E", "N1"],
    "suffix": ["csv", "tidy.csv", "json", "jsonstat", "xlsx", "ods", "parquet", "arrow", "svg", "png", "atom", "ics"],
    "field": ["AREA", "SEX", "MONTH"],
    "component": ["str:database:pens", "str:field:pens:V_F_PENS:AREA", "str:folder:root"],
    "kind": ["schema", "table"],
    "number": ["1", "2", "3"],
    "act": ["approve", "withdraw", "schedule"],
}
"""The same for the deep lane."""


def unreleased(day, *more):
    """What the release that is not public has, and what somebody could guess of it."""
    return Unreleased(
        words=(PLACE, CODE, PERIOD, MONTH, NOTE, "Quillfeather", day.draft.draft_id, *more),
        guesses={
            "2": "9",
            PLACE: "Xyzzybury",
            CODE: "QYX",
            PERIOD: "198809",
            day.draft.draft_id: "0123456789abcdef0123456789abcdef",
            day.draft.version: "7.7.7",
        },
        spoken={PERIOD: MONTH, "198809": "September 1988"},
    )


BASES = tuple(
    f"/databases/pens{page}{mark}{parameter}"
    for parameter in ("release={guess}", "version={guess}", "asof={guess}")
    for page, mark in (
        ("", "?"),
        ("/codes.csv", "?"),
        *((f"/{page}?{TABLE}", "&") for page in ("table", "table.csv", "table/plan", "table/rows", "chart", "map")),
    )
)
PINNED = (
    f"/databases/pens/table.csv?{TABLE}&release=1",
    f"/databases/pens/table.json?{TABLE}&release=1",
)
"""Files of the first release, which are the same for ever."""

MORE_BASES = (
    "/databases/pens/changes?from=1&to={guess}",
    "/databases/pens/changes.csv?from=1&to={guess}",
    "/databases/pens/releases/{guess}",
    "/databases/pens/releases/{guess}/manifest.json",
    "/databases/pens-{guess}",
    "/databases/{guess}",
    "/databases/pens/table?rows=AREA~{guess}&columns=MONTH",
    "/databases/pens/table?rows=AREA&columns=MONTH&periods={guess}",
    "/databases/pens/table.csv?rows=AREA&columns=MONTH&MONTH={guess}",
    "/databases/pens/table/categories?rows=AREA&columns=MONTH&field=AREA&q={guess}",
    "/search?q={guess}",
    "/search?q=pensions+{guess}",
    "/areas?q={guess}",
    "/areas/{guess}",
    "/areas/{guess}.csv",
    "/api/v1/databases/pens?release={guess}",
    "/api/v1/databases/pens?asOf={guess}",
    "/api/v1/databases/pens/releases/{guess}",
    "/api/v1/databases/pens/fields/AREA/codes?q={guess}",
    "/api/v1/databases/pens/fields/AREA/codes?release={guess}",
    "/api/v1/databases/pens/fields/MONTH/codes.csv?release={guess}",
    "/api/v1/tables?database=pens&rows=AREA&release={guess}",
    "/api/v1/tables.csv?database=pens&rows=AREA&release={guess}",
    "/api/v1/tables?database=pens&rows=AREA~{guess}",
    "/api/v1/areas/{guess}",
    "/api/v1/releases/{guess}",
    "/api/v1/jobs/{guess}",
    "/webapi/rest/v1/schema/str:value:pens:PENS:AREA:V_AREA:{guess}",
    "/releases/{guess}",
    "/releases?release={guess}",
    "/tables/{guess}",
    "/tables/{guess}.csv",
    "/shared/{guess}",
    "/jobs/{guess}",
    "/work/releases/{guess}",
    "/work/reading/{guess}",
    "/static/{guess}",
    "/sealed/{guess}/facts.json",
    "/sealed/{guess}/draft.age",
    "/keeper/prepared/{guess}/told.json",
    "/static/../sealed/{guess}/facts.json",
    "/..%2f..%2fkeeper%2fprepared%2f{guess}%2ftold.json",
    "/usage?release={guess}",
)
POSTED = (
    ("/api/v1/tables", '{"database": "pens", "rows": ["AREA"], "release": "{guess}"}'),
    ("/api/v1/tables", '{"database": "pens", "rows": [{"field": "AREA", "codes": ["{guess}"]}]}'),
    ("/api/v1/jobs", '{"database": "pens", "rows": ["AREA"], "release": "{guess}", "format": "csv"}'),
)


def look_for_what_is_early(day, known, names, most):
    """Everything the site has, and everything one could guess; nothing of the release is anywhere."""
    about = Prober(ask, "http://localhost", {**names, "release_id": [day.release_id]}, most)
    seen = about.everything(known, more=("/sitemap.xml", "/robots.txt", f"/databases/pens/table?{TABLE}", *PINNED))
    assert len(seen.answers) == most, "there is less to see than was thought"
    seen.wrong += about.guess((*BASES, *MORE_BASES), known).wrong
    for address, body in POSTED:
        seen.wrong += about.post(address, body, "application/json", known).wrong
    assert not [address for address, answer in seen.answers.items() if answer.status >= 500]
    return seen


def is_pinned(address):
    """Whether an address names its release, or shows the same for ever."""
    return bool(re.search(r"[?&]release=|^/tables/|^/static/", address))


@pytest.mark.parametrize(
    ("names", "most"), [(QUICK, 300), pytest.param(DEEP, 1_500, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_nothing_early_everything_on_time_no_old_copy_after(day, clock, moment, names, most):
    """From the approved draft past the announcement to a second before the minute, and at the minute."""
    minute = Minute(day.home, clock)
    assert minute.tick() == ()
    if names is DEEP:
        assert look_for_what_is_early(day, unreleased(day, day.draft.digest), names, most).wrong == []

    release_day.schedule(day, moment)
    clock.go_to(moment - SECOND)
    assert minute.tick() == ()
    before = look_for_what_is_early(day, unreleased(day), names, most)
    assert before.wrong == [], "\n" + "\n".join(before.wrong)
    assert_nothing_lies_about(day)

    clock.go_to(moment)
    assert minute.tick() == ()
    assert_all_is_there(day, moment)
    assert stale(before.answers, ask, is_pinned) == []
    for address in PINNED:
        assert ask(address).body == before.answers[address].body, address


def assert_nothing_lies_about(day):
    """No file of the home outside the keeper's folder tells of the release; what is sealed is sealed."""
    words = [word.encode() for word in (PLACE, NOTE, MONTH, PERIOD)]
    for path in day.home.path.rglob("*"):
        if path.is_file() and layout.keeper_folder(day.home.path) not in path.parents:
            data = path.read_bytes()
            assert not [word for word in words if word in data], path


def assert_all_is_there(day, moment):
    """Every door shows the release, and says since when."""
    table = f"/databases/pens/table?{TABLE}"
    shown = {
        "/databases/pens": (MONTH,),
        table: (PLACE, MONTH),
        f"/databases/pens/table.csv?{TABLE}": (PLACE, MONTH),
        f"/databases/pens/table?{TABLE}&release=2": (PLACE, MONTH),
        "/databases/pens/codes.csv": (PLACE, CODE),
        f"/search?q={PLACE}": (PLACE,),
        f"/databases/pens/chart?{TABLE}": (PLACE,),
        "/api/v1/databases/pens": (PERIOD,),
        "/api/v1/databases/pens/fields/AREA/codes": (PLACE, CODE),
        "/databases/pens/releases": (NOTE,),
        "/databases/pens/releases.atom": (NOTE,),
        "/": ("Pensions",),
    }
    missing = [
        f"{address} lacks {word}"
        for address, words in shown.items()
        for word in words
        if word not in (answer := ask(address)).body.decode() or answer.status != 200
    ]
    assert missing == []
    assert json.loads(ask("/healthz").body)["databases"]["pens"] == "2"
    facts = day.home.facts("pens", "2")
    assert facts.public_from == moment.astimezone(UTC).isoformat(timespec="seconds")
    assert ReleaseRow.objects.get(pk=day.release_id).state == State.PUBLIC


@pytest.mark.parametrize(
    ("on", "utc"),
    [
        (date(2027, 3, 26), None),
        (date(2027, 3, 30), "08:30"),
        (date(2027, 10, 29), "08:30"),
        (date(2027, 11, 1), "09:30"),
        (date(2028, 3, 27), "08:30"),
    ],
    ids=["good-friday", "after-spring-forward", "before-fall-back", "after-fall-back", "the-day-after-spring-forward"],
)
def test_half_past_nine_is_londons_through_both_changes_of_the_clocks(day, on, utc):
    """A second before by London's clocks nothing is open, at the minute it is."""
    at = release_moment(on)
    assert utc is None or f"{at:%H:%M}" == utc
    release_day.schedule(day, at)
    clock = FakeClock(at - timedelta(days=3))
    minute = Minute(day.home, clock)
    for wait in (timedelta(days=2), timedelta(days=1) - timedelta(hours=1), timedelta(hours=1) - SECOND):
        clock.go(wait.total_seconds())
        minute.tick()
        assert day.home.releases("pens") == ("1",)
    clock.go(1)
    minute.tick()
    assert day.home.releases("pens") == ("1", "2")


def test_a_clock_that_jumps_forward_opens_nothing_early(day, clock, moment):
    """It says so, and opens when the time that had to go by has gone by, or somebody says that the clock is right."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock)
    clock.go(3_600)
    clock.set_wrong(2 * 86_400)
    assert [one.kind for one in minute.tick()] == ["clock-jumped"]
    again = Minute(day.home, clock)
    assert [one.kind for one in again.tick()] == ["clock-jumped"], "a keeper that starts anew knows"
    assert day.home.releases("pens") == ("1",)
    clock.go((2 * 86_400) - 3_600 - 1)
    again.tick()
    assert day.home.releases("pens") == ("1",)
    clock.go(1)
    again.tick()
    assert day.home.releases("pens") == ("1", "2")


def test_a_clock_that_jumps_back_opens_nothing_early_by_it(day, clock, moment):
    """The minute comes when the clock on the wall shows it."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock)
    clock.go_to(moment - SECOND)
    clock.set_wrong(-600)
    clock.go(5)
    assert [one.kind for one in minute.tick()] == ["clock-jumped"]
    assert day.home.releases("pens") == ("1",)
    clock.go_to(moment)
    minute.tick()
    assert day.home.releases("pens") == ("1", "2")


def test_whoever_unschedules_at_the_last_second_is_heard(day, clock, moment):
    """Nothing opens, then or later."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock)
    clock.go_to(moment - SECOND)
    acting.unschedule(
        home=day.home, release_id=day.release_id, actor=day.approver, reason="A mistake.", now=clock.now()
    )
    clock.go(3_600)
    assert minute.tick() == ()
    assert day.home.releases("pens") == ("1",)


@pytest.mark.parametrize("dies", ["before the rename", "after the rename"])
def test_a_keeper_that_dies_at_the_minute_leaves_nothing_half(day, clock, moment, monkeypatch, dies):
    """The next one opens it, or finds it open and says the rest."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock)
    clock.go_to(moment)
    real = flipping.open_now

    def die(**asked):
        if dies == "after the rename":
            real(**asked)
        raise KeyboardInterrupt

    monkeypatch.setattr(flipping, "open_now", die)
    with pytest.raises(KeyboardInterrupt):
        minute.tick()
    assert ReleaseRow.objects.get(pk=day.release_id).state == State.SCHEDULED
    assert day.home.releases("pens") == (("1",) if dies == "before the rename" else ("1", "2"))
    monkeypatch.setattr(flipping, "open_now", real)
    clock.go(2)
    assert Minute(day.home, clock).tick() == ()
    assert day.home.releases("pens") == ("1", "2")
    assert ReleaseRow.objects.get(pk=day.release_id).state == State.PUBLIC


def test_a_release_that_is_out_of_date_does_not_open(day, clock, moment):
    """Another was published at once meanwhile: an alarm, and what was not looked at stays closed."""
    release_day.schedule(day, moment)
    records = release_day.records(day.folder, ("198804",))
    tables.publish(home=day.home, definition=release_day.definition(day.folder, ""), records=[records])
    clock.go_to(moment)
    assert [one.kind for one in Minute(day.home, clock).tick()] == ["stale-draft"]
    assert day.home.releases("pens") == ("1", "2")
    assert PERIOD not in day.home.current("pens").periods
    clock.go(1)
    Minute(day.home, clock).tick()
    assert day.home.releases("pens") == ("1", "2")


def test_what_is_asked_for_first_is_ready_on_the_disk(day, clock, moment):
    """The ready-made tables are counted once the release is public, and not before."""
    release_day.schedule(day, moment)
    warming, folder = Warming(day.home), layout.answers_folder(day.home.path)
    clock.go_to(moment - SECOND)
    Minute(day.home, clock).tick()
    warming.look()
    kept = set(folder.glob("*/*"))
    clock.go(1)
    Minute(day.home, clock).tick()
    warming.look()
    assert set(folder.glob("*/*")) - kept
    assert MONTH in ask(f"/databases/pens/table?{TABLE}").body.decode()


def test_an_alarm_half_an_hour_before_where_nothing_is_ready(day, clock, moment):
    """Somebody can still do something about it."""
    release_day.schedule(day, moment)
    layout.prepared_folder(day.home.path, day.draft.draft_id).rename(day.folder / "gone")
    minute = Minute(day.home, clock)
    clock.go_to(moment - timedelta(minutes=31))
    assert minute.tick() == ()
    clock.go(120)
    assert [one.kind for one in minute.tick()] == ["not-ready"]
    clock.go_to(moment)
    assert [one.kind for one in minute.tick()] == ["not-opened"]
    assert day.home.releases("pens") == ("1",)
    drafts.Ready(day.home).look()
    clock.go(5)
    assert minute.tick() == ()
    assert day.home.releases("pens") == ("1", "2")
