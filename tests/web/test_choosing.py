"""The page where categories are chosen, over HTTP: every button, and what it makes of the table's address."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from statlas.definitions.address import query_string

pytestmark = pytest.mark.django_db

TABLE = "/databases/hb_new/table"
PAGE = f"{TABLE}/categories"
AREAS = f"{PAGE}?rows=AREA@V_AREA&columns=MONTH&field=AREA&use=items"


def _text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def _form(page):
    return page[page.index('id="choosing-form"') : page.rindex("</form>")]


def _answers(page):
    """What a browser sends of the form as it stands, without a button."""
    for control in re.findall(r"<(?:input[^>]*|select.*?</select)>", _form(page), re.DOTALL):
        name, value = re.search(r' name="([^"]*)"', control), re.search(r' value="([^"]*)"', control)
        if control.startswith("<select"):
            chosen = re.search(r'value="([^"]*)" selected', control)
            yield name[1], unescape(chosen[1]) if chosen else ""
        elif 'type="checkbox"' not in control or " checked" in control:
            yield name[1], unescape(value[1]) if value else ""


def ticked(page):
    """Values of the boxes that are ticked."""
    return re.findall(r'name="tick" type="checkbox" value="([^"]*)" checked', page)


def boxes(page):
    """Values of all boxes."""
    return re.findall(r'name="tick" type="checkbox" value="([^"]*)"', page)


@pytest.fixture
def press(site):
    """``press(page, act, tick=(), untick=(), q="...")``: the answer to a button of a page."""

    def pressed(page, act, tick=(), untick=(), **answers):
        sent = [
            (name, value)
            for name, value in _answers(page)
            if name not in answers and not (name == "tick" and value in untick)
        ]
        sent += [*(("tick", value) for value in tick), *answers.items(), ("act", act)]
        body = query_string(sent).encode()
        return site.post(f"{PAGE}/choose", body, content_type="application/x-www-form-urlencoded")

    return pressed


@pytest.fixture
def go(press, get):
    """``go(page, act, ...)``: the page that a button leads to."""

    def gone(page, act, **answers):
        response = press(page, act, **answers)
        assert response.status_code == 303, response.content.decode()
        return get(response["Location"])

    return gone


@pytest.fixture
def table(press):
    """``table(page, ...)``: the parts of the table's address that *Show table* leads to."""

    def shown(page, **answers):
        response = press(page, "show", **answers)
        assert response.status_code == 303
        address = urlsplit(response["Location"])
        assert (address.path, address.fragment) == (TABLE, "table")
        return dict(parse_qsl(address.query))

    return shown


def test_a_tree_is_opened_ticked_and_shown(get, go, table):
    """Opening a region keeps what was ticked before; two areas ticked, the table has the two."""
    page = get(AREAS)
    assert boxes(page) == [f"V_REGION:E1200000{n}" for n in (1, 2, 3, 4)]
    opened = go(page, "open;V_REGION:E12000004", tick=["V_REGION:E12000001"])
    assert ticked(opened) == ["V_REGION:E12000001"]
    assert "V_AREA:E08000240" in boxes(opened)
    found = table(opened, tick=["V_AREA:E08000240", "V_AREA:E08000239"], untick=["V_REGION:E12000001"])
    assert found == {"rows": "AREA@V_AREA", "items.AREA": "E08000239;E08000240", "columns": "MONTH"}


def test_a_node_that_is_closed_keeps_what_is_chosen_in_it(get, go, table):
    """And says how many."""
    opened = go(get(AREAS), "open;V_REGION:E12000004")
    closed = go(opened, "close;V_REGION:E12000004", tick=["V_AREA:E08000240"])
    assert "1 ticked inside" in _text(closed)
    assert table(closed)["items.AREA"] == "E08000240"


