import csv
import io
import re
from contextlib import suppress
from dataclasses import replace
from html import unescape
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as configured
from django.test import override_settings
from django.urls import get_resolver
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from statlas.errors import DisclosureRefused
from statlas.formats import by_suffix
from statlas.service import tables
from statlas.store import Making, telling
from statlas.web.explaining import kinds
from statlas.web.views.finding import by_folder, featured, tree

TABLE = "/databases/hb_new/table"
BY_AREA = f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=all"


@pytest.fixture(autouse=True)
def _host(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def _text(page):
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def _links(page):
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', page)]


def _cells(page):
    """The data cells of the page's table, row by row, without marks."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<td[^>]*>([^<]*)", row) for row in body.split("</tr>")]
    return [row for row in rows if row]


# --- finding ----------------------------------------------------------------------------------------------------------


def test_home_lists_databases_and_ready_made_tables(get):
    """With the latest period of each, and what is synthetic marked as such."""
    said = _text(get("/"))
    assert "Latest: February 2025" in said
    assert "Latest: 2024" in said
    assert "Claimants by region and month" in said
    assert "Synthetic" in said


def test_home_says_what_is_being_made(get, home):
    """While databases are made the first page says how far it is; a making that was killed is said to be."""
    assert "on their way" not in _text(get("/"))
    with suppress(InterruptedError), telling(home.path) as tell:
        tell(Making("Sanction <Decisions>", 3, 24, "publishing", 0.5))
        said = _text(get("/"))
        assert "3 of 24 databases are there" in said
        assert "Sanction <Decisions>, publishing (50%)" in said
        raise InterruptedError
    assert "making Sanction <Decisions> was interrupted" in _text(get("/"))
    with telling(home.path):
        pass
    assert "interrupted" not in _text(get("/"))


def test_an_empty_home_says_how_to_publish(client, tmp_path, settings):
    """The first page of a new site is of use: it gives the command, with the folder it serves."""
    settings.STATLAS = replace(settings.STATLAS, home=tmp_path)
    for address in ("/", "/catalogue"):
        response = client.get(address)
        assert response.status_code == 200
        said = _text(response.content.decode())
        assert "No database is published yet" in said
        assert f"statlas publish claims.yaml claims.csv --home {tmp_path} --now" in said


def test_the_catalogue_shows_folders_in_folders(get, home):
    """A database stands under its folder, headings one level deeper each."""
    page = get("/catalogue")
    headings = [(int(level), unescape(text)) for level, text in re.findall(r"<h(\d)[^>]*>(?:<a[^>]*>)?([^<]+)", page)]
    assert headings.index((2, "Benefits")) < headings.index((3, "Housing")) < headings.index((4, "Housing Benefit"))
    assert (2, "Housing") in headings
    assert [*tree(tables.databases(home=home)).folders] == ["Benefits", "Housing"]


def test_featured_tables_come_first(home):
    """What a publisher features stands before the first table of any database."""
    first = next(one for one in tables.databases(home=home) if one.tables)
    ready = first.tables[0]
    later = replace(first, tables=(ready, replace(ready, title="Asked most", featured=True)))
    assert [found.title for found in featured([first, later])][:3] == ["Asked most", ready.title, ready.title]


def test_a_home_of_many_databases_tells_them_by_folder(get, home, monkeypatch):
    """Their names alone, each in the outermost folder it is in: descriptions stand in the catalogue."""
    monkeypatch.setattr("statlas.web.views.finding._FEW_DATABASES", 1)
    page = get("/")
    assert "Latest:" not in _text(page)
    there = tables.databases(home=home)
    assert {f"/databases/{one.id}" for one in there} <= set(_links(page))
    assert [*by_folder(there)] == ["Benefits", "Housing"]
    assert [*by_folder([replace(there[0], folder=()), *there])] == ["Benefits", "Housing", "Others"]


def test_a_label_with_marks_of_html_is_shown_as_it_is(get):
    """Text of a definition is text, wherever it stands."""
    for address in ("/", "/catalogue", "/databases/rents", "/databases/rents/table"):
        page = get(address)
        assert "Private rents &lt;listed&gt; &amp; &#34;let&#34;" in page
        assert "<listed>" not in page


# --- a database -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_database_tells_what_it_is(get):
    """What it counts, periods, levels with how many categories, notes, licence, contact, methodology, source."""
    said = _text(get("/databases/hb_new"))
    for expected in (
        "Housing Benefit Claimants (one claimant each)",
        "14 months, from January 2024 to February 2025",
        "Local area of Region and area 240",
        "Geography (residence-based)",
        "Counts are of claims at the end of the month.",
        "The tenure was not stated.",
        "Open Government Licence v3.0",
        "Statistics team statistics@example.org",
        "https://example.org/methodology",
        "Late claims are missing from the latest month.",
        "planned for 18 March 2999",
        "A seeded generator",
        "These numbers are made up.",
        "Claimants by tenure and age",
        "Release 1, version 1.0.0, published",
    ):
        assert expected in said


def test_protection_is_told_in_words(get):
    """A protected database gives the size of the noise and the threshold; an open one says that it is exact."""
    protected, exact = _text(get("/databases/hb_new")), _text(get("/databases/rents"))
    assert "The standard deviation of the change is 1.7" in protected
    assert "[low] stands for fewer than 5, or none" in protected
    assert "These numbers are exact" in exact
    assert "random" not in exact
    assert "Synthetic" not in exact


def test_the_code_to_copy_asks_the_address_of_this_site(get):
    """It names the database's own ids, as the Open Data API has them."""
    said = unescape(get("/databases/hb_new"))
    assert "'http://testserver/webapi/rest/v1/table'" in said
    assert "str:valueset:hb_new:V_F_HB_NEW:AREA:V_REGION" in said


def test_every_level_leads_to_a_table_by_it(get):
    """And every ready-made table opens with its query."""
    page = get("/databases/hb_new")
    addresses = [link for link in _links(page) if link.startswith(f"{TABLE}?")]
    assert len(addresses) == 6 + 3
    for address in addresses:
        assert "<tbody" in get(address)


def test_a_ready_made_table_bears_its_title(get):
    """At the head of its page, pinned to a release or not; a table that was changed has its own."""
    [address] = {link for link in _links(get("/")) if link.startswith(f"{TABLE}?rows=TENURE")}
    for found in (address, f"{address}&release=1"):
        page = get(found)
        assert re.search(r"<h1[^>]*>Claimants by tenure and age</h1>", page)
        assert "Housing Benefit Claimants by tenure and age band" in _text(page)
    assert not re.search(r"<h1[^>]*>Claimants by tenure and age</h1>", get(f"{address}&filter.SEX=C_SEX:F"))


# --- a table ----------------------------------------------------------------------------------------------------------


def test_a_database_opens_with_its_first_table(get):
    """Its first field in rows, the latest date in columns."""
    page = get(TABLE)
    assert "<h1" in page
    assert "Housing Benefit Claimants by region" in _text(page)
    assert "Month: February 2025" in _text(page)
    assert len(_cells(page)) == 4


def test_a_table_is_a_table(get):
    """Caption, header rows with their scopes, nested headers that span, numbers that the service gives."""
    page = get(f"{TABLE}?rows=AREA&rows=SEX&columns=AGE&columns=MONTH&periods=latest(2)&total=SEX")
    assert page.count("<caption") == 1
    assert page.count('<th scope="row" rowspan="3"') == 4
    assert len(re.findall(r'<th scope="col" colspan="2"', page)) == 5
    assert len(re.findall(r'<th scope="row" class', page)) == 12
    assert {len(row) for row in _cells(page)} == {10}


def test_the_page_shows_the_numbers_that_the_file_holds(get, site):
    """One cube, two renderings: every number and symbol of the page stands in the CSV."""
    page = get(f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=latest(3)&empty=shown&row=201")
    [address] = {link for link in _links(page) if "table.csv" in link}
    response = site.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="hb-new-region-and-area-by-month-2025-02.csv"'
    rows = [*csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))]
    assert len(rows) == 240 * 3
    value, status = next(n for n in rows[0] if "value" in n.lower()), next(n for n in rows[0] if "status" in n.lower())
    printed = [f"{int(row[value]):,}" if row[value] else f"[{row[status].strip('[]')}]" for row in rows]
    assert sum(_cells(page), []) == printed[200 * 3 :]  # noqa: RUF017 - 40 short lists


