"""Saved tables, groups and permanent links carried over when a release changes codes, by its mapping plan."""

import re
import shutil
from dataclasses import replace
from html import unescape

import four_releases
import pytest
from django.test import Client
from visiting import signed_in

from statlas.definitions.address import query_of
from statlas.model.release import Notice
from statlas.office.saved.models import SavedTable
from statlas.service import tables
from statlas.service.office import carrying, groups, keys, permalinks, saved
from statlas.service.office.saved import Owner
from statlas.store import notices

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture(scope="module")
def _homes(tmp_path_factory):
    """A home with three releases, and the same with the fourth."""
    folder = tmp_path_factory.mktemp("help")
    made = four_releases.first(folder)
    four_releases.second(made, folder)
    four_releases.third(made, folder)
    shutil.copytree(made.path, folder / "three")
    four_releases.fourth(made, folder)
    return folder / "three", made.path


@pytest.fixture
def home(_homes, tmp_path, settings):
    """Three releases, and the site that serves them."""
    shutil.copytree(_homes[0], tmp_path / "home")
    settings.STATLAS = replace(settings.STATLAS, home=tmp_path / "home")
    return tables.open_home(tmp_path / "home")


@pytest.fixture
def fourth(_homes):
    """Makes the fourth release public, in which two towns are one, with a plan that says so."""
    return lambda home: shutil.copytree(_homes[1] / "databases", home.path / "databases", dirs_exist_ok=True)


@pytest.fixture
def mine(home):
    """Somebody signed in."""
    return signed_in()


def text(answer, status=200):
    """A page as its reader sees it."""
    assert answer.status_code == status, answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def kept(home, client, items):
    """A table of some towns, saved as of the release that answers."""
    database = tables.database(home=home, database_id="help")
    parameters = (("rows", "AREA@TOWN"), ("items.AREA", items), ("columns", "MONTH"), ("periods", "latest(2)"))
    query = query_of(database, parameters)
    return saved.save(owner=Owner(client.account_id), name="Towns", query=query, seen=home.current("help").release)


def test_a_table_of_all_that_became_one_is_carried(home, mine, fourth):
    """Southey and Weston are one town now; whoever had both has it, and is told."""
    made = kept(home, mine, "N;S;W")
    fourth(home)
    page = mine.get(f"/account/tables/{made.id}")
    assert "Carried over: Southey is Southey and Weston now." in text(page)
    link = unescape(re.search(r'href="(/databases/help/table[^"]*)"[^>]*>Open the table', page.content.decode())[1])
    assert "items.AREA=N;X" in link
    assert "Southey and Weston" in text(mine.get(link))


def test_a_table_of_a_part_says_why_it_cannot_be(home, mine, fourth):
    """The new town counts more people than the old one did."""
    made = kept(home, mine, "N;S")
    fourth(home)
    assert "Southey of Area became Southey and Weston, which counts Weston too." in text(
        mine.get(f"/account/tables/{made.id}")
    )
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.carried(home=home, saved=found).query is None


def test_without_a_plan_it_is_told_what_is_gone(home, mine, tmp_path):
    """As before there were plans."""
    made = kept(home, mine, "N;S;W")
    four_releases.fourth(home, tmp_path, mapping="")
    assert "no longer there: Southey and Weston" in text(mine.get(f"/account/tables/{made.id}"))


def test_what_is_seen_is_stored_as_it_is_asked_now(home, mine, fourth):
    """The plan is followed once: after that the table names the codes of today."""
    made = kept(home, mine, "N;S;W")
    fourth(home)
    mine.post(f"/account/tables/{made.id}/seen")
    row = SavedTable.objects.get(pk=made.id)
    assert (row.seen, "'X'" in str(row.query), "'W'" in str(row.query)) == ("4", True, False)
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.carried(home=home, saved=found).query == found.query


def test_a_pinned_table_stays_as_it_is(home, mine, fourth):
    """It asks a release of before, which has the codes of before."""
    made = kept(home, mine, "N;S")
    saved.change(
        table_id=made.id,
        owner=Owner(mine.account_id),
        name="Towns",
        description="",
        folder_id=None,
        query=replace(made.query, release="3"),
    )
    fourth(home)
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.as_now(home=home, saved=found) == found


def test_a_saved_group_is_carried_where_all_of_it_is(home, mine, fourth):
    """Both towns are the new one; one alone is told as missing."""
    both = groups.save(
        account_id=mine.account_id, name="South", codes=[("S", "Southey"), ("W", "Weston"), ("N", "Northam")]
    )
    one = groups.save(account_id=mine.account_id, name="Southey", codes=[("S", "Southey")])
    fourth(home)
    database = tables.database(home=home, database_id="help")
    later = replace(both, created=both.created.replace(year=2020))  # as if saved long before the fourth release
    fit = carrying.fit_now(home=home, group=later, database=database, field_id="AREA")
    assert ([node.code for node in fit.nodes], fit.missing) == (["N", "X"], ())
    later = replace(one, created=one.created.replace(year=2020))
    assert carrying.fit_now(home=home, group=later, database=database, field_id="AREA").missing == ("Southey",)


def test_a_permanent_link_leads_to_the_newest_figures_by_the_plan(home, mine, fourth):
    """What was kept stays as it was; asked again it names the codes of today."""
    database = tables.database(home=home, database_id="help")
    query = query_of(
        database, (("rows", "AREA@TOWN"), ("items.AREA", "N;S;W"), ("columns", "MONTH"), ("periods", "latest"))
    )
    link = permalinks.keep(home=home, query=query)
    fourth(home)
    page = mine.get(f"/tables/{link}").content.decode()
    assert "items.AREA=N;X" in unescape(page)
    assert "Southey" in page


