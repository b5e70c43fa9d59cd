"""Saved tables through the native API: kept by whoever has a key, answered by the Open Data API, forgotten."""

import json

import pytest

from statlas.service.office import keys

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

QUERY = {"database": "clubs", "rows": ["AREA"], "columns": ["SEX"]}


@pytest.fixture
def ask(site):
    """``ask("post", "/saved", {...}, key=KEY)``: the response."""

    def asked(method, path, body=None, key=""):
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        headers = {"APIKey": key} if key else {}
        return getattr(site, method)(f"/api/v1{path}", headers=headers, **sent)

    return asked


@pytest.fixture
def key():
    """A key in force."""
    return keys.create(name="a program")


def test_a_table_is_saved_found_answered_and_forgotten(ask, site, key):
    """The Open Data API answers what was saved with the same key; afterwards there is nothing."""
    made = ask("post", "/saved", {"name": "Members by town", "query": QUERY}, key)
    assert made.status_code == 201, made.content
    told = made.json()
    assert made.headers["Location"] == f"http://testserver/api/v1/saved/{told['id']}"
    assert ask("get", "/saved", key=key).json() == {"saved": [told]}
    assert ask("get", f"/saved/{told['id']}", key=key).json() == told
    assert "release" not in told["query"]
    answer = site.get(told["opendata"].removeprefix("http://testserver"), headers={"APIKey": key})
    assert answer.status_code == 200, answer.content
    assert [field["label"] for field in answer.json()["fields"]][-2:] == ["Area", "Sex"]
    assert ask("delete", f"/saved/{told['id']}", key=key).status_code == 204
    assert ask("get", "/saved", key=key).json() == {"saved": []}
    assert ask("get", f"/saved/{told['id']}", key=key).status_code == 404


def test_what_is_saved_can_be_asked_again(ask, key):
    """The query that is told gives the same table as the one that was saved; a release that it names stays."""
    for query in (QUERY, {**QUERY, "release": "1"}, {**QUERY, "periods": "all"}):
        told = ask("post", "/saved", {"name": "a table", "query": query}, key).json()["query"]
        assert told.get("release") == query.get("release")
        first, again = (json.loads(ask("post", "/tables", body).getvalue()) for body in (query, told))
        assert first["measures"] == again["measures"]


def test_nobody_sees_the_tables_of_others(ask, key):
    """A table of another key is as unknown as none; it stays where somebody else would remove it."""
    table_id = ask("post", "/saved", {"name": "mine", "query": QUERY}, key).json()["id"]
    other = keys.create(name="another")
    assert ask("get", "/saved", key=other).json() == {"saved": []}
    for method in ("get", "delete"):
        theirs, nobodys = ask(method, f"/saved/{table_id}", key=other), ask(method, f"/saved/{'0' * 32}", key=other)
        assert theirs.status_code == nobodys.status_code == 404
    assert ask("get", f"/saved/{table_id}", key=key).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("get", "/saved"), ("post", "/saved"), ("delete", "/saved/x")])
def test_without_a_key_there_is_no_owner(ask, method, path):
    """It is refused with what to send."""
    answer = ask(method, path, {"name": "x", "query": QUERY} if method == "post" else None)
    assert answer.status_code == 401
    assert "APIKey" in answer.json()["mend"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "query": QUERY},
        {"name": "x" * 201, "query": QUERY},
        {"name": "two\nlines", "query": QUERY},
        {"name": "x", "query": {**QUERY, "rows": ["NOWHERE"]}},
        {"name": "x", "query": QUERY, "more": 1},
        {"name": 5, "query": QUERY},
        [],
    ],
)
def test_what_cannot_be_saved_is_explained(ask, key, body):
    """Status 400, and nothing is kept."""
    assert ask("post", "/saved", body, key).status_code == 400
    assert ask("get", "/saved", key=key).json() == {"saved": []}
