"""Making the department: what is there is not made again, and what is not the demonstration's is left alone."""

import errno
import shutil

import pytest

from statlas.demonstration import department, made
from statlas.demonstration.made import Ask, Note, read_note, release_fingerprint, write_note
from statlas.errors import BackendError, HomeError, RecordsError
from statlas.service import tables

ASK = Ask(scale=0.001)


@pytest.fixture
def published(monkeypatch):
    """What would be published: homes and record files."""
    calls = []
    monkeypatch.setattr(tables, "publish", lambda **given: calls.append(given))
    monkeypatch.setattr(made, "DATABASE_IDS", ("SMI_CASELOAD",))
    monkeypatch.setattr(made, "Home", lambda path: FakeHome(path, calls))
    return calls


class FakeHome:
    """A home that has what was published in it."""

    def __init__(self, path, calls):
        self.path, self._calls = path, calls

    def databases(self):
        """Ids of what was published."""
        return tuple(call["definition"].stem for call in self._calls)


def ignore(*_told):
    """Take progress and do nothing with it."""


def test_an_empty_home_misses_everything(tmp_path, published):
    """Every database of the demonstration is to be made."""
    assert made.missing(tmp_path / "none", ASK) == made.DATABASE_IDS
    assert published == []


def test_what_is_made_is_published_and_noted(tmp_path, published):
    """The records lie in the home, are published with the definition, and are not missing any more."""
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    [call] = published
    assert call["definition"].name == "SMI_CASELOAD.yaml"
    assert len(call["records"]) == 1
    assert all(path.is_relative_to(tmp_path / "demonstration-source") for path in call["records"])
    assert made.missing(tmp_path, ASK) == ()


def test_a_changed_definition_is_published_again(tmp_path, published):
    """If the recipe or definition is another one than when it was published, the database is missing."""
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    write_note(tmp_path, Note(ASK, {"SMI_CASELOAD": "older"}, {"SMI_CASELOAD": "older"}))
    assert made.missing(tmp_path, ASK) == ("SMI_CASELOAD",)


def test_records_that_are_the_same_are_not_drawn_again(tmp_path, published):
    """Where the definition alone has changed, it is published over the records that are there."""
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    note = read_note(tmp_path)
    write_note(tmp_path, Note(ASK, note.drawn, {"SMI_CASELOAD": "older"}))
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    assert [len(call["records"]) for call in published] == [1, 0]
    assert made.missing(tmp_path, ASK) == ()


def test_records_that_do_not_follow_a_new_definition_are_published_again(tmp_path, monkeypatch, published):
    """A definition under which the old records cannot be kept comes with the records."""
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    write_note(tmp_path, Note(ASK, read_note(tmp_path).drawn, {"SMI_CASELOAD": "older"}))

    def refuse_alone(**given):
        if not given["records"]:
            raise RecordsError("The records do not follow.")
        published.append(given)

    monkeypatch.setattr(tables, "publish", refuse_alone)
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    assert [len(call["records"]) for call in published] == [1, 1]


def test_the_definition_is_part_of_what_is_published(tmp_path, monkeypatch):
    """A word changed in the definition changes the fingerprint of the release."""
    before = release_fingerprint("SMI_CASELOAD", ASK)
    copied = shutil.copytree(made.DATABASES, tmp_path / "databases")
    monkeypatch.setattr(made, "DATABASES", copied)
    assert release_fingerprint("SMI_CASELOAD", ASK) == before
    definition = copied / "SMI_CASELOAD.yaml"
    definition.write_text(definition.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert release_fingerprint("SMI_CASELOAD", ASK) != before


def test_a_home_of_other_databases_is_left_alone(tmp_path, monkeypatch):
    """The demonstration does not mix with real records."""
    monkeypatch.setattr(made, "DATABASE_IDS", ("SMI_CASELOAD",))
    monkeypatch.setattr(made, "Home", lambda path: FakeHome(path, [{"definition": path / "real.yaml"}]))
    with pytest.raises(HomeError, match="other databases"):
        made.missing(tmp_path, ASK)


def test_another_scale_is_refused(tmp_path, published):
    """One home has one size of the demonstration: another is asked for elsewhere."""
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    with pytest.raises(HomeError, match=r"at scale 0.001 with seed 2013, not at scale 0.002") as refused:
        made.missing(tmp_path, Ask(scale=0.002))
    assert "--home" in refused.value.mend


def test_a_home_without_anything_takes_any_scale(tmp_path):
    """What was only begun binds nobody."""
    write_note(tmp_path, Note(ASK))
    assert made.missing(tmp_path, Ask(scale=0.002)) == made.DATABASE_IDS


def test_an_interrupted_home_is_still_known(tmp_path, monkeypatch, published):
    """Stopped while publishing, the next run goes on with the records that were drawn."""

    def stop(**_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tables, "publish", stop)
        with pytest.raises(KeyboardInterrupt):
            department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    assert made.missing(tmp_path, ASK) == ("SMI_CASELOAD",)
    monkeypatch.setattr("statlas.demonstration.source._write", lambda *_: pytest.fail("drawn again"))
    department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    assert len(published) == 1


def test_a_disk_without_room_is_said_beforehand(tmp_path, monkeypatch, published):
    """Nothing is begun that cannot be finished."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1_000))
    with pytest.raises(BackendError, match=r"GB are needed and 0\.0 GB are free"):
        department.make(tmp_path / "home", "SMI_CASELOAD", ASK, ignore)
    assert published == []
    assert not (tmp_path / "home").exists()


def test_a_disk_that_runs_full_is_explained(tmp_path, monkeypatch, published):
    """A full disk gives a reason and a way out, no traceback."""

    def full(**_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tables, "publish", full)
    with pytest.raises(BackendError, match="ran full") as refused:
        department.make(tmp_path, "SMI_CASELOAD", ASK, ignore)
    assert "--scale" in refused.value.mend


def test_a_damaged_note_is_none(tmp_path):
    """A note that cannot be read is not believed."""
    (tmp_path / "demonstration.json").write_text('{"ask": 3}')
    assert read_note(tmp_path) is None
