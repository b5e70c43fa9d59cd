"""What the builder answers without a browser: acts, the trail of undo, the live line, and every word of it."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE, queries
from pseudo import labels_of, untranslated

from statlas.definitions.address import parameters_of, query_of, with_date
from statlas.errors import QueryError
from statlas.web import acts, form, pressing, trail
from statlas.web.trail import LONGEST, Trail
from statlas.wording import speaking

TABLE = "/databases/hb_new/table"
START = f"{TABLE}?rows=AREA@V_REGION&columns=MONTH"


def _press(site, address, act, **more):
    """Where a browser without scripts is led, as one reads it."""
    response = site.get(address, query_params=[*parse_qsl(urlsplit(address).query), ("do", act), *more.items()])
    assert response.status_code == 302, response.content.decode()
    return unquote(response["Location"])


def _without_undo(address):
    return re.sub("&undo=[^&#]*", "", address)


# --- acts -------------------------------------------------------------------------------------------------------------


@given(queries())
def test_every_button_of_a_builder_does_something(query):
    """Whatever the table, each leads to another query that has an address, or to the same one."""
    query = with_date(DATABASE, query)
    shown = form.form_of(DATABASE, query, ())
    for button in _buttons(shown):
        done = acts.done(DATABASE, query, ((pressing.DO, button),), form.default_parameters(DATABASE))
        assert query_of(DATABASE, parameters_of(done.query)) == done.query
        assert done.said


def _buttons(shown):
    for card in (card for axis in shown.axes for card in axis.cards):
        yield from (card.outward, card.inward, card.removal, card.total.value)
        yield from (toggle.value for toggle in (*card.levels, *card.moves))
    yield from (toggle.value for group in shown.groups for entry in group.entries for toggle in entry.toggles)
    for row in (*shown.numbers.measures, *shown.numbers.worked_out):
        yield from (toggle.value for toggle in row.toggles)
    yield from (toggle.value for toggle in shown.numbers.others)
    yield from (one.drop for one in shown.filters)
    yield from ("swap", "restart")


@given(st.text(max_size=30))
def test_what_no_button_sends_is_refused(text):
    """An act of nobody's is a mistake of the asker."""
    query = with_date(DATABASE, query_of(DATABASE, form.default_parameters(DATABASE)))
    if pressing.read(text)[0] not in acts.VERBS:
        with pytest.raises(QueryError) as caught:
            acts.done(DATABASE, query, (("do", text),), form.default_parameters(DATABASE))
        assert caught.value.mend


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_what_is_pressed_is_read_as_it_was_written(parts):
    """Ids of fields may hold anything."""
    assert pressing.read(pressing.pressed("level", *parts)) == ("level", tuple(parts))


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("place;SEX;rows", "rows=AREA@V_REGION&rows=SEX&columns=MONTH"),
        ("place;SEX;rows;0", "rows=SEX&rows=AREA@V_REGION&columns=MONTH"),
        ("remove;AREA", "columns=MONTH"),
        ("remove;MONTH", "rows=AREA@V_REGION&wafers=MONTH"),
        ("level;AREA;V_AREA", "rows=AREA@V_AREA&columns=MONTH"),
        ("total;AREA;on", "rows=AREA@V_REGION&total=AREA&columns=MONTH"),
        ("measure;LAHBAMT:MEAN;on", "rows=AREA@V_REGION&columns=MONTH&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN"),
    ],
)
def test_an_act_leads_to_an_address(site, act, expected):
    """The one that the table has; the trail of undo beside it."""
    assert _without_undo(_press(site, START, act)).partition("#")[0] == f"{TABLE}?{expected}"


def test_several_dates_are_put_where_they_can_be_seen(site):
    """The latest alone stands above the table; more of them stand in its columns, unless somebody put it elsewhere."""
    found = _press(site, f"{TABLE}?rows=SEX@C_SEX", "dates", dates="last", n="3")
    assert "columns=MONTH&periods=latest(3)" in found
    found = _press(site, f"{TABLE}?rows=SEX@C_SEX&rows=MONTH", "dates", dates="range", start="202403", end="202401")
    assert "rows=MONTH&periods=202401..202403" in found