def test_a_kept_table_of_a_withdrawn_release_shows_its_notice(home, mine):
    """What was kept is not destroyed, and not shown."""
    database = tables.database(home=home, database_id="help")
    query = query_of(database, (("rows", "AREA@TOWN"), ("columns", "MONTH"), ("periods", "latest")))
    link = permalinks.keep(home=home, query=query)
    notices.withdraw(home.path / "databases" / "help", Notice("help", "3", "Wrong.", "2026-01-01T00:00:00+00:00"))
    for address in (f"/tables/{link}", f"/tables/{link}.csv"):
        assert "Wrong." in text(mine.get(address), 410)


# --- undone and chosen by hand ----------------------------------------------------------------------------------------


def page_of(client, made):
    """The page of a saved table."""
    return client.get(f"/account/tables/{made.id}")


def opens(client, made):
    """The table that its page opens."""
    link = re.search(r'href="(/databases/help/table[^"]*)"[^>]*>Open', page_of(client, made).content.decode())
    return unescape(link[1])


def test_nobody_changes_the_table_of_another(home, mine, fourth):
    """Keeping, taking back and putting another in its place: for its owner alone; a form is posted."""
    made = kept(home, mine, "N;S")
    fourth(home)
    stranger = signed_in("stranger@example.org")
    for act in ("keep", "take-back"):
        assert stranger.post(f"/account/tables/{made.id}/{act}").status_code == 404
        assert mine.get(f"/account/tables/{made.id}/{act}").status_code == 405
    stranger.post("/account/tables/new?database=help&rows=AREA&columns=MONTH", {"name": "x", "instead": made.id})
    assert saved.get(table_id=made.id, owner=Owner(mine.account_id)) == made


def test_a_lost_table_opens_as_of_what_was_seen_and_says_so(home, mine, fourth):
    """Not a page of unknown codes: the release that its owner saw, with what can be done."""
    made = kept(home, mine, "N;S")
    fourth(home)
    told = text(page_of(mine, made))
    assert "It cannot be carried over to release 4" in told
    assert "Open it as of release 3" in told
    assert "release=3" in opens(mine, made)
    assert mine.get(opens(mine, made)).status_code == 200
    assert "I have seen this" not in told
    mine.post(f"/account/tables/{made.id}/seen")
    assert "release=3" in opens(mine, made)
    assert "Not carried over" in text(mine.get("/account/tables"))
    mine.post(f"/account/tables/{made.id}/share")
    token = saved.get(table_id=made.id, owner=Owner(mine.account_id)).share
    assert "It cannot be made of the newest release as it was: Southey of Area became Southey and Weston" in text(
        mine.get(f"/shared/{token}")
    )


def test_a_lost_table_is_chosen_anew_from_what_is_left(home, mine, fourth):
    """Saved in the place of the old one, it keeps the name; and can be taken back."""
    made = kept(home, mine, "N;S")
    fourth(home)
    link = re.search(r'href="([^"]*)"[^>]*>\s*Choose anew from what is left', page_of(mine, made).content.decode())
    rest = unescape(link[1])
    assert "items.AREA=N" in rest
    assert "S" not in rest.partition("items.AREA=")[2].partition("&")[0]
    assert "Northam" in text(mine.get(rest))
    form = rest.replace("/databases/help/table?", "/account/tables/new?database=help&").replace("=N&", "=N;X&")
    assert "In the place of a table that could not be carried over" in text(mine.get(form))
    sent = mine.post(form, {"name": "Another", "follow": "newest", "instead": made.id})
    assert sent.url == f"/account/tables/{made.id}"
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert (found.name, found.seen, SavedTable.objects.count()) == ("Towns", "4", 1)
    assert "items.AREA=N;X" in opens(mine, made)
    mine.post(f"/account/tables/{made.id}/take-back")
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert (found.query, found.seen, found.former) == (made.query, "3", None)


def test_a_table_is_kept_at_the_release_that_was_seen(home, mine, fourth):
    """Carried or not, its owner may have none of it; taken back, it follows again."""
    made = kept(home, mine, "N;S;W")
    fourth(home)
    mine.post(f"/account/tables/{made.id}/keep")
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert found.query == replace(made.query, release="3")
    assert "items.AREA=N;S;W" in opens(mine, made)
    assert mine.get(opens(mine, made)).status_code == 200
    mine.post(f"/account/tables/{made.id}/take-back")
    assert saved.get(table_id=made.id, owner=Owner(mine.account_id)).query == made.query


def test_what_was_carried_and_seen_can_be_taken_back(home, mine, fourth):
    """A plan may be mistaken; another name does not take that away, another question does."""
    made = kept(home, mine, "N;S;W")
    fourth(home)
    mine.post(f"/account/tables/{made.id}/seen")
    mine.post(f"/account/tables/{made.id}/edit", {"name": "Renamed", "follow": "newest"})
    assert "Take the last change back" in text(page_of(mine, made))
    mine.post(f"/account/tables/{made.id}/take-back")
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert (found.query, found.seen, found.name) == (made.query, "3", "Renamed")
    assert "Carried over: Southey is Southey and Weston now." in text(page_of(mine, made))


def test_a_program_is_told_why_its_table_cannot_be_asked(home, mine, fourth):
    """The query stays as it was saved, and its page is that of the release that was seen."""
    made = kept(home, mine, "N;S")
    fourth(home)
    key = keys.create(name="a program", account_id=mine.account_id)
    told = Client().get(f"/api/v1/saved/{made.id}", headers={"APIKey": key}).json()
    assert told["cannot"] == ["Southey of Area became Southey and Weston, which counts Weston too."]
    assert "release=3" in told["table"]
    assert "S" in str(told["query"])
