import json
import logging
import time

import pytest

from statlas.api.native import asking
from statlas.service import tables

JSON = "application/json"
ADDRESSES = ("/tables", "/tables.csv", "/tables/plan", "/tables/cells", "/tables/cell")


def wrapped(address, body):
    """A body for an address: that of a cell holds the query."""
    return {"query": body} if address == "/tables/cell" else body


BODIES = {
    "nothing": b"",
    "no JSON": b"database=clubs",
    "half": b'{"database": "clubs", "rows": [',
    "a list": b"[]",
    "null": b"null",
    "a text": b'"clubs"',
    "a number": b"1e999",
    "NaN": b'{"database": NaN}',
    "not UTF-8": b'{"database": "\xff\xfe"}',
    "UTF-16": '{"database": "clubs"}'.encode("utf-16"),
    "deep": b'{"database":' + b"[" * 50_000,
    "deep objects": b'{"a":' * 50_000,
    "half a character": rb'{"database": "clubs", "rows": ["\ud800"]}',
    "NUL": rb'{"database": "clubs", "rows": ["AREA\u0000"]}',
    "a name twice": b'{"database": "clubs", "database": "rooms"}',
    "a huge number": b'{"database": ' + b"9" * 6_000 + b"}",
    "many names": json.dumps({str(n): 1 for n in range(5_000)}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("address", ["/tables", "/tables/cell"])
def test_a_body_that_cannot_be_read_is_a_problem(site, is_problem, address, body):
    """Whatever it is; the reason is told."""
    response = site.post(f"/api/v1{address}", body, content_type=JSON)
    problem = is_problem(site, response, 400, "request")
    assert "Traceback" not in problem["detail"]
    assert len(response.content) < 2_000


FORMS = {
    "no database": {},
    "another database": {"database": "nothing"},
    "a database of the wrong kind": {"database": ["clubs"]},
    "a part that is not known": {"database": "clubs", "row": ["AREA"]},
    "a thousand fields": {"database": "clubs", "rows": ["AREA"] * 1_000},
    "a thousand fields in Stat-Xplore's words": {
        "database": "str:database:clubs",
        "dimensions": [["str:field:clubs:MEMBERS:AREA"]] * 1_000,
    },
    "a field twice": {"database": "clubs", "rows": ["AREA"], "columns": ["AREA"]},
    "a long name": {"database": "clubs", "rows": ["A" * 100_000]},
    "wrong kinds": {"database": "clubs", "rows": [1], "measures": "MEMBERS", "filters": []},
    "a statistic that is not offered": {"database": "clubs", "measures": ["FEE:MAX"]},
    "one number twice": {"database": "clubs", "measures": ["FEE", "FEE:SUM"]},
    "no codes": {"database": "clubs", "rows": [{"field": "AREA", "codes": []}]},
    "codes of no level": {"database": "clubs", "rows": [{"field": "AREA", "codes": ["X@Y"]}]},
    "a date that is none": {"database": "clubs", "periods": "202513"},
    "a date that is not published": {"database": "clubs", "rows": [{"field": "MONTH", "codes": ["203001"]}]},
    "a range backwards": {"database": "clubs", "periods": "202503..202501"},
    "a filter on the date": {"database": "clubs", "filters": {"MONTH": ["202501"]}},
    "a formula that is none": {"database": "clubs", "derived": [{"formula": "{", "label": "x"}]},
    "a formula of a thousand brackets": {"database": "clubs", "derived": [{"formula": "(" * 1_000, "label": "x"}]},
    "a rank of nothing": {"database": "clubs", "derived": [{"rank": "SEX"}]},
    "a release that is not there": {"database": "clubs", "release": "999999999999999999999"},
    "a release that is a path": {"database": "clubs", "release": "../../secrets"},
    "a database that is a path": {"database": "../clubs"},
    "another kind of id": {"database": "str:field:clubs:MEMBERS:AREA"},
    "a recode of nothing": {"database": "str:database:clubs", "recodes": {"str:field:clubs:MEMBERS:SEX": None}},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_query_that_makes_no_sense_is_a_problem_everywhere(site, home, form):
    """The same at every address, with what to change; and quickly."""
    for address in ADDRESSES:
        if address == "/tables/plan" and "derived" in form:
            continue  # a plan leaves out what is worked out from the numbers
        started = time.process_time()
        response = site.post(f"/api/v1{address}", json.dumps(wrapped(address, form)), content_type=JSON)
        assert response.status_code == 400, (address, response.content)
        problem = response.json()
        assert problem["detail"]
        assert len(response.content) < 20_000
        assert str(home.path) not in response.content.decode()
        assert time.process_time() - started < 2


ODD = {
    "NUL": "database=clubs&rows=%00",
    "not UTF-8": "database=clubs&rows=%FF%FE",
    "half a character": "database=clubs&rows=%ED%A0%80",
    "a control in a label": "database=clubs&rows=AREA&items.AREA=a%0Db=N1",
    "several releases": "database=clubs&release=1&release=2",
    "a misspelt part": "database=clubs&colums=AREA",
    "five thousand parts": "&".join(["database=clubs"] * 5_000),
    "a long part": f"database=clubs&rows={'A' * 20_000}",
    "no database": "rows=AREA",
    "a path": "database=..%2F..%2Fsecrets",
    "a formula": "database=clubs&derived=formula;x;__import__",
}


@pytest.mark.parametrize("query", ODD.values(), ids=ODD)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_cannot_be_read_is_a_problem(site, address, query):
    """Never an error of ours, and nothing of a file system."""
    if address == "/tables/plan" and "derived" in query:
        return
    response = site.get(f"/api/v1{address}?{query}")
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_not_read(site, is_problem):
    """It is refused by its length; one without a length is read no further than what is answered."""
    body = b'{"database": "' + b"x" * 50_000_000 + b'"}'
    started = time.process_time()
    problem = is_problem(site, site.post("/api/v1/tables", body, content_type=JSON), 413, "request")
    assert f"{asking.LARGEST_BODY:,}" in problem["detail"]
    assert time.process_time() - started < 1


def test_eight_megabytes_of_codes_that_are_none_are_answered_in_a_moment(site):
    """Twenty mistakes are told, and few of them are compared with what there is."""
    codes = [f"X{n}" for n in range(600_000)]
    body = json.dumps({"database": "rooms", "rows": [{"field": "WARD", "codes": codes}]})
    assert 6_000_000 < len(body) < asking.LARGEST_BODY
    started = time.process_time()
    response = site.post("/api/v1/tables", body, content_type=JSON)
    assert response.status_code == 400
    assert len(response.json()["errors"]) == 20
    assert time.process_time() - started < 5


def test_any_content_type_is_read_as_json(site):
    """As `curl -d` sends it, without one, and with a byte order mark."""
    body = json.dumps({"database": "clubs", "rows": ["SEX"]})
    assert site.generic("POST", "/api/v1/tables", b"\xef\xbb\xbf" + body.encode()).status_code == 200
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        assert site.generic("POST", "/api/v1/tables", body, content_type=kind).status_code == 200
    assert site.generic("POST", "/api/v1/tables", body, content_type="").status_code == 200


def test_parameters_of_the_wrong_kind_are_told_at_once(site):
    """Each with its name."""
    told = site.get("/api/v1/tables/cells?database=clubs&limit=0&cursor=" + "x" * 400).json()
    assert {one["pointer"] for one in told["errors"]} == {"/limit", "/cursor"}
    for limit in ("-1", "1e9", "10001", "9" * 5_000, "", "٣"):
        response = site.get("/api/v1/databases/clubs/fields/AREA/codes", {"limit": limit})
        assert response.status_code == 400 or limit == "٣", limit
    assert site.get("/api/v1/databases?limt=3").json()["pointer"] == "limt"


def test_a_mistake_of_ours_is_told_without_its_details(site, monkeypatch, caplog):
    """One line in the log, a problem for the client, and the site goes on."""

    def broken(**_):
        raise ZeroDivisionError("a secret number: 42")

    monkeypatch.setattr(tables, "databases", broken)
    with caplog.at_level(logging.WARNING):
        response = site.get("/api/v1/databases")
    assert (response.status_code, response.json()["code"]) == (500, "error")
    assert b"secret" not in response.content
    assert len(caplog.records) == 1
    monkeypatch.undo()
    assert site.get("/api/v1/databases").status_code in (200, 503)


def test_what_clients_do_wrong_is_not_news(site, caplog):
    """A mistake of an asker fills no log."""
    with caplog.at_level(logging.WARNING):
        site.post("/api/v1/tables", b"{", content_type=JSON)
        site.get("/api/v1/nothing")
        site.get("/api/v1/tables?database=clubs&rows=AERA")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
