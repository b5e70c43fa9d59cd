"""The staff's pages: who sees what of a release, what every act asks and does, and how it is refused."""

import html
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pseudo import labels_of, untranslated
from visiting import visit

from statlas import definitions, wording
from statlas.errors import AccessError, KeeperGoneError, UnknownNameError
from statlas.model import finding as findings
from statlas.model.finding import Check, DraftReports, Fact, Finding, Report, Severity
from statlas.model.query_data import read_query
from statlas.model.release import DraftFacts
from statlas.model.release_times import in_london, release_moment
from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import Act, State
from statlas.service import tables
from statlas.service.office import calendar, keeper_line, organisations, watching
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting
from statlas.service.tables import auditing, cube_codec, drafting
from statlas.service.tables.drafting import DraftReport
from statlas.web import previewing

pytestmark = pytest.mark.django_db

FINDING = Finding(
    id="0123456789abcdef",
    check="series-break",
    severity=Severity.WARNING,
    where="North, February 2025",
    message="North fell by half from January to February 2025.",
    was="1,200",
    now="600",
    mend="See whether records are missing.",
)
NOTE = replace(FINDING, id="fedcba9876543210", severity=Severity.NOTE, needs_reason=False, where="")
REPORTS = DraftReports(
    screening=Report((FINDING,), (Check("series-break", "Sudden breaks", "12 series", 1),), ()),
    risk=Report((), (), (Fact("Cells that print no number", "12%", "Local area by sex"),)),
    changes=Report((NOTE,)),
)
DIGEST = "ab" * 32


@pytest.fixture
def office(tmp_path, home, settings):
    """A home with two databases and two organisations; everybody by what they are."""
    shutil.copytree(home.path, tmp_path / "home", ignore=shutil.ignore_patterns("cache", "logs"))
    home = tables.open_home(tmp_path / "home")
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    boss = Account.objects.create_superuser("boss@example.org")
    actor = Actor.of_account(boss)
    organisations.register(home=home, slug="housing", name="Housing statistics", actor=actor)
    organisations.register(home=home, slug="rents", name="Rent office", actor=actor)
    organisations.claim(home=home, slug="housing", actor=actor, database_id="hb_new")
    organisations.claim(home=home, slug="rents", actor=actor, database_id="rents")
    people = {"boss": boss, "nobody": account_queries.make("nobody@example.org", None, None)}
    for role in Role:
        people[role.value] = _member(home, actor, "housing", f"{role.value}@example.org", role)
    people["stranger"] = _member(home, actor, "rents", "stranger@example.org", Role.PRODUCER)
    return SimpleNamespace(home=home, **people)


def _member(home, actor, slug, email, role):
    account = account_queries.make(email, None, None)
    organisations.add_member(home=home, slug=slug, email=email, role=role, actor=actor)
    return account


@pytest.fixture
def draft(office):
    """A sealed draft of ``hb_new`` under way; its id."""
    report = DraftReport("d" * 32, "hb_new", "2", DIGEST, "1.1.0", 1, reports=findings.to_json(REPORTS).encode())
    made = acting.begin(home=office.home, draft=report, actor=Actor.of_account(office.producer))
    return made.id


@pytest.fixture
def keeper(office, monkeypatch):
    """A keeper that answers from what is published, to whoever may; ``asked`` is what it was asked."""
    asked = []

    def ask(*, home, act, account, release, **facts):
        asked.append((act, account, release))
        if act == "reports":
            return findings.to_json(REPORTS).encode()
        if act == "database":
            return definitions.dumps(tables.database(home=home, database_id="hb_new")).encode()
        if act == "note":
            return b"May is in."
        assert act == "preview"
        return cube_codec.dumps(tables.table(home=home, query=read_query(json.loads(facts["query"])), door="web"))

    monkeypatch.setattr(previewing, "ask", ask)
    return asked


