"""Guests leave nothing behind and are given nothing to carry: public pages know nobody."""

import json

import pytest

PUBLIC = ("/", "/catalogue", "/about", "/databases/hb_new", "/databases/hb_new/table", "/errors/query", "/nothing")


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("cookie", ["", f"statlas-session={'a1' * 16}; statlas-form={'b2' * 16}"])
def test_a_public_page_sets_no_cookie_and_reads_none(site, address, cookie):
    """No cookie comes back, no cache is told to tell visitors apart; the database of accounts is not even open."""
    response = site.get(address, headers={"cookie": cookie} if cookie else {})
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_policy_of_scripts_stays_strict(site):
    """Accounts bring no exception to what a page may load."""
    policy = site.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.django_db
def test_programs_need_no_token_of_a_form(home, settings, client):
    """The check of forms is for pages; an interface for programs reads no cookie that could be misused."""
    client.handler.enforce_csrf_checks = True
    answer = client.post("/webapi/rest/v1/nothing", json.dumps({}), content_type="application/json")
    assert answer.status_code in (401, 404)
    assert "errorType" in answer.json()