def test_every_format_is_offered_and_says_where_it_is_from(get, site):
    """Each link leads to a file of its kind under a telling name, with the permanent address of its page in it."""
    page = get(f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=latest(3)")
    links = sorted({link for link in _links(page) if "/table." in link})
    suffixes = [re.search(r"/table\.([a-z.]+)\?", link)[1] for link in links]
    assert sorted(suffixes) == sorted(by_suffix)
    for link, suffix in zip(links, suffixes, strict=True):
        response = site.get(link)
        assert response["Content-Type"] == by_suffix[suffix].media_type
        name = f"hb-new-region-and-area-by-month-2025-02.{suffix}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        data = b"".join(response.streaming_content)
        if suffix in ("csv", "json", "jsonstat.json", "parquet", "arrow"):
            assert b"/databases/hb_new/table?rows=AREA@V_AREA" in data
            assert b"release=1" in data


def test_a_format_that_is_not_there_is_not_found(site):
    """An ending of no format leads nowhere."""
    assert site.get(f"{TABLE}.xls?rows=AREA").status_code == 404


def test_a_table_that_a_format_cannot_hold_says_so(get, site):
    """A filtered table has no query of the Open Data API: the list says why, and the address says how to mend it."""
    page = get(f"{TABLE}?rows=AREA@V_AREA&filter.SEX=C_SEX:F")
    assert "Open Data API query A query of the Open Data API cannot ask for this table" in _text(page)
    answer = site.get(f"{TABLE}.query.json?rows=AREA@V_AREA&filter.SEX=C_SEX:F")
    assert answer.status_code == 400
    assert "which is filtered" in _text(answer.content.decode())


def test_symbols_and_notes_stand_beneath(get):
    """Legend, notes by key, the size of the noise, synthetic, source and licence."""
    said = _text(get(f"{TABLE}?rows=AREA@V_AREA&columns=TENURE&wafers=MONTH"))
    assert "[low] fewer than 5, or none" in said
    assert "[note II] Tenure is as stated on the claim." in said
    assert "[note III] The tenure was not stated." in said
    assert "standard deviation of 1.7" in said
    assert "Synthetic: these numbers are made up." in said
    assert "Source: A seeded generator" in said


def test_a_note_on_a_cell_stands_at_the_cell(get):
    """Revised in one region and month, and nowhere else."""
    page = get(f"{TABLE}?rows=AREA&columns=MONTH&periods=latest(3)")
    marked = re.findall(r"<td>[\d,]+ <span class=\"statlas-mark\">\[r\]</span></td>", page)
    assert len(marked) == 1
    assert "[r] Revised since it was first published." in _text(page)


def test_an_open_table_says_nothing_of_noise(get):
    """Its numbers are exact."""
    said = _text(get("/databases/rents/table"))
    assert "standard deviation" not in said
    assert "[low]" not in said


def test_long_and_wide_tables_come_in_parts(get, settings):
    """The page says which part it shows, and following the links shows every row once."""
    settings.STATLAS = replace(settings.STATLAS, page_rows=100, page_columns=10)
    address, seen = f"{BY_AREA}&empty=shown", []
    while address:
        page = get(address)
        seen += re.findall(r'<th scope="row"[^>]*>(Area \d+)', page)
        assert re.search(r"Showing rows [\d,]+ to [\d,]+ of 240\.", page)
        assert "Showing columns 1 to 10 of 14." in page
        following = re.findall(r'<a class="govuk-link" href="([^"]+)">Next rows', page)
        address = unescape(following[0]) if following else ""
    assert seen == [f"Area {n}" for n in range(1, 241)]


def test_rows_without_a_number_are_left_out_and_counted(get):
    """With a link that shows them; the rows shown and those left out make up the whole."""
    page = get(BY_AREA)
    [left_out] = re.findall(r"([\d,]+) rows in which no number can be shown are left out", page)
    shown = len(_cells(page))
    assert shown + int(left_out) == 240
    [unfold] = [link for link in _links(page) if "empty=shown" in link]
    assert "Showing rows 1 to 200 of 240." in get(unfold)


def test_a_table_with_hidden_cells_states_its_share_and_offers_the_level_above(get):
    """How many people stand in shown cells, recomputed from the page, and a link to the regions."""
    page = get(f"{BY_AREA}&empty=shown")
    [share] = re.findall(r"About (\d+)% of all \w+ in this table are in cells that show a number", page)
    assert 0 < int(share) < 100
    [above] = re.findall(r'More can be shown at a level above: <a class="govuk-link" href="([^"]+)">Region', page)
    coarse = get(unescape(above).partition("#")[0])
    assert "Midlands &amp; Wales" in coarse
    assert "level above" not in coarse


def test_one_wafer_is_shown_with_the_way_to_the_others(get):
    """Each is a table of its own, named in the caption."""
    page = get(f"{TABLE}?rows=AREA&wafers=SEX&wafer=2")
    assert "Wafer 2 of 2" in _text(page)
    assert "Sex: Male" in page.partition("<caption")[2].partition("</caption>")[0]
    assert any("wafer=1" in link for link in _links(page))


def test_one_of_many_wafers_is_chosen_by_number(get, monkeypatch):
    """A list of thousands helps nobody."""
    monkeypatch.setattr("statlas.web.grid.MOST_WAFERS_LISTED", 10)
    page = get(f"{TABLE}?rows=SEX&wafers=AREA@V_AREA&wafer=240")
    assert "Wafer 240 of 240" in _text(page)
    assert '<input class="govuk-input govuk-input--width-5" id="wafer" name="wafer"' in page
    assert "Area 240" in page.partition("<caption")[2].partition("</caption>")[0]


def test_permalinks_give_the_same_table_again(get):
    """The link to these figures names the release, the other does not; both show the numbers of the page."""
    page = get(f"{TABLE}?rows=AREA&columns=SEX&columns=MONTH&periods=latest(2)&total=AREA&filter.TENURE=C_TENURE:1")
    latest, pinned = re.findall(r'readonly value="http://testserver([^"]+)"', page)
    assert "release" not in latest
    assert "release=1" in pinned
    assert _cells(get(unescape(latest))) == _cells(get(unescape(pinned))) == _cells(page)
    assert "Only Tenure: Social rented" in _text(page)


def test_an_old_release_keeps_its_numbers_and_points_to_the_new_one(client, tmp_path, settings, department):
    """A pinned link shows the same table for ever; the other moves on the moment a release is published."""
    definition, records = department.write(tmp_path)[1]
    home = tables.open_home(tmp_path / "home")
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    tables.publish(home=home, definition=definition, records=[records])
    pinned, latest = "/databases/rents/table?rows=ROOMS&release=1", "/databases/rents/table?rows=ROOMS"
    before = client.get(pinned).content.decode()
    assert _cells(client.get(latest).content.decode()) == _cells(before)
    records.write_text("year,rent,rooms\n" + "".join(f"2025,{n},1\n" for n in range(7)), "utf-8")
    tables.publish(home=home, definition=definition, records=[records])
    after, moved = client.get(pinned).content.decode(), client.get(latest).content.decode()
    assert _cells(after) == _cells(before) != _cells(moved)
    assert _cells(moved) == [["7"], ["0"], ["0"]]
    assert "This is release 1, version 1.0.0. See the newest figures" in _text(after)
    assert "See the newest figures" not in _text(moved)


def test_a_date_that_stands_nowhere_is_told(get):
    """Which month the numbers are of is never left open."""
    assert "Month: February 2025" in _text(get(f"{TABLE}?rows=SEX"))


def test_the_page_of_categories_leaves_mistakes_to_the_table(site):
    """There they are explained."""
    response = site.get(f"{TABLE}/categories?rows=NOPE&field=AREA")
    assert (response.status_code, response["Location"]) == (302, f"{TABLE}?rows=NOPE")


# --- mistakes ---------------------------------------------------------------------------------------------------------

HOSTILE = (
    "rows=<script>alert(1)</script>",
    'rows=AREA&items.AREA="><img src=x onerror=alert(1)>',
    "rows=AREA%00",
    "periods=%00",
    "rows=AREA@V_REGION%00",
    "<script>=1",
    "%00=%00",
    "rows=" + "A" * 20_000,
    "rows=AREA&items.AREA=" + "E;" * 5_000,
    "rows=%FF%FE",
    "rows=AREA&columns=MONTH&periods=latest(999999999999)",
    "rows=AREA&columns=MONTH&periods=latest(999999)",
    "rows=AREA&release=../../secrets",
    "rows=AREA&release=999999999999999999999999",
    "rows=AREA&measure=NOPE",
    "rows=AREA&filter.AREA=E12000001",
    "rows={{7*191}}",
)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["", "do=swap&", "do=place;AREA;rows&"])
@pytest.mark.parametrize("address", HOSTILE)
def test_hostile_addresses_are_explained_and_escaped(site, address, form):
    """The page says what is wrong with status 400 and runs nothing; where it can be answered after all, it is."""
    response = site.get(f"{TABLE}?{form}{address}", follow=True)
    assert response.status_code in (200, 400)
    page = response.content.decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert "1337" not in page or "{{" not in address
    assert "\0" not in page
    assert len(page) < 200_000


