"""The staff's pages of the calendar: who sees and changes which dates, and how that is refused."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from pseudo import labels_of, untranslated
from visiting import visit

from statlas import wording
from statlas.model import finding as findings
from statlas.model.announcement import Standing
from statlas.model.finding import DraftReports, Report
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.model.release_times import in_london, next_working_day, release_moment
from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.calendar.models import AnnouncedRelease
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import State
from statlas.service import tables
from statlas.service.office import calendar, organisations
from statlas.service.office.actors import KEEPER, Actor
from statlas.service.office.calendar import Deed
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting
from statlas.service.tables import auditing
from statlas.service.tables.drafting import DraftReport

SIGN_IN = """
import sys
from datetime import datetime
from pathlib import Path
from statlas.cli.site import prepare_site
prepare_site(Path(sys.argv[1]))
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from importlib import import_module
from statlas.office.accounts import queries
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office import calendar
from statlas.service.office.actors import KEEPER
home = tables.open_home(Path(sys.argv[1]))
near, far = map(datetime.fromisoformat, sys.argv[2:])
calendar.announce(home=home, database_id="hb_new", moment=near, actor=KEEPER)
gone = calendar.announce(home=home, database_id="rents", moment=far, title="x" * 120, actor=KEEPER)
calendar.cancel(home=home, announcement_id=gone.id, reason="It comes with another one.", actor=KEEPER)
account = queries.make("approver@example.org", None, Role.APPROVER)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.save()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""
VIEWS = ({"width": 1280, "height": 900}, {"width": 320, "height": 700})


def weeks_ahead(n, clock=None):
    """09:30, or another time, on a working day so many weeks from now."""
    day = next_working_day(in_london(datetime.now(UTC)).date() + timedelta(weeks=n))
    return release_moment(day, datetime.strptime(clock, "%H:%M").time()) if clock else release_moment(day)  # noqa: DTZ007 - a time of day


def when(moment):
    """The fields of a form that say a moment."""
    local = in_london(moment)
    return {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}


@pytest.fixture
def office(db, tmp_path, home, settings):
    """Two organisations with a database each; everybody by what they are."""
    shutil.copytree(home.path, tmp_path / "home", ignore=shutil.ignore_patterns("cache", "logs"))
    home = tables.open_home(tmp_path / "home")
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    actor = Actor.of_account(Account.objects.create_superuser("boss@example.org"))
    for slug, name, database in (("housing", "Housing statistics", "hb_new"), ("rents", "Rent office", "rents")):
        organisations.register(home=home, slug=slug, name=name, actor=actor)
        organisations.claim(home=home, slug=slug, actor=actor, database_id=database)
    organisations.claim(home=home, slug="housing", actor=actor, database_id="secret_new")
    people = {"boss": actor.account, "nobody": Account.objects.create_user("nobody@example.org")}
    for role in Role:
        people[role.value] = _member(home, actor, "housing", f"{role.value}@example.org", role)
    people["stranger"] = _member(home, actor, "rents", "stranger@example.org", Role.APPROVER)
    organisations.add_member(home=home, slug="rents", email="stranger@example.org", role=Role.PRODUCER, actor=actor)
    return SimpleNamespace(home=home, **people)


def _member(home, actor, slug, email, role):
    account = account_queries.make(email, None, None)
    organisations.add_member(home=home, slug=slug, email=email, role=role, actor=actor)
    return account


@pytest.fixture
def date(office):
    """A provisional date of ``hb_new``, six weeks ahead."""
    return calendar.announce(home=office.home, database_id="hb_new", moment=weeks_ahead(6), actor=KEEPER)


def now_is(office, date):
    """The announcement as it stands."""
    return calendar.entry(home=office.home, announcement_id=date.id, for_staff=True)


def post(client, address, **sent):
    """Send the form of a page as it stands there, with these answers."""
    seen = client.get(address).content.decode().partition('name="seen" value="')[2].partition('"')[0]
    return client.post(address, {"seen": seen, **sent})


def pages(announcement_id, database_id="hb_new"):
    """Every address below ``/work/calendar`` that is about a date or a database."""
    dates = [f"/work/calendar/{announcement_id}/{deed.value}" for deed in Deed]
    return [*dates, f"/work/calendar/patterns/{database_id}"]


EVERY = ("/work/calendar", "/work/calendar/announce")


# --- whose it is not --------------------------------------------------------------------------------------------------


