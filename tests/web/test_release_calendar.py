"""The release calendar as anybody sees it: pages, iCalendar, Atom and JSON, and the native API."""

import hashlib
import io
import json
import re
from dataclasses import fields
from datetime import date, timedelta
from html import unescape

import announced
import feedparser
import icalendar
import pytest
from announced import DIGEST, NOW, at
from django.utils import timezone
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.service import tables
from statlas.service.office import calendar
from statlas.service.office.actors import KEEPER
from statlas.service.tables import standing
from statlas.store import layout, notices

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH, MAY = at("2027-02-09"), at("2027-03-09"), at("2027-05-11")
FILES = ("/releases.ics", "/releases.atom", "/releases.json", "/api/v1/releases")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A home in which ``clubs`` is public since November, twice."""
    return announced.clubs(tmp_path_factory.mktemp("calendar"), n_releases=2)


@pytest.fixture
def clock(monkeypatch):
    """``clock(moment)``: it is that moment; at first noon of 5 January 2027."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def home(published):
    """The same, as it was before a test changed what the disk says."""
    before = published.facts("clubs", "2")
    yield published
    announced.tell(published, "2", **{one.name: getattr(before, one.name) for one in fields(before)})
    for path in notices.files(layout.database_folder(published.path, "clubs")):
        path.unlink()


@pytest.fixture
def get(site, home, settings, clock):
    """``get(address)``: the page as text, which must be there."""
    settings.STATLAS = type(settings.STATLAS)(home=home.path)

    def got(address):
        response = site.get(address)
        assert response.status_code == 200, response.content.decode()
        assert response.headers["Cache-Control"] == "no-cache", address
        return response.content.decode()

    return got


@pytest.fixture
def announce(home, clock):
    """``announce(moment)``: an announcement of the clubs, made on 5 January 2027."""

    def made(moment=FEBRUARY, database_id="clubs", **more):
        return calendar.announce(home=home, database_id=database_id, moment=moment, **{"actor": KEEPER, **more})

    return made


def _said(page):
    """The words of a page, a space between."""
    body = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    return " ".join(unescape(body).split())


# --- pages ------------------------------------------------------------------------------------------------------------


def test_an_empty_calendar_says_so(get):
    """And leads to what is published."""
    assert "No release is announced." in _said(get("/releases"))
    assert "No date was changed." in _said(get("/releases/changes"))


def test_the_calendar_tells_what_is_next_and_then_month_by_month(get, announce):
    """What comes first stands first, with the time by London's clocks in winter and in summer."""
    announce(MAY)
    announce(FEBRUARY)
    page = get("/releases")
    said = _said(page)
    assert "Next Tuesday 9 February 2027, 9:30am , in 5 weeks Members of made-up clubs Provisional" in said
    assert re.findall(r'<h2[^>]*id="month-([0-9-]+)">([^<]+)', page) == [
        ("2027-02", "February 2027"),
        ("2027-05", "May 2027"),
    ]
    assert "Tuesday 11 May 9:30am in 18 weeks" in said


def test_a_journalist_at_a_minute_to_the_time_sees_that_it_is_today(get, announce, clock, home):
    """Before the minute, after it without the release, and with it: each is told as it is, at once."""
    made = announce()
    clock(FEBRUARY - timedelta(minutes=1))
    assert "Tuesday 9 February 2027, 9:30am , today" in _said(get("/releases"))
    clock(FEBRUARY + timedelta(seconds=1))
    assert "Due, not published yet" in _said(get("/releases"))
    assert "Its minute has passed and it is not published yet" in _said(get(f"/releases/{made.id}"))
    announced.tell(home, "2", public_from=FEBRUARY.isoformat(), version="2.1.0")
    said = _said(get("/releases"))
    assert "Next" not in said
    assert "Published Synthetic See the figures" in said
    assert "Version 2.1.0, release 2" in _said(get(f"/releases/{made.id}"))


def test_a_moved_date_shows_both_and_why(get, announce, home):
    """In the list, on its page and among the changes."""
    made = announce()
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Records <b>came</b> late.", actor=KEEPER)
    told = "Moved from 9 February 2027, 9:30am to 9 March 2027, 9:30am. Reason: Records <b>came</b> late."
    for address in ("/releases", f"/releases/{made.id}", "/releases/changes"):
        page = get(address)
        assert told in _said(page), address
        assert "<b>came" not in page


