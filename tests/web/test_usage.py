"""What is given is counted in every door, and nothing else is."""

import json
from dataclasses import replace

import pytest

from statlas.service import tables
from statlas.service.office import keys
from statlas.service.tables import usage

pytestmark = pytest.mark.django_db

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