def test_groups_with_a_name_outlive_their_field(site):
    """They stay defined in the address, and come back with it."""
    address = f"{TABLE}?rows=AREA@V_REGION&items.AREA=Both=E12000001,E12000002&columns=MONTH"
    found = _press(site, address, "remove;AREA")
    assert "group.AREA=Both=E12000001,E12000002" in found
    assert "group.AREA=Both=" in _press(site, found.partition("#")[0], "place;SEX;rows")


def test_what_cannot_be_done_is_told_beside_the_table(site):
    """With status 400, and the table that was there."""
    page = site.get(f"{START}&do=level;AREA;NOPE")
    assert page.status_code == 400
    assert "NOPE" in page.content.decode()
    assert 'id="shown-table"' in page.content.decode()


# --- htmx -------------------------------------------------------------------------------------------------------------


def test_htmx_is_answered_at_once_with_the_address_to_show(site):
    """No redirect, the same page, and an address without the trail."""
    page = site.get(f"{START}&do=swap", headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert unquote(page["HX-Push-Url"]) == f"{TABLE}?rows=MONTH&columns=AREA@V_REGION"
    assert "HX-Request" in page["Vary"]
    full = site.get(_press(site, START, "swap").partition("#")[0]).content.decode()
    said = re.compile('data-said="[^"]*"')
    assert said.sub("", page.content.decode()) == said.sub("", full)


def test_the_live_line_is_told_of_what_is_not_yet_sent(site):
    """A part of a page; what cannot be read is told in its place."""
    ask = f"{TABLE}/plan?rows=SEX@C_SEX&columns=MONTH"
    assert "28 cells, made in less than a second." in site.get(f"{ask}&do=dates&dates=all").content.decode()
    assert "latest(x)" in site.get(f"{ask}&do=dates&dates=last&n=x").content.decode()
    assert "<html" not in site.get(ask).content.decode()


def test_a_table_too_large_for_a_page_is_offered_as_a_file(site, settings):
    """With its size and about how long it takes."""
    settings.STATLAS = replace(settings.STATLAS, page_cells=1_000)
    page = site.get(f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=all").content.decode()
    assert "3,360 cells: more than the 1,000 that a page shows." in page
    assert "As CSV it has about 1 megabyte and takes less than a second." in page
    assert re.search(r'class="govuk-button statlas-inline-button" href="/jobs/new\?[^"]*periods=all', page)


# --- undo and redo ----------------------------------------------------------------------------------------------------

STATES = st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n\r"), max_size=40), max_size=12)


@given(STATES, STATES)
def test_a_trail_is_read_as_it_was_written(former, later):
    """Or a shorter one, where it would be too long for an address: the nearest states are kept."""
    given_trail = Trail("d", tuple(former[:10]), tuple(later[:10]))
    text = trail.written(given_trail)
    assert len(text) <= LONGEST
    found = trail.read(text, "d")
    assert given_trail.former[len(given_trail.former) - len(found.former) :] == found.former
    assert given_trail.later[: len(found.later)] == found.later


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_what_is_no_trail_is_passed_over(text):
    """Corrupt or of another database: a page never fails for it."""
    assert trail.read(text, "d") == Trail("d")


def test_a_trail_of_another_database_is_none():
    """Its states name other fields."""
    text = trail.written(Trail("d", ("rows=A",)))
    assert trail.read(text, "e") == Trail("e")
    assert trail.read(text[:-3], "d") == Trail("d")


def test_a_packed_flood_is_not_unpacked():
    """A few characters can hold millions: they are no trail."""
    flood = trail._packed(Trail("d", ("a" * 10_000_000,)))
    assert len(flood) < 20_000
    assert trail.read(flood, "d") == Trail("d")


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=9))
def test_undoing_and_doing_again_come_back(steps):
    """As far as one went, one can go back, and forth again."""
    here = Trail("d")
    for before in steps[:-1]:
        here = here.pushed(before)
    state, there = steps[-1], here
    for _step in steps[:-1]:
        state, there = there.undone(state)
    assert state == steps[0]
    for _step in steps[:-1]:
        state, there = there.redone(state)
    assert (state, there) == (steps[-1], here)


