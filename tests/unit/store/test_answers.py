"""Answers on the disk: bounded, sealed, shared, and lost without harm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from statlas import store
from statlas.store import AnswerFiles

KEY = b"k" * 32
RELEASE, NAME, OTHER = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def files(home):
    """Answers of a home with room for a megabyte."""
    home.create()
    return AnswerFiles(home.path, 1_000_000)


def path_of(files: AnswerFiles, name: str = NAME) -> Path:
    """Where an answer lies."""
    return files.folder / RELEASE / f"{name}.answer"


def test_what_is_kept_is_read_again_by_another_process(files, home):
    """Another object for the same folder, as another worker has, finds it."""
    files.keep(RELEASE, NAME, KEY, b"a table")
    assert AnswerFiles(home.path, 1_000_000).read(RELEASE, NAME, KEY) == b"a table"
    assert files.read(RELEASE, OTHER, KEY) is None


def test_nobody_else_may_read_it(files):
    """Files are 0600, folders 0700, whatever the umask."""
    before = os.umask(0)
    try:
        files.keep(RELEASE, NAME, KEY, b"a table")
    finally:
        os.umask(before)
    assert path_of(files).stat().st_mode & 0o777 == 0o600
    assert {p.stat().st_mode & 0o777 for p in (files.folder.parent, files.folder, files.folder / RELEASE)} == {0o700}


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "text"])
def test_a_damaged_answer_is_removed(files, harm):
    """Whatever happened to the bytes, they are not believed and do not stay."""
    files.keep(RELEASE, NAME, KEY, b"a table")
    path = path_of(files)
    whole = path.read_bytes()
    harmed = {"cut": whole[:-1], "flip": whole[:-1] + b"X", "empty": b"", "text": b"x" * 100}[harm]
    path.write_bytes(harmed)
    assert files.read(RELEASE, NAME, KEY) is None
    assert not path.exists()


def test_an_answer_of_another_name_or_home_is_not_believed(files):
    """A file moved to another query's or release's name, or sealed with another key, is nothing."""
    files.keep(RELEASE, NAME, KEY, b"a table")
    path_of(files).rename(path_of(files, OTHER))
    assert files.read(RELEASE, OTHER, KEY) is None
    files.keep(RELEASE, NAME, KEY, b"a table")
    assert files.read(RELEASE, NAME, b"l" * 32) is None


def test_links_and_pipes_are_not_followed(files, tmp_path):
    """What lies under a name but is no file is neither read nor waited for."""
    files.keep(RELEASE, NAME, KEY, b"a table")
    elsewhere = tmp_path / "elsewhere"
    path_of(files).rename(elsewhere)
    path_of(files).symlink_to(elsewhere)
    assert files.read(RELEASE, NAME, KEY) is None
    os.mkfifo(path_of(files, OTHER))
    assert files.read(RELEASE, OTHER, KEY) is None
    assert elsewhere.exists()


def test_the_bound_holds_and_what_was_used_last_stays(home):
    """Those unused longest go first; however much is kept, the folder stays within its room."""
    home.create()
    files = AnswerFiles(home.path, 400_000)
    for n in range(100):
        files.keep(RELEASE, f"{n:032x}", KEY, bytes(9_000))
        os.utime(path_of(files, f"{n:032x}"), (n + 1, n + 1))
        assert files.read(RELEASE, "0" * 32, KEY) is not None  # asked for again and again
        os.utime(path_of(files, "0" * 32))
        assert sum(p.stat().st_size for p in files.folder.rglob("*.answer")) <= 400_000
    left = {path.stem for path in files.folder.rglob("*.answer")}
    assert {"0" * 32, f"{99:032x}"} <= left
    assert f"{1:032x}" not in left
    assert len(left) > 15


def test_too_large_an_answer_is_not_kept(files):
    """One table does not push out all others."""
    files.keep(RELEASE, NAME, KEY, bytes(200_000))
    assert not files.folder.exists()


def test_what_is_not_ours_is_removed_and_what_is_being_written_stays(files, home, tmp_path):
    """A sweep removes foreign files, folders, links (not what they lead to) and old drafts; fresh ones stay."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    folder = files.folder / RELEASE
    files.keep(RELEASE, NAME, KEY, b"a table")
    (files.folder / "foreign").mkdir()
    (files.folder / "foreign" / "file").write_text("x")
    (folder / "file.pickle").write_text("x")
    (folder / "link").symlink_to(precious)
    (files.folder / ("d" * 32)).symlink_to(precious)
    fresh, old = folder / f".{NAME}.{'0' * 16}.new", folder / f".{NAME}.{'1' * 16}.new"
    fresh.write_text("x")
    old.write_text("x")
    os.utime(old, (1, 1))
    AnswerFiles(home.path, 1_000_000).keep(RELEASE, OTHER, KEY, b"another")
    assert {p.name for p in folder.iterdir()} == {path_of(files).name, path_of(files, OTHER).name, fresh.name}
    assert [p.name for p in files.folder.iterdir()] == [RELEASE]
    assert (precious / "file").read_text() == "kept"


