"""The owner of a home that root serves swaps keys and folders; the keeper, and whoever seals as root, is not misled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from statlas.errors import HomeError
from statlas.model.release import DraftFacts
from statlas.store import Home, draft_files, layout, sealing, vault

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="root serves another user's home | run the tests as root")

OWNER = 65_534


@pytest.fixture
def made(home: Home) -> Iterator[Path]:
    """A home of another user's who made a draft and its keys, before root ever served it."""
    home.create()
    seal(home.path, "before")
    for path in (home.path, *home.path.rglob("*")):
        os.chown(path, OWNER, OWNER, follow_symlinks=False)
    yield home.path
    layout.let_go_of_keeper_folder(home.path)


def seal(home: Path, draft_id: str) -> None:
    """Make a draft of one file."""
    folder = home.parent / f"of {draft_id}"
    folder.mkdir()
    (folder / "told.json").write_text(draft_id)
    sealing.seal(home, DraftFacts(draft_id, draft_id, "1", "2026-11-23T09:30:00+00:00", "amina", "ab" * 32), folder)


def unsealed(home: Path, draft_id: str) -> str:
    """What a draft holds."""
    into = home.parent / f"unsealed {draft_id}"
    vault.unseal(home, draft_id, into)
    return (into / "told.json").read_text()


def start(home: Path) -> int:
    """The keeper starts, as root."""
    place = vault.hold(home)
    vault.found(home)
    return place


def as_owner_lays(path: Path, text: str) -> None:
    """A file of the owner's under this name, whatever was there."""
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    os.chown(path, OWNER, OWNER)


def test_root_seals_for_no_key_that_the_owner_made(made: Path) -> None:
    """What was sealed before opens; the next is sealed for another, which the owner never had; nothing else is kept."""
    before = layout.keeper_key(made).read_text()
    (made / "keeper" / "prepared" / "x").mkdir(parents=True)
    for path in (made / "keeper").rglob("*"):
        os.chown(path, OWNER, OWNER)
    start(made)
    assert layout.keeper_key(made).read_text() != before
    assert {path.name: path.lstat().st_uid for path in (made / "keeper").iterdir()} == {"key": 0, "key.older": 0}
    assert layout.recipient_file(made).lstat().st_uid == 0
    assert unsealed(made, "before") == "before"
    seal(made, "after")
    with draft_files.opened(made, "after") as file, pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(file.read(), [pyrage.x25519.Identity.from_str(before.strip())])
    assert unsealed(made, "after") == "after"


def test_the_next_start_changes_nothing(made: Path) -> None:
    """Keys are made once."""
    start(made)
    before = [path.read_bytes() for path in sorted(layout.keeper_folder(made).iterdir())]
    start(made)
    assert [path.read_bytes() for path in sorted(layout.keeper_folder(made).iterdir())] == before


def test_a_public_key_of_the_owners_is_refused_by_whoever_is_root(made: Path) -> None:
    """Nothing is sealed for it, and the keeper says so at its next look; gone, it is written again."""
    start(made)
    theirs = pyrage.x25519.Identity.generate()
    as_owner_lays(layout.recipient_file(made), f"{theirs.to_public()}\n")
    with pytest.raises(HomeError, match="another user's"):
        seal(made, "after")
    with pytest.raises(HomeError, match="another user's"):
        vault.found(made)
    assert not layout.draft_folder(made, "after").exists()
    layout.recipient_file(made).unlink()
    vault.found(made)
    assert layout.recipient_file(made).read_text().strip() == str(vault.identity(made).to_public())


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_is_no_file_is_no_public_key(made: Path, what: str) -> None:
    """A link, wherever it leads, and nothing that root would wait for."""
    start(made)
    path = layout.recipient_file(made)
    path.rename(made / "away")
    if what == "link":
        path.symlink_to(made / "away")
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(HomeError):
        sealing.recipient(made)


def test_a_folder_that_is_laid_in_place_of_the_keepers_is_not_used(made: Path) -> None:
    """While the keeper runs it goes on with its own, and says that it was moved; what it writes is not the owner's."""
    start(made)
    (made / "keeper").rename(made / "away")
    (made / "keeper").mkdir()
    os.chown(made / "keeper", OWNER, OWNER)
    theirs = pyrage.x25519.Identity.generate()
    as_owner_lays(made / "keeper" / "key", f"{theirs}\n")
    with pytest.raises(HomeError, match="moved away"):
        vault.check_held(made)
    assert unsealed(made, "before") == "before"
    assert str(vault.identity(made)) != str(theirs)
    layout.prepared_folder(made, "before").mkdir(parents=True)
    assert (made / "away" / "prepared" / "before").is_dir()
    assert not (made / "keeper" / "prepared").exists()
    (made / "keeper" / "key").unlink()
    (made / "keeper").rmdir()
    (made / "away").rename(made / "keeper")
    vault.check_held(made)


def test_a_keeper_that_starts_with_a_folder_that_was_laid_makes_no_key_that_counts(made: Path) -> None:
    """The public key is still root's own: nothing is sealed for what the owner laid, and somebody has to find out."""
    start(made)
    (made / "keeper").rename(made / "away")
    (made / "keeper").mkdir()
    os.chown(made / "keeper", OWNER, OWNER)
    as_owner_lays(made / "keeper" / "key", f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(HomeError, match="missing or damaged"):
        start(made)
    layout.recipient_file(made).unlink()
    start(made)
    assert (made / "keeper" / "key").lstat().st_uid == 0
    seal(made, "after")
    assert unsealed(made, "after") == "after"
    with pytest.raises(HomeError, match="cannot be read"):
        unsealed(made, "before")


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_a_draft_that_is_no_file_is_not_opened(made: Path, what: str) -> None:
    """Nobody makes root read another file, or wait for ever."""
    start(made)
    path = layout.draft_folder(made, "before") / draft_files.SEALED
    path.rename(path.with_name("away"))
    if what == "link":
        path.symlink_to("away")
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(HomeError, match="cannot be read"):
        unsealed(made, "before")


@pytest.mark.parametrize("what", ["link", "file"])
def test_a_folder_that_is_none_is_refused(made: Path, what: str) -> None:
    """Nothing that it leads to is given away or removed."""
    (made / "keeper").rename(made / "away")
    if what == "link":
        (made / "keeper").symlink_to(made / "away")
    else:
        (made / "keeper").write_text("")
    with pytest.raises(HomeError, match="move away what lies in its place"):
        start(made)
    assert (made / "away" / "key").lstat().st_uid == OWNER


def test_another_process_of_the_keepers_is_given_the_folder(made: Path) -> None:
    """It uses what it was given, whatever lies under the name by then."""
    place = start(made)
    (made / "keeper").rename(made / "away")
    layout.let_go_of_keeper_folder(made)
    vault.hold(made, os.dup(place))
    assert unsealed(made, "before") == "before"