def test_search_looks_through_all_levels_at_once(get, go):
    """By name, by code, and by what a category lies in; those named so come first."""
    page = go(get(AREAS), "find", q="isles")
    assert boxes(page)[0] == "V_REGION:E12000004"
    assert len(boxes(page)) == 6
    assert boxes(go(page, "find", q="E08000007")) == ["V_AREA:E08000007"]
    assert len(boxes(go(page, "find", q="isles", at="V_AREA"))) == 5
    assert "Nothing is called so" in _text(go(page, "find", q="zanzibar"))


def test_all_that_is_found_is_ticked_unticked_and_swapped(get, go, table):
    """What was ticked elsewhere stays."""
    page = go(go(get(f"{AREAS}&items.AREA=E08000001"), "find", q="isles", at="V_AREA"), "add")
    assert len(ticked(page)) == 5
    swapped = go(page, "invert", untick=["V_AREA:E08000240"])
    assert ticked(swapped) == ["V_AREA:E08000240"]
    assert table(swapped)["items.AREA"] == "E08000001;E08000240"
    assert table(go(swapped, "remove"))["items.AREA"] == "E08000001"


def test_all_of_a_level_is_the_level(get, go, table):
    """The table then names the level, so that areas of newer releases are in it as well."""
    page = go(get(f"{AREAS}&items.AREA=E08000001"), "add;V_REGION", untick=["V_AREA:E08000001"])
    found = table(go(page, "remove;V_AREA"))
    assert found == {"rows": "AREA@V_REGION", "columns": "MONTH"}


def test_all_under_a_parent_at_a_level_and_levels_mix(get, go, table):
    """A region beside the areas of another."""
    page = go(get(AREAS), "add;V_AREA;V_REGION:E12000004", tick=["V_REGION:E12000001"])
    assert "1 of 4 chosen (Region). 5 of 240 chosen (Local area)." in _text(page)
    items = table(page)["items.AREA"].split(";")
    assert items == ["V_REGION:E12000001", *(f"V_AREA:E08000{n}" for n in range(236, 241))]


def test_nothing_ticked_is_the_whole_level(get, go, table):
    """The page says which; from a list it is the level of the list."""
    page = go(get(f"{AREAS}&items.AREA=E08000001;E08000002"), "clear")
    assert "None ticked: the table has all 240 (Local area)." in _text(page)
    assert table(page) == {"rows": "AREA@V_AREA", "columns": "MONTH"}
    assert table(go(page, "list;V_REGION"))["rows"] == "AREA@V_REGION"


def test_a_long_list_is_read_page_by_page(get, go, table):
    """What is ticked on one page is there on the next."""
    first = go(get(AREAS), "list;V_AREA")
    assert len(boxes(first)) == 200
    assert "1 to 200 of 240" in _text(first)
    second = go(first, "page;2", tick=["V_AREA:E08000003"])
    assert len(boxes(second)) == 40
    assert table(second, tick=["V_AREA:E08000240"])["items.AREA"] == "E08000003;E08000240"


def test_the_usual_order_is_one_press_away(get, go, table):
    """A list that somebody gave in an order of their own keeps it until then."""
    page = get(f"{AREAS}&items.AREA=E08000009;E08000002")
    assert table(page)["items.AREA"] == "E08000009;E08000002"
    assert table(go(page, "order"))["items.AREA"] == "E08000002;E08000009"


def test_dates_are_ticked_one_by_one(get, table):
    """They take the place of periods; none ticked leaves the dates as they are."""
    page = get(f"{PAGE}?rows=AREA&columns=MONTH&periods=latest(3)&field=MONTH&use=items")
    assert table(page)["periods"] == "latest(3)"
    found = table(page, tick=["C_HB_DATE:202401", "C_HB_DATE:202502"])
    assert "periods" not in found
    assert found["items.MONTH"] == "202401;202502"