@trying(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["", "/categories", ".csv"]))
def test_no_address_is_a_mistake_of_ours(site, address, page):
    """Whatever is asked, the answer is a page, a redirect, or the asker's error."""
    assert site.get(f"{TABLE}{page}?{quote(address, safe='=&')}").status_code in (200, 302, 400, 404, 422)


def test_an_unknown_field_is_named_with_those_there_are(site):
    """In the error summary above the form, which still shows."""
    response = site.get(f"{TABLE}?rows=NOPE")
    page = response.content.decode()
    assert response.status_code == 400
    assert "<title>Error:" in page
    assert 'class="govuk-error-summary"' in page
    assert "'NOPE' is not a field of hb_new. It has MONTH, AREA, TENURE, AGE, SEX." in _text(page)
    assert 'href="#builder"' in page
    assert 'id="builder"' in page


def test_a_table_too_large_says_how_large(site, settings):
    """With the number of cells asked for and the limit; nothing is cut."""
    settings.STATLAS = replace(settings.STATLAS, page_cells=1_000)
    response = site.get(BY_AREA)
    assert response.status_code == 400
    assert "The table has 3,360 cells; 1,000 are answered at once." in _text(response.content.decode())


@pytest.mark.parametrize(
    "address",
    [
        "/databases/none",
        "/databases/..",
        "/databases/none/table",
        "/databases/%2e%2e/table",
        "/nothing",
        "/databases/hb_new/",
    ],
)
def test_what_is_not_there_is_404_with_a_way_on(site, address):
    """The page leads back to what there is."""
    response = site.get(address)
    assert response.status_code == 404
    assert "/catalogue" in _links(response.content.decode())


