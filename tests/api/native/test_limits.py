import pytest

from statlas.service.office import keys, limits

pytestmark = pytest.mark.site_database


@pytest.fixture
def few(monkeypatch):
    """Three requests an hour without a key, five with one."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "api": 3})
    monkeypatch.setattr(limits, "DEFAULTS", {**limits.DEFAULTS, "api": 5})


def test_what_is_left_is_told_on_every_answer(site, few):
    """Limit, remaining, seconds until the next hour; errors count too."""
    left = []
    for address in ("/api/v1/databases", "/api/v1/nothing", "/api/v1/tables?database=clubs&rows=SEX"):
        response = site.get(address)
        left.append(response["RateLimit-Remaining"])
        assert response["RateLimit-Limit"] == "3"
        assert 1 <= int(response["RateLimit-Reset"]) <= 3_600
        assert response["RateLimit-Policy"] == "3;w=3600"
    assert left == ["2", "1", "0"]


def test_who_asks_too_much_is_told_when_to_come_back(site, few, is_problem):
    """A problem with Retry-After; a key has limits of its own."""
    for _ in range(3):
        site.get("/api/v1/databases")
    response = site.get("/api/v1/databases")
    problem = is_problem(site, response, 429, "limit")
    assert (response["Retry-After"], response["RateLimit-Remaining"]) == (str(problem["retry_after"]), "0")
    key = keys.create(name="a program")
    answered = [site.get("/api/v1/databases", headers={"APIKey": key}).status_code for _ in range(6)]
    assert answered == [200, 200, 200, 200, 200, 429]


def test_a_table_is_not_made_for_who_asks_too_much(site, few, monkeypatch):
    """The limit is looked at before any work."""
    for _ in range(3):
        site.get("/api/v1/databases")
    monkeypatch.setattr("statlas.service.tables.table", None)
    assert site.get("/api/v1/tables?database=clubs&rows=SEX").status_code == 429


def test_what_has_not_changed_counts_for_nothing(site, few):
    """304 is free."""
    etag = site.get("/api/v1/tables?database=clubs&rows=SEX")["ETag"]
    for _ in range(5):
        again = site.get("/api/v1/tables?database=clubs&rows=SEX", headers={"If-None-Match": etag})
        assert (again.status_code, again["RateLimit-Remaining"]) == (304, "2")


def test_cells_have_a_limit_of_their_own(site, monkeypatch):
    """Where the keeper of the site sets one."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "cells": 7})
    assert site.get("/api/v1/tables?database=clubs&rows=AREA").status_code == 200
    refused = site.get("/api/v1/tables?database=clubs&rows=AREA")
    assert (refused.status_code, refused.json()["kind"]) == (429, "cells")
    assert site.get("/api/v1/tables/cells?database=clubs&rows=AREA&limit=2").status_code == 200


def test_limits_that_are_off_have_no_headers(site, monkeypatch):
    """Nothing is told of what there is not."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "api": -1})
    assert "RateLimit-Limit" not in site.get("/api/v1/databases")


def test_a_key_that_is_not_in_force_opens_nothing(site, is_problem):
    """One never given, one revoked, something that is no key; the answer repeats none of it."""
    key = keys.create(name="a program")
    keys.revoke(name="a program")
    for sent in (key, "0" * 64, "\N{SNOWMAN}", "x" * 10_000):
        response = site.get("/api/v1/databases", headers={"APIKey": sent})
        is_problem(site, response, 401, "key")
        assert "WWW-Authenticate" in response
        assert sent not in response.content.decode()
        assert "RateLimit-Limit" not in response
    bearer = site.get("/api/v1/databases", headers={"Authorization": f"Bearer {key}"})
    is_problem(site, bearer, 401, "key")


def test_the_site_is_busy_where_its_database_does_not_answer(site, monkeypatch, is_problem):
    """Nothing of the database's own words is told."""
    from django.db import OperationalError  # noqa: PLC0415 - as the door meets it

    def broken(**_):
        raise OperationalError("database is locked: /srv/secret/path")

    monkeypatch.setattr(limits, "spend", broken)
    monkeypatch.setattr(limits, "standing", broken)
    response = site.get("/api/v1/databases")
    is_problem(site, response, 503, "busy")
    assert response["Retry-After"] == "10"
    assert b"secret" not in response.content