def test_a_cancelled_release_stays_in_the_list_with_its_reason(get, announce, home):
    """It is not what is next."""
    made = announce()
    calendar.cancel(home=home, announcement_id=made.id, reason="Merged with others.", actor=KEEPER)
    said = _said(get("/releases"))
    assert "Cancelled" in said
    assert "Reason: Merged with others." in said
    assert "Next" not in said
    assert "There will be no such release. Reason: Merged with others." in _said(get(f"/releases/{made.id}"))


def test_an_announcement_tells_its_digest_contact_kind_and_exemption(get, announce, home):
    """All that may be known before, and how it is proved after."""
    announce(
        at("2027-02-09", "07:00"),
        exemption="Markets open at eight.",
        kind=ReleaseKind.REVISION,
        contact=Contact("Ada Lovelace", "ada@example.gov.uk"),
        note="With the new areas.",
    )
    settled = {"database_id": "clubs", "moment": at("2027-02-09", "07:00"), "digest": DIGEST, "actor": KEEPER}
    made = calendar.settle(home=home, kind=ReleaseKind.REVISION, **settled)
    page = get(f"/releases/{made.id}")
    for told in ("Ada Lovelace", "ada@example.gov.uk", "Markets open at eight.", "Scheduled revision", DIGEST):
        assert told in _said(page), told
    assert "statlas release prove" not in page
    assert "With the new areas." in _said(page)


def test_the_pages_of_a_release_that_is_out_tell_how_to_prove_it(get, announce, home, clock):
    """The command names the digest that was announced."""
    announce()
    made = calendar.settle(home=home, database_id="clubs", moment=FEBRUARY, digest=DIGEST, actor=KEEPER)
    announced.tell(home, "2", public_from=FEBRUARY.isoformat(), digest=DIGEST)
    clock(FEBRUARY)
    said = _said(get(f"/releases/{made.id}"))
    assert f"statlas release prove clubs 2 --digest {DIGEST}" in said
    assert "Nobody but those who made it." in said


def test_a_release_that_was_withdrawn_says_so_and_why(get, announce, home, clock):
    """Where it was announced, and among what is published; restored it is there again."""
    made = announce()
    announced.tell(home, "2", public_from=FEBRUARY.isoformat())
    clock(FEBRUARY + timedelta(hours=1))
    about = {"home": home, "database_id": "clubs", "release": "2"}
    standing.withdraw(**about, reason="An area was counted twice.", at=FEBRUARY + timedelta(minutes=30))
    try:
        for address in (f"/releases/{made.id}", "/releases/published", "/releases", "/databases/clubs"):
            assert "An area was counted twice." in _said(get(address)), address
        assert "See the figures" not in _said(get("/releases"))
        assert "See the figures" not in _said(get(f"/releases/{made.id}"))
    finally:
        standing.restore(**about, reason="Counted anew.", at=FEBRUARY + timedelta(minutes=40))
    assert "See the figures" in _said(get(f"/releases/{made.id}"))


def test_published_releases_are_listed_with_version_and_kind(get):
    """Those that nobody announced too."""
    said = _said(get("/releases/published"))
    assert said.count("Members of made-up clubs") >= 2
    assert "Version 1.0.0, release 1." in said


def test_the_page_of_a_database_leads_to_its_next_release(site, get, announce):
    """With how certain it is."""
    made = announce()
    page = site.get("/databases/clubs").content.decode()
    assert f'href="/releases/{made.id}">Tuesday 9 February 2027, 9:30am</a>' in page


def test_each_page_is_found_by_its_links(get, announce):
    """Coming up, published and changes lead to each other; files and feeds stand in the head and on the page."""
    announce()
    page = get("/releases")
    for address in ("/releases/published", "/releases/changes", "/releases.ics", "/releases.atom", "/releases.json"):
        assert f'href="{address}"' in page, address
    assert 'href="webcal://testserver/releases.ics"' in page
    assert '<link rel="alternate" type="application/atom+xml"' in page


# --- nothing of what is not public ------------------------------------------------------------------------------------