def test_a_filter_is_set_changed_and_dropped(get, go, table):
    """A field that stands in the table leaves it when it becomes a filter."""
    page = get(f"{PAGE}?rows=SEX&field=AREA&use=filter")
    assert "None ticked: every record counts." in _text(page)
    assert table(page, tick=["V_REGION:E12000001"])["filter.AREA"] == "V_REGION:E12000001"
    again = get(f"{PAGE}?rows=SEX&filter.AREA=V_REGION:E12000001&field=AREA&use=filter")
    assert table(go(again, "clear")) == {"rows": "SEX"}
    moved = get(f"{PAGE}?rows=SEX&rows=AREA&field=AREA&use=filter")
    assert table(moved, tick=["V_REGION:E12000001"]) == {"rows": "SEX", "filter.AREA": "V_REGION:E12000001"}


def test_a_field_that_is_not_in_the_table_comes_into_its_rows(get, table):
    """Choosing its categories is asking for it."""
    found = table(get(f"{PAGE}?columns=MONTH&field=AREA&use=items"), tick=["V_REGION:E12000001"])
    assert (found["rows"], found["items.AREA"]) == ("AREA@V_REGION", "E12000001")


def test_what_is_shown_of_the_table_stays_but_for_its_place(get, table):
    """Another table has other rows, but the same order of them and the same way back."""
    found = table(get(f"{AREAS}&sort=2&row=201&empty=shown"), tick=["V_AREA:E08000001"])
    assert (found["sort"], found["empty"]) == ("2", "shown")
    assert "row" not in found


# --- pasting ----------------------------------------------------------------------------------------------------------


def test_a_pasted_list_is_ticked(get, go, table):
    """Codes and names of any level, in the order of the list; the page says how many."""
    page = go(get(AREAS), "paste", text="E08000002, Area 5\nNorth\nE08000002")
    assert "3 categories of the list are chosen. 1 were named more than once." in _text(page)
    assert table(page)["items.AREA"] == "V_AREA:E08000002;V_AREA:E08000005;V_REGION:E12000001"


def test_what_a_list_names_that_is_not_there_is_told_with_likely_ones_to_tick(get, press, go, table):
    """Nothing is left out without a word, and a likely one is a tick away."""
    response = press(get(AREAS), "paste", text="E08000002\nAraea 51\n<b>Nowhere</b>")
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 category was found and is ticked." in _text(page)
    assert "Not found" in page
    assert "&lt;b&gt;Nowhere&lt;/b&gt;" in page
    assert "V_AREA:E08000051" in boxes(page)
    taken = go(page, "find", tick=["V_AREA:E08000051"])
    assert table(taken)["items.AREA"] == "E08000002;E08000051"


def test_an_empty_list_is_a_mistake(get, press):
    """With the box for it open."""
    response = press(get(AREAS), "paste", text="  \n ")
    assert response.status_code == 400
    assert "Nothing is pasted." in response.content.decode()
    assert 'id="paste" open' in response.content.decode()


def test_a_list_serves_a_filter_as_well(get, go, table):
    """The same box, for whom the table counts."""
    page = go(get(f"{PAGE}?rows=SEX&field=AREA&use=filter"), "paste", text="Area 7;Area 8")
    assert table(page)["filter.AREA"] == "V_AREA:E08000007,V_AREA:E08000008"


def test_a_long_list_makes_a_short_address_that_every_page_and_file_reads(site, get, go, press, monkeypatch):
    """The table in the order of the list, its file, and the page where it is prepared as a large file."""
    monkeypatch.setattr("statlas.web.links.LONGEST", 500)
    areas = [f"E0800{n:04d}" for n in range(240, 0, -1)]
    response = press(go(get(AREAS), "paste", text="\n".join(areas)), "show")
    address = response["Location"].partition("#")[0]
    assert len(address) < 150
    assert "kept=" in address
    assert "Choose" in get(address)
    lines = b"".join(site.get(address.replace("/table?", "/table.csv?")).streaming_content).decode().splitlines()
    assert [line.partition(",")[0] for line in lines[1:3]] == ["E08000240", "E08000239"]
    assert "Prepare a table as a file" in get(f"/jobs/new?database=hb_new&{address.partition('?')[2]}")