def test_a_refusal_names_its_rule_and_what_to_change(site, monkeypatch):
    """422, above the form; it tells no more than the rule."""

    def refuse(_query):
        raise DisclosureRefused("At most five fields may be combined.", rule="max_variables", mend="Take out a field.")

    monkeypatch.setattr("statlas.web.asking.table", refuse)
    response = site.get(f"{TABLE}?rows=AREA")
    said = _text(response.content.decode())
    assert response.status_code == 422
    assert "The table is refused to keep people unfindable" in said
    assert "At most five fields may be combined. Take out a field." in said


def test_an_unknown_release_is_explained_beside_the_form(site):
    """A pinned link with a slip in it."""
    response = site.get(f"{TABLE}?rows=AREA&release=7")
    assert response.status_code == 400
    assert "'7' is not a release of hb_new" in _text(response.content.decode())


def test_a_csv_that_cannot_be_is_an_error_page(site):
    """And no file."""
    response = site.get(f"{TABLE}.csv?rows=NOPE")
    assert response.status_code == 400
    assert "Content-Disposition" not in response


def test_a_mistake_of_ours_says_so_and_no_more(client, home, settings, monkeypatch):
    """500, without a word of what went wrong inside."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    client.raise_request_exception = False
    monkeypatch.setattr("statlas.web.asking.table", lambda _query: {}["the secret"])
    response = client.get(TABLE)
    assert response.status_code == 500
    assert "a mistake of ours" in _text(response.content.decode())
    assert "secret" not in response.content.decode()


def test_a_home_that_cannot_be_read_is_503(client, tmp_path, settings):
    """Pages and health say so."""
    (tmp_path / "databases" / "x").mkdir(parents=True)
    (tmp_path / "databases" / "x" / "current").write_text("1")
    settings.STATLAS = replace(settings.STATLAS, home=tmp_path)
    assert client.get("/").status_code == 503
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"ok": False, "error": "home"})


@pytest.mark.parametrize("code", sorted({kind.code for kind in kinds()}))
def test_every_kind_of_error_has_its_page(get, code):
    """The ``type`` of an error leads somewhere."""
    assert f"<code>{code}</code>" in get(f"/errors/{code}")


# --- what every answer carries ----------------------------------------------------------------------------------------

PAGES = (
    "/",
    "/catalogue",
    "/about",
    "/databases/hb_new",
    TABLE,
    f"{TABLE}?rows=NOPE",
    "/nothing",
    f"{TABLE}/categories?rows=AREA&field=AREA&use=items",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_forbids_what_it_does_not_need(site, address):
    """No inline script or style, no other host, no frame; no cookie is set."""
    response = site.get(address)
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies
    page = response.content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", page)
    assert [link for link in re.findall(r'(?:src|stylesheet" href)="([^"]+)"', page) if urlsplit(link).netloc] == []


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_a_language_a_title_and_one_heading(site, address):
    """And a way past its head."""
    page = site.get(address).content.decode()
    assert '<html lang="en-GB"' in page
    assert re.search(r"<title>[^<]+ - Statlas</title>", page)
    assert page.count("<h1") == 1
    assert 'class="govuk-skip-link"' in page


def test_no_page_shows_the_crown_or_its_words(site):
    """The GOV.UK brand is not ours."""
    for address in PAGES:
        assert not re.search(r"[Cc]rown|GOV\.UK|[Cc]rest", site.get(address).content.decode())


def test_a_page_that_has_not_changed_is_not_sent_again(site):
    """A browser asks whether its copy holds; a new release has another ETag."""
    first = site.get(TABLE)
    assert site.get(TABLE, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_forwarded_headers_are_believed_only_when_told(site):
    """Anybody can send them."""
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert "evil.example" not in site.get(TABLE, headers=headers).content.decode()
    believed = {"USE_X_FORWARDED_HOST": True, "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}
    with override_settings(**believed, ALLOWED_HOSTS=["data.example"]):
        page = site.get(TABLE, headers={**headers, "X-Forwarded-Host": "data.example"}).content.decode()
    assert 'value="https://data.example/databases' in page


def test_a_request_for_another_sites_name_is_refused(site):
    """A page never repeats a host that is not ours."""
    response = site.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert b"evil" not in response.content


def test_health_tells_releases(site):
    """Whether the site can answer, and with what."""
    assert site.get("/healthz").json() == {"ok": True, "databases": {"hb_new": "1", "rents": "1"}}


@pytest.mark.parametrize("address", ["/", TABLE, f"{TABLE}.csv", "/healthz"])
def test_pages_are_read_and_nothing_else(site, address):
    """Nothing can be sent to them; HEAD answers without a body."""
    assert site.post(address, {"rows": "AREA"}).status_code == 405
    head = site.head(address)
    assert (head.status_code, head.content if not head.streaming else b"") == (200, b"")


def test_debug_is_off():
    """Whatever the environment says."""
    assert configured.DEBUG is False


def _addresses(patterns):
    """The address of every pattern; the staff's one by one, others that are included by what they stand below."""
    for pattern in patterns:
        if str(pattern.pattern) == "work/":
            yield from (f"work/{one.pattern}" for one in pattern.url_patterns)
        else:
            yield str(pattern.pattern)


