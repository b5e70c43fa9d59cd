"""Limits at this door: what counts, what is told in headers and bodies, and what happens beyond."""

import json
from datetime import UTC, datetime

import pytest
from django.db import OperationalError
from django.utils import timezone

from statlas.office.limits.models import Spending
from statlas.service import tables
from statlas.service.office import keys, limits

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
TABLE = {"database": DATABASE}
QUARTER_PAST = datetime(2026, 3, 2, 12, 15, 0, tzinfo=UTC)
ONE_O_CLOCK_MS = int(datetime(2026, 3, 2, 13, 0, 0, tzinfo=UTC).timestamp() * 1_000)


@pytest.fixture(autouse=True)
def quarter_past(monkeypatch):
    """The clock stands."""
    monkeypatch.setattr(timezone, "now", lambda: QUARTER_PAST)


@pytest.fixture
def limited(monkeypatch):
    """``limited(table=3)`` sets limits of the site; those not named stay."""
    return lambda **given: monkeypatch.setattr(limits, "DEFAULTS", {**limits.DEFAULTS, **given})


def triples(response):
    """By ending of the header limit, remaining and reset."""
    names = [name.lower() for name in response.headers if name.lower().startswith("x-ratelimit")]
    endings = {name.removeprefix("x-ratelimit") for name in names if "remaining" not in name and "reset" not in name}
    return {
        ending: tuple(int(response.headers[f"x-ratelimit{part}{ending}"]) for part in ("", "-remaining", "-reset"))
        for ending in endings
    }


def test_the_headers_are_those_captured(post, shared, capture):
    """The names, and decimal text for values; a triple for each limit, reset in UNIX milliseconds."""
    captured = capture(shared / "samples/misc/statxplore_table_response_headers_2019.json")["headers"]
    response = post(TABLE)
    ours = {name.lower(): value for name, value in response.headers.items()}
    for name, value in captured.items():
        if name.startswith("x-ratelimit"):
            assert ours[name].isdecimal() == value.isdecimal(), name
            assert len(ours[name]) == len(value) or "reset" not in name, name
    assert triples(response) == {
        "": (10_000, 9_999, ONE_O_CLOCK_MS),
        "-schema": (10_000, 10_000, ONE_O_CLOCK_MS),
        "-table": (1_000, 999, ONE_O_CLOCK_MS),
    }


@pytest.mark.parametrize(
    ("ask", "counted"),
    [
        (lambda get, _: get("/info"), {"global": 1}),
        (lambda get, _: get("/nowhere"), {"global": 1}),
        (lambda get, _: get("/schema"), {"global": 1, "schema": 1}),
        (lambda get, _: get("/schema/str:database:unknown"), {"global": 1, "schema": 1}),
        (lambda get, _: get("/table/saved/str:table:hb_new.tenure"), {"global": 1, "table": 1}),
        (lambda get, _: get("/table/saved/str:table:unknown"), {"global": 1, "table": 1}),
        (lambda _, post: post(TABLE), {"global": 1, "table": 1}),
        (lambda _, post: post(TABLE, "/table/sparse"), {"global": 1, "table": 1}),
        (lambda _, post: post(b"no JSON"), {"global": 1, "table": 1}),
        (lambda get, _: get("/rate_limit"), {}),
        (lambda get, _: get("/rate_limit_schema"), {}),
        (lambda get, _: get("/rate_limit_table"), {}),
        (lambda get, _: get("/table"), {}),
        (lambda get, _: get("/info", APIKey="wrong"), {}),
    ],
)
def test_what_counts_towards_which_limit(get, post, ask, counted):
    """Refusals count as answers do; asking for a limit, with a wrong method or key does not."""
    ask(get, post)
    spent = dict(Spending.objects.filter(used__gt=0).values_list("kind", "used"))
    assert spent == counted


@pytest.mark.parametrize("path", ["/info", "/schema", f"/schema/{DATABASE}"])
def test_what_has_not_changed_counts_for_nothing(get, path, limited):
    """304 is free of limits, even where nothing is left."""
    etag = get(path).headers["ETag"]
    left = get("/rate_limit").json()["remaining"]
    for _ in range(3):
        assert get(path, **{"If-None-Match": etag}).status_code == 304
    assert get("/rate_limit").json()["remaining"] == left
    limited(**{"global": 1, "schema": 1})
    assert get(path, **{"If-None-Match": etag}).status_code == 304
    assert get(path, **{"If-None-Match": '"another"'}).status_code == 429
    assert get(path).status_code == 429