def test_the_id_of_an_unreleased_database_is_nowhere(get, site, announce):
    """Not on a page, in a file or behind a filter; asking for it is asking for nothing."""
    made = announce(database_id="secret_new", title="A new benefit")
    pages = (
        "/releases",
        "/releases/published",
        "/releases/changes",
        f"/releases/{made.id}",
        f"/releases/{made.id}.ics",
    )
    for address in (*pages, *FILES, f"/api/v1/releases/{made.id}"):
        body = get(address)
        assert "secret" not in body, address
    for address in (*pages[:2], *FILES):
        answers = [site.get(address, {"database": name}) for name in ("secret_new", "nothing_new")]
        assert [one.status_code for one in answers] == [404, 404], address
        bodies = [one.content.replace(b"secret_new", b"X").replace(b"nothing_new", b"X") for one in answers]
        assert bodies[0] == bodies[1], address
    assert site.get("/databases/secret_new").status_code == 404


@pytest.mark.parametrize(
    "announcement_id", ["0" * 32, "A" * 32, "x", "%00", "%20", "published.ics", "0" * 31 + "%0A", "..%2F..%2Fetc"]
)
def test_what_is_no_announcement_is_not_there(site, get, announcement_id):
    """Whatever stands in its place."""
    for address in (f"/releases/{announcement_id}", f"/releases/{announcement_id}.ics"):
        assert site.get(address).status_code == 404, address


@pytest.mark.parametrize("suffix", ["csv", "icsx", "xml", "atom.gz", "%00"])
def test_other_files_are_not_there(site, get, suffix):
    """The calendar is made as three kinds of files."""
    assert site.get(f"/releases.{suffix}").status_code == 404


@pytest.mark.parametrize("year", ["x", "-1", "99999999999999999999", "²", "2027%00", ""])
def test_an_odd_year_is_the_newest(get, year):
    """Nothing typed there breaks the page."""
    assert "Members of made-up clubs" in _said(get(f"/releases/published?year={year}"))


# --- iCalendar --------------------------------------------------------------------------------------------------------


def _lines(body):
    """The content lines of an iCalendar object, each (name, parameters, value); strict, by RFC 5545, 3.1 alone."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()  # a fold never splits a character
    unfolded = body.decode().replace("\r\n ", "").replace("\r\n\t", "")
    for line in unfolded.split("\r\n")[:-1]:
        head, value = re.fullmatch(r'((?:[^":;]|;|"[^"]*")+?):(.*)', line).groups()
        name, *parameters = head.split(";")
        assert re.fullmatch(r"[A-Z0-9-]+", name), line
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), line
        yield name, parameters, value


def _events(body):
    """Of each event the values of its properties, by name; once each."""
    found, inside = [], None
    for name, parameters, value in _lines(body):
        if (name, value) == ("BEGIN", "VEVENT"):
            inside = {}
        elif (name, value) == ("END", "VEVENT"):
            found.append(inside)
            inside = None
        elif inside is not None:
            assert name not in inside, name
            inside[name] = (tuple(parameters), value)
    return found


def _ics(site, address="/releases.ics"):
    response = site.get(address)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content


def test_the_calendar_is_icalendar_by_the_letter(site, get, announce):
    """Required properties once, folded lines, UTC moments, escaped text, and no letter beyond what may stand there."""
    announce(title="Ärger; mit, \\ Kommata — " + "und sehr langem Namen " * 6)
    body = _ics(site)
    of_calendar = {name: value for name, _, value in _lines(body.split(b"BEGIN:VEVENT")[0])}
    assert of_calendar["VERSION"] == "2.0"
    assert of_calendar["METHOD"] == "PUBLISH"
    assert of_calendar["PRODID"].startswith("-//Statlas//")
    (event,) = _events(body)
    assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS", "SUMMARY", "LAST-MODIFIED", "URL"} <= set(event)
    for name in ("DTSTART", "DTSTAMP", "LAST-MODIFIED", "CREATED"):
        parameters, value = event[name]
        assert (parameters, bool(re.fullmatch(r"\d{8}T\d{6}Z", value))) == ((), True), name
    assert event["DTSTART"][1] == "20270209T093000Z"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event["UID"][1])
    assert event["SUMMARY"][1].startswith(r"Ärger\; mit\, \\ Kommata")


def test_the_calendar_is_read_back_as_it_was_written(site, get, announce):
    """By another's reader: title, moment and state of each, summer time minded."""
    announce(FEBRUARY)
    announce(MAY)
    read = icalendar.Calendar.from_ical(_ics(site))
    events = [(str(one["summary"]), one["dtstart"].dt, str(one["status"])) for one in read.walk("VEVENT")]
    assert events == [
        ("Members of made-up clubs (provisional)", FEBRUARY, "TENTATIVE"),
        ("Members of made-up clubs (provisional)", MAY, "TENTATIVE"),
    ]
    assert not any(component.errors for component in read.walk())