def test_every_address_is_documented(root):
    """docs/reference/pages.md lists them all."""
    text = (root / "docs/reference/pages.md").read_text("utf-8")
    for found in _addresses(get_resolver().url_patterns):
        address = re.sub(r"<\w+:(?:(?:database|permalink|announcement|release)_id|slug)>", "ID", found)
        address = re.sub(r"<\w+:(?:act|deed)>", "ACT", address)
        address = address.replace("<str:upload_id>", "UPLOAD").replace("<int:number>", "N")
        address = address.replace("<str:code>", "CODE")
        address = (
            address.replace("<str:suffix>", "SUFFIX").replace("<str:job_id>", "JOB").replace("<str:token>", "TOKEN")
        )
        assert f"`/{address}`" in text, address


# --- numbers ----------------------------------------------------------------------------------------------------------

TENURES = f"{TABLE}?rows=AREA&columns=TENURE&wafers=MONTH"
MEASURES = "&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN"


def _rows(page):
    """The texts of the rows' cells, marks left out."""
    return [[re.sub("<[^>]+>.*", "", cell).strip() for cell in row] for row in _cells(page)]


def test_several_measures_stand_side_by_side(get, site):
    """Each under its own header, with its own decimals, and equal to the file."""
    page = get(TENURES + MEASURES)
    heads = re.findall(r'<th scope="col"[^>]*data-measure[^>]*>(?:<a[^>]*>)?([^<]*)', page)
    assert [head.strip() for head in heads] == ["Housing Benefit Claimants", "Mean of Weekly Award Amount (£)"] * 3
    assert page.count(">Social rented<") == 1
    rows = [*csv.DictReader(io.StringIO(b"".join(site.get(f"{TENURES.replace('?', '.csv?')}{MEASURES}")).decode()))]
    printed = [
        f"{float(row[f'{label} value']):,.{decimals}f}" if row[f"{label} value"] else f"[{row[f'{label} status']}]"
        for row in rows
        for label, decimals in (("Housing Benefit Claimants", 0), ("Mean of Weekly Award Amount", 2))
    ]
    assert [cell for row in _rows(page) for cell in row] == printed
    assert "Housing Benefit Claimants and Mean of Weekly Award Amount by region and tenure" in _text(page)
    assert "the standard deviation of the change is up to £" in _text(page)


