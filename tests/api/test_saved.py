"""Saved tables: a query under a name, for its owner alone."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.model.classification import Node
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector
from statlas.office.keys.models import ApiKey
from statlas.office.saved.models import SavedTable
from statlas.service.office import saved
from statlas.service.office.saved import Owner

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

QUERY = Query(
    "hb_new",
    ("LAHBAMT:MEAN", "V_F_HB_NEW"),
    (
        Dimension("NEW_DATE_NAME", time=TimeSelector(TimeKind.LATEST, 13), role=Role.COLUMNS),
        Dimension("TENURE_PUB", items=(Item((Node("C_TENURE", "1"), Node("C_TENURE", "2")), "Either"),), total=True),
    ),
    (Filter("COA_CODE", (Node("V_LA", "E08000035"),)),),
)


def key(name="a program"):
    """The id of a key that nobody holds."""
    return ApiKey.objects.create(name=name, digest=name, created=timezone.now()).pk


def account(name="analyst"):
    """The id of an account."""
    return get_user_model().objects.create_user(f"{name}@example.org").pk


def test_a_query_comes_back_as_it_was_saved():
    """Groups, time, totals, filters and roles too, under an id that says nothing."""
    owner = Owner(key_id=key())
    made = saved.save(owner=owner, name="  Tenure by region ", query=QUERY)
    found = saved.get(table_id=made.id, owner=owner)
    assert found == made
    assert (found.name, found.query) == ("Tenure by region", QUERY)
    assert uuid.UUID(found.id).version == 4


def test_nobody_else_can_see_it():
    """Another's table is as unknown as one that never was; so is text that is no id."""
    made = saved.save(owner=Owner(account_id=account()), name="mine", query=QUERY)
    others = [Owner(account_id=account("other")), Owner(key_id=key())]
    told = set()
    for owner in others:
        for table_id in (made.id, str(uuid.uuid4()), "x", "", "\x00", "é" * 500):
            with pytest.raises(UnknownNameError) as unknown:
                saved.get(table_id=table_id, owner=owner)
            told.add(unknown.value.message)
        with pytest.raises(UnknownNameError):
            saved.remove(table_id=made.id, owner=owner)
        assert saved.list_all(owner=owner) == ()
    assert len(told) == 1
    assert SavedTable.objects.count() == 1


def test_a_key_sees_the_tables_of_its_account_and_its_own():
    """A key may be replaced: what it saved for its account stays."""
    of, first = account(), key("first")
    alone = saved.save(owner=Owner(key_id=first), name="before there was an account", query=QUERY)
    kept = saved.save(owner=Owner(account_id=of, key_id=first), name="kept", query=QUERY)
    assert saved.list_all(owner=Owner(account_id=of, key_id=first)) == (alone, kept)
    assert saved.list_all(owner=Owner(account_id=of, key_id=key("second"))) == (kept,)


def test_tables_go_with_their_owner():
    """Deleting an account deletes what it kept."""
    of = account()
    saved.save(owner=Owner(account_id=of), name="mine", query=QUERY)
    get_user_model().objects.get(pk=of).delete()
    assert not SavedTable.objects.exists()


def test_a_table_can_be_removed():
    """Once."""
    owner = Owner(key_id=key())
    made = saved.save(owner=owner, name="mine", query=QUERY)
    saved.remove(table_id=made.id, owner=owner)
    with pytest.raises(UnknownNameError):
        saved.remove(table_id=made.id, owner=owner)


def test_tables_are_listed_oldest_first(monkeypatch):
    """Equal names are no matter."""
    owner, now = Owner(key_id=key()), timezone.now()
    for minutes in (2, 0, 1):
        monkeypatch.setattr(timezone, "now", lambda at=now + timedelta(minutes=minutes): at)
        saved.save(owner=owner, name="same", query=QUERY)
    created = [found.created for found in saved.list_all(owner=owner)]
    assert created == sorted(created)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines", "nul\x00"])
def test_a_name_is_one_printable_line(name):
    """Anything else is refused, and nothing is kept."""
    with pytest.raises(UnusableNameError):
        saved.save(owner=Owner(key_id=key()), name=name, query=QUERY)
    assert not SavedTable.objects.exists()


def test_one_owner_keeps_so_many(monkeypatch):
    """A program that saves in a loop is stopped."""
    monkeypatch.setattr(saved, "MOST_TABLES", 2)
    owner = Owner(key_id=key())
    for _ in range(2):
        saved.save(owner=owner, name="again", query=QUERY)
    with pytest.raises(UnusableNameError):
        saved.save(owner=owner, name="again", query=QUERY)


def test_a_table_without_an_owner_cannot_be():
    """The database refuses it, whoever writes it."""
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedTable.objects.create(name="nobody's", query={}, created=timezone.now())
