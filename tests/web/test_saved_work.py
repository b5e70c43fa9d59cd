"""What of users' work a draft would carry over: told in bands, by kinds of reasons, and answered before it goes on."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import four_releases
import pytest
from visiting import visit

from statlas import definitions
from statlas.definitions.address import query_of
from statlas.errors import KeeperGoneError, MoveRefusedError
from statlas.model.finding import DraftReports, to_json
from statlas.office.accounts import queries as accounts
from statlas.office.accounts.models import Account
from statlas.office.organisations.queries import DEFAULT
from statlas.office.permalinks import queries as permalink_queries
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import State
from statlas.office.saved.models import SavedTable
from statlas.service import tables
from statlas.service.office import groups, keeper_line, organisations, saved
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting, saved_counts, saved_work
from statlas.service.office.releases.saved_work import band, with_saved_work
from statlas.service.office.saved import Owner
from statlas.service.tables.drafting import DraftReport

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

NOT_NAMED = 'mapping: {fields: [{field: AREA, codes: {"TOWN:S": "TOWN:X"}}]}\n'
JOINED = 'mapping: {fields: [{field: AREA, codes: {"TOWN:S": "TOWN:E", "TOWN:W": "TOWN:E"}}]}\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One release, which names the towns of before."""
    return four_releases.first(tmp_path_factory.mktemp("help"))


@pytest.fixture
def account():
    """Somebody who saves."""
    return accounts.make("someone@example.org", None, None)


def draft(folder, mapping=four_releases.MAPPING, towns=four_releases.MERGED, text=four_releases.DEFINITION):
    """The database as a draft has it: two towns have become one."""
    (folder / "help.yaml").write_text(text + mapping, "utf-8")
    (folder / "towns.csv").write_text(towns, "utf-8")
    return definitions.read(folder / "help.yaml").with_periods(("202501", "202502", "202503"))


def kept(home, account, items="N;S;W", n=1, **changes):
    """Saved tables of some towns."""
    database = tables.database(home=home, database_id="help")
    query = query_of(database, (("rows", "AREA@TOWN"), ("items.AREA", items), ("columns", "MONTH")))
    for _n in range(n):
        saved.save(owner=Owner(account.pk), name="Secret plans", query=replace(query, **changes), seen="1")
    return query


def told(home, after):
    """Of tables, groups and links: as they are, carried, in part, cannot, and why."""
    found = saved_work.saved_work(home=home, after=after)
    return [(one.stays, one.carried, one.part, one.cannot, one.because) for one in found]


NOTHING = ("none", "none", "none", "none", "")
WIDER = "a category counts more people now than the one that was asked for"
GONE = "a category is gone, and no plan says what became of it"


def test_nothing_that_could_be_anybodys_is_told(home, account, tmp_path):
    """No name, code, owner or exact number, in facts and findings."""
    kept(home, account, "S", n=6)
    kept(home, account, "N", n=13)
    groups.save(account_id=account.pk, name="My secret", codes=[("S", "Southey")])
    reports = with_saved_work(DraftReports(), home=home, after=draft(tmp_path))
    text = repr(reports)
    for hidden in ("secret", "Secret", "someone", "Southey", "TOWN", " 6", " 13", "'S'"):
        assert hidden not in text, hidden
    assert "5 to 9" in text
    assert "10 to 19" in text


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "none"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5 to 9"), (99, "50 to 99"), (10**6, "10,000 or more")],
)
def test_numbers_are_told_in_bands(n, said):
    """Few are never told from one."""
    assert band(n) == said


def test_a_plan_carries_what_asks_for_all_that_became_one(home, account, tmp_path):
    """Tables with both towns are carried; with one of them they cannot be, and why is said by kind."""
    kept(home, account)
    kept(home, account, "N")
    kept(home, account, "S", n=5)
    few = "fewer than 5"
    assert told(home, draft(tmp_path))[0] == (few, few, "none", "5 to 9", f"{WIDER} (5 to 9)")


def test_without_a_plan_what_names_the_towns_is_lost(home, account, tmp_path):
    """And with a plan that forgets one."""
    kept(home, account)
    assert told(home, draft(tmp_path, ""))[0][3:] == ("fewer than 5", f"{GONE} (fewer than 5)")
    assert told(home, draft(tmp_path, NOT_NAMED))[0][3:] == ("fewer than 5", f"{GONE} (fewer than 5)")


def test_a_plan_that_joins_a_town_that_was_there_loses_who_asked_for_it(home, account, tmp_path):
    """Eastry is still there, and counts two others: whoever asked for it alone is not led to all three."""
    kept(home, account, "E")
    after = draft(tmp_path, JOINED, four_releases.MERGED.replace("X,Southey and Weston,D\n", ""))
    assert told(home, after)[0][3:] == ("fewer than 5", f"{WIDER} (fewer than 5)")


def test_pinned_tables_and_what_was_lost_before_are_not_this_drafts(home, account, tmp_path):
    """A pinned one asks its own release; one that cannot be asked today is not taken away by this draft."""
    query = kept(home, account, "S", release="1")
    row = SavedTable.objects.get()
    row.pk, row.query = None, {**row.query, "release": None, "measures": ["GONE:MEAN"]}
    row.save()
    assert query.release is None
    assert told(home, draft(tmp_path))[0] == ("fewer than 5", "none", "none", "none", "")