def test_percentages_are_one_more_number(get):
    """Chosen by the address, and pressed in the builder."""
    page = get(f"{TENURES}&derived=percentage;row")
    assert "% of row" in _text(page)
    assert re.search(r'value="derived;percentage%3Brow;off" aria-pressed="true">Per cent of each row<', page)


def test_what_the_buttons_do_not_offer_is_told_and_can_be_taken_away(get):
    """Formulas and the smallest first, of an address or a ready-made table."""
    page = get(f"{TENURES}&derived=rank;AREA;smallest&derived=percentage;column")
    assert re.search(r'aria-pressed="true"[^>]*>Rank by Region and area, smallest first<', page)


def test_a_ready_table_may_have_derived_numbers(get):
    """Its address holds its measures, its changes and its formulas."""
    page = get("/databases/hb_new")
    url = re.search(r'href="([^"]*)"[^>]*>Mean award by region', page)[1].replace("&amp;", "&")
    shown = get(url)
    assert "% private" in shown
    assert "Mean of Weekly Award Amount, % change on a year before" in shown
    assert "Mean award by region, and its change on a year before" in shown
    assert "sum, mean, median and 90th percentile" in _text(page)


def test_a_blocked_area_is_told_with_its_rule_and_what_to_change(get):
    """The cell shows [c]; the page says which rule, how many areas, which, and what would help."""
    page = get(TENURES)
    said = _text(page)
    assert ">[c]</td>" in page
    assert "[c] not shown, so that nobody can be found" in said
    assert "So the rule mean_cell_size hides 1 of 4 areas: Isles." in said
    assert "take coarser levels or larger areas" in said