def test_a_guest_is_sent_to_sign_in_whatever_the_address(office, date):
    """The same for what is there and what is not; and no public page leads to it."""
    for real, invented in zip(pages(date.id), pages("0" * 32, "nothing"), strict=True):
        for method in (visit().get, visit().post):
            answers = [method(address) for address in (real, invented)]
            assert [answer.status_code for answer in answers] == [302, 302], real
    assert [visit().get(address).status_code for address in EVERY] == [302, 302]
    for address in ("/", "/releases", f"/releases/{date.id}"):
        assert "/work" not in visit().get(address).content.decode(), address


@pytest.mark.parametrize("who", ["stranger", "nobody", "boss"])
def test_another_organisations_date_is_no_page_and_stays(office, date, who):
    """An approver of another organisation, too: the answer is that of a date that never was."""
    client = visit(getattr(office, who))
    sent = {"seen": "0", "reason": "Mine now.", "act": "set", "every": "quarter", "rule": "15", "kind": "new"}
    sent |= when(weeks_ahead(8))
    for real, invented in zip(pages(date.id), pages("0" * 32, "nothing"), strict=True):
        for answer in (client.get(real), client.get(invented), client.post(real, sent), client.post(invented, sent)):
            assert answer.status_code == 404, real
    assert client.post(EVERY[1], {**sent, "database": "hb_new"}).status_code == 403
    assert now_is(office, date) == date
    assert calendar.patterns() == ()
    assert AnnouncedRelease.objects.count() == 1


def test_lists_hold_ones_own_alone(office, date):
    """Dates, patterns and the choice of databases; nothing of a database that is not public is told to others."""
    calendar.announce(
        home=office.home, database_id="secret_new", moment=weeks_ahead(7), title="A new benefit", actor=KEEPER
    )
    for address in EVERY:
        page = visit(office.stranger).get(address).content.decode()
        assert "secret_new" not in page
        assert "Housing Benefit" not in page
        assert "rents" in page
        assert "secret_new" in visit(office.producer).get(address).content.decode()
    assert date.id not in visit(office.stranger).get("/work/calendar").content.decode()
    for who in (office.nobody, office.boss):
        page = visit(who).get("/work/calendar").content.decode()
        assert "No release of your organisations is announced." in page
        assert "/work/calendar/announce" not in page


def test_what_may_be_done_is_what_the_pages_offer(office, date):
    """For each who belongs to the organisation, and each state of a date: offered and done, or refused and said."""
    moved = {**when(weeks_ahead(9)), "reason": "Records came late."}
    for who in Role:
        account = getattr(office, who.value)
        page = visit(account).get("/work/calendar").content.decode()
        own = calendar.own_date(home=office.home, account=account, announcement_id=date.id)
        assert bool(own.deeds) == (who is Role.APPROVER)
        for deed in Deed:
            address = f"/work/calendar/{date.id}/{deed.value}"
            reason = calendar.why_not(home=office.home, account=account, announcement_id=date.id, deed=deed)
            assert (deed in own.deeds) == (address in page) == (reason is None), (who, deed)
            if reason is not None:
                assert '<form method="post"' not in visit(account).get(address).content.decode()
                answer = post(visit(account), address, **moved)
                assert answer.status_code == 403
                assert "There is a problem" in answer.content.decode()
    assert now_is(office, date) == date


@pytest.mark.parametrize("state", ["confirmed", "scheduled", "cancelled", "out", "late"])
def test_a_date_that_takes_no_change_says_why(office, date, state):
    """What the list offers is what the service allows, whatever became of the date."""
    changed = {
        "confirmed": {"standing": Standing.CONFIRMED.value},
        "scheduled": {"standing": Standing.CONFIRMED.value, "digest": "ab" * 32},
        "cancelled": {"standing": Standing.CANCELLED.value},
        "out": {"release": "1"},
        "late": {"moment": datetime.now(UTC) - timedelta(days=2)},
    }[state]
    AnnouncedRelease.objects.filter(pk=date.id).update(**changed)
    client = visit(office.approver)
    own = calendar.own_date(home=office.home, account=office.approver, announcement_id=date.id)
    expected = {"confirmed": {Deed.MOVE, Deed.CANCEL}, "late": {Deed.MOVE, Deed.CANCEL}}.get(state, set())
    assert own.deeds == expected
    before = now_is(office, date)
    for deed in set(Deed) - expected:
        answer = post(client, f"/work/calendar/{date.id}/{deed.value}", reason="x", **when(weeks_ahead(9)))
        assert answer.status_code in (400, 403), deed
    assert now_is(office, date) == before


# --- what is done -----------------------------------------------------------------------------------------------------