def test_an_answer_that_has_changed_counts_once(get):
    """It is made before it is counted, and not made again."""
    assert get("/schema", **{"If-None-Match": '"old"'}).status_code == 200
    assert get("/rate_limit_schema").json()["remaining"] == 9_999


@pytest.mark.parametrize(("path", "ending"), [("", ""), ("_schema", "-schema"), ("_table", "-table")])
def test_a_limit_has_an_endpoint_of_its_own(get, post, path, ending):
    """With the numbers of the headers, which one client reads in their place."""
    for _ in range(2):
        post(TABLE)
    response = get(f"/rate_limit{path}")
    limit, remaining, reset = triples(response)[ending]
    assert response.json() == {"remaining": remaining, "reset": reset, "limit": limit}
    assert get(f"/rate_limit{path}/").json() == response.json()


def test_beyond_the_limit_nothing_is_answered(post, get, limited, monkeypatch):
    """429 in the dialect's form, with the seconds until the next hour, and no table is counted."""
    limited(table=2)
    assert [post(TABLE).status_code for _ in range(3)] == [200, 200, 429]
    monkeypatch.setattr(tables, "table", lambda **_: pytest.fail("a table was made"))
    refused = post(TABLE)
    assert list(refused.json()) == ["message", "errorType", "component"]
    assert (refused.json()["errorType"], refused.json()["component"]) == ("RATE_LIMIT_EXCEEDED", "table")
    assert "2 requests for tables an hour" in refused.json()["message"]
    assert refused.headers["Retry-After"] == str(45 * 60)
    assert triples(refused)["-table"] == (2, 0, ONE_O_CLOCK_MS)
    assert triples(refused)[""][1] == 9_998
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert get("/schema").status_code == 200


def test_the_lower_limit_applies_first(post, get, limited):
    """All requests together may be fewer than those for tables."""
    limited(**{"global": 2, "table": 5})
    post(TABLE)
    get("/info")
    refused = post(TABLE)
    assert (refused.status_code, refused.json()["component"]) == (429, "global")


def test_a_limit_that_is_off_has_no_headers(post, get, limited):
    """And is -1 where it is asked for."""
    limited(**{"global": -1, "schema": -1})
    assert set(triples(post(TABLE))) == {"-table"}
    assert get("/rate_limit").json()["limit"] == get("/rate_limit").json()["remaining"] == -1


def test_each_key_has_its_own(client, post, limited):
    """Another program goes on."""
    limited(table=1)
    assert [post(TABLE).status_code for _ in range(2)] == [200, 429]
    other = keys.create(name="another program")
    body = json.dumps(TABLE)
    assert client.post(f"{BASE}/table", body, content_type="", headers={"APIKey": other}).status_code == 200


def test_scripts_of_other_sites_may_read_the_headers(get):
    """CORS: a browser shows only what is named."""
    named = get("/info").headers["Access-Control-Expose-Headers"].lower().split(", ")
    assert {"retry-after", "x-ratelimit", "x-ratelimit-remaining-table", "x-ratelimit-reset-schema"} <= {*named}


def test_a_request_takes_one_statement_more(get, post, django_assert_max_num_queries):
    """The key, the hour of its use once, and BEGIN, the count, COMMIT."""
    post(TABLE)
    with django_assert_max_num_queries(4):
        post(TABLE)
    get("/info")
    with django_assert_max_num_queries(4):
        get("/info")


def test_a_site_database_that_does_not_answer_is_no_500(post, get, monkeypatch):
    """503 in the dialect's form, with when to come back, and without what the database said."""

    def locked(**_):
        raise OperationalError("database is locked: /srv/secret/site.sqlite3")

    monkeypatch.setattr(limits, "spend_each", locked)
    for response in (post(TABLE), get("/schema")):
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert response.json()["errorType"] == "SERVICE_UNAVAILABLE"
        assert b"secret" not in response.content