def go(office, release_id, *acts):
    """Bring a release on, act by act."""
    by = {Act.APPROVE: office.approver, Act.RESTORE: office.approver}
    for act in acts:
        account = by.get(act, office.producer)
        asked = {"home": office.home, "release_id": release_id, "actor": Actor.of_account(account)}
        if act is Act.ACCEPT:
            acting.accept(**asked, finding=FINDING.id, reason="The office moved.")
        elif act is Act.SCHEDULE:
            acting.schedule(**asked, moment=_soon(), reason="A late start.", exemption="The Head of Profession agreed.")
        else:
            getattr(acting, act.value.replace("-", "_"))(**asked, reason="It is right.")


def _soon():
    return (datetime.now(UTC) + timedelta(hours=12)).replace(second=0, microsecond=0)


TO_CHECKED = (Act.ACCEPT, Act.CHECK)
TO_APPROVED = (*TO_CHECKED, Act.APPROVE)
TO_SCHEDULED = (*TO_APPROVED, Act.SCHEDULE)


def pages(release_id):
    """Every address below ``/work`` that is about a release or its database."""
    base = f"/work/releases/{release_id}"
    acts = [f"{base}/{act.value}" for act in Act]
    return [
        *(base, f"{base}/reports", f"{base}/tables", f"{base}/tables/1", f"{base}/readers", *acts),
        *("/work/databases/hb_new", "/work/databases/hb_new/send", "/work/organisations/housing"),
        *(f"/work/reading/{release_id}", f"/work/reading/{release_id}/1"),
    ]


# --- nothing is told to those whose it is not -------------------------------------------------------------------------


def test_a_guest_is_sent_to_sign_in_whatever_the_address(office, draft, keeper):
    """The answer is the same for a release that there is and one that there is not, and nobody asks the keeper."""
    for real, invented in zip(pages(draft), pages("0" * 32), strict=True):
        answers = [visit().get(address) for address in (real, invented)]
        assert [answer.status_code for answer in answers] == [302, 302], real
        assert answers[0].url.replace(draft, "0" * 32) == answers[1].url
    assert keeper == []


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_another_organisation_finds_no_page(office, draft, keeper, who):
    """An address of a release that is not one's own answers as one that was never there, with the same bytes."""
    client = visit(getattr(office, who))
    for real, invented in zip(pages(draft), pages("0" * 32), strict=True):
        for method in (client.get, client.post):
            answers = [method(address) for address in (real, invented.replace("hb_new", "nothing"))]
            assert answers[0].status_code == answers[1].status_code, real
            assert answers[0].status_code in (404, 405, 400), (real, answers[0].status_code)
            text = answers[0].content.decode()
            assert "Housing" not in text.replace("Housing statistics@", ""), real
    assert keeper == []


def test_lists_hold_ones_own_alone(office, draft):
    """The work list of another organisation does not name the database, the release, nor who prepared it."""
    page = visit(office.stranger).get("/work").content.decode()
    assert "Private rents" in page or "rents" in page.lower()
    assert draft not in page
    assert "Housing Benefit" not in page
    own = visit(office.producer).get("/work").content.decode()
    assert draft in own


def test_a_database_of_which_nothing_is_public_is_called_what_was_announced(office, keeper):
    """Its id says little to an approver; before anything is announced there is no other name for it."""
    report = DraftReport("e" * 32, "carers", "1", DIGEST, "1.0.0", 0, reports=findings.to_json(DraftReports()).encode())
    organisations.claim(home=office.home, slug="housing", actor=Actor.of_account(office.boss), database_id="carers")
    made = acting.begin(home=office.home, draft=report, actor=Actor.of_account(office.producer))
    addresses = ("/work", f"/work/releases/{made.id}", "/work/databases/carers")
    client = visit(office.approver)
    assert ">carers<" in client.get("/work").content.decode()
    calendar.announce(
        home=office.home,
        database_id="carers",
        moment=release_moment(date(2099, 2, 10)),
        title="Carer's Allowance",
        actor=Actor.of_account(office.producer),
    )
    for address in addresses:
        page = html.unescape(client.get(address).content.decode())
        assert "Carer's Allowance" in page, address
        assert ">carers<" not in page, address


