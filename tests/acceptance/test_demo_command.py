"""The command as people run it: served while it is made, stopped, and gone on with. In the deep lane."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from html import unescape
from pathlib import Path

import pytest

from statlas.demonstration.made import DATABASE_IDS
from statlas.service import tables
from statlas.store import making

pytestmark = pytest.mark.slow

PATIENCE_S = 300


@pytest.fixture
def port():
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def command(home, *more):
    """The command in a session of its own, as a terminal would run it."""
    arguments = ["demo", "--home", str(home), "--scale", "0.0005", *more]
    return subprocess.Popen(
        [sys.executable, "-c", "from statlas.cli import app; app()", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def page(port):
    """What the first page says; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            text = re.sub(r"<[^>]+>", " ", answer.read().decode())
            return re.sub(r"\s+", " ", unescape(text))
    except OSError:
        return ""


def wait_for(is_so):
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


def processes_of(session):
    """Processes of a session that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_it_serves_while_it_makes_the_rest_and_goes_on_after_a_stop(tmp_path, port):
    """The first database answers while others are made and the page says so; Ctrl-C ends all of it; a second run makes
    what was missing.
    """
    running = command(tmp_path, "--port", str(port))
    wait_for(lambda: "databases are there" in page(port))
    assert f"of {len(DATABASE_IDS)} databases are there" in page(port)
    wait_for(lambda: len(tables.open_home(tmp_path).databases()) >= 2)
    os.killpg(running.pid, signal.SIGINT)
    running.wait(30)
    wait_for(lambda: not processes_of(running.pid))
    assert making(tmp_path) is None or not making(tmp_path).at_work

    there = tables.open_home(tmp_path).databases()
    assert DATABASE_IDS[0] in there
    assert len(there) < len(DATABASE_IDS)
    assert command(tmp_path, "--no-serve").wait(PATIENCE_S) == 0
    assert set(tables.open_home(tmp_path).databases()) == set(DATABASE_IDS)
    assert making(tmp_path) is None