def test_a_step_is_undone_and_done_again_by_links(site):
    """Without scripts, by the address alone."""
    page = site.get(_press(site, START, "swap").partition("#")[0]).content.decode()
    undo = unescape(re.search(r'id="undo" href="([^"]*)"', page)[1])
    assert unquote(undo).startswith(START)
    page = site.get(undo).content.decode()
    assert 'id="undo"' not in page
    redo = unescape(re.search(r'id="redo" href="([^"]*)"', page)[1])
    assert unquote(redo).startswith(f"{TABLE}?rows=MONTH&columns=AREA")


def test_no_link_to_copy_and_no_file_has_the_trail(site):
    """It is for the reader at work alone."""
    page = site.get(_press(site, START, "swap").partition("#")[0]).content.decode()
    carrying = re.findall(r'(?:href|value)="([^"]*undo=[^"]*)"', page)
    assert carrying
    allowed = ("/table?", "/table/categories?", "/table/formula?", "/table/cell?")
    assert [one for one in carrying if not any(path in one for path in allowed)] == []
    assert not re.search(r"(?:table\.\w|/api/)[^\"]*undo=", page)


# --- what a mistake leaves --------------------------------------------------------------------------------------------


def test_a_mistake_in_an_address_leaves_what_could_be_read(site):
    """Beside the mistake the builder shows the rest, so that it need not be made again."""
    page = site.get(f"{TABLE}?rows=SEX@C_SEX&rows=NOPE&columns=MONTH&periods=soon").content.decode()
    assert re.search(r'statlas-field-card"[^>]*data-field="SEX"', page)
    assert re.search(r'statlas-field-card"[^>]*data-field="MONTH"', page)


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        START,
        f"{TABLE}?columns=MONTH",
        f"{START}&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=change;year;percent&filter.SEX=C_SEX:F&periods=yearly",
        f"{START}&items.AREA=Both=E12000002,E12000003&total=AREA&periods=from 202412",
    ],
)
def test_every_word_of_the_builder_can_be_translated(site, database, address):
    """But what publishers wrote."""
    with speaking("en-XA"):
        page = site.get(address).content.decode()
    builder = page[page.index('<div class="statlas-builder__form">') : page.index("</main>")]
    assert untranslated(builder, (*labels_of(database), "Both")) == []


def test_the_builder_comes_after_the_numbers_and_before_what_is_long(site):
    """On a narrow screen nobody scrolls past files and code to change a table; the keyboard goes the same way."""
    page = site.get(START).content.decode()
    places = [page.index(f'id="{one}"') for one in ("shown-table", "reading", "builder", "take", "links")]
    assert places == sorted(places)


# --- long addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_table_of_many_categories_is_built_and_undone_like_any_other(site):
    """What is too long for an address is kept for it, in the forms and in the trail as well."""
    many = ";".join(f"A group of one area {n}=E0800{n:04d}" for n in range(1, 201))
    found = _press(site, f"{TABLE}?rows=AREA@V_AREA&items.AREA={many}&columns=MONTH", "swap")
    assert "kept=" in found
    assert len(found) < 1_000
    page = site.get(found.partition("#")[0]).content.decode()
    assert "200 categories, 200 of them groups" in page
    assert 'name="kept"' in page
    undo = unescape(re.search(r'id="undo" href="([^"]*)"', page)[1])
    assert "rows=AREA" in undo
    assert "200 categories, 200 of them groups" in site.get(undo).content.decode()