def test_an_event_keeps_its_uid_and_raises_its_sequence_with_every_change(site, get, announce, home, clock):
    """So that a calendar that subscribed moves it, marks it and takes it out, and never shows it twice."""
    made, seen = announce(), []

    def look(after):
        clock(NOW + timedelta(minutes=after))
        (event,) = _events(_ics(site))
        seen.append((event["UID"][1], int(event["SEQUENCE"][1]), event["STATUS"][1], event["LAST-MODIFIED"][1]))

    look(0)
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Late.", actor=KEEPER)
    look(1)
    calendar.confirm(home=home, announcement_id=made.id, actor=KEEPER)
    look(2)
    calendar.settle(home=home, database_id="clubs", moment=MARCH, digest=DIGEST, actor=KEEPER)
    look(3)
    calendar.unsettle(home=home, database_id="clubs", digest=DIGEST, reason="A fault.", actor=KEEPER)
    look(4)
    calendar.cancel(home=home, announcement_id=made.id, reason="Merged.", actor=KEEPER)
    look(5)
    assert len({uid for uid, *_ in seen}) == 1
    assert [sequence for _, sequence, *_ in seen] == [0, 1, 2, 3, 4, 5]
    assert [status for _, _, status, _ in seen] == ["TENTATIVE"] * 2 + ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert [modified for *_, modified in seen] == sorted(modified for *_, modified in seen)


def test_publication_is_a_change_for_subscribers_too(site, get, announce, home, clock):
    """The sequence rises once more, and the event says where the figures are."""
    announce()
    announced.tell(home, "2", public_from=FEBRUARY.isoformat())
    clock(FEBRUARY)
    (event,) = _events(_ics(site))
    assert event["SEQUENCE"][1] == "1"
    assert event["LAST-MODIFIED"][1] == "20270209T093000Z"
    assert "Version 1.1.0\\, release 2." in event["DESCRIPTION"][1]