# --- groups -----------------------------------------------------------------------------------------------------------


def test_what_is_ticked_is_counted_together_under_a_name(get, go, table):
    """Beside single categories ticked afterwards, and another group."""
    page = go(get(AREAS), "group", tick=["V_REGION:E12000001", "V_REGION:E12000002"], name="My; = 100% areas")
    assert ticked(page) == []
    page = go(page, "group", tick=["V_REGION:E12000003", "V_REGION:E12000004"], name="Others")
    found = table(page, tick=["V_REGION:E12000004"])
    assert found["items.AREA"] == ("E12000004;My%3B %3D 100%25 areas=E12000001,E12000002;Others=E12000003,E12000004")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b", "Taken", "Later"])
def test_a_name_that_cannot_be_is_explained(get, go, press, name):
    """What was ticked stays ticked, and what was written stays written."""
    page = go(get(f"{AREAS}&group.AREA=Later=E08000001"), "group", tick=["V_REGION:E12000001"], name="Taken")
    response = press(page, "group", tick=["V_REGION:E12000002"], name=name)
    assert response.status_code == 400
    assert ticked(response.content.decode()) == ["V_REGION:E12000002"]
    assert "group" in _text(response.content.decode())


def test_a_group_of_nothing_is_refused(get, press):
    """With what to do."""
    response = press(get(AREAS), "group", name="Empty")
    assert response.status_code == 400
    assert "Tick the categories that are counted together." in response.content.decode()


def test_a_group_is_changed_renamed_and_added_to(get, go, table):
    """Its own page has its categories ticked; what else was chosen waits."""
    page = get(f"{AREAS}&items.AREA=Mine=V_REGION:E12000001,V_REGION:E12000002;E08000009")
    inner = go(page, "edit;0")
    assert ticked(inner) == ["V_REGION:E12000001", "V_REGION:E12000002"]
    assert "Change the group Mine" in _text(inner)
    back = go(inner, "save", tick=["V_REGION:E12000004"], untick=["V_REGION:E12000001"], name="Ours")
    assert table(back)["items.AREA"] == "Ours=V_REGION:E12000002,V_REGION:E12000004;V_AREA:E08000009"
    assert table(go(inner, "cancel"))["items.AREA"].startswith("Mine=")


def test_a_new_group_is_made_on_its_own_page(get, go, table):
    """Single categories ticked for the table stay as they are."""
    inner = go(get(f"{AREAS}&items.AREA=E08000009"), "new")
    assert ticked(inner) == []
    back = go(go(inner, "paste", text="Area 1, Area 2"), "save", name="Pair")
    assert table(back)["items.AREA"] == "E08000009;Pair=E08000001,E08000002"


def test_a_group_is_split_up(get, go, table):
    """Its categories stand one by one."""
    page = get(f"{AREAS}&items.AREA=Mine=E08000001,E08000002")
    found = table(go(page, "dissolve;0"))
    assert (found["items.AREA"], "group.AREA" in found) == ("E08000001;E08000002", False)


def test_a_group_that_is_taken_out_is_there_to_be_put_in_again(get, go, table):
    """Defined in the address, until it is forgotten."""
    page = go(get(f"{AREAS}&items.AREA=Mine=E08000001,E08000002;E08000003"), "out;0")
    found = table(page)
    assert (found["items.AREA"], found["group.AREA"]) == ("E08000003", "Mine=E08000001,E08000002")
    again = table(go(page, "in;0"))
    assert (again["items.AREA"], "group.AREA" in again) == ("E08000003;Mine=E08000001,E08000002", False)
    assert "group.AREA" not in table(go(page, "forget;0"))


