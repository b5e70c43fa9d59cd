"""Roles in organisations are given to accounts whose address somebody has confirmed, and to no others."""

import pytest

from statlas.errors import UnusableNameError
from statlas.office.accounts import queries as accounts
from statlas.office.accounts.models import Account
from statlas.office.organisations.roles import Role
from statlas.service.office import organisations
from statlas.service.office.actors import REPAIR
from statlas.service.tables import auditing
from statlas.store import Home

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def home(tmp_path):
    """An empty home."""
    return Home(tmp_path / "home").create()


def add(home, email, **given):
    """Somebody becomes an approver."""
    organisations.add_member(home=home, slug="default", email=email, role=Role.APPROVER, actor=REPAIR, **given)


def members():
    """The addresses of those who belong."""
    return [one.email for one in organisations.members(slug="default")]


@pytest.mark.parametrize("opens_account", [False, True])
def test_an_address_that_nobody_confirmed_gets_no_role(home, opens_account):
    """Somebody registered it with a password: they may be anybody. Nothing changes, and no line is written."""
    Account.objects.create_user("chief@example.org", "copper violin umbrella")
    with pytest.raises(UnusableNameError, match="Nobody has confirmed yet that this address is theirs") as refused:
        add(home, "Chief@example.org", opens_account=opens_account)
    assert "confirm it by the letter" in str(refused.value)
    assert members() == []
    assert list(auditing.lines(home=home)) == []


def test_another_address_of_the_account_does_not_count(home):
    """The one that it had, or will have, is not the one that it signs in with."""
    account = accounts.make("before@example.org", None, None)
    Account.objects.filter(pk=account.pk).update(email="chief@example.org")
    with pytest.raises(UnusableNameError):
        add(home, "chief@example.org")


def test_once_it_is_confirmed_it_does(home):
    """By its owner; one that an administrator opens counts as confirmed, in whatever case it is written."""
    account = Account.objects.create_user("chief@example.org")
    accounts.confirm(account)
    add(home, "chief@example.org")
    add(home, "New@example.org", opens_account=True)
    assert members() == ["chief@example.org", "new@example.org"]


def test_a_role_is_taken_from_whoever_has_it(home):
    """Also where the address is not confirmed any more."""
    account = accounts.make("chief@example.org", None, None)
    add(home, "chief@example.org")
    account.emailaddress_set.update(verified=False)
    organisations.remove_member(home=home, slug="default", email="chief@example.org", role=Role.APPROVER, actor=REPAIR)
    assert members() == []
