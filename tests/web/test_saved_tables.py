"""Saved tables under an account: kept in folders, found again, told what has changed, shared, and nobody else's."""

import re
from dataclasses import replace
from html import unescape

import pytest
import three_releases
from django.test import Client
from pseudo import labels_of, untranslated
from visiting import signed_in

from statlas import wording
from statlas.model.query import Query
from statlas.office.saved.models import Folder, SavedGroup, SavedTable
from statlas.service import tables
from statlas.service.office import folders, saved
from statlas.service.office.saved import Owner

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

NEW = f"/account/tables/new?database=pens&{three_releases.TABLE}"


@pytest.fixture
def pens(tmp_path, settings):
    """The home of one small database, in its first release, and the site that serves it."""
    made = three_releases.first(tmp_path)
    settings.STATLAS = replace(settings.STATLAS, home=made.path)
    return made


@pytest.fixture
def mine(pens):
    """Somebody signed in."""
    return signed_in()


def text(answer, status=200):
    """A page as its reader sees it."""
    assert answer.status_code == status, answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def save(client, address=NEW, **form):
    """Save a table; its id."""
    answer = client.post(address, {"name": "Pensioners by area", "follow": "newest", **form})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url.rpartition("/")[2]


def test_groups_that_are_defined_are_saved_with_a_table(mine):
    """In use or not: opened, copied or shared, the table has them at hand again."""
    part = "&group.AGE=Younger=1,2"
    shown = mine.get(f"/databases/pens/table?{three_releases.TABLE}{part}").content.decode()
    [saving] = re.findall(r'href="(/account/tables/new[^"]+)"', shown)
    assert "group.AGE=Younger%3D1,2" in saving or "group.AGE=Younger=1,2" in saving
    table_id = save(mine, unescape(saving))
    copied = mine.post(f"/account/tables/{table_id}/copy").url.split("/")[3]
    for page in (f"/account/tables/{table_id}", f"/account/tables/{copied}", "/account/tables"):
        assert "group.AGE=Younger" in mine.get(page).content.decode()
    token = share(mine, table_id)
    assert Client().get(f"/shared/{token}").content.decode().count("group.AGE=Younger") == 2
    assert mine.get("/account/data.json").json()["saved tables"][0]["defined"] == [["group.AGE", "Younger=1,2"]]


# --- saving -----------------------------------------------------------------------------------------------------------


def test_saving_asks_to_sign_in_and_comes_back(pens):
    """A guest who follows the link is asked to sign in first, and then goes on to it."""
    answer = Client().get(NEW)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/sign-in?next=/account/tables/new%3Fdatabase%3Dpens")