def test_unticking_everything_keeps_groups_for_later(get, go, table):
    """A group is work; nobody loses it by a button that says something else."""
    assert table(go(get(f"{AREAS}&items.AREA=Mine=E08000001,E08000002"), "clear"))["group.AREA"] == (
        "Mine=E08000001,E08000002"
    )


def test_groups_and_ticks_go_along_to_the_groups_of_an_account(get, press):
    """The page there is told the table as it would be, and the way back to this one."""
    response = press(get(AREAS), "mine", tick=["V_REGION:E12000001"])
    address = urlsplit(response["Location"])
    asked = dict(parse_qsl(address.query))
    assert (response.status_code, address.path) == (303, "/account/groups")
    assert (asked["database"], asked["field"]) == ("hb_new", "AREA")
    assert asked["back"].startswith(f"{PAGE}?rows=AREA@V_REGION&items.AREA=E12000001&")


def test_groups_go_to_another_database_that_has_their_codes(site, get, press, monkeypatch, database):
    """As groups that are defined there; fields without the codes are not offered."""
    page = get(f"{AREAS}&items.AREA=Mine=V_REGION:E12000001,V_AREA:E08000002&group.AREA=Old=E08000003")
    address = press(page, "elsewhere")["Location"]
    assert "No other database has these codes." in get(address)
    area = replace(database.field("AREA"), id="PLACE", label="Place")
    other = replace(database, id="rents", label="Other", fields=(database.date, area))
    monkeypatch.setattr("statlas.service.tables.databases", lambda **_: (database, other))
    [link] = [unescape(found) for found in re.findall(r'href="([^"]+)"', get(address)) if "/rents/table/" in found]
    assert [value for name, value in parse_qsl(urlsplit(link).query) if name == "group.PLACE"] == [
        "Mine=E12000001,E08000002",
        "Old=E08000003",
    ]


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        *("", "nothing", "edit;9", "edit;x", "edit;-1", "dissolve", "in;0", "forget;99999999999", "page;x"),
        *("open;V_REGION:NOPE", "open;<script>", "add;NOPE;NOPE:NOPE", "list;\x00", "page;99999999999999999999"),
    ],
)
def test_buttons_that_no_page_has_do_no_harm(get, press, act):
    """A page again, or a mistake that is explained."""
    response = press(get(AREAS), act)
    assert response.status_code in (303, 400)
    if response.status_code == 303:
        assert "Choose categories" in get(response["Location"])


@pytest.mark.parametrize(
    "own",
    [
        *("draft=NOPE|E08000001", "draft=|NOPE", "field=NOPE", "draft=V_AREA|A=", "kept=" + "0" * 32),
        *("members=x|y&group=", "rows=NOPE"),
    ],
)
def test_addresses_that_cannot_be_read_lead_to_the_table(site, own):
    """Or say that what was kept is gone; no page fails."""
    response = site.get(f"{AREAS}&{own}")
    assert response.status_code in (200, 302, 400)


@pytest.mark.parametrize("own", ["page=0", "page=99", "page=%00", "open=zz|zz", "under=zz", "level=zz", "added=1,x"])
def test_views_that_cannot_be_read_are_passed_over(get, own):
    """What is seen of a field is no part of the question."""
    assert "Choose categories" in get(f"{AREAS}&{own}")


def test_another_site_cannot_send_the_form(site):
    """The browser tells where a form comes from."""
    assert site.post(f"{PAGE}/choose", {"act": "show"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_page_sets_no_cookie(site):
    """As every public page."""
    response = site.get(AREAS)
    assert not response.cookies


def test_a_table_of_some_filtered_by_many_says_how_many(get, go, press):
    """A title holds no thousand names."""
    page = go(get(f"{PAGE}?rows=SEX&field=AREA&use=filter"), "add;V_AREA")
    shown = get(press(page, "show")["Location"].partition("#")[0])
    assert "Only Region and area: 240 categories" in _text(shown)
    assert "Area 17" not in shown