def test_a_date_lives_its_life_by_forms(office):
    """A producer announces; an approver confirms, moves and cancels: each on the public page and in the audit log."""
    producer, approver = visit(office.producer), visit(office.approver)
    sent = {**when(weeks_ahead(6)), "database": "hb_new", "kind": "revision", "note": "With the new areas."}
    assert producer.post(EVERY[1], sent).url == "/work/calendar"
    row = AnnouncedRelease.objects.get()
    assert (row.standing, row.kind, row.note) == ("provisional", "revision", "With the new areas.")
    assert "is announced for" in producer.get("/work/calendar").content.decode()
    base = f"/work/calendar/{row.pk}"
    assert post(approver, f"{base}/confirm").status_code == 303
    assert post(approver, f"{base}/move", **when(weeks_ahead(8)), reason="Two councils are late.").status_code == 303
    assert "Two councils are late." in approver.get("/work/calendar").content.decode()
    assert post(approver, f"{base}/cancel", reason="It comes with another.").status_code == 303
    public = visit().get(f"/releases/{row.pk}").content.decode()
    assert "Two councils are late." in public
    assert "It comes with another." in public
    acts = [(one.action, one.actor) for one in auditing.lines(home=office.home) if one.action.startswith("calendar.")]
    by = [("announce", "producer"), ("confirm", "approver"), ("move", "approver"), ("cancel", "approver")]
    assert acts == [(f"calendar.{act}", f"{who}@example.org") for act, who in by]


@pytest.mark.parametrize(
    ("deed", "sent", "said"),
    [
        ("move", {"reason": ""}, "takes a reason"),
        ("move", {"reason": "   "}, "takes a reason"),
        ("cancel", {}, "takes a reason"),
        ("move", {"reason": "x", "time": "07:00"}, "not 9:30am"),
        ("move", {"reason": "x", "day": "2020-01-07"}, "is past"),
        ("move", {"reason": "x", "day": "9", "time": "\x00"}, "A day and a time are expected"),
        ("move", {"reason": "x" * 1500}, "characters"),
        ("cancel", {"reason": "a\x00b"}, "cannot be shown"),
        ("cancel", {"reason": "x", "seen": ""}, "changed meanwhile"),
        ("cancel", {"reason": "x", "seen": "²"}, "changed meanwhile"),
    ],
)
def test_what_cannot_be_is_refused_in_place(office, date, deed, sent, said):
    """With what was written still there, and nothing changed."""
    client, address = visit(office.approver), f"/work/calendar/{date.id}/{deed}"
    answer = post(client, address, **{**when(weeks_ahead(9)), **sent})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "There is a problem" in page
    assert said in page
    assert now_is(office, date) == date


def test_who_looked_before_another_changed_it_changes_nothing(office, date):
    """Two approvers with the page open: the second is told, sees the date as it is, and may go on from there."""
    client, address = visit(office.approver), f"/work/calendar/{date.id}/confirm"
    calendar.move(home=office.home, announcement_id=date.id, moment=weeks_ahead(9), reason="Late.", actor=KEEPER)
    answer = client.post(address, {"seen": "0"})
    assert (answer.status_code, now_is(office, date).standing) == (400, Standing.PROVISIONAL)
    assert 'name="seen" value="1"' in answer.content.decode()
    assert client.post(address, {"seen": "1"}).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"database": "\x00"},
        {"database": "../etc"},
        {"database": "hb_new", "kind": "god"},
        {"database": "secret_new"},
        {"database": "hb_new", "title": "a\x00"},
        {"database": "hb_new", "confirmed": "yes"},
    ],
)
def test_what_cannot_be_announced_is_refused_in_place(office, sent):
    """No database, none of one's own, no kind, no title of a first release, or a certainty that is an approver's."""
    answer = visit(office.producer).post(EVERY[1], {"kind": "new", **when(weeks_ahead(6)), **sent})
    assert answer.status_code in (400, 403)
    assert "There is a problem" in answer.content.decode()
    assert AnnouncedRelease.objects.count() == 0


def test_a_form_of_another_site_does_nothing(office, date):
    """Without the token of the page every form is refused."""
    client = visit(office.approver, enforce_csrf_checks=True)
    sent = {"seen": "0", "reason": "x", "act": "set"}
    for address in (*pages(date.id), EVERY[1]):
        assert client.post(address, sent).status_code == 403, address
    assert now_is(office, date) == date


def test_every_page_is_for_one_reader_alone(office, date):
    """No cache and no browser keeps any of them."""
    for address in (*EVERY, *pages(date.id)):
        assert "no-store" in visit(office.approver).get(address).headers["Cache-Control"], address


