"""A release is made all at once or not at all."""

import errno
import fcntl
import os
from pathlib import Path
from typing import Any

import pytest
from releases import release
from trees import tree

from statlas.errors import DefinitionError, HomeError, UnknownNameError
from statlas.model.release import Agreement
from statlas.store import Home, durable, locking


def test_a_first_publish_makes_the_home(home: Home, publish: Any) -> None:
    """It has a release that answers, and everything confidential is its owner's alone."""
    manifest = publish({"202501": b"one"})
    assert home.exists
    assert (manifest.release, manifest.previous, manifest.periods) == ("1", None, ("202501",))
    assert home.current("clubs") == manifest
    assert home.path_of(manifest.records[0]).read_bytes() == b"one"
    assert home.read_file(manifest, "definition/clubs.yaml") == b"id: clubs\n"
    assert home.path_of(manifest.records[0]).stat().st_mode & 0o777 == 0o400
    assert (home.path / "databases").stat().st_mode & 0o077 == 0


def test_leaving_without_commit_leaves_no_trace(home: Home, publish: Any) -> None:
    """An error on the way leaves the tree as it was, to the byte; also where there was no home."""
    for _ in range(2):
        before = tree(home.path)
        with pytest.raises(ZeroDivisionError):
            _give_up(home)
        assert tree(home.path) == before
        publish({"202501": b"one"})


def _give_up(home: Home) -> None:
    with home.publish("clubs") as publication:
        publication.secret("family-clubs.v1", 32)
        (publication.staging / "deep").mkdir()
        (publication.staging / "deep" / "file").write_bytes(b"x")
        raise ZeroDivisionError


def test_unchanged_files_are_shared(home: Home, publish: Any) -> None:
    """A release lists the files of periods it does not touch, and rewrites none of them."""
    first = publish({"202501": b"one", "202502": b"two"})
    kept = home.path_of(first.records[0])
    before = kept.stat()
    second = publish({"202503": b"three"})
    assert second.records[:2] == first.records
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(list((home.path / "databases/clubs/releases").glob("*/records/*"))) == 3
    assert home.manifest("clubs", "1") == first


def test_epochs_count_changes_of_records(publish: Any) -> None:
    """New records of a published period raise its epoch by one, the same bytes do not, new periods raise nothing."""
    publish({"202501": b"one", "202502": b"two"})
    assert [r.epoch for r in publish({"202501": b"changed"}).records] == [1, 0]
    assert [r.epoch for r in publish({"202501": b"changed", "202503": b"three"}).records] == [1, 0, 0]
    assert [r.epoch for r in publish({"202501": b"one"}).records] == [2, 0, 0]


def test_a_fourth_epoch_is_told(home: Home, publish: Any) -> None:
    """Epoch 3 and every later one need an agreement when they are new; it is part of the manifest."""
    for content in (b"0", b"1", b"2"):
        publish({"202501": content})
    with home.publish("clubs") as publication:
        assert publication.needing_agreement == ()
        path = publication.staging / "202501.arrow"
        path.write_bytes(b"3")
        publication.add_record_file("202501", path, 1)
        assert [(r.period, r.epoch) for r in publication.needing_agreement] == [("202501", 3)]
        assert publication.revised == ("202501",)
        agreement = Agreement("202501", 3, "A. Officer", "A court asked.", "2026-11-22")
        publication.commit(release(agreements=(agreement,)))
    assert home.current("clubs").agreements == (agreement,)
    with home.publish("clubs") as publication:
        assert publication.needing_agreement == ()


def test_nothing_changed_is_seen(home: Home, publish: Any) -> None:
    """Time and software make no release; records, definition, policy and family do."""
    publish({"202501": b"one"})
    with home.publish("clubs") as publication:
        assert publication.is_unchanged(release(created="2027-01-01T00:00:00+00:00", software="9"))
        assert not publication.is_unchanged(release(files={"database.json": b"{ }"}))
        assert not publication.is_unchanged(release(policy="strong"))
        assert not publication.is_unchanged(release(family="other"))
        path = publication.staging / "202501.arrow"
        path.write_bytes(b"two")
        publication.add_record_file("202501", path, 1)
        assert not publication.is_unchanged(release())


@pytest.mark.parametrize("changes", [{"policy": "open", "ptable": ""}, {"ptable": "p2"}])
def test_a_family_has_one_table_of_noise(home: Home, publish: Any, changes: dict[str, str]) -> None:
    """Another table, or none, in one family is refused, naming the database, and also for a database's own past."""
    publish({"202501": b"one"})
    before = tree(home.path)
    for database in ("other", "clubs"):
        with pytest.raises(DefinitionError, match="family") as raised:
            publish({"202501": b"two"}, database=database, **changes)
        [fault] = raised.value.faults
        assert fault.code == "family-policy"
        assert "clubs" in fault.expected
        assert tree(home.path) == before
    assert publish({"202501": b"two"}, database="other", family="another", **changes).release == "1"


def test_a_family_may_have_several_rules(home: Home, publish: Any) -> None:
    """Policies over the same table differ in what they print, not in the numbers, and may stand side by side."""
    publish({"202501": b"one"})
    assert publish({"202501": b"two"}, database="other", policy="stricter").release == "1"