def test_groups_are_carried_in_part(home, account, tmp_path):
    """Whole, in part, not at all; codes of another database are not looked at."""
    for codes in ("SWN", "SN", "S", "N", "Q"):
        groups.save(account_id=account.pk, name=codes, codes=[(code, code) for code in codes])
    few = "fewer than 5"
    assert told(home, draft(tmp_path))[1][:4] == (few, few, few, few)


def test_links_are_counted_by_whether_they_lead_on(home, account, tmp_path):
    """What they show stays; some lead to the newest figures no more."""
    query = kept(home, account, "S")
    facts = {"answer": "", "definition": "", "fingerprint": "", "size": 0, "created": SavedTable.objects.get().created}
    data = {**SavedTable.objects.get().query, "release": "1"}
    permalink_queries.add("a" * 16, database="help", release="1", query=data, **facts)
    assert query
    assert told(home, draft(tmp_path))[2][3] == "fewer than 5"


def test_more_than_are_looked_at_is_said(home, account, tmp_path, monkeypatch):
    """Nobody takes a part for the whole."""
    kept(home, account, "S", n=3)
    for module in (saved_work, saved_counts):
        monkeypatch.setattr(module, "MOST_LOOKED", 3)
    tables_, *_others = saved_work.saved_work(home=home, after=draft(tmp_path))
    assert tables_.said.endswith("of the newest 3")


def test_what_takes_nothing_away_needs_no_reason(home, account, tmp_path):
    """Nothing saved, a draft that only adds, a first release: no finding."""
    assert saved_work.finding(home=home, after=draft(tmp_path)) is None
    kept(home, account, "S")
    assert saved_work.finding(home=home, after=draft(tmp_path, "", four_releases.TOWNS + "Z,Zeal,U\n")) is None
    assert saved_work.saved_work(home=home, after=replace(draft(tmp_path), id="first")) == ()


def test_what_cannot_be_carried_is_a_finding_of_one_cause(home, account, tmp_path):
    """Its id stays while more is saved, so that a reason once given is not asked for again."""
    kept(home, account, "S")
    first = saved_work.finding(home=home, after=draft(tmp_path))
    kept(home, account, "S", n=20)
    second = saved_work.finding(home=home, after=draft(tmp_path))
    assert first.id == second.id
    assert first.needs_reason
    assert "cannot be: 20 to 49" in second.message


# --- on the way -------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(home, account, tmp_path, monkeypatch):
    """A producer, the draft that they made, and a keeper that knows it."""
    actor = Actor.of_account(Account.objects.create_superuser("boss@example.org"))
    producer = accounts.make("producer@example.org", None, None)
    organisations.add_member(home=home, slug=DEFAULT, email=producer.email, role=Role.PRODUCER, actor=actor)
    after = draft(tmp_path)
    report = DraftReport("d" * 32, "help", "2", "ab" * 32, "2.0.0", reports=to_json(DraftReports()).encode())
    asked = []

    def ask(*, act, **_facts):
        asked.append(act)
        return definitions.dumps(after).encode() if act == "database" else report.reports

    monkeypatch.setattr(keeper_line, "ask", ask)
    begin = partial(acting.begin, home=home, actor=Actor.of_account(producer))
    return SimpleNamespace(
        home=home, asked=asked, actor=Actor.of_account(producer), begin=begin, report=replace(report, defined=after)
    )


def check(office, one):
    """Call it checked."""
    return acting.check(home=office.home, release_id=one.id, actor=office.actor)


def test_a_draft_that_loses_what_somebody_saved_is_answered_before_it_is_checked(office, account):
    """It is known when the draft is made; a reason lets it go on, and what is saved later needs no second one."""
    kept(office.home, account, "S")
    one = office.begin(draft=office.report)
    assert one.to_answer == (saved_work.cause("help"),)
    with pytest.raises(MoveRefusedError):
        check(office, one)
    acting.accept(
        home=office.home, release_id=one.id, finding=one.to_answer[0], reason="They merged.", actor=office.actor
    )
    kept(office.home, account, "W", n=5)
    assert check(office, one).state is State.CHECKED


def test_what_is_saved_while_it_is_a_draft_counts(office, account):
    """Nothing was lost when it was made; before it is checked somebody saves a table."""
    one = office.begin(draft=office.report)
    assert one.to_answer == ()
    kept(office.home, account, "S")
    with pytest.raises(MoveRefusedError):
        check(office, one)
    SavedTable.objects.all().delete()
    assert check(office, one).state is State.CHECKED


def test_a_keeper_that_is_gone_lets_nothing_past_that_may_lose_something(office, account, monkeypatch):
    """A major release waits; one that takes nothing away asks nobody."""

    def gone(**_asked):
        raise KeeperGoneError("The keeper of releases does not answer.")

    monkeypatch.setattr(keeper_line, "ask", gone)
    one = office.begin(draft=office.report)
    with pytest.raises(KeeperGoneError):
        check(office, one)
    ReleaseRow.objects.filter(pk=one.id).update(version="1.1.0")
    assert check(office, one).state is State.CHECKED


def test_staff_are_told_on_the_page_of_the_release(office, account, settings):
    """In bands; where the keeper is gone the page stands, and says that it is not known."""
    kept(office.home, account, "S", n=6)
    one = office.begin(draft=office.report)
    settings.STATLAS = replace(settings.STATLAS, home=office.home.path)
    client = visit(office.actor.account)
    page = client.get(f"/work/releases/{one.id}").content.decode()
    assert "What users saved" in page
    assert "cannot be: 5 to 9" in page
    assert "Secret" not in page