def test_the_work_list_leads_there(office):
    """For who belongs to an organisation."""
    assert 'href="/work/calendar"' in visit(office.reviewer).get("/work").content.decode()
    assert 'href="/work/calendar"' not in visit(office.nobody).get("/work").content.decode()


# --- patterns ---------------------------------------------------------------------------------------------------------

QUARTERLY = {"act": "set", "every": "quarter", "rule": "second Tuesday", "time": "09:30", "kind": "new"}


def test_a_pattern_is_set_changed_and_taken_away(office):
    """A year of provisional dates; the form has it as it is; what is announced stays without it."""
    client, address = visit(office.producer), "/work/calendar/patterns/hb_new"
    assert "It has no pattern yet." in client.get(address).content.decode()
    assert client.post(address, QUARTERLY).status_code == 303
    n_dates = AnnouncedRelease.objects.count()
    assert n_dates in (4, 5)
    page = client.get(address).content.decode()
    assert 'value="second tuesday"' in page
    assert 'value="2, 5, 8, 11"' in page
    assert (
        client.post(address, {**QUARTERLY, "every": "year", "months": "7", "rule": "last Thursday"}).status_code == 303
    )
    (found,) = calendar.patterns()
    assert found.pattern == ReleasePattern.every(Every.YEAR, DayRule.read("last thursday"), (7,))
    assert client.post(address, {"act": "remove"}).status_code == 303
    assert calendar.patterns() == ()
    assert AnnouncedRelease.objects.count() >= n_dates


@pytest.mark.parametrize(
    "sent",
    [
        {"act": ""},
        {"every": "week"},
        {"every": "year"},
        {"months": "2,5"},
        {"months": "a"},
        {"months": "2,5,8,13"},
        {"months": "9" * 1999},
        {"rule": "someday"},
        {"rule": "\x00"},
        {"time": "25:00"},
        {"time": "07:00"},
        {"time": "09:30:15", "exemption": "Agreed."},
        {"kind": ""},
        {"act": "remove"},
    ],
)
def test_a_pattern_that_is_none_is_refused_in_place(office, sent):
    """And none is kept."""
    answer = visit(office.producer).post("/work/calendar/patterns/hb_new", {**QUARTERLY, **sent})
    assert answer.status_code in (400, 404)
    assert "There is a problem" in answer.content.decode()
    assert calendar.patterns() == ()
    assert AnnouncedRelease.objects.count() == 0


def test_a_reviewer_sets_no_pattern(office):
    """The page says whose it is; a form sent all the same is refused."""
    client = visit(office.reviewer)
    assert '<form method="post"' not in client.get("/work/calendar/patterns/hb_new").content.decode()
    assert client.post("/work/calendar/patterns/hb_new", QUARTERLY).status_code == 403
    assert calendar.patterns() == ()


def test_a_first_release_follows_a_pattern_under_its_title(office):
    """Its id is told to nobody else."""
    address = "/work/calendar/patterns/secret_new"
    assert visit(office.producer).post(address, QUARTERLY).status_code == 400
    assert visit(office.producer).post(address, {**QUARTERLY, "title": "A new benefit"}).status_code == 303
    assert "secret_new" not in visit().get("/releases").content.decode()


# --- scheduling -------------------------------------------------------------------------------------------------------


@pytest.fixture
def approved(office):
    """A release of ``hb_new`` that waits for its minute; its id."""
    reports = findings.to_json(DraftReports(Report((), (), ()), Report((), (), ()), Report(()))).encode()
    draft = DraftReport("d" * 32, "hb_new", "2", "ab" * 32, "1.1.0", 0, reports=reports)
    given = {"home": office.home, "actor": Actor.of_account(office.producer)}
    made = acting.begin(draft=draft, **given)
    acting.check(release_id=made.id, **given)
    acting.approve(home=office.home, release_id=made.id, actor=Actor.of_account(office.approver), reason="It is right.")
    return made.id


def test_a_confirmed_date_is_moved_by_scheduling_for_an_approver_alone(office, date, approved):
    """A producer is told so on the form, and neither the release nor the date has changed."""
    calendar.confirm(home=office.home, announcement_id=date.id, actor=Actor.of_account(office.approver))
    address = f"/work/releases/{approved}/schedule"
    sent = {**when(date.moment), "time": "12:00", "reason": "Later that day.", "exemption": "Agreed."}
    answer = post(visit(office.producer), address, **sent)
    assert answer.status_code == 403
    assert "only an approver moves it" in answer.content.decode()
    assert ReleaseRow.objects.get(pk=approved).state == State.APPROVED
    assert (now_is(office, date).moment, now_is(office, date).digest) == (date.moment, "")
    assert post(visit(office.approver), address, **sent).status_code == 303
    assert in_london(now_is(office, date).moment).hour == 12