def test_a_table_is_saved_under_its_own_title(mine):
    """The form begins with what the table is called; the list and the page of the table have what was sent."""
    page = mine.get(NEW).content.decode()
    assert 'value="Pensioners by area and age band"' in page
    table_id = save(mine, description="For the report.", folder="new", new_folder="Reports")
    listed = text(mine.get("/account/tables"))
    for said in ("Pensioners by area", "For the report.", "Pensions, newest figures, in Reports."):
        assert said in listed
    assert "Nothing has been published since you saw it" in text(mine.get(f"/account/tables/{table_id}"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " "}, "1 to 200 printable characters"),
        ({"name": "x" * 201}, "1 to 200 printable characters"),
        ({"description": "x" * 1_001}, "at most 1,000 printable"),
        ({"folder": "new", "new_folder": ""}, "name of a folder"),
        ({"folder": "999999"}, "no such folder"),
        ({"folder": "1; DROP TABLE"}, "no such folder"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_place(mine, form, said):
    """The form comes back as it was sent, with the mistake; nothing is saved."""
    answer = mine.post(NEW, {"name": "A <b>table", "follow": "newest", **form})
    assert said in text(answer, 400)
    assert "There is a problem" in text(answer, 400)
    assert not SavedTable.objects.exists()


def test_an_address_that_is_no_table_is_told(mine):
    """A field or a database that is not there."""
    assert mine.get("/account/tables/new?database=pens&rows=NOTHING").status_code == 400
    assert mine.get("/account/tables/new?database=nothing").status_code == 404
    assert mine.get("/account/tables/new").status_code == 404


def test_names_are_text(mine):
    """Whatever a name holds is shown as it is, in every place where it stands."""
    name = '<script>alert("1")</script>{{ 7*7 }}'
    table_id = save(mine, name=name, description="<img src=x>", folder="new", new_folder="<i>f")
    token = share(mine, table_id)
    for address in (
        "/account/tables",
        f"/account/tables/{table_id}",
        f"/account/tables/{table_id}/edit",
        f"/account/tables/{table_id}/delete",
        "/account/folders",
        f"/shared/{token}",
        "/account/data",
    ):
        page = mine.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>f" not in page
        assert "49" not in re.sub(r'"[^"]*"', "", page) or "{{ 7*7 }}" in page


# --- the list ---------------------------------------------------------------------------------------------------------


def test_a_thousand_tables_are_searched_ordered_and_paged(mine):
    """Fifty a page; every word of a search must be there; the thousand and first is refused."""
    query = Query("pens")
    SavedTable.objects.bulk_create(
        [
            SavedTable(
                account_id=mine.account_id,
                name=f"Table {n:04d} of {'east' if n % 2 else 'west'}",
                query=saved.query_data(query),
                created=saved.timezone.now(),
            )
            for n in range(1_000)
        ]
    )
    page = mine.get("/account/tables?sort=name&page=2")
    assert "51 to 100 of 1,000" in text(page)
    assert "Table 0050 of west" in text(page)
    found = text(mine.get("/account/tables?search=EAST+0007&sort=name"))
    assert "1 found" in found
    assert "Table 0007 of east" in found
    assert "Table 0008" not in found
    assert "0 found" in text(mine.get("/account/tables?search=<script>"))
    answer = mine.post(NEW, {"name": "One more", "follow": "newest"})
    assert "1,000 tables are kept" in text(answer, 400)
    for strange in ("page=0", "page=-1", "page=99999999999999", "page=x", "sort=nothing", "search=%00"):
        assert mine.get(f"/account/tables?{strange}").status_code == 200


def test_an_empty_list_invites(mine):
    """It says how a table comes there."""
    assert "You have saved no table yet" in text(mine.get("/account/tables"))
    assert "You have saved no group yet" in text(mine.get("/account/groups"))
    assert "There are none now" in text(mine.get("/account/files"))
    assert "You have no folder yet" in text(mine.get("/account/folders"))


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_table_is_renamed_moved_and_pinned(mine):
    """What was sent holds; the release is named in the question from then on, and no longer when it follows again."""
    table_id = save(mine)
    folder = folders.make(account_id=mine.account_id, name="Old")
    form = {"name": "Another", "description": "", "folder": str(folder.id), "follow": "release"}
    assert mine.post(f"/account/tables/{table_id}/edit", form).status_code == 302
    found = saved.get(table_id=table_id, owner=Owner(mine.account_id))
    assert (found.name, found.folder, found.query.release) == ("Another", "Old", "1")
    assert "Another" in text(mine.get(f"/account/tables?folder={folder.id}"))
    mine.post(f"/account/tables/{table_id}/edit", {**form, "folder": "", "follow": "newest"})
    found = saved.get(table_id=table_id, owner=Owner(mine.account_id))
    assert (found.folder, found.query.release) == ("", None)


def test_a_table_is_copied_and_deleted(mine):
    """The copy has a name of its own and is shared with nobody; deleting asks once more."""
    table_id = save(mine)
    share(mine, table_id)
    answer = mine.post(f"/account/tables/{table_id}/copy")
    assert SavedTable.objects.count() == 2
    copied = SavedTable.objects.exclude(pk=table_id).get()
    assert (copied.name, copied.share) == ("Copy of Pensioners by area", None)
    assert answer.url == f"/account/tables/{copied.pk}/edit"
    assert "Delete a saved table" in text(mine.get(f"/account/tables/{table_id}/delete"))
    assert SavedTable.objects.count() == 2
    assert "is deleted" in text(mine.post(f"/account/tables/{table_id}/delete", follow=True))
    assert SavedTable.objects.count() == 1


def test_deleting_a_folder_keeps_what_lies_in_it(mine):
    """The tables stay, without a folder."""
    table_id = save(mine, folder="new", new_folder="Reports")
    folder = Folder.objects.get()
    assert "What lies in it stays" in text(mine.get(f"/account/folders/{folder.pk}/delete"))
    mine.post(f"/account/folders/{folder.pk}/delete")
    assert not Folder.objects.exists()
    assert saved.get(table_id=table_id, owner=Owner(mine.account_id)).folder == ""


def test_folders_have_different_names(mine):
    """A second one of a name is refused, made or renamed; the same name in a form is the same folder."""
    save(mine, folder="new", new_folder="Reports")
    save(mine, folder="new", new_folder="Reports")
    assert Folder.objects.count() == 1
    assert "You have a folder of this name" in text(mine.post("/account/folders", {"name": "Reports"}), 400)
    mine.post("/account/folders", {"name": "Others"})
    other = Folder.objects.get(name="Others")
    assert "You have a folder" in text(mine.post(f"/account/folders/{other.pk}", {"name": "Reports"}), 400)
    assert mine.post(f"/account/folders/{other.pk}", {"name": "Third"}).status_code == 302


# --- what has changed -------------------------------------------------------------------------------------------------


def test_it_is_told_what_has_changed(mine, pens, tmp_path):
    """Releases, periods and how many numbers were revised, counted over what was shown; until it is seen."""
    table_id = save(mine, f"/account/tables/new?database=pens&{three_releases.TABLE.replace('latest', 'all')}")
    three_releases.second(pens, tmp_path)
    assert "New figures" in text(mine.get("/account/tables"))
    page = text(mine.get(f"/account/tables/{table_id}"))
    assert "Compared are release 1, which you saw, and release 2, the newest." in page
    assert "1 release since: release 2 on" in page
    assert "Added: March 2025." in page
    # Only February was revised: of its twelve numbers those that moved by more than noise, none of January's.
    revised = int(re.search(r"(\d+) of the 24 numbers shown then ha(s|ve) been revised", page)[1])
    assert 1 <= revised < 12
    mine.post(f"/account/tables/{table_id}/seen")
    assert "Nothing has been published since" in text(mine.get(f"/account/tables/{table_id}"))
    assert "New figures" not in text(mine.get("/account/tables"))


def test_it_is_told_what_is_gone_and_what_is_renamed(mine, pens, tmp_path):
    """A field that is gone, a category with another label; numbers that cannot be compared."""
    by_sex = save(mine, f"/account/tables/new?database=pens&{three_releases.TABLE_BY_SEX}")
    by_age = save(mine, "/account/tables/new?database=pens&rows=AGE&items.AGE=3;1")
    three_releases.second(pens, tmp_path)
    three_releases.third(pens, tmp_path)
    page = text(mine.get(f"/account/tables/{by_sex}"))
    assert "Sex is no longer a field of this database." in page
    assert "Numbers cannot be compared" in page
    page = text(mine.get(f"/account/tables/{by_age}"))
    assert "“80 and over” is now called “80 and older”." in page
    assert "2 releases since" in page


def test_a_release_that_is_gone_cannot_be_compared(mine, pens, tmp_path):
    """The page says so, and the rest stands."""
    table_id = save(mine)
    three_releases.second(pens, tmp_path)
    three_releases.forget_release(pens, "1")
    assert "Release 1 is no longer kept" in text(mine.get(f"/account/tables/{table_id}"))


def test_a_database_that_is_gone_leaves_its_saved_tables(mine, pens):
    """They can be read, renamed and deleted."""
    import shutil  # noqa: PLC0415

    table_id = save(mine)
    token = share(mine, table_id)
    shutil.rmtree(pens.path / "databases" / "pens")
    assert "No longer published here." in text(mine.get("/account/tables"))
    assert "no longer published" in text(mine.get(f"/account/tables/{table_id}"))
    assert "no longer published" in text(mine.get(f"/shared/{token}"))
    assert mine.post(f"/account/tables/{table_id}/edit", {"name": "x", "follow": "newest"}).status_code == 302
    assert mine.post(f"/account/tables/{table_id}/delete").status_code == 302


def test_tables_saved_through_the_interface_are_there_too(mine, pens, tmp_path):
    """Without what was seen, the release that answered when they were saved is taken."""
    made = saved.save(owner=Owner(mine.account_id), name="By program", query=Query("pens"))
    three_releases.second(pens, tmp_path)
    page = text(mine.get(f"/account/tables/{made.id}"))
    assert "By program" in page
    assert "What has changed since" in page or "Nothing has been published" in page


# --- sharing ----------------------------------------------------------------------------------------------------------


def share(client, table_id):
    """The token of the link of a table, made."""
    assert client.post(f"/account/tables/{table_id}/share").status_code == 302
    return SavedTable.objects.get(pk=table_id).share


def test_a_shared_table_is_open_to_all_until_it_is_closed(mine):
    """Anybody with the link sees it, nobody whose it is; taken back, it is as if it had never been."""
    table_id = save(mine, description="Look at the east.")
    token = share(mine, table_id)
    assert f"/shared/{token}" in mine.get(f"/account/tables/{table_id}").content.decode()
    guest = Client()
    answer = guest.get(f"/shared/{token}")
    page = text(answer)
    assert "Look at the east." in page
    assert "someone" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    address = unescape(re.search(r'href="(/databases/pens/table[^"]*)"', answer.content.decode())[1])
    assert guest.get(address).status_code == 200
    assert share(mine, table_id) == token, "asked again, it is the same link"
    mine.post(f"/account/tables/{table_id}/share", {"act": "stop"})
    closed, unknown = guest.get(f"/shared/{token}"), guest.get("/shared/" + "0" * 32)
    assert closed.status_code == unknown.status_code == 404
    assert text(closed, 404) == text(unknown, 404)
    assert share(mine, table_id) != token, "an old link stays closed"


@pytest.mark.parametrize("token", ["x", "0" * 31, "0" * 33, "G" * 32, "..%2f..", "' OR ''='", "None", "null"])
def test_guessed_links_open_nothing(mine, token):
    """Whatever they look like; what is not shared has no link at all."""
    save(mine)
    assert Client().get(f"/shared/{token}").status_code == 404


# --- nobody else's ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "page"),
    [
        ("get", ""),
        ("get", "/edit"),
        ("post", "/edit"),
        ("post", "/copy"),
        ("post", "/seen"),
        ("post", "/share"),
        ("get", "/delete"),
        ("post", "/delete"),
    ],
)
def test_others_tables_are_unknown(mine, method, page):
    """To somebody else they are as those that never were, to the letter; a guest is asked to sign in."""
    table_id = save(mine)
    other = signed_in("other@example.org")
    theirs = getattr(other, method)(f"/account/tables/{table_id}{page}", {"name": "stolen"})
    nobodys = getattr(other, method)(f"/account/tables/00000000-0000-4000-8000-000000000000{page}", {"name": "stolen"})
    assert theirs.status_code == nobodys.status_code == 404
    assert text(theirs, 404) == text(nobodys, 404)
    assert getattr(Client(), method)(f"/account/tables/{table_id}{page}").url.startswith("/account/sign-in")
    assert saved.get(table_id=table_id, owner=Owner(mine.account_id)).share == ""