def test_every_page_is_for_one_reader_alone(office, draft, keeper):
    """No cache and no browser keeps any of them."""
    client = visit(office.producer)
    for address in pages(draft):
        answer = client.get(address)
        assert "no-store" in answer.headers["Cache-Control"], address


# --- acts -------------------------------------------------------------------------------------------------------------


def post(client, address, **sent):
    """Send the form of a page as it stands there, with these answers."""
    page = client.get(address).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    return client.post(address, {"seen": seen, **sent})


def test_a_release_goes_its_whole_way_by_forms(office, draft, keeper):
    """Accept what was found, check, approve by somebody else, schedule, take off, schedule again."""
    producer, approver = visit(office.producer), visit(office.approver)
    base = f"/work/releases/{draft}"
    assert "Next: read the reports" in producer.get(base).content.decode()
    answer = producer.post(f"{base}/reports", {"finding": FINDING.id, "reason": "The office moved in February."})
    assert answer.status_code == 303
    page = producer.get(f"{base}/reports").content.decode()
    assert "The office moved in February." in page
    assert f'href="{base}/check"' in page, "what is next stands where the last reason was given"
    assert post(producer, f"{base}/check").status_code == 303
    assert post(approver, f"{base}/approve", reason="Read and right.").status_code == 303
    soon = in_london(_soon())
    when = {"day": soon.date().isoformat(), "time": f"{soon:%H:%M}", "reason": "Late.", "exemption": "Agreed."}
    assert post(producer, f"{base}/schedule", **when).status_code == 303
    assert "It becomes public on" in producer.get(base).content.decode()
    listed = producer.get("/work").content.decode()
    assert re.search(r"It becomes public on \d+ \w+ \d{4}, \d+:\d\d[ap]m\.</p>", listed), "as public pages say it"
    assert post(producer, f"{base}/unschedule", reason="A mistake in a label.").status_code == 303
    assert ReleaseRow.objects.get(pk=draft).state == State.APPROVED
    page = producer.get(base).content.decode()
    assert "A mistake in a label." in page
    acts = [line.action for line in auditing.lines(home=office.home) if line.subject == "hb_new release 2"]
    expected = ("begin", "accept", "check", "approve", "schedule", "unschedule")
    assert [act for act in acts if act.startswith("release.")] == [f"release.{act}" for act in expected]


def test_nobody_approves_what_they_prepared(office, draft, keeper):
    """Also with both roles: the page says why, and a form sent all the same changes nothing."""
    actor = Actor.of_account(office.boss)
    organisations.add_member(
        home=office.home, slug="housing", email=office.producer.email, role=Role.APPROVER, actor=actor
    )
    go(office, draft, *TO_CHECKED)
    client = visit(office.producer)
    page = client.get(f"/work/releases/{draft}/approve").content.decode()
    assert "nobody approves what they prepared themselves" in page
    assert "<form" not in page.partition("<main")[2]
    answer = client.post(f"/work/releases/{draft}/approve", {"reason": "I trust myself.", "seen": "3"})
    assert answer.status_code == 409
    assert ReleaseRow.objects.get(pk=draft).state == State.CHECKED


def test_a_reason_that_is_missing_is_asked_for_and_what_was_written_stays(office, draft, keeper):
    """The error stands at the head with a link to its field; nothing has changed."""
    go(office, draft, *TO_CHECKED)
    client = visit(office.approver)
    answer = post(client, f"/work/releases/{draft}/approve", reason="   ")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "There is a problem" in page
    assert '<a href="#reason">' in page
    assert 'id="reason-error"' in page, "beside its field"
    assert "No reason is given." in page
    assert ReleaseRow.objects.get(pk=draft).state == State.CHECKED
    answer = post(client, f"/work/releases/{draft}/schedule", day="2026-02-30", time="9", reason="Because <b>")
    assert ReleaseRow.objects.get(pk=draft).state == State.CHECKED


