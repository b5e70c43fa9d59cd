"""Long lists of categories are kept, and the address names them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from statlas.definitions.address import query_string
from statlas.errors import BusyError, QueryError, UnknownNameError
from statlas.office.kept.models import KeptPart
from statlas.service.office import kept
from statlas.web import asking, links

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

AREAS = tuple(f"E0200{n:04d}" for n in range(7_264))
LONG = (("rows", "AREA@V_AREA"), ("items.AREA", ";".join(AREAS)), ("columns", "MONTH"))
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _anew():
    """No test remembers what another kept."""
    kept.forget_what_is_remembered()
    yield
    kept.forget_what_is_remembered()


@pytest.fixture
def at(monkeypatch):
    """``at(days)``: so many days later."""

    def moved(days):
        kept.forget_what_is_remembered()
        monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=days))

    moved(0)
    return moved


def test_the_same_parts_have_the_same_id_and_are_kept_once():
    """Whoever chooses the same areas gets the same address."""
    assert kept.keep(LONG) == kept.keep(LONG)
    assert KeptPart.objects.count() == 1
    assert kept.parameters(kept.keep(LONG)) == LONG


class TestAnyParts(TestCase):
    """Parts of any text come back as they were."""

    @given(st.lists(st.tuples(st.text(), st.text()), min_size=1).map(tuple))
    def test_come_back(self, parts):
        """Marks, blanks, empty values and repeated names included."""
        kept.forget_what_is_remembered()
        assert kept.parameters(kept.keep(parts)) == parts


def test_a_short_address_is_written_out_and_keeps_nothing():
    """Nothing is kept of tables whose address can be read."""
    assert links.table("hb_new", LONG[:1]) == "/databases/hb_new/table?rows=AREA@V_AREA"
    assert not KeptPart.objects.exists()


def test_a_long_address_names_what_is_kept_and_leaves_the_rest_legible():
    """Only the list is kept: fields, dates and what is shown stay in the address, so paging keeps nothing new."""
    address = links.table("hb_new", (*LONG, ("row", "201")))
    path, _, tail = address.partition("&kept=")
    assert path == "/databases/hb_new/table?rows=AREA@V_AREA&columns=MONTH&row=201"
    assert len(tail) == 32
    assert links.table("hb_new", (*LONG, ("row", "401"))).endswith(tail)
    assert KeptPart.objects.count() == 1


def test_every_link_shortens(rf):
    """Pages, files, categories and jobs; what a request then reads is the whole again."""
    for address in (
        links.table("hb_new", LONG),
        links.file("hb_new", LONG, "csv"),
        links.categories("hb_new", LONG, "AREA", "items"),
        links.new_job("hb_new", LONG),
    ):
        assert len(address) < 300
        assert set(LONG) <= set(asking.parameters(rf.get(address)))


@pytest.mark.parametrize("name", ["0" * 32, "x", "", "../../etc/passwd", "0" * 31 + "Z", "0" * 33])
def test_what_is_not_kept_is_said_with_what_to_do(name):
    """An address whose list is gone, or was never there, is no other table."""
    with pytest.raises(UnknownNameError, match="Choose the categories again"):
        kept.parameters(name)


def test_the_page_of_a_list_that_is_gone_explains(site):
    """Status 400 and a sentence, not a table of everything."""
    answer = site.get(f"/databases/hb_new/table?rows=AREA&kept={'0' * 32}")
    assert answer.status_code == 400
    assert "not kept here any longer" in answer.content.decode()


def test_what_nobody_uses_goes_and_what_somebody_uses_stays(at):
    """A day more than the time is too long; a use begins it anew."""
    used, unused = kept.keep(LONG), kept.keep(LONG[:2])
    at(kept.KEPT_DAYS)
    kept.parameters(used)
    at(kept.KEPT_DAYS + 1)
    kept.keep((("a", "b"),))
    assert kept.parameters(used) == LONG
    with pytest.raises(UnknownNameError):
        kept.parameters(unused)


def test_a_use_is_noted_once_a_day(at, django_assert_num_queries):
    """Thirty links of one page cost one look."""
    part = kept.keep(LONG)
    at(1)
    with django_assert_num_queries(2):
        for _ in range(30):
            kept.parameters(part)
    assert KeptPart.objects.get().used == (NOW + timedelta(days=1)).date()


def test_one_that_is_too_long_is_refused_with_what_to_do():
    """Nobody fills the disk with one address."""
    with pytest.raises(QueryError, match="Choose a whole level"):
        kept.keep((("items.AREA", "x" * (kept.LONGEST + 1)),))


def test_room_is_made_by_forgetting_what_was_used_longest_ago(at, monkeypatch):
    """What was used in the last two days stays; where that alone fills the room, one is asked to come back."""
    monkeypatch.setattr(kept, "MOST_BYTES", 300)
    old = kept.keep((("old", "1" * 300),))
    at(3)
    packed = KeptPart.objects.get().size
    monkeypatch.setattr(kept, "MOST_BYTES", int(packed * 1.5))
    new = kept.keep((("new", "2" * 300),))
    assert kept.parameters(new)
    kept.forget_what_is_remembered()
    with pytest.raises(UnknownNameError):
        kept.parameters(old)
    with pytest.raises(BusyError):
        kept.keep((("another", "3" * 300),))


def test_where_nothing_more_is_kept_an_address_that_servers_read_stays_long(monkeypatch):
    """A full store does not break the pages of tables that work without it."""
    monkeypatch.setattr(kept, "MOST_BYTES", 0)
    some = (*LONG[:1], ("items.AREA", ";".join(AREAS[:1_000])))
    assert links.table("hb_new", some) == f"/databases/hb_new/table?{query_string(some)}"
    with pytest.raises(BusyError):
        links.table("hb_new", LONG)