def test_others_folders_are_unknown(mine):
    """They cannot be read, renamed, deleted, or used for a table of one's own."""
    folder = folders.make(account_id=mine.account_id, name="Mine")
    other = signed_in("other@example.org")
    for method, page in (("get", ""), ("post", ""), ("get", "/delete"), ("post", "/delete")):
        assert getattr(other, method)(f"/account/folders/{folder.id}{page}", {"name": "x"}).status_code == 404
    assert other.get(f"/account/tables?folder={folder.id}").status_code == 404
    answer = other.post(NEW, {"name": "x", "follow": "newest", "folder": str(folder.id)})
    assert "no such folder" in text(answer, 400)
    assert Folder.objects.get().name == "Mine"


def test_forged_forms_change_nothing(pens):
    """Without the token of our own page every form is refused."""
    mine = signed_in()
    table_id = save(mine)
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = mine.cookies
    for page in ("edit", "copy", "seen", "share", "delete"):
        assert forger.post(f"/account/tables/{table_id}/{page}", {"name": "x"}).status_code == 403
    for address in (NEW, "/account/folders", "/account/groups/new"):
        assert forger.post(address, {"name": "x", "codes": "N"}).status_code == 403
    assert SavedTable.objects.get().name == "Pensioners by area"


@pytest.mark.parametrize("table_id", ["x", "1", "..", "' OR 1=1 --", "0" * 300])
def test_ids_that_are_none_lead_nowhere(mine, table_id):
    """404, never a mistake of ours."""
    assert mine.get(f"/account/tables/{table_id}").status_code == 404


