"""What is given is counted in every door, and nothing else is."""

import json
import re
from dataclasses import replace

import pytest

from statlas.service import tables
from statlas.service.office import keys
from statlas.service.tables import usage

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def counted(site, settings, home, tmp_path, monkeypatch):
    """``counted(address, ...)``: what asking for it counted, as kind, form and program."""
    aside = tables.open_home(tmp_path)
    count = usage.count
    monkeypatch.setattr(usage, "count", lambda *, home, use, client: count(home=aside, use=use, client=client))
    settings.STATLAS = replace(settings.STATLAS, home=home.path)

    def ask(address, method="get", user_agent=FIREFOX, status=200, **more):
        before = {row: row.count for row in usage.usage(home=aside)}
        response = getattr(site, method)(address, HTTP_USER_AGENT=user_agent, **more)
        assert response.status_code == status, response.content[:500]
        if response.streaming:
            b"".join(response.streaming_content)
        after = usage.usage(home=aside)
        known = {replace(row, count=0): n for row, n in before.items()}
        return [
            (row.database, str(row.kind), row.form, str(row.client))
            for row in after
            if row.count > known.get(replace(row, count=0), 0)
        ]

    return ask


@pytest.mark.parametrize(
    ("address", "kind", "form"),
    [
        ("/databases/hb_new", "view", "page"),
        ("/databases/hb_new/releases", "view", "releases"),
        ("/databases/hb_new/table", "table", "page"),
        ("/databases/hb_new/chart", "table", "chart"),
        ("/databases/hb_new/codes.csv", "download", "codes-csv"),
        ("/databases/hb_new/table.csv?rows=AREA", "download", "csv"),
        ("/databases/hb_new/table.xlsx?rows=AREA", "download", "xlsx"),
        ("/databases/hb_new/table.shown.csv?rows=AREA", "download", "shown.csv"),
        ("/api/v1/databases/hb_new", "api", "json"),
        ("/api/v1/tables?database=hb_new&rows=AREA", "api", "json"),
        ("/api/v1/tables.parquet?database=hb_new&rows=AREA", "api", "parquet"),
        ("/api/v1/tables/plan?database=hb_new&rows=AREA", "api", "json"),
    ],
)
def test_pages_files_and_answers_are_counted(counted, address, kind, form):
    """What is given counts once, as what it is, by the kind of program that asked."""
    assert counted(address) == [("hb_new", kind, form, "browser")]


def test_programs_are_told_apart(counted):
    """A script counts under its language, a crawler apart."""
    address = "/databases/hb_new/table.csv?rows=AREA"
    assert counted(address, user_agent="python-requests/2.32")[0][-1] == "python"
    assert counted(address, user_agent="Googlebot/2.1")[0][-1] == "bot"
    assert counted(address, user_agent="")[0][-1] == "unknown"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/catalogue", 200),
        ("/areas", 200),
        ("/healthz", 200),
        ("/usage", 200),
        ("/databases/no_such_database", 404),
        ("/databases/hb_new/table?rows=NO_SUCH_FIELD", 400),
        ("/databases/hb_new/table.csv?rows=NO_SUCH_FIELD", 400),
        ("/databases/hb_new/table/plan", 200),
        ("/api/v1/databases/no_such_database", 404),
        ("/api/v1/", 200),
    ],
)
def test_what_gives_nothing_of_a_database_counts_for_nothing(counted, address, status):
    """Other pages, mistakes and what is not there are not counted: no name that anybody types gets in."""
    assert counted(address, status=status) == []


def test_what_a_browser_asks_by_itself_counts_for_nothing(counted):
    """A page fetched ahead, a picture of a page that counts already, and the head alone are no uses."""
    assert counted("/databases/hb_new", HTTP_SEC_PURPOSE="prefetch;prerender") == []
    assert counted("/databases/hb_new", method="head") == []
    ours = {"HTTP_SEC_FETCH_DEST": "image", "HTTP_SEC_FETCH_SITE": "same-origin"}
    assert counted("/databases/hb_new/chart.svg?rows=AREA", **ours) == []
    elsewhere = {**ours, "HTTP_SEC_FETCH_SITE": "cross-site"}
    assert counted("/databases/hb_new/chart.svg?rows=AREA", **elsewhere) != []


def test_a_page_that_the_reader_has_already_is_a_view(counted, site):
    """Whoever asks whether a page has changed reads it, changed or not."""
    etag = site.get("/databases/hb_new")["ETag"]
    found = counted("/databases/hb_new", status=304, HTTP_IF_NONE_MATCH=etag)
    assert found == [("hb_new", "view", "page", "browser")]


def test_permanent_links_are_counted(counted, site):
    """The page of a permanent link is a table, its files are downloads."""
    made = site.post("/databases/hb_new/table/permalink", {"rows": "AREA"})
    link = made["Location"]
    assert counted(link) == [("hb_new", "table", "permalink", "browser")]
    assert counted(f"{link}.csv") == [("hb_new", "download", "csv", "browser")]