def test_one_publisher_at_a_time(home: Home, publish: Any) -> None:
    """The second is told who holds the database; another database is free; afterwards all are."""
    with home.publish("clubs"), pytest.raises(HomeError, match=f"process {os.getpid()} of"), home.publish("clubs"):
        pass
    with home.publish("clubs"), home.publish("other"):
        pass
    assert publish({"202501": b"one"}).release == "1"


def test_what_a_killed_publish_left_is_cleaned(home: Home, publish: Any) -> None:
    """Staging folders, files and releases that nobody can see are gone after the next publish, seen ones are not."""
    publish({"202501": b"one"})
    database = home.path / "databases" / "clubs"
    before = tree(database)
    (database / "staging-abc" / "spill").mkdir(parents=True)
    (database / "staging-abc" / "spill" / "x").write_bytes(b"x")
    (database / "files" / "zz").mkdir(parents=True)
    (database / "files" / "zz" / "zz.arrow").write_bytes(b"x")
    (database / "releases" / "2").mkdir()
    with home.publish("clubs"):
        pass
    assert {k: v for k, v in tree(database).items() if "files" not in k} == before
    assert not list(database.glob("files/zz/*"))


def test_a_disk_that_lies_is_noticed(home: Home, publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back must be what was written; otherwise the previous release goes on answering."""
    first = publish({"202501": b"one"})
    digests = iter([durable.Digest(3, "aa" * 32), durable.Digest(3, "bb" * 32)])
    monkeypatch.setattr(durable, "digest", lambda *_: next(digests))
    with pytest.raises(HomeError, match="did not keep"):
        publish({"202501": b"two"})
    assert home.current("clubs") == first


def test_a_secret_made_meanwhile_stops_the_publish(home: Home) -> None:
    """Two first publishes of one family at once: the second to end would have keys of its own, so it is refused."""
    with home.publish("clubs") as publication:
        publication.secret("family-clubs.v1", 32)
        home.secret("family-clubs.v1", 32)
        with pytest.raises(HomeError, match="made by another publish"):
            publication.commit(release())
    assert home.databases() == ()


@pytest.mark.parametrize("database_id", ["../clubs", "a/b", ".", "..", "", "a b", "-x"])
def test_ids_cannot_leave_the_home(home: Home, database_id: str) -> None:
    """An id that could be a path elsewhere is refused by every way in."""
    for way in (home.publish, home.current, home.releases):
        with pytest.raises(HomeError, match="cannot be the id"):
            way(database_id)
    assert not home.path.exists()


def test_names_that_are_not_there(home: Home, publish: Any) -> None:
    """Databases, releases and files that are not there are told by name."""
    manifest = publish({"202501": b"one"})
    for way in (
        lambda: home.current("nowhere"),
        lambda: home.manifest("clubs", "2"),
        lambda: home.manifest("clubs", "0"),
        lambda: home.read_file(manifest, "../../current"),
    ):
        with pytest.raises(UnknownNameError):
            way()
    assert home.databases() == ("clubs",)
    assert home.releases("clubs") == ("1",)
    assert home.releases("nowhere") == ()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', '{"format": "1"}', "\ufeff"])
def test_a_home_of_another_format_is_refused(home: Home, text: str) -> None:
    """A later or damaged home is never written to."""
    home.path.mkdir()
    (home.path / "home.json").write_text(text, "utf-8")
    before = tree(home.path)
    for way in (lambda: home.exists, home.create, lambda: home.secret("x", 1), lambda: home.publish("c").__enter__()):
        with pytest.raises(HomeError):
            way()
    assert tree(home.path) == before


def test_a_lock_is_gone_with_its_process(home: Home, publish: Any) -> None:
    """A lock held by a process that is killed is free: it is the system's, not a file's."""
    publish({"202501": b"one"})
    folder = home.path / "databases" / "clubs"
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), 9) if _take(folder) else os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    with locking.locked(folder, wait=False):
        pass


def _take(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


def test_the_draft_of_what_answers_lies_in_staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it says which release answers, a publish leaves its draft where the next one cleans."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "staging-x").mkdir()
    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        durable.replace(tmp_path / "current", b"2\n", draft_folder=tmp_path / "staging-x")
    assert [path.name for path in tmp_path.iterdir()] == ["staging-x"]


def test_a_disk_that_fails_is_told(home: Home, publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's error becomes one of the home, and the previous release goes on answering."""
    first = publish({"202501": b"one"})

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(durable, "flush", full)
        with pytest.raises(HomeError, match="No space left"):
            publish({"202501": b"two"})
    assert home.current("clubs") == first
    assert publish({"202501": b"two"}).release == "2"


def test_a_lock_on_a_folder_that_is_gone_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a publish that fails and tidies up does not go on in a folder without a name."""
    folder = tmp_path / "clubs"
    with pytest.raises(locking.HeldError), locking.locked(folder, wait=False):
        pass
    folder.mkdir()
    take = locking._take

    def late(descriptor: int, *, wait: bool) -> None:
        folder.rmdir()
        take(descriptor, wait=wait)

    monkeypatch.setattr(locking, "_take", late)
    with pytest.raises(locking.HeldError), locking.locked(folder, wait=False):
        pass


def test_a_publisher_may_have_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container a user may be a number alone."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert f"of user {os.getuid()} on" in locking.who()
