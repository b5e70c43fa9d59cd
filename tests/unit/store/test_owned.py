"""What root gives to the owner of a home is what root made, whatever the owner puts in its place meanwhile."""

import os

import pytest

from statlas.store import owned

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="root gives folders away | run the tests as root")

OWNER = (65_534, 65_534)


@pytest.fixture
def home(tmp_path):
    """A home of another user's, who may rename whatever lies in it, beside a folder of root's."""
    found = tmp_path / "home"
    (found / "databases").mkdir(parents=True)
    for path in (found, found / "databases"):
        os.chown(path, *OWNER)
    (tmp_path / "roots" / "1").mkdir(parents=True)
    (tmp_path / "roots" / "file").write_text("root's")
    (tmp_path / "roots" / "1" / "file").write_text("root's")
    return found


def owners(folder):
    """The users to whom a folder and everything in it belong."""
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


@needs_root
def test_folders_on_the_way_are_made_for_the_owner_alone(home):
    """What was there keeps its owner and its mode."""
    with owned.folder_of(home, home / "databases" / "pens" / "releases") as place:
        assert os.fstat(place).st_ino == (home / "databases" / "pens" / "releases").stat().st_ino
    assert owners(home) == {OWNER[0]}
    assert (home / "databases" / "pens").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (home / "databases").iterdir()) == ["pens"]


@needs_root
@pytest.mark.parametrize("link", ["databases", "databases/pens", "databases/pens/releases"])
def test_root_follows_no_link_in_a_home_of_anothers(home, link):
    """Nothing is made where it leads, and nothing there is given away."""
    (home / "databases" / "pens").mkdir()
    if link == "databases":
        (home / "databases").rename(home / "moved")
    elif link == "databases/pens":
        (home / "databases" / "pens").rmdir()
    (home / link).symlink_to(home.parent / "roots")
    with pytest.raises(OSError), owned.folder_of(home, home / "databases" / "pens" / "releases"):  # noqa: PT011
        pytest.fail("it was opened")
    assert owners(home.parent / "roots") == {0}
    assert sorted(path.name for path in (home.parent / "roots").iterdir()) == ["1", "file"]


@needs_root
@pytest.mark.parametrize("make", ["make_folder", "folder_of"])
def test_a_folder_put_in_place_of_a_new_one_is_not_given_away(home, monkeypatch, make):
    """The owner may rename any folder in the home, root's too, the instant after root made one."""
    real = os.open

    def swapped(path, flags, *rest, **more):
        if str(path).endswith(".new"):
            draft = next(home.glob(".*.new"))
            draft.rmdir()
            (home.parent / "roots").rename(draft)
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OSError):  # noqa: PT012, PT011
        if make == "make_folder":
            owned.make_folder(home / "logs", home)
        else:
            with owned.folder_of(home, home / "logs"):
                pass
    monkeypatch.undo()
    kept = next(home.glob(".*.new"))
    assert owners(kept) == {0}


@needs_root
def test_everything_in_a_folder_of_roots_is_given_but_what_links_lead_to(home):
    """A link is given, never what it leads to; a folder that is another's, or a link itself, is refused."""
    folder = home.parent / "keeper" / "release"
    (folder / "records").mkdir(parents=True)
    (folder / "records" / "a.arrow").write_text("x")
    (folder / "link").symlink_to(home.parent / "roots")
    owned.give_all(folder, home)
    assert owners(folder) == {OWNER[0]}
    assert owners(home.parent / "roots") == {0}
    with pytest.raises(PermissionError, match="not ours"):
        owned.give_all(folder, home)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        owned.give_all(folder / "link", home)


@needs_root
def test_a_file_is_given_under_its_one_name(home):
    """One that has another name too may be anybody's."""
    file = home / "release.json"
    file.write_text("{}")
    owned.give_file(file, home)
    assert file.stat().st_uid == OWNER[0]
    os.link(home.parent / "roots" / "file", home / "other")
    (home / "link").symlink_to(home.parent / "roots" / "file")
    for name in ("other", "link"):
        with pytest.raises(OSError):  # noqa: PT011
            owned.give_file(home / name, home)
    assert owners(home.parent / "roots") == {0}


@pytest.mark.parametrize("name", ["give_all", "give_file"])
def test_where_nobody_else_owns_the_home_nothing_is_given(tmp_path, monkeypatch, name):
    """Whoever makes it keeps it."""
    (tmp_path / "what").mkdir()
    monkeypatch.setattr(os, "fchown", lambda *_args: pytest.fail("it was given"))
    monkeypatch.setattr(os, "chown", lambda *_args, **_more: pytest.fail("it was given"))
    getattr(owned, name)(tmp_path / "what", tmp_path)


def test_a_link_of_whoever_owns_the_home_is_followed(tmp_path):
    """Who serves a home of their own may have its databases on another disk."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "databases").symlink_to(tmp_path / "disk")
    with owned.folder_of(tmp_path, tmp_path / "databases" / "pens"):
        pass
    assert (tmp_path / "disk" / "pens").is_dir()