def test_a_table_without_blocked_cells_does_not_speak_of_them(get):
    """No word of rules where none hides anything."""
    page = get(f"{TABLE}?rows=TENURE&wafers=MONTH")
    assert "not everything can be shown" not in page
    assert "[c]" not in page


def test_a_refused_table_says_why_and_what_to_change(site):
    """With the rule, in plain words, a list of changes, and the form to make them."""
    response = site.get(f"{TABLE}?rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=AGE&wafers=MONTH")
    assert response.status_code == 422
    page = response.content.decode()
    said = _text(page)
    assert "The table is refused to keep people unfindable" in said
    assert "The rule mean_cell_size keeps people from being found" in said
    assert "It was asked of 3 areas and let 0 through." in said
    assert "take coarser levels or larger areas" in said
    assert 'href="#builder"' in page
    assert "In the table" in said
    assert re.search(r'<a class="govuk-link" href="[^"]*" hx-boost="true">(?:Take|Leave)', page)


def test_changes_that_help_are_listed(get):
    """Where rules hide a part of a table the page tells what would show more of it."""
    said = _text(get(f"{TABLE}?rows=AREA@V_AREA&columns=AGE&columns=TENURE&wafers=MONTH"))
    assert re.search(r"Then [\d,]+ of 240 areas can be shown", said)


@pytest.mark.parametrize(
    "parts",
    [
        *("measure=NONE", "measure=LAHBAMT:MODE", "derived=percentage;row;LAHBAMT:MEAN", "derived=rank;SEX"),
        *("derived=formula;F;{T}%2B", "derived=formula;F;{NONE};TENURE", "derived=percentage", "measure=LAHBAMT:P33"),
    ],
)
def test_a_number_that_is_not_there_is_told_above_the_form(site, parts):
    """With status 400, and what there is instead."""
    response = site.get(f"{TENURES}&{parts}")
    assert response.status_code == 400
    assert "Error: the table cannot be shown" in response.content.decode()
    assert "No table is shown" in response.content.decode()
