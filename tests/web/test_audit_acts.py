"""What administrators and owners of keys do is in the audit log, and nothing that is nobody's affair."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from visiting import sign_in

from statlas.errors import HomeError, UnknownNameError
from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office import accounts, keys
from statlas.service.tables import auditing
from statlas.store import audit

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def log(tmp_path, settings):
    """``log()``: what was done since it was last asked, as actor, action, subject and details."""
    home = tables.open_home(tmp_path / "home").create()
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    told = [0]

    def new():
        lines = [*auditing.lines(home=home)][told[0] :]
        told[0] += len(lines)
        return [(line.actor, line.action, line.subject, _without_act(line.details)) for line in lines]

    new.home = home
    return new


def _without_act(details):
    """What a line tells, without the id by which a crash is found out: every line has one."""
    assert re.fullmatch("[0-9a-f]{32}", details["act"])
    return {name: text for name, text in details.items() if name != "act"}


@pytest.fixture
def administrator():
    """A browser in which an administrator is signed in."""
    client = Client(SERVER_NAME="localhost")
    sign_in(client, accounts.of_role(role=Role.ADMINISTRATOR))
    return client


BOSS = "administrator@demonstration.example"


def test_keys_are_named_by_number(log):
    """Who makes and revokes a key is told; neither the key nor what its owner calls it is."""
    owner = Account.objects.create_user("some@example.org")
    secret = keys.create(name="Some's own laptop", account_id=owner.pk, days=30)
    key_id = keys.check(key=secret).id
    keys.revoke_of(account_id=owner.pk, key_id=key_id)
    whose = f"account {owner.pk}"
    assert log() == [
        (whose, "key.create", f"key {key_id}", {"days": "30"}),
        (whose, "key.revoke", f"key {key_id}", {}),
    ]
    text = (log.home.path / "logs" / "audit.jsonl").read_text()
    assert not any(one in text for one in (secret, "laptop", "some@example.org"))


def test_keys_of_the_command_line_name_the_user_of_the_machine(log):
    """A key that belongs to no account was made by whoever used the machine."""
    secret = keys.create(name="a program")
    key_id = keys.check(key=secret).id
    keys.revoke(name="a program")
    actor = auditing.of_this_machine()
    assert log() == [
        (actor, "key.create", f"key {key_id}", {}),
        (actor, "key.revoke", f"key {key_id}", {}),
    ]
    with pytest.raises(UnknownNameError):
        keys.revoke(name="a program")
    assert log() == []


def test_no_key_is_made_without_its_line(log, monkeypatch):
    """Where the log cannot be written the act is not done."""

    def full(*_args, **_named):
        raise HomeError("The disk is full.")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(HomeError):
        keys.create(name="a program")
    assert keys.list_all() == ()
    owner = Account.objects.create_user("some@example.org")
    with pytest.raises(HomeError):
        accounts.delete(account_id=owner.pk)
    assert Account.objects.filter(pk=owner.pk).exists()


def test_the_first_administrator_is_told(log):
    """Whoever may use the command line may make administrators, and is named."""
    accounts.make_administrator(email="Boss@example.org", password=None)
    Account.objects.create_user("other@example.org")
    accounts.make_administrator(email="other@example.org", password=None)
    actor, role = auditing.of_this_machine(), {"role": "administrator"}
    assert log() == [
        (actor, "account.create", "boss@example.org", role),
        (actor, "role.give", "other@example.org", role),
    ]


def test_roles_given_and_taken_are_told_one_by_one(log, administrator):
    """Who gave which role to whom, and who took it back."""
    account = Account.objects.create_user("amina@example.org")
    page = f"/admin/accounts/account/{account.pk}/change/"
    roles = {role: Group.objects.get_or_create(name=role.value)[0].pk for role in Role}
    given = [roles[Role.PRODUCER], roles[Role.APPROVER]]
    assert administrator.post(page, {"is_active": "on", "groups": given}).status_code == 302
    lines = log()
    assert (BOSS, "role.give", "amina@example.org", {"role": "approver"}) in lines
    assert (BOSS, "role.give", "amina@example.org", {"role": "producer"}) in lines
    administrator.post(page, {"is_active": "on", "groups": given[:1]})
    assert (BOSS, "role.take", "amina@example.org", {"role": "approver"}) in log()
    administrator.post(page, {"groups": given[:1]})
    assert [line[1:] for line in log()] == [("account.change", "amina@example.org", {"changed": "Active"})]


def test_the_end_of_an_account_is_told_once(log, administrator):
    """Of a reader the number alone stays, of somebody with a role the address."""
    reader = Account.objects.create_user("reader@example.org")
    administrator.post(f"/admin/accounts/account/{reader.pk}/delete/", {"post": "yes"})
    assert log() == [(BOSS, "account.delete", f"account {reader.pk}", {})]
    producer = accounts.of_role(role=Role.PRODUCER)
    accounts.delete(account_id=producer.pk)
    assert log()[-1][:3] == (producer.email, "account.delete", producer.email)
    assert "reader@example.org" not in (log.home.path / "logs" / "audit.jsonl").read_text()


def test_groups_and_their_limits_are_told(log, administrator):
    """What each member of a group may ask for is told with its numbers."""
    form = {"limits-TOTAL_FORMS": "1", "limits-INITIAL_FORMS": "0", "limits-0-cells": "5000000"}
    administrator.post("/admin/auth/group/add/", {"name": "partners", **form})
    lines = log()
    assert (BOSS, "limits.set", "partners", {"cells": "5000000"}) in lines
    assert (BOSS, "group.create", "partners", {}) in lines
    group = Group.objects.get(name="partners")
    administrator.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    assert log() == [(BOSS, "group.delete", "partners", {})]


def test_keys_revoked_by_an_administrator_are_told(log, administrator):
    """One line a key, with who revoked it."""
    ids = [keys.check(key=keys.create(name=name)).id for name in ("a", "b")]
    log()
    administrator.post("/admin/keys/apikey/", {"action": "take_back", "_selected_action": ids})
    assert sorted(log()) == [(BOSS, "key.revoke", f"key {key_id}", {}) for key_id in sorted(ids)]


# --- the page ---------------------------------------------------------------------------------------------------------


def _titles(page):
    return [re.sub(r"\s+", " ", one).strip() for one in re.findall(r"<h3[^>]*>(.*?)</h3>", page, re.DOTALL)]


def test_the_page_shows_what_was_done_newest_first(log, administrator):
    """Fifty lines at a time, chosen by act, actor, subject and day."""
    for n in range(60):
        auditing.record(home=log.home, actor="amina@example.org", action="release.approve", subject=f"db release {n}")
    auditing.record(home=log.home, actor="<b>ben</b>", action="key.create", subject="key 9", reason="<script>")
    first = administrator.get("/admin/audit").content.decode()
    assert len(_titles(first)) == 50
    assert _titles(first)[0] == "61. key.create: key 9"
    assert "<script>" not in first.partition("<main")[2]
    assert len(_titles(administrator.get("/admin/audit?page=2").content.decode())) == 11
    assert len(_titles(administrator.get("/admin/audit?page=99").content.decode())) == 11
    for query, n in (("action=key", 1), ("actor=AMINA", 50), ("subject=release+59", 1), ("until=2020-01-01", 0)):
        assert len(_titles(administrator.get(f"/admin/audit?{query}").content.decode())) == n, query
    for odd in ("page=-1", "page=x", f"page={'9' * 300}", "since=%00", "action=" + "x" * 5_000):
        assert administrator.get(f"/admin/audit?{odd}").status_code == 200


def test_the_page_tells_whether_anybody_changed_the_log(log, administrator):
    """It names the line, and gives the head to write down."""
    for n in range(3):
        auditing.record(home=log.home, actor="amina@example.org", action="release.approve", subject=f"db release {n}")
    page = administrator.get("/admin/audit?verify=yes").content.decode()
    assert "The log is as it was written" in page
    assert str(auditing.verify(home=log.home).head) in page
    path = log.home.path / "logs" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"release 1", b"release 9"))
    page = administrator.get("/admin/audit?verify=yes").content.decode()
    assert "The log is not as it was written" in page
    assert "line 2 as it was written: it was altered" in page


def test_the_page_is_for_administrators(log):
    """Nobody else sees it, signed in or not; it is listed where administrators look."""
    guest = Client(SERVER_NAME="localhost")
    assert guest.get("/admin/audit").status_code == 302
    sign_in(guest, accounts.of_role(role=Role.PRODUCER))
    assert guest.get("/admin/audit", follow=True).request["PATH_INFO"] == "/account"
    sign_in(guest, accounts.of_role(role=Role.ADMINISTRATOR))
    assert 'href="/admin/audit"' in guest.get("/admin/").content.decode()
    assert guest.post("/admin/audit").status_code == 405
    assert guest.get("/admin/audit").headers["Cache-Control"] == "private, no-store"


def test_the_page_tells_a_break_that_is_known(log, administrator):
    """Who knows of it and why, and never that the log is as it was written."""
    keys.create(name="a program")
    path = log.home.path / "logs" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"key.create", b"key.change"))
    auditing.acknowledge(home=log.home, actor=BOSS, reason="A disk was mended.")
    page = administrator.get("/admin/audit?verify=yes").content.decode()
    assert "The log is not whole; what is wrong is known" in page
    assert f"Acknowledged by {BOSS} on" in page
    assert "A disk was mended." in page
    assert "The log is as it was written" not in page
