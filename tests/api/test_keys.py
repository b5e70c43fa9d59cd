"""API keys: shown once, kept as a hash, checked at every request."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.office.keys.models import ApiKey
from statlas.service.office import keys

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def clock(monkeypatch):
    """``clock(moment)`` sets the time."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def test_a_key_is_256_random_bits_in_hexadecimal():
    """64 characters, as programs expect of Stat-Xplore's; no two alike."""
    made = [keys.create(name=f"program {n}") for n in range(3)]
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in made)
    assert len(set(made)) == 3


def test_the_key_itself_is_kept_nowhere():
    """The table holds its SHA-256 and nothing from which it could be had."""
    key = keys.create(name="a program")
    row = ApiKey.objects.values().get()
    assert row["digest"] == sha256(key.encode()).hexdigest()
    assert key not in str(row)


def test_a_key_in_force_is_known_by_its_name():
    """Another is not; neither is one that shares its beginning, nor its digest."""
    key = keys.create(name="a program")
    assert keys.check(key=key).name == "a program"
    for wrong in ("", key[:-1], key + "0", key.upper(), sha256(key.encode()).hexdigest(), "\ud800", "%", "_" * 64):
        assert keys.check(key=wrong) is None, wrong


def test_a_digest_that_begins_alike_is_not_enough(monkeypatch):
    """The row found by the beginning of a digest is compared whole."""
    key = keys.create(name="a program")
    digest = sha256(key.encode()).hexdigest()
    ApiKey.objects.update(digest=digest[:-1] + ("0" if digest[-1] != "0" else "1"))
    assert keys.check(key=key) is None


def test_a_revoked_key_is_out_of_force_at_once():
    """It stays in the list, and its name may be given again."""
    key = keys.create(name="a program")
    keys.revoke(name="a program")
    assert keys.check(key=key) is None
    again = keys.create(name="a program")
    assert keys.check(key=again)
    assert [bool(known.revoked) for known in keys.list_all()] == [True, False]


def test_use_is_remembered_by_the_hour(clock):
    """Enough to find keys nobody uses, too little to follow someone's day."""
    at = datetime(2026, 1, 31, 9, 41, 59, 7, tzinfo=UTC)
    clock(at)
    key = keys.create(name="a program")
    assert keys.list_all()[0].last_used is None
    keys.check(key=key)
    assert keys.list_all()[0].last_used == datetime(2026, 1, 31, 9, tzinfo=UTC)
    clock(at + timedelta(hours=2))
    keys.check(key=key)
    assert keys.list_all()[0].last_used == datetime(2026, 1, 31, 11, tzinfo=UTC)


def test_use_is_written_once_an_hour(django_assert_num_queries):
    """A program that asks all day does not keep the disk busy."""
    key = keys.create(name="a program")
    with django_assert_num_queries(2):
        keys.check(key=key)
    with django_assert_num_queries(1):
        keys.check(key=key)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "bell\a"])
def test_a_name_is_printable_and_short(name):
    """It stands in lists and messages."""
    with pytest.raises(UnusableNameError):
        keys.create(name=name)


def test_a_name_has_one_key_in_force():
    """Spaces around it do not make another."""
    keys.create(name="a program")
    with pytest.raises(UnusableNameError):
        keys.create(name=" a program ")


def test_an_unknown_key_cannot_be_revoked():
    """Nor one that is revoked already."""
    with pytest.raises(UnknownNameError):
        keys.revoke(name="nobody")


def test_a_key_ends_by_itself(clock):
    """From the moment its time is over it is not in force; it stays in the list, and its name may be given again."""
    made = datetime(2026, 11, 23, 12, tzinfo=UTC)
    clock(made)
    key, lasting = keys.create(name="a program", days=30), keys.create(name="another")
    clock(made + timedelta(days=30, seconds=-1))
    assert keys.check(key=key).expires == made + timedelta(days=30)
    clock(made + timedelta(days=30))
    assert keys.check(key=key) is None
    assert keys.check(key=lasting)
    [ended] = [one for one in keys.list_all() if one.name == "a program"]
    assert ended.ended == made + timedelta(days=30)
    assert keys.check(key=keys.create(name="a program"))
