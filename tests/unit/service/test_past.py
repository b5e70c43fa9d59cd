from dataclasses import replace

import pytest

from statlas.model.release import Manifest, RecordFile, ReleaseFacts
from statlas.service.tables import past


def _manifest(number, **digests):
    records = tuple(RecordFile(period[1:], f"files/{digest}", 10, 100, digest) for period, digest in digests.items())
    return Manifest("hb", number, f"2025-0{number}-18T09:30:00Z", records, (), "standard", "", "default", 1, "0.1")


class _Home:
    """A home with some manifests, as ``past`` asks one."""

    path = "somewhere"

    def __init__(self, *manifests):
        self.manifests = {one.release: one for one in manifests}

    def releases(self, _database_id):
        return tuple(self.manifests)

    def facts(self, database_id, release):
        return ReleaseFacts(database_id, release)


@pytest.fixture
def told(monkeypatch):
    """``told(manifest, ...)``: the releases that are told of them."""

    def of(*manifests):
        home = _Home(*manifests)
        monkeypatch.setattr(past, "_manifest", lambda _path, _id, number: home.manifests[number])
        return past.releases(home=home, database_id="hb")

    return of


def test_a_first_release_has_its_periods_alone(told):
    """Nothing is new where nothing was before."""
    [first] = told(_manifest("1", p202501="a"))
    assert (first.number, first.periods) == ("1", ("202501",))
    assert (first.added, first.revised, first.removed) == ((), (), ())


def test_each_release_tells_what_it_changed(told):
    """The newest first: periods that came, whose records are others, and that went."""
    third, second, _ = told(
        _manifest("1", p202501="a", p202502="b"),
        _manifest("2", p202501="a", p202502="c", p202503="d"),
        _manifest("3", p202502="c", p202503="d"),
    )
    assert (second.added, second.revised, second.removed) == (("202503",), ("202502",), ())
    assert (third.added, third.revised, third.removed) == ((), (), ("202501",))


def test_the_same_records_are_no_change(told):
    """A new policy makes a release of the same periods."""
    second, _ = told(_manifest("1", p202501="a"), replace(_manifest("2", p202501="a"), policy="strong"))
    assert (second.added, second.revised, second.removed) == ((), (), ())
