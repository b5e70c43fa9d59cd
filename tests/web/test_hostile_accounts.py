"""Hostile input at the pages of accounts: a clear answer, no mistake of ours, nothing leaked."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

HUGE = 10**40


@pytest.fixture
def visitor():
    """A browser that goes on where the site fails, to see with what."""
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


@pytest.mark.parametrize(
    "address",
    [
        "/account/password/reset/zzzzzzzzzzzzz-x",
        f"/account/password/reset/{'z' * 400}-x",
        "/account/password/reset/1-%00",
        "/account/password/reset/1-set-password",
        "/account/confirm/%00",
        f"/account/confirm/{'x:' * 500}",
        "/account/confirm/MQ:1:x",
        f"/account/keys/{HUGE}/revoke",
        "/account/sign-in?next=%00",
        "/account/sign-in?next=" + "a" * 5_000,
        "/account/two-step/code",
        "/account/elsewhere/sso/back?state=%00&code=%00",
        f"/admin/accounts/account/{HUGE}/change/",
        "/account//sign-in",
        "/account/",
    ],
)
def test_no_address_breaks_the_site(visitor, address):
    """Whatever stands in it."""
    assert visitor.get(address).status_code < 500


@pytest.mark.parametrize(
    "page", ["sign-in", "register", "password/reset", "password", "e-mail", "keys", "delete", "again"]
)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"login=%00&email=%00&password=%00&password1=%00&name=%00", "application/x-www-form-urlencoded"),
        (b"login=\xff\xfe&email=\xff&password=\xff", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"login=" + b"a" * 400_000, "application/x-www-form-urlencoded"),
        (b"login=a@b.example&password=" + b"p" * 100_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % n for n in range(5_000)), "application/x-www-form-urlencoded"),
    ],
    ids=["nul", "not utf-8", "no parts", "half a part", "json", "long", "long password", "many fields"],
)
def test_no_form_breaks_the_site(visitor, page, body, kind):
    """Whatever is sent."""
    answer = visitor.generic("POST", f"/account/{page}", body, content_type=kind)
    assert answer.status_code < 500
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("page", ["", "/sign-in", "/keys", "/delete", "/data.json"])
def test_no_method_breaks_the_site(visitor, method, page):
    """Nor does any change anything."""
    assert visitor.generic(method, f"/account{page}").status_code < 500


def test_what_is_typed_is_escaped(visitor):
    """It comes back as text."""
    form = {"login": '"><script>alert(1)</script>', "password": "x"}
    page = visitor.post("/account/sign-in", form).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page or "&#34;&gt;" in page
