"""Saved tables, groups and permanent links carried over when a release changes codes, by its mapping plan."""

import re
from dataclasses import replace
from html import unescape

import four_releases
import pytest
from visiting import signed_in

from statlas.definitions.address import query_of
from statlas.model.release import Notice
from statlas.office.saved.models import SavedTable
from statlas.service import tables
from statlas.service.office import carrying, groups, permalinks, saved
from statlas.service.office.saved import Owner
from statlas.store import notices

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def home(tmp_path, settings):
    """Three releases, and the site that serves them."""
    made = four_releases.first(tmp_path)
    four_releases.second(made, tmp_path)
    four_releases.third(made, tmp_path)
    settings.STATLAS = replace(settings.STATLAS, home=made.path)
    return made


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


def test_a_table_of_all_that_became_one_is_carried(home, mine, tmp_path):
    """Southey and Weston are one town now; whoever had both has it, and is told."""
    made = kept(home, mine, "N;S;W")
    four_releases.fourth(home, tmp_path)
    page = mine.get(f"/account/tables/{made.id}")
    assert "Carried over: S is X now." in text(page)
    link = unescape(re.search(r'href="(/databases/help/table[^"]*)"[^>]*>Open the table', page.content.decode())[1])
    assert "items.AREA=N;X" in link
    assert "Southey and Weston" in text(mine.get(link))


def test_a_table_of_a_part_says_why_it_cannot_be(home, mine, tmp_path):
    """The new town counts more people than the old one did."""
    made = kept(home, mine, "N;S")
    four_releases.fourth(home, tmp_path)
    assert "S of AREA became X, which counts W too." in text(mine.get(f"/account/tables/{made.id}"))
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.carried(home=home, saved=found).query is None


def test_without_a_plan_it_is_told_what_is_gone(home, mine, tmp_path):
    """As before there were plans."""
    made = kept(home, mine, "N;S;W")
    four_releases.fourth(home, tmp_path, mapping="")
    assert "no longer there: Southey and Weston" in text(mine.get(f"/account/tables/{made.id}"))


def test_what_is_seen_is_stored_as_it_is_asked_now(home, mine, tmp_path):
    """The plan is followed once: after that the table names the codes of today."""
    made = kept(home, mine, "N;S;W")
    four_releases.fourth(home, tmp_path)
    mine.post(f"/account/tables/{made.id}/seen")
    row = SavedTable.objects.get(pk=made.id)
    assert (row.seen, "'X'" in str(row.query), "'W'" in str(row.query)) == ("4", True, False)
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.carried(home=home, saved=found).query == found.query


def test_a_pinned_table_stays_as_it_is(home, mine, tmp_path):
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
    four_releases.fourth(home, tmp_path)
    found = saved.get(table_id=made.id, owner=Owner(mine.account_id))
    assert carrying.as_now(home=home, saved=found) == found


def test_a_saved_group_is_carried_where_all_of_it_is(home, mine, tmp_path):
    """Both towns are the new one; one alone is told as missing."""
    both = groups.save(
        account_id=mine.account_id, name="South", codes=[("S", "Southey"), ("W", "Weston"), ("N", "Northam")]
    )
    one = groups.save(account_id=mine.account_id, name="Southey", codes=[("S", "Southey")])
    four_releases.fourth(home, tmp_path)
    database = tables.database(home=home, database_id="help")
    later = replace(both, created=both.created.replace(year=2020))  # as if saved long before the fourth release
    fit = carrying.fit_now(home=home, group=later, database=database, field_id="AREA")
    assert ([node.code for node in fit.nodes], fit.missing) == (["N", "X"], ())
    later = replace(one, created=one.created.replace(year=2020))
    assert carrying.fit_now(home=home, group=later, database=database, field_id="AREA").missing == ("Southey",)


def test_a_permanent_link_leads_to_the_newest_figures_by_the_plan(home, mine, tmp_path):
    """What was kept stays as it was; asked again it names the codes of today."""
    database = tables.database(home=home, database_id="help")
    query = query_of(
        database, (("rows", "AREA@TOWN"), ("items.AREA", "N;S;W"), ("columns", "MONTH"), ("periods", "latest"))
    )
    link = permalinks.keep(home=home, query=query)
    four_releases.fourth(home, tmp_path)
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