def test_a_producer_schedules_for_the_confirmed_date_itself(office, date, approved):
    """That moves nothing."""
    calendar.confirm(home=office.home, announcement_id=date.id, actor=Actor.of_account(office.approver))
    address = f"/work/releases/{approved}/schedule"
    assert post(visit(office.producer), address, **when(date.moment)).status_code == 303
    assert now_is(office, date).digest == "ab" * 32


# --- every sentence, and in a browser ---------------------------------------------------------------------------------


def test_every_sentence_can_be_translated(office, date):
    """For each who belongs to the organisation, and who does not, with what is refused."""
    calendar.set_pattern(
        home=office.home,
        database_id="hb_new",
        pattern=ReleasePattern.every(Every.QUARTER, DayRule.read("15")),
        actor=KEEPER,
    )
    asked = {"database_id": "hb_new", "moment": weeks_ahead(9), "reason": "Zyzzy"}
    gone = calendar.announce(home=office.home, actor=KEEPER, **asked)
    calendar.cancel(home=office.home, announcement_id=gone.id, reason="Zyzzy", actor=KEEPER)
    labels = [label for one in tables.databases(home=office.home) for label in labels_of(one)]
    known = [*labels, "Housing Benefit", "Zyzzy", "hb_new", "secret_new", "09:30"]
    for who in (office.approver, office.reviewer, office.nobody):
        client = visit(who)
        with wording.speaking(wording.PSEUDO):
            answers = [client.get(address) for address in (*EVERY, *pages(date.id), *pages(gone.id))]
            answers += [client.post(address, {}) for address in (EVERY[1], *pages(date.id), *pages(gone.id))]
        for answer in answers:
            assert untranslated(answer.content.decode(), known) == [], (who.email, answer.request["PATH_INFO"])


@pytest.fixture(scope="module")
def office_site(web, home, tmp_path_factory):
    """A running site, and the cookie of an approver of it."""
    copy = tmp_path_factory.mktemp("calendar-work") / "home"
    shutil.copytree(home.path, copy, ignore=shutil.ignore_patterns("site.sqlite3*"))
    moments = [weeks_ahead(n).isoformat() for n in (6, 9)]
    command = [sys.executable, "-c", SIGN_IN, str(copy), *moments]
    said = subprocess.run(command, check=True, env=os.environ, capture_output=True, text=True).stdout
    name, key = said.split()[-2:]
    site = web.Served(copy, "--workers", "1").wait()
    yield SimpleNamespace(address=site.address, cookie={"name": name, "value": key, "url": site.address})
    site.stop()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_accessible_on_a_desk_and_on_a_phone(browser, office_site, axe, dark):
    """No complaint of the checker or the browser, and nothing wider than the screen."""
    context = browser.new_context(base_url=office_site.address, color_scheme="dark" if dark else "light")
    context.add_cookies([office_site.cookie])
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/work/calendar")
    deeds = [one.get_attribute("href") for one in page.locator('.statlas-rows a[href^="/work/"]').all()]
    assert len(deeds) == 3
    for address in (*EVERY, *deeds, "/work/calendar/patterns/hb_new"):
        page.goto(address)
        for view in VIEWS:
            page.set_viewport_size(view)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, view)
            page.evaluate(axe)
            found = page.evaluate("axe.run().then(done => done.violations.map(one => [one.id, one.nodes[0].html]))")
            assert found == [], (address, view)
    assert complaints == []
    context.close()


def test_a_date_is_moved_on_a_phone_without_scripts(browser, office_site):
    """From the work list to the refusal without a reason, and with one to the calendar that readers see."""
    context = browser.new_context(base_url=office_site.address, java_script_enabled=False, viewport=VIEWS[1])
    context.add_cookies([office_site.cookie])
    page = context.new_page()
    page.goto("/work")
    page.click("text=Dates of release")
    page.click('a[href$="/move"]')
    page.fill("#day", in_london(weeks_ahead(7)).date().isoformat())
    page.click('main button[type="submit"]')
    assert "This change takes a reason." in page.inner_text("main")
    page.fill("#reason", "Two councils sent their records late.")
    page.click('main button[type="submit"]')
    assert "The date is moved." in page.inner_text("main")
    page.goto("/releases")
    assert "Two councils sent their records late." in page.inner_text("main")
    context.close()
