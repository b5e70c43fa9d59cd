"""What the keeper counts first once a release is public."""

import four_releases

from statlas.model.release import Notice
from statlas.service.keeper.warming import Warming
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.giving import Giving
from statlas.store import layout, notices


def test_what_differs_from_the_release_before_is_counted_before_it_is_asked_for(tmp_path, monkeypatch):
    """Whoever opens the page of changes first waits for no count: every table of it is kept, on the disk too."""
    home = four_releases.first(tmp_path)
    warming = Warming(home)
    four_releases.second(home, tmp_path)
    four_releases.third(home, tmp_path)
    before = {*layout.answers_folder(home.path).rglob("*")}
    warming.look()
    assert len({*layout.answers_folder(home.path).rglob("*")} - before) >= 8, "two releases, all, two levels, sex"
    monkeypatch.setattr(Giving, "_count", _never)
    found = difference(home=home, database_id="help", then="2")
    told = [level_difference(home=home, found=found, level=level) for level in found.compared_unasked]
    assert [one.level.name for one in told] == ["all", "AREA@REGION", "SEX@C_SEX", "AREA@TOWN"]
    assert any(one.n_beyond for one in told)


def _never(_giving, _query):
    raise AssertionError("a table is counted that was to be kept")


def test_nothing_is_compared_with_a_release_that_was_withdrawn(tmp_path, monkeypatch):
    """The release before is the one before it that may be asked for; a first one is compared with none."""
    compared = []
    monkeypatch.setattr(
        "statlas.service.keeper.warming.level_difference",
        lambda *, home, found, level: compared.append((found.then.release, found.now.release)),
    )
    home = four_releases.first(tmp_path)
    warming = Warming(home)
    warming._known = {}
    warming.look()
    assert compared == []
    four_releases.second(home, tmp_path)
    four_releases.third(home, tmp_path)
    notices.withdraw(
        layout.database_folder(home.path, "help"), Notice("help", "2", "It was wrong.", "2026-01-01T00:00:00+00:00")
    )
    warming.look()
    assert set(compared) == {("1", "3")}