def test_the_open_data_api_is_counted(counted):
    """Tables and schemas of the Open Data API count under its own name."""
    key = {"HTTP_APIKEY": keys.create(name="a program")}
    body = {"database": "str:database:hb_new", "measures": ["str:count:hb_new:V_F_HB_NEW"], "dimensions": []}
    found = counted("/webapi/rest/v1/schema/str:database:hb_new", user_agent="curl/8", **key)
    assert found == [("hb_new", "api", "opendata-json", "command-line")]
    assert counted("/webapi/rest/v1/schema", **key) == []
    assert counted("/webapi/rest/v1/schema/str:database:hb_new", status=401) == []
    found = counted(
        "/webapi/rest/v1/table",
        method="post",
        data=json.dumps(body),
        content_type="application/json",
        **key,
    )
    assert found == [("hb_new", "api", "opendata-json", "browser")]


# --- what is published ------------------------------------------------------------------------------------------------


@pytest.fixture
def used(site, settings, home, tmp_path, monkeypatch):
    """A site whose use of two months is known."""
    known = (
        usage.Usage("2026-10", "hb_new", usage.UseKind.TABLE, "page", usage.Client.BROWSER, 7),
        usage.Usage("2026-11", "gone", usage.UseKind.API, "json", usage.Client.PYTHON, 3),
        usage.Usage("2026-11", "hb_new", usage.UseKind.DOWNLOAD, "csv", usage.Client.BOT, 1_000),
        usage.Usage("2026-11", "hb_new", usage.UseKind.VIEW, "page", usage.Client.BROWSER, 1),
    )

    def told(*, home, month="", database_id=""):
        return tuple(r for r in known if month in ("", r.month) and database_id in ("", r.database))

    monkeypatch.setattr(usage, "usage", told)
    return site


def test_the_page_shows_the_last_month_with_bots_apart(used):
    """Each database with what was given; a total has no bots, and a database that is gone has its id."""
    page = used.get("/usage").content.decode()
    rows = [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    ]
    assert ["All databases", "1", "0", "0", "3", "1,000"] in rows
    assert ["gone", "0", "0", "0", "3", "0"] in rows
    assert ["Python", "0", "0", "0", "3"] in rows
    assert ["JSON", "0", "0", "0", "3"] in rows
    assert not any(row[0] == "CSV" for row in rows), "bots are left out of the kinds of files"
    assert "November 2026" in page
    assert "October 2026" in page


def test_another_month_can_be_chosen_and_none_that_is_not_there(used):
    """A month in which nothing was counted is no page."""
    page = used.get("/usage?month=2026-10").content.decode()
    assert "By database, October 2026" in page
    for odd in ("2020-01", "x", "<script>", "2026-13", "9" * 5_000):
        answer = used.get("/usage", {"month": odd})
        assert answer.status_code == 404, odd
        assert b"<script>" not in answer.content


def test_a_site_that_nobody_used_says_so(site, monkeypatch):
    """Before the first count there is a page, and files with their heads alone."""
    monkeypatch.setattr(usage, "usage", lambda **_: ())
    assert "Nothing was counted yet" in site.get("/usage").content.decode()
    assert site.get("/usage.csv").content == b"month,database,kind,form,client,count\r\n"
    assert site.get("/usage.json").json()["rows"] == []


def test_the_counts_are_open_data(used):
    """CSV, and JSON with licence and meanings of columns; scripts of other sites may fetch both."""
    text = used.get("/usage.csv")
    assert text.content.decode().splitlines()[1] == "2026-10,hb_new,table,page,browser,7"
    content = used.get("/usage.json")
    told = content.json()
    assert [column["name"] for column in told["columns"]] == list(told["rows"][0])
    assert all(column["description"] for column in told["columns"])
    assert told["licence"]["url"].startswith("https://")
    assert len(told["rows"]) == 4
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in (text, content)} == {"*"}
    assert not text.cookies
    assert not content.cookies


def test_programs_get_the_counts_a_page_at_a_time(used):
    """By month or database, with cursors as everywhere."""
    first = used.get("/api/v1/usage?limit=3").json()
    assert (first["found"], len(first["usage"]), first["licence"]) == (4, 3, "OGL-UK-3.0")
    rest = used.get(f"/api/v1/usage?limit=3&cursor={first['next']}").json()
    assert (len(rest["usage"]), rest["next"]) == (1, None)
    assert used.get("/api/v1/usage?month=2026-10").json()["found"] == 1
    assert used.get("/api/v1/usage?database=gone").json()["usage"][0]["client"] == "python"
    assert used.get("/api/v1/usage?month=october").status_code == 400
    assert used.get("/api/v1/usage?year=2026").status_code == 400
    assert used.get(f"/api/v1/usage?month=2026-10&cursor={first['next']}").status_code == 400


# --- on a real server -------------------------------------------------------------------------------------------------
