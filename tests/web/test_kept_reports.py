"""What the checks found stays with a release when it is public, for its own organisation and nobody else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from homes import write_definition, write_records
from visiting import visit

from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import State
from statlas.service import tables
from statlas.service.office import organisations
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import Role
from statlas.service.office.releases import acting
from statlas.service.tables import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path, settings):
    """A home with one release, published at once, that the office has found; its producer, and another's."""
    home = tables.open_home(tmp_path / "home")
    records = [write_records(tmp_path / "records.csv", months=("202501",), n=300)]
    at_once.publish_now(home=home, definition=write_definition(tmp_path), records=records, by="ada", accepted="Chance.")
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    boss = Actor.of_account(Account.objects.create_superuser("boss@example.org"))
    people = {}
    for slug, database in (("clubs", "clubs"), ("rents", "rents")):
        organisations.register(home=home, slug=slug, name=slug.title(), actor=boss)
        organisations.claim(home=home, slug=slug, actor=boss, database_id=database)
        people[slug] = Account.objects.create_user(f"{slug}@example.org")
        account_queries.confirm(people[slug])
        organisations.add_member(home=home, slug=slug, email=people[slug].email, role=Role.PRODUCER, actor=boss)
    acting.repair(home=home)
    return SimpleNamespace(home=home, row=ReleaseRow.objects.get(), **people)


def test_reports_of_a_public_release_are_read_without_the_keeper(office):
    """Its page leads there; others find neither."""
    page = f"/work/releases/{office.row.pk}"
    assert office.row.state == State.PUBLIC
    assert f"{page}/reports" in visit(office.clubs).get(page).content.decode()
    shown = visit(office.clubs).get(f"{page}/reports")
    assert shown.status_code == 200
    assert "Nothing that was found needs a reason." in shown.content.decode()
    assert visit(office.rents).get(f"{page}/reports").status_code == 404
    assert visit().get(f"{page}/reports").status_code == 302


@pytest.mark.parametrize("what", ["nothing is kept", "given up"])
def test_where_there_are_no_reports_nothing_leads_to_them(office, what):
    """A release of before, and one that was given up: what lies under its number is of another."""
    if what == "given up":
        ReleaseRow.objects.update(state=State.DISCARDED)
    else:
        for path in office.home.path.rglob("reports.json"):
            path.unlink()
    page = f"/work/releases/{office.row.pk}"
    assert f"{page}/reports" not in visit(office.clubs).get(page).content.decode()
    assert visit(office.clubs).get(f"{page}/reports").status_code == 404