def test_who_looked_before_somebody_else_acted_is_told(office, draft, keeper):
    """Two approvers look; one sends back, the other's approval is refused, and says who was quicker."""
    go(office, draft, *TO_CHECKED)
    first, second = visit(office.approver), visit(office.reviewer)
    address = f"/work/releases/{draft}/approve"
    seen = first.get(address).content.decode().partition('name="seen" value="')[2].partition('"')[0]
    assert post(second, f"/work/releases/{draft}/send-back", reason="A label is wrong.").status_code == 303
    go(office, draft, Act.CHECK)
    answer = first.post(address, {"reason": "Right.", "seen": seen})
    assert answer.status_code == 409
    assert "producer@example.org has acted on this release" in answer.content.decode()
    assert ReleaseRow.objects.get(pk=draft).state == State.CHECKED


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40, "²"])
def test_a_form_without_what_was_seen_does_nothing(office, draft, keeper, seen):
    """Sent by a script, or by a page that was made up."""
    go(office, draft, *TO_CHECKED)
    answer = visit(office.approver).post(f"/work/releases/{draft}/approve", {"reason": "Right.", "seen": seen})
    assert answer.status_code == 409
    assert ReleaseRow.objects.get(pk=draft).state == State.CHECKED


@pytest.mark.parametrize(
    "act", ["open", "begin", "correct", "lose", "find", "read-early", "accept", "OPEN", "../x", "%00"]
)
def test_what_only_the_site_does_is_no_page(office, draft, keeper, act):
    """Nobody makes a release public by an address."""
    go(office, draft, *TO_SCHEDULED)
    for method in ("get", "post"):
        answer = getattr(visit(office.producer), method)(f"/work/releases/{draft}/{act}", {"reason": "Now!"})
        assert answer.status_code == 404
    assert ReleaseRow.objects.get(pk=draft).state == State.SCHEDULED


def test_forms_are_taken_from_our_own_pages_alone(office, draft, keeper):
    """Without the token of the page every form is refused, that with files too, and nothing of them is kept."""
    client = visit(office.producer, enforce_csrf_checks=True)
    records = SimpleUploadedFile("records.csv", b"secret,1\n")
    for address in (
        f"/work/releases/{draft}/discard",
        f"/work/releases/{draft}/reports",
        "/work/organisations/housing",
    ):
        assert client.post(address, {"reason": "x", "seen": "1"}).status_code == 403, address
    assert client.post("/work/send", {"records": records}).status_code == 403
    assert ReleaseRow.objects.get(pk=draft).state == State.DRAFT
    assert [*(office.home.path / "uploads").iterdir()] == []


@pytest.mark.parametrize(
    ("day", "time"), [("", ""), ("2026-02-30", "09:30"), ("2030-01-01", ""), ("x", "09:30"), ("2030-03-31", "01:30")]
)
def test_a_minute_that_is_none_is_refused_in_words(office, draft, keeper, day, time):
    """What was written stays in the form."""
    go(office, draft, *TO_APPROVED)
    answer = post(visit(office.producer), f"/work/releases/{draft}/schedule", day=day, time=time, reason="Because.")
    assert answer.status_code == 400
    assert "Because." in answer.content.decode()
    assert ReleaseRow.objects.get(pk=draft).state == State.APPROVED


def test_another_time_than_half_past_nine_takes_an_exemption(office, draft, keeper):
    """Without it the form comes back and says so."""
    go(office, draft, *TO_APPROVED)
    client = visit(office.producer)
    sent = {"day": "2027-06-15", "time": "14:00", "reason": "Why not."}
    answer = post(client, f"/work/releases/{draft}/schedule", **sent)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert '<a href="#exemption">Tuesday 15 June 2027, 2:00pm is not 9:30am' in page
    assert 'id="exemption-error"' in page, "beside its field"
    assert page.partition('id="exemption"')[0].rpartition("<details")[2].partition(">")[0].endswith(" open"), (
        "to be seen"
    )
    assert ReleaseRow.objects.get(pk=draft).state == State.APPROVED
    assert post(client, f"/work/releases/{draft}/schedule", **sent, exemption="Agreed with OSR.").status_code == 303


