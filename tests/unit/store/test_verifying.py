"""Verifying a home tells what is missing, changed or extra."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from statlas.errors import HomeError
from statlas.store import Home, verify


def told(home: Home) -> list[tuple[str, str]]:
    """Codes and files of what verify finds."""
    return [(fault.code, fault.file) for fault in verify(home.path)]


@pytest.fixture
def published(home: Home, publish: Any) -> Home:
    """A home with two releases and two databases."""
    publish({"202501": b"one", "202502": b"two"})
    publish({"202502": b"changed"})
    publish({"202501": b"one"}, database="other")
    assert told(home) == []
    return home


def record_of(home: Home, n: int = 0) -> Path:
    """A record file of ``clubs``."""
    return home.path_of(home.current("clubs").records[n])


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.unlink(), "missing-file"),
        (lambda path: (path.chmod(0o600), path.write_bytes(b"onf")), "changed-file"),
        (lambda path: (path.chmod(0o600), path.write_bytes(b"one\0")), "changed-file"),
        (lambda path: (path.chmod(0o600), path.write_bytes(b"")), "changed-file"),
    ],
)
def test_damaged_records_are_told(published: Home, damage: Callable[[Path], object], code: str) -> None:
    """A file that is gone, cut or changed by one bit is named, once, though two releases list it."""
    path = record_of(published)
    damage(path)
    assert told(published) == [(code, str(path.relative_to(published.path)))]


def test_every_file_of_every_release_counts(published: Home) -> None:
    """Manifests, definitions and earlier releases are hashed as well; a lost manifest makes no other file extra."""
    release = published.path / "databases/clubs/releases/1"
    for name in ("database.json", "definition/clubs.yaml", "manifest.json"):
        path = release / name
        before = path.read_bytes()
        path.write_bytes(before.replace(b"c", b"d", 1) + b" ")
        assert told(published) == [("changed-file", str(path.relative_to(published.path)))]
        path.unlink()
        assert told(published) == [("missing-file", str(path.relative_to(published.path)))]
        path.write_bytes(before)
    (release / "release.json").write_text("{}")
    assert told(published) == [("changed-file", "databases/clubs/releases/1/release.json")]
    (published.path / "databases/clubs/current").write_text("x")
    assert told(published) == [("changed-file", "databases/clubs/current")]


def test_a_manifest_edited_by_hand_is_told(published: Home) -> None:
    """A manifest carries its own hash: an epoch set back is noticed."""
    path = published.path / "databases/clubs/releases/2/manifest.json"
    path.write_text(path.read_text().replace('"epoch": 1', '"epoch": 0'))
    assert told(published) == [("changed-file", str(path.relative_to(published.path)))]


def test_extra_files_are_told(published: Home) -> None:
    """What no release lists is named, but not while the database is being published."""
    extra = ["databases/clubs/files/00/x.arrow", "databases/clubs/releases/1/note.txt"]
    extra += ["databases/clubs/releases/2/records/x.arrow", "databases/clubs/staging-1/x"]
    extra.append("databases/other/note.txt")
    for name in extra:
        (published.path / name).parent.mkdir(parents=True, exist_ok=True)
        (published.path / name).write_bytes(b"x")
    assert told(published) == [("extra-file", name) for name in extra]
    with published.publish("other"):
        assert told(published) == [("extra-file", name) for name in extra[:4]]


def test_a_release_that_was_lost_is_told(published: Home) -> None:
    """Numbers follow each other, so that a folder which is gone is noticed; its shared files are nobody's then."""
    shutil.rmtree(published.path / "databases/clubs/releases/1")
    assert ("missing-file", "databases/clubs/releases/1") in told(published)


def test_secrets_that_are_lost_or_open_are_told(published: Home) -> None:
    """Without its secret no period of a family can be added, so verify looks for it."""
    path = published.path / "secrets" / "family-clubs.v1.key"
    path.chmod(0o644)
    assert told(published) == [("unusable-secret", "secrets/family-clubs.v1.key")]
    path.unlink()
    assert told(published) == [("missing-file", "secrets/family-clubs.v1.key")]


def test_a_folder_that_is_no_home_is_told(tmp_path: Path) -> None:
    """Nothing to verify is an error, not a clean report."""
    with pytest.raises(HomeError, match="is no home"):
        verify(tmp_path)


def test_progress_is_told(published: Home) -> None:
    """Fractions rise to one."""
    told: list[float] = []
    verify(published.path, lambda _stage, fraction, _rate: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
