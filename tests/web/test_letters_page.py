"""The page on which letters about releases are chosen, and the work list that says how many wait."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from statlas.office.accounts import queries as accounts
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office.actors import Actor
from statlas.service.office.letters import choosing
from statlas.service.office.releases import acting
from statlas.service.tables.drafting import DraftReport

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def home(tmp_path, settings):
    """A home in which nothing is public, of a site that sends e-mail."""
    made = tables.open_home(tmp_path / "home").create()
    settings.STATLAS = replace(settings.STATLAS, home=made.path, email_url="smtp://localhost")
    return made


def visit(account):
    """A client that is signed in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(client, address):
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode().partition("<main")[2]).split())


def test_letters_are_chosen(home):
    """They come until somebody wants none; the form shows what holds, and a form sent empty takes them away."""
    account = accounts.make("amina@example.org", None, Role.PRODUCER)
    client = visit(account)
    assert "Letters about releases" in text_of(client, "/account")
    assert "checked" in client.get("/account/letters").content.decode()
    assert client.post("/account/letters").status_code == 303
    assert not choosing.wants(account=account)
    page = client.get("/account/letters").content.decode()
    assert "You get no letters about releases." in page
    assert " checked" not in page
    client.post("/account/letters", {"wants": "yes"})
    assert choosing.wants(account=account)


def test_a_reader_with_an_account_is_not_offered_letters(home):
    """Nobody writes to them; the page is there all the same, for whoever has its link."""
    client = visit(accounts.make("reader@example.org", None, None))
    assert "Letters about releases" not in text_of(client, "/account")
    assert client.get("/account/letters").status_code == 200
    assert Client(SERVER_NAME="localhost").get("/account/letters").status_code == 302


def test_what_is_chosen_is_shown_among_what_is_kept(home):
    """To the account itself."""
    account = accounts.make("amina@example.org", None, Role.PRODUCER)
    choosing.choose(account=account, wants=False)
    assert "letters not wanted" in text_of(visit(account), "/account/data").lower()


def test_the_work_list_begins_with_what_waits_and_says_how_many(home):
    """For whoever it waits; for others it says that nothing does. The page of the account counts, too."""
    amina = accounts.make("amina@example.org", None, Role.PRODUCER)
    ben = accounts.make("ben@example.org", None, Role.APPROVER)
    for n, database in enumerate(("clubs", "rents")):
        report = DraftReport(f"{n:032x}", database, "1", "a" * 64, "1.0.0", 0)
        release = acting.begin(home=home, draft=report, actor=Actor.of_account(amina)).id
        acting.check(home=home, release_id=release, actor=Actor.of_account(amina))
    theirs, own = text_of(visit(ben), "/work"), text_of(visit(amina), "/work")
    assert re.match(r".*?Work list Waiting for you: 2 rents: release 1", theirs)
    assert "Under way" not in theirs
    assert re.match(r".*?Work list Waiting for you Nothing waits for you\. You get letters about releases\.", own)
    assert "Under way: 2" in own
    assert "2 wait for you" in text_of(visit(ben), "/account")
    assert "for you" not in text_of(visit(amina), "/account")