def test_whoever_schedules_is_told_that_a_keeper_of_its_own_waits(office, draft, keeper, monkeypatch):
    """Where root keeps: before the button, and not by an alarm at the minute; elsewhere nobody waits."""
    go(office, draft, *TO_APPROVED)
    client, said = visit(office.producer), f"statlas keeper allow {draft}"
    assert said not in client.get(f"/work/releases/{draft}/schedule").content.decode()
    monkeypatch.setattr(watching, "is_apart", lambda home: home.path == office.home.path)
    assert said in client.get(f"/work/releases/{draft}/schedule").content.decode()
    go(office, draft, Act.SCHEDULE)
    assert said in client.get(f"/work/releases/{draft}/unschedule").content.decode()


def test_a_release_whose_minute_has_come_does_not_become_public_in_the_past(office, draft, keeper):
    """Between its minute and the keeper's answer to it, the page says that it is due."""
    go(office, draft, *TO_SCHEDULED)
    ReleaseRow.objects.filter(pk=draft).update(scheduled_for=datetime.now(UTC) - timedelta(seconds=2))
    page = visit(office.producer).get(f"/work/releases/{draft}").content.decode()
    assert "Its minute has come" in page
    assert "It becomes public on" not in page


def test_a_draft_is_discarded_for_good_and_its_page_says_so(office, draft, keeper, monkeypatch):
    """A reason is asked for; afterwards the database takes a new release."""
    monkeypatch.setattr("statlas.service.tables.drafting.discard", lambda **_asked: None)
    client = visit(office.producer)
    assert post(client, f"/work/releases/{draft}/discard", reason="The wrong file.").url == "/work/databases/hb_new"
    assert "Send a new release" in client.get("/work/databases/hb_new").content.decode()
    page = client.get(f"/work/releases/{draft}").content.decode()
    assert "It was discarded" in page
    assert "The wrong file." in page
    assert client.get(f"/work/releases/{draft}/tables").status_code == 404


def test_what_a_public_release_offers_and_to_whom(office, draft, keeper):
    """A correction to producers alone, withdrawing to those who may; a discarded draft nothing."""
    ReleaseRow.objects.filter(pk=draft).update(state=State.PUBLIC, public_from=datetime.now(UTC))
    base = f"/work/releases/{draft}"
    offers = {
        who: [
            address in visit(getattr(office, who)).get(base).content.decode()
            for address in ("/work/databases/hb_new/send?kind=correction", f"{base}/withdraw", f"{base}/restore")
        ]
        for who in ("producer", "approver", "reviewer")
    }
    assert offers == {
        "producer": [True, True, False],
        "approver": [False, True, False],
        "reviewer": [False, False, False],
    }
    form = visit(office.producer).get("/work/databases/hb_new/send?kind=correction").content.decode()
    assert re.search('value="correction" checked', form)


def test_findings_that_are_not_known_here_are_asked_of_the_keeper(office, draft, keeper, monkeypatch):
    """Of a draft that was taken up after a crash: reading its reports makes them known."""
    ReleaseRow.objects.filter(pk=draft).update(to_answer=None)
    monkeypatch.setattr(keeper_line, "ask", previewing.ask)
    sealed = DraftFacts("d" * 32, "hb_new", "2", at="", by="", digest=DIGEST, policy="standard")
    monkeypatch.setattr(drafting, "drafts", lambda **_home: (sealed,))
    client = visit(office.producer)
    page = client.get(f"/work/releases/{draft}").content.decode()
    assert "is not known yet" in page
    assert "May is in." in page
    assert "1 finding has to be accepted" in client.get(f"/work/releases/{draft}/reports").content.decode()
    assert ReleaseRow.objects.get(pk=draft).to_answer == [FINDING.id]


