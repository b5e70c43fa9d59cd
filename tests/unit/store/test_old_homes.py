"""A home of the first layout, with ``current`` and ``files/``, is read as it was; its next release is of the new."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trees import tree

from statlas.errors import HomeError, UnknownNameError
from statlas.model.release import RecordFile
from statlas.store import Home, layout, manifests, verify


@pytest.fixture
def old(home: Home, publish: Any) -> Home:
    """Two releases as an earlier version laid them out."""
    publish({"202501": b"one", "202502": b"two"})
    publish({"202502": b"changed"})
    database = layout.database_folder(home.path, "clubs")
    for release in ("1", "2"):
        folder = layout.release_folder(database, release)
        manifest = home.manifest("clubs", release)
        (folder / layout.FACTS).unlink()
        records = tuple(_moved(home, record) for record in manifest.records)
        (folder / layout.MANIFEST).write_bytes(manifests.dumps(replace(manifest, records=records)))
    for release in ("1", "2"):
        (layout.release_folder(database, release) / "records").rmdir()
    layout.current_file(database).write_text("2\n")
    (home.path / "home.json").write_text('{"format": 1}\n')
    return home


def _moved(home: Home, record: RecordFile) -> RecordFile:
    """A file of records, among those that all releases share."""
    target = layout.old_record_file(layout.database_folder(home.path, "clubs"), record.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    if home.path_of(record).exists():
        shutil.move(home.path_of(record), target)
    return replace(record, path=str(target.relative_to(home.path)))


def test_an_old_home_is_read_as_it_was(old: Home) -> None:
    """Databases, releases, records and files; what is told of a release follows from its manifest."""
    assert (old.databases(), old.releases("clubs")) == (("clubs",), ("1", "2"))
    assert [old.path_of(record).read_bytes() for record in old.current("clubs").records] == [b"one", b"changed"]
    assert old.read_file(old.current("clubs"), "database.json") == b"{}\n"
    facts = [old.facts("clubs", release) for release in ("1", "2")]
    assert [(one.version, one.public_from) for one in facts] == [
        ("1.0.0", "2026-11-22T09:30:00+00:00"),
        ("1.1.0", "2026-11-22T09:30:00+00:00"),
    ]
    assert not verify(old.path)
    assert not old.immediate


def test_the_next_release_is_of_the_new_layout(old: Home, publish: Any) -> None:
    """It answers though `current` names another; old files are shared by path and rewritten by nobody."""
    before = tree(old.path / "databases" / "clubs" / "files")
    made = publish({"202503": b"three"})
    assert (made.release, made.previous) == ("3", "2")
    assert old.current("clubs") == made
    assert [record.path.split("/")[2] for record in made.records] == ["files", "files", "releases"]
    assert tree(old.path / "databases" / "clubs" / "files") == before
    assert [record.epoch for record in made.records] == [0, 1, 0]
    assert not verify(old.path)


def test_what_a_killed_publish_of_old_left_is_no_release(old: Home, publish: Any) -> None:
    """A folder above `current` without `release.json` was never seen, and gives its number to the next release."""
    left = layout.release_folder(layout.database_folder(old.path, "clubs"), "3")
    shutil.copytree(left.with_name("2"), left)
    assert old.all_releases("clubs") == ("1", "2")
    with pytest.raises(UnknownNameError):
        old.manifest("clubs", "3")
    assert publish({"202503": b"three"}).release == "3"
    assert old.current("clubs").periods == ("202501", "202502", "202503")


@pytest.mark.parametrize("text", ["x", "", "-1", "0", "2\n2", "1e3"])
def test_a_damaged_current_is_told(old: Home, text: str) -> None:
    """Nobody guesses which releases of an old home were public."""
    layout.current_file(layout.database_folder(old.path, "clubs")).write_text(text)
    for way in (lambda: old.current("clubs"), lambda: old.releases("clubs"), old.databases):
        with pytest.raises(HomeError):
            way()


@pytest.mark.parametrize("name", ["0", "01", "-1", "3.new", ".3", "x", "3 ", "1000000000", "٣"])
def test_a_folder_of_another_name_is_no_release(old: Home, name: str) -> None:
    """Only a plain number of at most nine digits names a release."""
    folder = layout.releases_folder(layout.database_folder(old.path, "clubs")) / name
    shutil.copytree(folder.with_name("2"), folder)
    (folder / layout.FACTS).write_bytes(b"{}")
    assert old.all_releases("clubs") == ("1", "2")
    with pytest.raises((UnknownNameError, HomeError)):
        old.manifest("clubs", name)


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("", "ceremony"),
        (', "immediate": false', "ceremony"),
        (', "immediate": "true"', "ceremony"),
        (', "immediate": 1', "ceremony"),
        (', "immediate": true', "none"),
    ],
)
def test_a_home_wants_immediate_releases_only_if_it_says_so(old: Home, text: str, wants: str) -> None:
    """Nothing but the word itself counts."""
    (old.path / "home.json").write_text(f'{{"format": 1{text}}}')
    assert old.immediate is (wants == "none")


def test_who_makes_a_home_says_what_it_wants(tmp_path: Path, home: Home, publish: Any) -> None:
    """Made by a publish at once it wants more of them; made by anything else it does not."""
    assert not home.immediate
    publish({"202501": b"one"})
    assert home.immediate
    assert not Home(tmp_path / "other").create().immediate