def test_pages_of_an_account_are_kept_by_no_cache(mine):
    """They are for one visitor alone."""
    table_id = save(mine)
    for address in ("/account/tables", f"/account/tables/{table_id}", "/account/groups", "/account/files"):
        assert mine.get(address).headers["Cache-Control"] == "private, no-store"


# --- in another language ----------------------------------------------------------------------------------------------


def test_every_sentence_can_be_translated(mine, pens, tmp_path):
    """Nothing but data stands outside the brackets of the pseudo-language, on every page of coming back."""
    table_id = save(mine, "/account/tables/new?database=pens&rows=SEX&items.SEX=F", folder="new", new_folder="Fo")
    token = share(mine, table_id)
    mine.post("/account/groups/new", {"name": "Mine", "codes": "N North\nZ Zed"})
    group_id = SavedGroup.objects.get().pk
    kept = mine.post("/databases/pens/table/permalink", {"rows": "AREA", "items.AREA": "W"}).url
    by_age = save(mine, "/account/tables/new?database=pens&rows=AGE&items.AGE=3", folder="new", new_folder="Fo")
    three_releases.second(pens, tmp_path)
    three_releases.third(pens, tmp_path)
    choose = "/account/groups?database=pens&field=AREA&back=%2Fdatabases%2Fpens%2Ftable%3Frows%3DAREA%26items.AREA%3DN"
    new = "/account/tables/new?database=pens&rows=AREA"
    table, group = f"/account/tables/{table_id}", f"/account/groups/{group_id}"
    pages = (kept, f"/shared/{token}", "/account", "/account/tables", new, f"/account/tables/{by_age}", table)
    pages += (f"{table}/edit", f"{table}/delete", "/account/groups", "/account/groups/new", choose, group)
    pages += (f"{group}/edit", f"{group}/delete", "/account/folders", "/account/files", "/account/data")
    pages += ("/account/keys", "/account/two-step", "/account/delete", "/account/e-mail", "/account/sign-out")
    known = [tables.database(home=pens, database_id="pens", release=n) for n in ("1", "3")]
    labels = [label for one in known for label in labels_of(one)]
    labels += ["Mine", "Fo", "Zed", "Pensioners by area", "Pensioners by area and age band", "someone"]
    mine.get("/account")  # says what was done so far, in the language in which it was done
    forgotten = {}
    with wording.speaking(wording.PSEUDO):
        for address in pages:
            html = re.sub(r"someone<wbr>@[^ ]*", "", mine.get(address, follow=True).content.decode())
            forgotten[address] = untranslated(html, labels)
        wrong = mine.post("/account/groups/new", {"name": "", "codes": ""}).content.decode()
        forgotten["a mistake"] = untranslated(wrong, labels)
    assert {address: found for address, found in forgotten.items() if found} == {}


# --- what is kept, and what goes --------------------------------------------------------------------------------------


def test_my_data_holds_all_of_it_and_deleting_takes_all_of_it(mine):
    """Tables, folders and groups are in the export; with the account they go, and shared links with them."""
    from statlas.service.office import accounts as office  # noqa: PLC0415

    table_id = save(mine, folder="new", new_folder="Reports")
    token = share(mine, table_id)
    mine.post("/account/groups/new", {"name": "My areas", "codes": "N North\nE East"})
    kept = mine.get("/account/data.json").json()
    assert kept["saved tables"][0]["name"] == "Pensioners by area"
    assert kept["folders"][0]["name"] == "Reports"
    assert kept["saved groups"][0]["codes"] == [["N", "North"], ["E", "East"]]
    assert "My areas" in text(mine.get("/account/data"))
    office.delete(account_id=mine.account_id)
    assert not any(model.objects.exists() for model in (SavedTable, SavedGroup, Folder))
    assert Client().get(f"/shared/{token}").status_code == 404
