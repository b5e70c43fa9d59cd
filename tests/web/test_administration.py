"""The administration: for administrators alone, behind the one way of signing in."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from visiting import sign_in

from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.office.organisations.models import Organisation
from statlas.office.organisations.roles import Role as OfficeRole
from statlas.office.releases.models import ReleaseRow
from statlas.service.office import accounts, keys, organisations
from statlas.service.office.actors import REPAIR
from statlas.service.office.releases import acting
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home
from statlas.web import administration

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

PAGES = (
    *("/admin/", "/admin/accounts/account/", "/admin/accounts/account/add/", "/admin/auth/group/"),
    *("/admin/auth/group/add/", "/admin/keys/apikey/", "/admin/accounts/"),
    *("/admin/organisations/organisation/", "/admin/releases/releaserow/"),
)


def _as(role):
    client = Client(SERVER_NAME="localhost")
    if role is not None:
        sign_in(client, accounts.of_role(role=role))
    return client


@pytest.fixture
def administrator():
    """A browser in which an administrator is signed in."""
    return _as(Role.ADMINISTRATOR)


@pytest.mark.parametrize("address", PAGES)
def test_an_administrator_sees_every_page(administrator, address):
    """Each is kept by no cache and stays under a strict policy."""
    answer = administrator.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("role", [None, *[role for role in Role if role is not Role.ADMINISTRATOR]])
def test_nobody_else_sees_any(role):
    """Neither guests nor other roles; they are led to where they may be."""
    client = _as(role)
    for address in PAGES:
        answer = client.get(address, follow=True)
        assert answer.request["PATH_INFO"] == ("/account" if role else "/account/sign-in"), address
    assert client.post("/admin/accounts/account/add/", {"email": "new@example.org"}).status_code == 302
    assert not Account.objects.filter(email="new@example.org").exists()


def test_it_has_no_door_of_its_own(client):
    """Its own form to sign in, which would know neither locks nor second steps, is not there."""
    answer = client.post("/admin/login/", {"username": "x", "password": "y"}, headers={"host": "localhost"})
    assert answer.status_code == 302
    assert answer.url.startswith("/account/sign-in")


def test_with_two_steps_for_staff_it_opens_to_nobody_without(administrator, settings):
    """They are led to where two steps are turned on, and told why."""
    settings.STATLAS = replace(settings.STATLAS, two_factor="staff")
    answer = administrator.get("/admin/", follow=True)
    assert answer.request["PATH_INFO"] == "/account/two-step"
    assert "The administration takes two-step sign-in" in answer.content.decode()


def test_an_account_is_opened_by_a_letter(administrator, settings):
    """Its owner alone chooses the password; the roles are there at once."""
    settings.STATLAS = replace(settings.STATLAS, email_url="console:")
    group = Group.objects.get(name=Role.PRODUCER)
    administrator.post(
        "/admin/accounts/account/add/", {"email": "New@Example.org", "is_active": "on", "groups": [group.pk]}
    )
    account = Account.objects.get(email="new@example.org")
    assert account.roles == {Role.PRODUCER}
    assert not account.has_usable_password()
    link = re.search(r"http://localhost(/\S+)", mail.outbox[0].body)[1]
    owner = Client(SERVER_NAME="localhost")
    form = owner.get(link, follow=True)
    password = "copper violin umbrella"
    owner.post(form.request["PATH_INFO"], {"password1": password, "password2": password})
    assert owner.post("/account/sign-in", {"login": account.email, "password": password}).url == "/account"


def test_without_a_mail_server_the_link_is_handed_over(administrator):
    """The administrator sees it once, and can give it to its owner."""
    form = {"email": "new@example.org", "is_active": "on"}
    page = administrator.post("/admin/accounts/account/add/", form, follow=True).content.decode()
    assert re.search(r"http://localhost/account/password/reset/\S+-", page)


def test_nobody_makes_oneself_more_than_an_administrator(administrator):
    """What is not on the form is not taken; superusers are out of reach."""
    account = Account.objects.create_user("some@example.org")
    page = f"/admin/accounts/account/{account.pk}/change/"
    administrator.post(page, {"is_active": "on", "is_superuser": "on", "email": "stolen@example.org", "password": "x"})
    account.refresh_from_db()
    assert (account.is_superuser, account.email) == (False, "some@example.org")
    boss = Account.objects.create_superuser("boss@example.org")
    administrator.post(f"/admin/accounts/account/{boss.pk}/change/", {})
    assert administrator.post(f"/admin/accounts/account/{boss.pk}/delete/", {"post": "yes"}).status_code == 403
    boss.refresh_from_db()
    assert boss.is_active


def test_roles_keep_their_names(administrator):
    """The site knows a role by the name of its group; other groups come and go."""
    role = Group.objects.get(name=Role.APPROVER)
    administrator.post(f"/admin/auth/group/{role.pk}/change/", {"name": "bosses", **_limits()})
    assert administrator.post(f"/admin/auth/group/{role.pk}/delete/", {"post": "yes"}).status_code == 403
    role.refresh_from_db()
    assert role.name == "approver"


def test_a_group_is_given_limits(administrator):
    """What its members may ask for in an hour."""
    administrator.post("/admin/auth/group/add/", {"name": "partners", **_limits(cells="5000000")})
    assert Group.objects.get(name="partners").limits.cells == 5_000_000


def _limits(**given):
    form = {"limits-TOTAL_FORMS": "1", "limits-INITIAL_FORMS": "0"}
    return form | {f"limits-0-{name}": value for name, value in given.items()}


def test_a_misused_key_is_revoked(administrator):
    """At once, and no digest is shown."""
    key = keys.create(name="a program")
    key_id = keys.check(key=key).id
    page = administrator.get(f"/admin/keys/apikey/{key_id}/change/").content.decode()
    assert "a program" in page
    assert "digest" not in page.lower()
    administrator.post("/admin/keys/apikey/", {"action": "take_back", "_selected_action": [key_id]})
    assert keys.check(key=key) is None


def test_deleting_an_account_there_leaves_nothing_either(administrator):
    """As if its owner had done it."""
    account = Account.objects.create_user("some@example.org")
    administrator.post(f"/admin/accounts/account/{account.pk}/delete/", {"post": "yes"})
    from django.contrib.admin.models import LogEntry  # noqa: PLC0415

    assert not Account.objects.filter(email="some@example.org").exists()
    assert "some@example.org" not in str(LogEntry.objects.values())


def test_nothing_is_managed_that_was_not_meant_to_be():
    """Tables of other packages do not slip in."""
    names = {model._meta.label for model in administration.site._registry}
    looked_at = {"organisations.Organisation", "releases.ReleaseRow"}
    assert names == {"accounts.Account", "auth.Group", "keys.ApiKey"} | looked_at
    assert get_resolver().resolve("/admin/")


def test_releases_and_organisations_are_looked_at_only(administrator, tmp_path):
    """Each row with its history is there; nothing can be added, changed or deleted past the rules and the log."""
    home = Home(tmp_path / "home").create()
    organisations.register(home=home, slug="parks", name="Parks", actor=REPAIR)
    organisations.add_member(
        home=home, slug="parks", email="ada@example.org", role=OfficeRole.PRODUCER, actor=REPAIR, opens_account=True
    )
    organisations.claim(home=home, slug="parks", database_id="clubs", actor=REPAIR)
    draft = DraftReport("d" * 32, "clubs", "1", "a" * 64, "1.0.0")
    acting.begin(home=home, draft=draft, actor=acting.Actor.named("ada@example.org", os_user=""))
    for row, shown in (
        (Organisation.objects.get(slug="parks"), "ada@example.org"),
        (ReleaseRow.objects.get(), "begin"),
    ):
        base = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
        page = administrator.get(f"{base}{row.pk}/change/")
        assert page.status_code == 200
        assert shown in page.content.decode()
        assert 'name="_save"' not in page.content.decode()
        for address in (f"{base}add/", f"{base}{row.pk}/delete/"):
            assert administrator.get(address).status_code == 403
            assert administrator.post(address, {"post": "yes"}).status_code == 403
        assert administrator.post(f"{base}{row.pk}/change/", {"state": "public", "name": "Mine"}).status_code == 403
    assert ReleaseRow.objects.get().state == "draft"