# --- reports and previews ---------------------------------------------------------------------------------------------


def test_a_keeper_that_is_gone_is_said_and_nothing_else(office, draft, monkeypatch):
    """The release's own page needs no keeper; what does says that it does not answer, with 503."""

    def gone(**_asked):
        raise KeeperGoneError("The keeper of releases does not answer.", mend="Ask again in a minute.")

    monkeypatch.setattr(previewing, "ask", gone)
    client = visit(office.producer)
    assert client.get(f"/work/releases/{draft}").status_code == 200
    for part in ("reports", "tables", "tables/1"):
        answer = client.get(f"/work/releases/{draft}/{part}")
        assert answer.status_code == 503, part
        assert "does not answer" in answer.content.decode()
        assert answer.headers["Retry-After"] == "5"


def test_a_finding_is_not_accepted_without_a_reason_nor_twice_counted(office, draft, keeper):
    """The field says what is missing; an invented finding is refused."""
    client = visit(office.producer)
    address = f"/work/releases/{draft}/reports"
    answer = client.post(address, {"finding": FINDING.id, "reason": " "})
    assert answer.status_code == 409
    assert f'href="#reason-{FINDING.id}"' in answer.content.decode()
    assert client.post(address, {"finding": NOTE.id, "reason": "x"}).status_code == 400
    assert client.post(address, {"finding": "'><script>", "reason": "x"}).status_code == 400
    assert "<script>" not in client.post(address, {"finding": "<script>", "reason": "<script>"}).content.decode()


def test_staff_see_the_draft_as_it_would_be_printed(office, draft, keeper):
    """Every table made ready, through the keeper; a table that is not there is said, and nothing is guessed."""
    client = visit(office.reviewer)
    page = client.get(f"/work/releases/{draft}/tables").content.decode()
    assert "Claimants by region and month" in page
    shown = client.get(f"/work/releases/{draft}/tables/1").content.decode()
    assert "statlas-table" in shown
    assert "Not public." in shown
    assert client.get(f"/work/releases/{draft}/tables/999").status_code == 400
    assert ("preview", office.reviewer.pk, draft) in keeper


# --- reading before release -------------------------------------------------------------------------------------------


@pytest.fixture
def reader(office, draft, keeper):
    """Somebody from elsewhere who is named for a release in twelve hours."""
    account = Account.objects.create_user("reader@minister.example")
    go(office, draft, *TO_SCHEDULED)
    client = visit(office.producer)
    answer = post(
        client,
        f"/work/releases/{draft}/readers",
        act="grant",
        email="Reader@minister.example",
        name="Jo Bloggs",
        post="Private secretary",
        reason="Briefing.",
    )
    assert answer.status_code == 303
    return account