def test_a_disk_that_cannot_be_written_to_only_loses_the_answers(home):
    """Where the folder cannot be made nothing is kept, nothing raised, and everybody works alone."""
    home.create()
    (home.path / "cache").write_text("in the way")
    files = AnswerFiles(home.path, 1_000_000)
    files.keep(RELEASE, NAME, KEY, b"a table")
    assert files.read(RELEASE, NAME, KEY) is None
    with files.alone(RELEASE, NAME) as first, files.alone(RELEASE, NAME) as second:
        assert first
        assert second


def test_no_room_keeps_nothing(home):
    """A bound of 0 makes no folder."""
    home.create()
    files = AnswerFiles(home.path, 0)
    files.keep(RELEASE, NAME, KEY, b"")
    with files.alone(RELEASE, NAME) as mine:
        assert mine
    assert files.read(RELEASE, NAME, KEY) is None
    assert not (home.path / "cache").exists()


def test_many_writers_leave_one_whole_answer(files):
    """Writers of the same and of other names at once, and readers between them, see whole answers alone."""
    bodies = [bytes([n]) * 50_000 for n in range(8)]

    def work(n: int) -> None:
        for _ in range(20):
            files.keep(RELEASE, NAME, KEY, bodies[n])
            assert files.read(RELEASE, NAME, KEY) in (*bodies, None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert files.read(RELEASE, NAME, KEY) in bodies
    assert [p.name for p in (files.folder / RELEASE).iterdir()] == [path_of(files).name]


def test_one_at_a_time_works_on_an_answer(files, home):
    """A second one is told so, in this process and in another; the end of a process ends its hold."""
    program = (
        "import sys, time; from pathlib import Path; from statlas.store import AnswerFiles\n"
        f"with AnswerFiles(Path({str(home.path)!r}), 10**6).alone({RELEASE!r}, {NAME!r}) as mine:\n"
        "    print(mine, flush=True); time.sleep(60)\n"
    )
    with (
        files.alone(RELEASE, NAME) as first,
        files.alone(RELEASE, NAME) as second,
        files.alone(RELEASE, OTHER) as other,
    ):
        assert (first, second, other) == (True, False, True)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with files.alone(RELEASE, NAME) as mine:
            assert not mine
        process.kill()
    with files.alone(RELEASE, NAME) as mine:
        assert mine


def test_verifying_does_not_look_at_answers(publish, home):
    """Nothing in the cache is missing, changed or extra."""
    publish({"202501": b"x"})
    home.secret("noise.v1", 16)
    before = store.verify(home.path)
    AnswerFiles(home.path, 10**6).keep(RELEASE, NAME, KEY, b"a table")
    (home.path / "cache" / "foreign").write_text(str(time.time()))
    assert tuple(store.verify(home.path)) == tuple(before)
