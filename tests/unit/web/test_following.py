"""A process of the site ends with the one that started it, and waits for no other."""

import os
import subprocess
import sys
import threading

import pytest

from statlas.web import following

ORPHAN = """
import sys
from statlas.web import following
import threading
until = threading.Event()
following.follow(following.starter(), until.set)
print("ended" if until.wait(float(sys.argv[2])) else "waits", flush=True)
"""


def test_a_process_whose_parent_is_another_already_ends_at_once():
    """Its parent died before it looked: it does not take for its parent who takes orphans in."""
    ended = threading.Event()
    following.follow(os.getppid() + 1, ended.set)
    assert ended.wait(10.0)


@pytest.mark.parametrize(("starter", "seconds", "becomes"), [
    (os.getpid, "0.2", "waits"),
    (os.getppid, "20", "ended"),
])  # fmt: skip
def test_who_started_a_process_is_told_and_compared(starter, seconds, becomes):
    """The number that it is given counts, not the parent that it finds."""
    said = f"--started-by={starter()}"
    done = subprocess.run([sys.executable, "-c", ORPHAN, said, seconds], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == becomes


def test_what_is_told_is_what_is_read():
    """The process that tells is the one that is followed."""
    assert following.starter(["--reader", following.told()]) == os.getpid()


@pytest.mark.parametrize("command", [[], ["--started-by="], ["--started-by=x"], ["--started-by=1", "--started-by=2"]])
def test_a_process_that_nobody_says_to_have_started_does_not_start(command):
    """Started by hand it would keep releases, or make jobs, for ever."""
    with pytest.raises(SystemExit, match="statlas serve"):
        following.starter(command)