def test_a_named_reader_sees_the_tables_made_ready_and_each_view_is_recorded(office, draft, reader):
    """In the 24 hours before: linked from the work list, kept by nobody, and nothing else of the release."""
    client = visit(reader)
    assert f"/work/reading/{draft}" in client.get("/work").content.decode()
    before = len(_reads(office))
    for part in ("", "/1"):
        answer = client.get(f"/work/reading/{draft}{part}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "statlas-table" in answer.content.decode()
    assert len(_reads(office)) == before + 2
    for part in ("", "/reports", "/tables", "/tables/1", "/readers", "/withdraw"):
        assert client.get(f"/work/releases/{draft}{part}").status_code == 404, part


def _reads(office):
    return [line for line in auditing.lines(home=office.home) if line.action == "release.read-early"]


def test_outside_the_24_hours_the_page_says_when_and_asks_nothing(office, draft, reader, keeper, monkeypatch):
    """Before, after the minute, and after the list was changed."""
    client = visit(reader)
    row = ReleaseRow.objects.get(pk=draft)
    keeper.clear()
    for scheduled_for, status, said in (
        (datetime.now(UTC) + timedelta(hours=25), 403, "You may read this release from"),
        (datetime.now(UTC) - timedelta(seconds=1), 403, "Its minute has come"),
    ):
        ReleaseRow.objects.filter(pk=draft).update(scheduled_for=scheduled_for)
        answer = client.get(f"/work/reading/{draft}/1")
        assert answer.status_code == status
        assert said in answer.content.decode()
        assert "statlas-table" not in answer.content.decode()
    ReleaseRow.objects.filter(pk=draft).update(scheduled_for=row.scheduled_for)
    post(visit(office.producer), f"/work/releases/{draft}/readers", act="revoke", email=reader.email)
    assert client.get(f"/work/reading/{draft}").status_code == 404
    assert keeper == []
    assert _reads(office) == []


def test_who_is_not_named_finds_no_page_even_within_the_hours(office, draft, reader, keeper):
    """Members of the organisation read as staff do, and everybody else not at all."""
    keeper.clear()
    for who in (office.stranger, office.nobody, office.approver):
        assert visit(who).get(f"/work/reading/{draft}").status_code == 404
    assert keeper == []


def test_nothing_is_shown_where_the_view_cannot_be_recorded(office, draft, reader, monkeypatch):
    """A full disk closes the page."""
    from statlas.errors import HomeError  # noqa: PLC0415

    def full(**_asked):
        raise HomeError("The disk is full.")

    monkeypatch.setattr(auditing, "record", full)
    answer = visit(reader).get(f"/work/reading/{draft}/1")
    assert answer.status_code == 503
    assert "statlas-table" not in answer.content.decode()


def test_the_keeper_has_the_last_word(office, draft, reader, monkeypatch):
    """Whatever the page believes: a refusal of the keeper is a refusal, without a table, and nothing was read."""
    for refusal in (AccessError("Not open to you."), UnknownNameError("No such release.", component=draft)):

        def refuse(refusal=refusal, **_asked):
            raise refusal

        monkeypatch.setattr(previewing, "ask", refuse)
        answer = visit(reader).get(f"/work/reading/{draft}/1")
        assert answer.status_code == 403
        assert "statlas-table" not in answer.content.decode()
    assert _reads(office) == []


# --- organisations ----------------------------------------------------------------------------------------------------


def test_administrators_give_and_take_roles_and_it_is_written_down(office):
    """Of their own organisation; the page of another's is none to them."""
    client = visit(office.administrator)
    address = "/work/organisations/housing"
    page = client.get(address).content.decode()
    assert "producer@example.org" in page
    assert client.post(address, {"act": "add", "email": "nobody@example.org", "role": "approver"}).status_code == 303
    assert organisations.may(account=office.nobody, database_id="hb_new", role=Role.APPROVER)
    assert client.post(address, {"act": "remove", "email": "nobody@example.org", "role": "approver"}).status_code == 303
    assert not organisations.may(account=office.nobody, database_id="hb_new", role=Role.APPROVER)
    assert client.get("/work/organisations/rents").status_code == 404
    actions = [line.action for line in auditing.lines(home=office.home)]
    assert actions[-2:] == ["organisation.add-member", "organisation.remove-member"]


@pytest.mark.parametrize("who", ["producer", "approver", "stranger", "nobody"])
def test_others_do_not_change_who_belongs(office, who):
    """They see no form, and one that is sent is refused."""
    client = visit(getattr(office, who))
    answer = client.post(
        "/work/organisations/housing", {"act": "add", "email": f"{who}@example.org", "role": "approver"}
    )
    assert answer.status_code in (403, 404)
    assert (
        not organisations.may(account=getattr(office, who), database_id="hb_new", role=Role.APPROVER)
        or who == "approver"
    )
    page = client.get("/work/organisations/housing").content.decode()
    assert 'name="act" value="add"' not in page


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"act": "add"},
        {"act": "add", "email": "nobody@example.org", "role": "god"},
        {"act": "add", "email": "unknown@example.org", "role": "approver"},
        {"act": "remove", "email": "nobody@example.org", "role": "approver"},
        {"act": "own", "database": "../../etc"},
        {"act": "own", "database": ""},
        {"act": "own", "database": "rents"},
    ],
)
def test_what_cannot_be_is_refused_in_words(office, sent):
    """With a status of the asker's mistake, and nothing changed."""
    answer = visit(office.administrator).post("/work/organisations/housing", sent)
    assert answer.status_code in (400, 403)
    assert "There is a problem" in answer.content.decode()
    assert organisations.organisation_of(database_id="rents").slug == "rents"


