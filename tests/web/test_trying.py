"""Links that sign in: to a demonstration, at this machine, as long as it is served; never anywhere else."""

import subprocess
import sys
import urllib.request
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.test import Client

from statlas.errors import HomeError
from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office import trying

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(tmp_path, settings):
    """A home that looks like a demonstration, served."""
    home = tables.open_home(tmp_path / "home").create().path
    (home / "demonstration.json").write_text("{}")
    settings.STATLAS = replace(settings.STATLAS, home=home)
    return home


@pytest.fixture
def links(demonstration):
    """The addresses that were printed, by role."""
    return {role: f"/account/trying/{token}" for role, token in trying.make_links(home=demonstration).items()}


def _visit(address, **request):
    return Client(SERVER_NAME="localhost").get(address, **request)


@pytest.mark.parametrize("role", Role)
def test_a_link_signs_in_as_its_role(links, role):
    """Everyone of the department has one; it works as often as it is opened."""
    for _ in range(2):
        client = Client(SERVER_NAME="localhost")
        assert client.get(links[role]).url == "/account"
        assert role.value in client.get("/account").content.decode().lower()
    assert [account.roles for account in Account.objects.all()] == [{role}]
    assert not Account.objects.get().has_usable_password()


ROOMS = {
    Role.ANALYST: (False, False, False),
    Role.PRODUCER: (True, True, False),
    Role.APPROVER: (True, False, False),
    Role.DISCLOSURE_OFFICER: (True, False, False),
    Role.ASSET_OWNER: (False, False, False),
    Role.ADMINISTRATOR: (True, False, True),
}
"""Whether a role has releases in its work list, sends one, and says who belongs to the office."""


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_own_work(links, role):
    """Somebody who tries the demonstration sees what each of its people does."""
    client = Client(SERVER_NAME="localhost")
    client.get(links[role])
    page = client.get("/work").content.decode()
    has_list, sends, administers = ROOMS[role]
    assert ("Waiting for you" in page) is has_list
    assert ("You belong to no organisation" in page) is not has_list
    assert ("Send the first records" in page) is sends
    assert ("All organisations" in page) is administers
    form = 'name="act" value="add"' in client.get("/work/organisations/default").content.decode()
    assert form is administers


def test_a_home_that_is_no_demonstration_has_none(demonstration, links):
    """Neither are links made for it, nor do old ones work, whatever files lie about."""
    (demonstration / "demonstration.json").unlink()
    with pytest.raises(HomeError):
        trying.make_links(home=demonstration)
    assert _visit(links[Role.ADMINISTRATOR]).status_code == 404
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "request_of",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_only_who_sits_at_this_machine_gets_in(links, request_of):
    """Not through a proxy either, which makes everybody look as if they sat here."""
    assert _visit(links[Role.ADMINISTRATOR], **request_of).status_code == 404


@pytest.mark.parametrize(
    "setting", [{"hosts": ("localhost", "data.example.org")}, {"behind_proxy": True}, {"hosts": ("data.example.org",)}]
)
def test_a_site_that_others_reach_has_none(links, settings, setting):
    """Even if its home is a demonstration."""
    settings.STATLAS = replace(settings.STATLAS, **setting)
    assert _visit(links[Role.ADMINISTRATOR]).status_code == 404


def test_another_name_for_this_machine_is_refused(links, settings):
    """A page elsewhere whose name was made to point here gets nothing."""
    settings.ALLOWED_HOSTS = ["*"]
    assert _visit(links[Role.ADMINISTRATOR], HTTP_HOST="rebound.example").status_code == 404
    assert _visit(links[Role.ADMINISTRATOR], HTTP_HOST="localhost:8000").status_code == 302


@pytest.mark.parametrize("token", ["", "x", "analyst", "\x00", "é" * 500, "null"])
def test_a_wrong_link_is_no_page(links, token):
    """Like any address that is not there."""
    assert _visit(f"/account/trying/{token}").status_code == 404


def test_links_of_before_no_longer_work(demonstration, links):
    """Each start of the demonstration makes new ones; its end, and any other start, leave none."""
    again = trying.make_links(home=demonstration)
    assert _visit(links[Role.ANALYST]).status_code == 404
    assert _visit(f"/account/trying/{again[Role.ANALYST]}").status_code == 302
    trying.forget_links(home=demonstration)
    assert _visit(f"/account/trying/{again[Role.ANALYST]}").status_code == 404


def test_who_came_by_a_link_goes_with_it(demonstration, links):
    """Were the home of a demonstration served to others one day, no browser would still be its administrator."""
    client = Client(SERVER_NAME="localhost")
    client.get(links[Role.ADMINISTRATOR])
    assert client.get("/admin/").status_code == 200
    trying.forget_links(home=demonstration)
    assert client.get("/admin/").status_code == 302
    assert client.get("/account").url.startswith("/account/sign-in")


def test_the_home_keeps_digests_alone(demonstration, links):
    """Who reads the folder cannot sign in."""
    kept = (demonstration / "sign-in-links.json").read_text()
    assert not any(address.rpartition("/")[2] in kept for address in links.values())


def test_a_damaged_file_of_links_opens_nothing(demonstration, links):
    """Whatever stands in it."""
    for text in ("", "[]", '"x"', "{", '{"analyst": 5}', '{"analyst": null}'):
        (demonstration / "sign-in-links.json").write_text(text)
        assert _visit(links[Role.ANALYST]).status_code == 404, text


SERVE = """\
import sys
from pathlib import Path
from statlas.cli.serve import serve_demonstration
serve_demonstration(Path(sys.argv[1]), int(sys.argv[2]))
"""


def test_the_demonstration_prints_them_and_takes_them_along(tmp_path, free_port):
    """On the real server: each printed link signs in; when it has stopped, the home has none."""
    home = tables.open_home(tmp_path / "home").create().path
    (home / "demonstration.json").write_text("{}")
    command = [sys.executable, "-c", SERVE, str(home), str(free_port)]
    served = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        printed = [served.stderr.readline() for _ in range(1 + len(Role))][1:]
        found = dict(line.rsplit(maxsplit=1) for line in printed)
        assert set(found) == {f"  {role.value}" for role in Role}
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = _patiently(browser, found["  disclosure officer"])
        assert "Disclosure officer" in page
    finally:
        served.terminate()
        served.communicate(timeout=30)
    assert not (Path(home) / "sign-in-links.json").exists()


def _patiently(browser, address):
    import time  # noqa: PLC0415

    for _ in range(800):
        try:
            return browser.open(address, timeout=10).read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")
