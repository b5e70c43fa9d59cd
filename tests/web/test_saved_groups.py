"""Saved groups: codes under a name that fit any field with these codes, and are nobody else's."""

import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import three_releases
from django.test import Client
from visiting import signed_in

from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.office.saved.models import SavedGroup
from statlas.service.office import groups, sharing

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

CHOOSE = "/account/groups?database=pens&field=AREA&back="


@pytest.fixture
def pens(tmp_path, settings):
    """The home of one small database, and the site that serves it."""
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


def made(client, name="My areas", codes="N North\nE East"):
    """A group of an account; its id."""
    answer = client.post("/account/groups/new", {"name": name, "codes": codes})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url.rpartition("/")[2]


def links_of(answer, word):
    """The addresses of a page in whose link the word stands."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', answer.content.decode(), re.DOTALL)
    return [unescape(address) for address, said in found if word in said]


# --- fitting ----------------------------------------------------------------------------------------------------------


def field(**levels):
    """A field of levels with codes."""
    lists = [Valueset(name, name, tuple(Code(code, code.title()) for code in codes)) for name, codes in levels.items()]
    return SimpleNamespace(classification=Classification(tuple(lists)))


def test_a_group_fits_at_the_level_that_has_most_of_it():
    """A code that stands at two levels is taken where the others are; what is nowhere is told by its label."""
    group = groups.GroupFacts("1", "g", (("a", "A"), ("b", "B"), ("z", "Zed"), ("y", "")), "", None)
    found = groups.fit(group, field(REGION=["a", "c"], AREA=["a", "b"]))
    assert found.nodes == (Node("AREA", "a"), Node("AREA", "b"))
    assert found.missing == ("Zed", "y")
    assert groups.fit(group, field(REGION=["q"])).nodes == ()


def test_a_group_may_have_codes_of_several_levels():
    """Each is taken where it is."""
    group = groups.GroupFacts("1", "g", (("a", ""), ("b", ""), ("r", "")), "", None)
    assert groups.fit(group, field(REGION=["r"], AREA=["a", "b"])).nodes == (
        Node("AREA", "a"),
        Node("AREA", "b"),
        Node("REGION", "r"),
    )


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_list_of_codes_is_read_line_by_line(mine):
    """With blanks or a tab between code and name, without a name, with empty lines and codes twice."""
    group_id = made(mine, codes="N  North\r\n\r\nE\tEast \x00of it\nS\nN Again\n")
    found = groups.get(account_id=mine.account_id, group_id=group_id)
    assert found.codes == (("N", "Again"), ("E", "East of it"), ("S", ""))


def test_thousands_of_codes_are_kept(mine):
    """7,264 areas in one go; far more are refused."""
    group_id = made(mine, codes="\n".join(f"E0200{n:04d} Area {n}" for n in range(7_264)))
    page = text(mine.get(f"/account/groups/{group_id}"))
    assert "7264 categories" in page
    assert "And 7,064 more." in page
    answer = mine.post("/account/groups/new", {"name": "x", "codes": "\n".join(map(str, range(20_001)))})
    assert "1 to 20,000 codes" in text(answer, 400)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "codes": "N"}, "1 to 200 printable"),
        ({"name": "x", "codes": " \n "}, "1 to 20,000 codes"),
        ({"name": "x", "codes": "N" * 101}, "This is no code."),
        ({"name": "x", "codes": "N\x00"}, "This is no code."),
        ({"name": "x", "codes": "N", "folder": "77"}, "no such folder"),
    ],
)
def test_what_is_no_group_is_told(mine, form, said):
    """At its place; nothing is saved."""
    assert said in text(mine.post("/account/groups/new", form), 400)
    assert not SavedGroup.objects.exists()


def test_names_are_text(mine):
    """Of groups and of their codes, on every page."""
    group_id = made(mine, "<script>alert(1)</script>", "N <img src=x onerror=y>")
    token = sharing.share_group(account_id=mine.account_id, group_id=group_id)
    pages = ("", f"/{group_id}", f"/{group_id}/edit", f"/{group_id}/delete", "?database=pens&field=AREA")
    for address in (*(f"/account/groups{page}" for page in pages), f"/shared/{token}"):
        page = mine.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- using ------------------------------------------------------------------------------------------------------------


def test_a_group_goes_into_the_table_that_asked_for_it(mine):
    """Each category, counted together beside what is there, or at hand; the rest of the table stays."""
    made(mine)
    answer = mine.get(CHOOSE + quote("/databases/pens/table?rows=AREA&items.AREA=S&columns=AGE&release=1", safe=""))
    (apart,), (together,), (at_hand,) = (links_of(answer, word) for word in ("Show each", "Count together", "Have at"))
    for address in (apart, together, at_hand):
        assert "columns=AGE" in address
        assert "release=1" in address
        assert mine.get(address).status_code == 200
    rows = text(mine.get(together))
    assert "My areas" in rows
    assert "South" in rows
    assert "North" in text(mine.get(apart))
    assert "group.AREA=My+areas=N,E" in at_hand


def test_what_a_field_has_not_is_told(mine):
    """How many fit, and which do not; a group of which nothing fits is offered apart."""
    made(mine, codes="N North\nX Nowhere")
    made(mine, "Elsewhere", "Q Quay")
    page = text(mine.get(CHOOSE))
    assert "1 of its 2 categories are in this field. Not there: Nowhere." in page
    assert "Groups that do not fit this field Elsewhere" in page


def test_what_is_chosen_in_a_table_is_saved_from_there(mine):
    """Groups of the address by their names, what is chosen one by one under a new one; labels come with them."""
    back = quote("/databases/pens/table?rows=AREA&items.AREA=Both=N,E;S;W", safe="")
    answer = mine.post(CHOOSE + back, {"source": "0", "name": ""})
    assert answer.status_code == 302
    assert groups.list_all(account_id=mine.account_id)[0].codes == (("N", "North"), ("E", "East"))
    mine.post(CHOOSE + back, {"source": "1", "name": "South and west"})
    found = groups.list_all(account_id=mine.account_id)[1]
    assert (found.codes, found.made_of) == ((("S", "South"), ("W", "West")), "Area")
    for source in ("2", "-1", "x", "9" * 40, ""):
        assert mine.post(CHOOSE + back, {"source": source, "name": "x"}).status_code == 400


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/databases/pens/table", "//evil.example/x", "javascript:alert(1)", "/account/delete", "]["],
)
def test_only_tables_are_gone_back_to(mine, back):
    """Any other address is passed over; no link of the page leads there."""
    made(mine)
    answer = mine.get(CHOOSE + quote(back, safe=""))
    page = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert answer.status_code == 200
    assert "evil" not in page
    assert "javascript:" not in page
    assert "/account/delete" not in page


def test_fields_that_are_not_there_lead_nowhere(mine):
    """A database or a field that is none."""
    assert mine.get("/account/groups?database=nothing&field=AREA").status_code == 404
    assert mine.get("/account/groups?database=pens&field=NOTHING").status_code == 404


# --- sharing, and nobody else's ---------------------------------------------------------------------------------------


def test_a_shared_group_is_copied_by_who_has_the_link(mine):
    """A guest sees it; somebody else saves a copy of their own; taken back, it opens nothing."""
    group_id = made(mine)
    mine.post(f"/account/groups/{group_id}/share")
    token = SavedGroup.objects.get().share
    assert "North N" in text(Client().get(f"/shared/{token}"))
    other = signed_in("other@example.org")
    form = other.get(f"/account/groups/new?from={token}").content.decode()
    assert "N North" in form
    assert 'value="My areas"' in form
    mine.post(f"/account/groups/{group_id}/share", {"act": "stop"})
    assert Client().get(f"/shared/{token}").status_code == 404
    assert other.get(f"/account/groups/new?from={token}").status_code == 404


@pytest.mark.parametrize(
    ("method", "page"),
    [("get", ""), ("get", "/edit"), ("post", "/edit"), ("post", "/share"), ("get", "/delete"), ("post", "/delete")],
)
def test_others_groups_are_unknown(mine, method, page):
    """As those that never were; they stay as they are."""
    group_id = made(mine, "Quiet corner")
    other = signed_in("other@example.org")
    form = {"name": "stolen", "codes": "X"}
    theirs = getattr(other, method)(f"/account/groups/{group_id}{page}", form)
    nobodys = getattr(other, method)(f"/account/groups/00000000-0000-4000-8000-000000000000{page}", form)
    assert theirs.status_code == nobodys.status_code == 404
    assert SavedGroup.objects.get().name == "Quiet corner"
    assert "Quiet corner" not in text(other.get("/account/groups"))


def test_a_group_is_changed_and_deleted(mine):
    """Labels of codes that stay are kept; deleting asks once more."""
    group_id = made(mine)
    mine.post(f"/account/groups/{group_id}/edit", {"name": "Other", "codes": "N\nS South"})
    found = groups.get(account_id=mine.account_id, group_id=group_id)
    assert (found.name, found.codes) == ("Other", (("N", "North"), ("S", "South")))
    assert "Delete a group" in text(mine.get(f"/account/groups/{group_id}/delete"))
    mine.post(f"/account/groups/{group_id}/delete")
    assert not SavedGroup.objects.exists()