def test_an_organisation_is_added_by_an_administrator_of_the_site_alone(office):
    """By its name; a name that is taken, or none, is refused."""
    boss, other = visit(office.boss), visit(office.administrator)
    assert boss.post("/work/organisations", {"name": "Pensions"}).url == "/work/organisations/pensions"
    for name in ("Pensions", "", "  ", "\x00", "é"):
        assert boss.post("/work/organisations", {"name": name}).status_code == 400, name
    assert other.post("/work/organisations", {"name": "Mine"}).status_code == 403
    assert "Add an organisation" not in other.get("/work/organisations").content.decode()


# --- every sentence ---------------------------------------------------------------------------------------------------

NAMES = (
    *("producer@example.org", "approver@example.org", "It is right", "May is in", "The office moved", "A late start"),
    *(
        "The Head of Profession agreed",
        "Housing statistics",
        "Rent office",
        "Jo Bloggs",
        "Private secretary",
        "Briefing",
    ),
    *(FINDING.where, FINDING.message, FINDING.mend, "Sudden breaks", "12 series", "Cells that print no number"),
    *("Local area by sex", "hb_new", "09:30", DIGEST, "Housing Benefit", "Europe/London"),
)


@pytest.mark.parametrize(
    "acts", [(), TO_CHECKED, TO_APPROVED, TO_SCHEDULED], ids=["draft", "checked", "approved", "scheduled"]
)
def test_every_sentence_can_be_translated(office, draft, keeper, acts):
    """On every page of a release, in each of its states, for those who may act and those who may not."""
    go(office, draft, *acts)
    labels = [label for one in tables.databases(home=office.home) for label in labels_of(one)]
    for who in (office.producer, office.approver, office.administrator):
        client = visit(who)
        for address in ("/work", *pages(draft)):
            with wording.speaking(wording.PSEUDO):
                page = client.get(address).content.decode()
            assert untranslated(page, [*labels, *NAMES]) == [], (who.email, address)


def test_every_sentence_for_readers_and_of_organisations_can_be_translated(office, draft, reader, monkeypatch):
    """Before, within and after the 24 hours; while the keeper does not answer; when forms are refused."""
    labels = [label for one in tables.databases(home=office.home) for label in labels_of(one)]
    known = (*labels, *NAMES, "Jo Bloggs", "Private secretary", "Briefing", "This department")
    pages_said = []
    with wording.speaking(wording.PSEUDO):
        for hours in (30, 12, -1):
            ReleaseRow.objects.filter(pk=draft).update(scheduled_for=datetime.now(UTC) + timedelta(hours=hours))
            pages_said += [visit(reader).get(address) for address in ("/work", f"/work/reading/{draft}")]
        boss, producer = visit(office.boss), visit(office.producer)
        pages_said += [boss.get("/work/organisations"), boss.get("/work/organisations/default")]
        pages_said += [boss.post("/work/organisations", {"name": ""}), visit(office.nobody).get("/work")]
        pages_said += [producer.post("/work/send", {}), producer.get(f"/work/releases/{draft}/readers")]
        pages_said += [producer.post(f"/work/releases/{draft}/readers", {"act": "grant"})]
    for answer in pages_said:
        assert untranslated(answer.content.decode(), known) == [], answer.request["PATH_INFO"]
