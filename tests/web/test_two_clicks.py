"""How far the rooms of the site are from its home page."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from visiting import sign_in

ROOMS = (
    *(
        "/catalogue",
        "/areas",
        "/releases",
        "/releases/published",
        "/releases/changes",
        "/search",
        "/upload",
        "/account",
        "/about",
        "/privacy",
        "/accessibility",
    ),
    *("/help", "/help/tour", "/help/glossary", "/api/v1/docs", "/usage"),
    *(f"/databases/hb_new{room}" for room in ("", "/table", "/chart", "/map")),
)


def _links(site, address):
    """Every page of the site that a page leads to, by links and by forms that look something up."""
    answer = site.get(address, follow=True)
    found = re.findall(r'(?:href|action)="(/[^"]*)"', answer.content.decode()) if answer.status_code < 400 else []
    return {unescape(one).partition("#")[0] for one in found if not one.startswith("/static/")}


@pytest.mark.django_db
def test_no_room_is_more_than_two_clicks_from_home(site):
    """For somebody without an account."""
    near = _links(site, "/")
    pages = [one for one in near if not re.search(r"\.\w+($|\?)", one)]
    known = near.union(*(_links(site, one) for one in pages))
    assert [room for room in ROOMS if room not in {urlsplit(one).path for one in known}] == []


@pytest.mark.django_db
def test_what_one_has_saved_is_two_clicks_from_home(site):
    """Tables, groups, files, keys and what is kept, for whoever is signed in."""
    account = get_user_model().objects.create_user("someone@example.org")
    sign_in(site, account)
    assert "/account" in _links(site, "/")
    own = _links(site, "/account")
    assert {f"/account/{room}" for room in ("tables", "groups", "files", "keys", "data")} <= own