def test_a_withdrawal_and_a_restoration_are_changes_for_subscribers_too(site, get, announce, home, clock):
    """Every file tells both, and when, so that what subscribed shows it: the event is struck through, then kept."""
    announce()
    announced.tell(home, "2", public_from=FEBRUARY.isoformat())
    about, seen = {"home": home, "database_id": "clubs", "release": "2"}, []

    def look(after):
        clock(FEBRUARY + timedelta(minutes=after))
        (event,) = _events(_ics(site))
        told = json.loads(get("/releases.json"))
        (one,) = told["announcements"]
        assert json.loads(get("/api/v1/releases"))["announcements"] == [one]
        entry = feedparser.parse(get("/releases.atom")).entries[0]
        times = event["LAST-MODIFIED"][1], event["DTSTAMP"][1], one["updated"], entry.updated, told["updated"]
        seen.append((int(event["SEQUENCE"][1]), event["STATUS"][1], one["status"], one["withdrawn"]))
        assert f"({one['status']})" in event["SUMMARY"][1]
        assert f"({one['status']})" in entry.title
        assert ("Counted twice." in event["DESCRIPTION"][1]) == ("Counted twice." in entry.summary)
        assert {re.sub(r"[-:]", "", at) for at in times} == {f"20270209T09{30 + after}00Z"}

    look(0)
    for after in (1, 3):
        standing.withdraw(**about, reason="Counted twice.", at=FEBRUARY + timedelta(minutes=after))
        look(after)
        standing.restore(**about, reason="Counted anew.", at=FEBRUARY + timedelta(minutes=after + 1))
        look(after + 1)
    assert [sequence for sequence, *_ in seen] == [1, 2, 3, 4, 5]
    assert [status for _, status, *_ in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [(status, why) for *_, status, why in seen] == [
        ("published", None),
        ("withdrawn", "Counted twice."),
        ("published", None),
        ("withdrawn", "Counted twice."),
        ("published", None),
    ]


def test_a_release_that_nobody_announced_is_new_to_feeds_when_it_is_restored(site, get, home):
    """In the feed of the calendar and in that of its database: it does not go back to when it was published."""
    about = {"home": home, "database_id": "clubs", "release": "2"}
    standing.withdraw(**about, reason="Counted twice.", at=FEBRUARY)
    standing.restore(**about, reason="Counted anew.", at=MARCH)
    for address in ("/releases.atom", "/databases/clubs/releases.atom"):
        newest = feedparser.parse(site.get(address).content).entries[0]
        assert newest.updated.startswith("2027-03-09T09:30:00"), address


def test_a_restoration_that_was_cut_off_is_none(home):
    """What it would have said is on the disk, and the notice still is: nothing is told of it, and no number falls."""
    about = {"home": home, "database_id": "clubs", "release": "2"}
    standing.withdraw(**about, reason="Counted twice.", at=FEBRUARY)
    notice = layout.notice_file(layout.database_folder(home.path, "clubs"), "2")
    before = notice.read_bytes()
    standing.restore(**about, reason="Counted anew.", at=MARCH)
    assert home.restored("clubs") == {"2": ("2027-03-09T09:30:00+00:00",)}
    notice.write_bytes(before)
    assert home.restored("clubs") == {}


def test_a_damaged_notice_takes_nothing_of_the_calendar_with_it(site, get, home):
    """The release stays withdrawn, without a moment; pages and files answer."""
    folder = layout.database_folder(home.path, "clubs")
    standing.withdraw(home=home, database_id="clubs", release="2", reason="Counted twice.", at=FEBRUARY)
    layout.notice_file(folder, "2").write_bytes(b"{")
    for address in (*FILES, "/releases", "/databases/clubs/releases.atom", "/api/v1/databases/clubs/releases"):
        assert site.get(address).status_code == 200, address
    for address in ("/releases/published", "/databases/clubs/releases"):
        assert "its notice cannot be read." in _said(site.get(address).content.decode()), address


def test_files_answer_with_the_same_bytes_until_something_changes(site, get, announce, home):
    """A reader that has them is told so and downloads nothing."""
    made = announce()
    for address in FILES:
        first = site.get(address)
        tag = first.headers["ETag"]
        assert site.get(address).content == first.content, address
        assert site.get(address, headers={"If-None-Match": tag}).status_code == 304, address
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Late.", actor=KEEPER)
    for address in FILES:
        assert site.get(address, headers={"If-None-Match": tag}).status_code == 200, address


# --- Atom and JSON ----------------------------------------------------------------------------------------------------


def test_the_feed_is_read_with_ids_that_stay_and_times_that_tell(site, get, announce, home, clock):
    """Ids are the same after a change, and what changed says when."""
    made = announce()
    before = feedparser.parse(get("/releases.atom"))
    assert not before.bozo, before.get("bozo_exception")
    assert before.version == "atom10"
    clock(NOW + timedelta(hours=1))
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Late & <later>.", actor=KEEPER)
    after = feedparser.parse(get("/releases.atom"))
    assert not after.bozo
    assert [one.id for one in after.entries if "2027" in one.title] == [
        one.id for one in before.entries if "2027" in one.title
    ]
    (entry,) = [one for one in after.entries if one.id.endswith(made.id[-12:])]
    assert entry.updated == "2027-01-05T13:00:00Z"
    assert entry.published == "2027-01-05T12:00:00Z"
    assert entry.title == "Members of made-up clubs: Tuesday 9 March 2027, 9:30am (provisional)"
    assert "Late & <later>." in entry.summary
    assert after.feed.updated == entry.updated
    assert after.feed.id == before.feed.id
    assert len({one.id for one in after.entries}) == len(after.entries)
    assert all(one.link.startswith("http://testserver/") for one in after.entries)


def test_the_feed_has_releases_that_nobody_announced(get):
    """Each once, under an id of its own."""
    read = feedparser.parse(get("/releases.atom"))
    assert len(read.entries) == 2
    assert read.entries[0].link == "http://testserver/databases/clubs/releases"


def test_the_file_and_the_native_api_say_the_same(get, announce):
    """One shape in both."""
    announce()
    of_file, of_api = json.loads(get("/releases.json")), json.loads(get("/api/v1/releases"))
    assert of_file["announcements"] == of_api["announcements"]
    assert of_file["published"] == of_api["published"]
    (one,) = of_file["announcements"]
    assert (one["status"], one["moment"], one["london"]) == (
        "provisional",
        "2027-02-09T09:30:00Z",
        "2027-02-09T09:30+00:00",
    )
    assert json.loads(get(f"/api/v1/releases/{one['id']}"))["changes"] == one["changes"]


def test_a_filtered_calendar_has_one_database_alone(get, announce):
    """In every file, under an address of its own."""
    announce()
    announce(MARCH, database_id="secret_new", title="A new benefit")
    assert len(json.loads(get("/releases.json"))["announcements"]) == 2
    assert len(json.loads(get("/releases.json?database=clubs"))["announcements"]) == 1
    assert "A new benefit" not in get("/releases.ics?database=clubs")
    assert "A new benefit" not in get("/releases?database=clubs")


def test_a_year_ahead_is_there_for_whoever_subscribes(site, get, home):
    """The four quarters of a pattern, each in its month."""
    pattern = ReleasePattern.every(Every.QUARTER, DayRule.read("second tuesday"))
    calendar.set_pattern(home=home, database_id="clubs", pattern=pattern, actor=KEEPER)
    read = icalendar.Calendar.from_ical(_ics(site))
    assert [one["dtstart"].dt.date() for one in read.walk("VEVENT")] == [
        date(2027, 2, 9),
        date(2027, 5, 11),
        date(2027, 8, 10),
        date(2027, 11, 9),
    ]


def test_anybody_proves_a_published_release_with_the_program_on_its_page(site, get, announce, home, clock, monkeypatch):
    """The program of the page, run as it stands, says that the digest is that of the release; and of another, not."""
    salt, statement = "0b" * 32, '{"database":"clubs","release":2,"text":"ä"}'
    digest = hashlib.sha256(bytes.fromhex(salt) + statement.encode()).hexdigest()
    announce()
    made = calendar.settle(home=home, database_id="clubs", moment=FEBRUARY, digest=digest, actor=KEEPER)
    announced.tell(home, "2", public_from=FEBRUARY.isoformat(), digest=digest, salt=salt, statement=statement)
    clock(FEBRUARY)
    page = get(f"/releases/{made.id}")
    program = unescape(re.search(r"<code>(import hashlib.*?)</code>", page, re.DOTALL)[1])
    monkeypatch.setattr("urllib.request.urlopen", lambda address: io.BytesIO(site.get(address).content))
    said = []
    exec(program, {"print": said.append})
    announced.tell(home, "2", salt=salt, statement=statement + " ")
    exec(program, {"print": said.append})
    assert said == [True, False]


# --- languages --------------------------------------------------------------------------------------------------------


def test_every_sentence_of_the_calendar_can_be_translated(site, get, announce, home, clock):
    """Dates, states, reasons' frames and times; what staff typed stays as it is."""
    near = announce(title="T1", note="T1", exemption="T1", moment=at("2027-02-09", "07:00"))
    announce(MARCH, database_id="other_new", title="T1", kind=ReleaseKind.CORRECTION)
    moved = announce(MAY, title="T1")
    calendar.move(home=home, announcement_id=moved.id, moment=at("2027-05-18"), reason="T1", actor=KEEPER)
    gone = announce(at("2027-06-08"), title="T1")
    calendar.cancel(home=home, announcement_id=gone.id, reason="T1", actor=KEEPER)
    calendar.settle(home=home, database_id="clubs", moment=near.moment, digest=DIGEST, actor=KEEPER, exemption="T1")
    data = ["T1", DIGEST, *labels_of(tables.database(home=home, database_id="clubs")), "clubs"]
    late = near.moment + timedelta(minutes=1)
    for moment in (NOW, late):
        clock(moment)
        for address in ("/releases", "/releases/changes", *(f"/releases/{one.id}" for one in (near, moved, gone))):
            with wording.speaking(wording.PSEUDO):
                page = site.get(address).content.decode()
            assert untranslated(page, data) == [], address


def test_the_feeds_speak_the_language_of_the_site(site, get, announce):
    """Events and entries too."""
    announce()
    with wording.speaking(wording.PSEUDO):
        (event,) = _events(_ics(site))
        read = feedparser.parse(site.get("/releases.atom").content)
    assert "⟦" in event["SUMMARY"][1]
    assert "⟦" in event["DESCRIPTION"][1]
    assert any("⟦" in one.title for one in read.entries)
