"""The note of what is being made: there while somebody is at it, known as left behind when they were killed."""

import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from statlas.store import HeldError, Making, making, telling


def test_nothing_is_told_where_nothing_is_made(tmp_path):
    """A home that nobody works at has no note, whether or not it is there."""
    assert making(tmp_path) is None
    assert making(tmp_path / "none") is None


def test_what_was_told_last_is_what_is_read(tmp_path):
    """The newest note counts, and it goes when all is made."""
    with telling(tmp_path) as tell:
        tell(Making("First", 0, 2))
        tell(Making("Second", 1, 2, "publishing", 0.25))
        assert making(tmp_path) == Making("Second", 1, 2, "publishing", 0.25, at_work=True)
    assert making(tmp_path) is None


def test_a_failure_leaves_the_note(tmp_path):
    """Whoever looks afterwards learns what was in work and that nobody is at it any more."""
    with suppress(ZeroDivisionError), telling(tmp_path) as tell:
        tell(Making("First", 0, 2))
        raise ZeroDivisionError
    assert making(tmp_path) == Making("First", 0, 2, at_work=False)


def test_only_one_tells(tmp_path):
    """A second process is refused."""
    with telling(tmp_path), pytest.raises(HeldError), telling(tmp_path):
        pass


def test_a_killed_process_is_known_to_be_gone(tmp_path):
    """Its lock goes with it: the note is told as left behind, and the next process may begin."""
    dies = f"""
import os, signal
from pathlib import Path
from statlas.store import Making, telling
with telling(Path({str(tmp_path)!r})) as tell:
    tell(Making("First", 0, 2))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", dies], check=False, timeout=60).returncode == -signal.SIGKILL
    assert making(tmp_path) == Making("First", 0, 2, at_work=False)
    with telling(tmp_path):
        assert making(tmp_path).at_work


@pytest.mark.parametrize("note", ["", "{", "[]", '{"label": 1}', '{"colour": "red"}'])
def test_a_note_that_cannot_be_read_tells_nothing(tmp_path, note):
    """A damaged note takes no page down."""
    (tmp_path / "making").mkdir()
    (tmp_path / "making" / "progress.json").write_text(note, encoding="utf-8")
    assert making(tmp_path) is None
