"""Several processes serve one home, share what they read, and finish what they have begun when told to stop."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest


def _get(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.status, answer.read()


@pytest.fixture
def key(home):
    """A key of the site, not used yet: its first use is written down."""
    statlas = Path(sys.executable).with_name("statlas")
    command = [statlas, "key", "create", f"stopping {time.monotonic_ns()}", "--home", home.path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _nothing_is_written(home):
    """While this lasts, whatever the site wants to write down has to wait."""
    with closing(sqlite3.connect(home.path / "site.sqlite3", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def _ask(site, key):
    """Send a request whose answer takes something to be written; the line on which the answer will come."""
    line = socket.create_connection(("127.0.0.1", site.port), timeout=20)
    head = (
        f"GET /webapi/rest/v1/schema HTTP/1.1\r\nHost: localhost:{site.port}\r\nAPIKey: {key}\r\nConnection: close\r\n"
    )
    line.sendall(f"{head}\r\n".encode())
    return line


def _hear(line):
    """The whole answer on a line."""
    answer = b""
    with line:
        while part := line.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize(
    ("whom", "told_by"),
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGINT)],
    ids=["as-a-service-manager", "as-a-terminal"],
)
def test_a_request_in_flight_is_answered_whole(home, key, serve, told_by, whom):
    """The site goes once the last visitor has its answer, whichever process hears that it shall end, and how."""
    site = serve(home.path, "--workers", "2").wait()
    with _nothing_is_written(home):
        lines = [_ask(site, key) for _ in range(3)]
        time.sleep(0.5)
        whom(site.process.pid, told_by)
        time.sleep(2.5)
        assert site.process.poll() is None, "the site left its visitors"
    for line in lines:
        head, _, body = _hear(line).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert "children" in json.loads(body)
    said, _ = site.process.communicate(timeout=20)
    assert site.process.returncode == 0
    assert "Traceback" not in said
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", site.port), timeout=2):  # noqa: PT011
        pass


def test_an_answer_that_never_comes_does_not_keep_the_site(home, key, serve):
    """Ten seconds are enough for any."""
    site = serve(home.path, "--workers", "1").wait()
    with _nothing_is_written(home):
        line = _ask(site, key)
        time.sleep(0.5)
        began = time.monotonic()
        site.process.terminate()
        site.process.communicate(timeout=30)
        took_s = time.monotonic() - began
    line.close()
    assert 5 < took_s < 16


def test_processes_share_the_records_they_map_and_go_at_once(home, serve):
    """The memory of a second process that has counted the same table is what it wrote, not the records again.

    Told to end, as a service manager does it, a site at rest waits for nobody, and its port is free.
    """
    site = serve(home.path, "--workers", "2").wait()
    for _ in range(12):
        _get(f"{site.address}/databases/hb_new/table?rows=AREA&columns=TENURE&release=1")
    workers = _children(site.process.pid)
    assert len(workers) >= 2
    files = {worker: _mapped(worker, str(home.path)) for worker in workers}
    assert any(files.values()), "records are read through maps"
    assert all(how == "shared or untouched" for found in files.values() for how in found)
    began = time.monotonic()
    site.process.terminate()
    site.process.communicate(timeout=30)
    assert time.monotonic() - began < 8, "visitors who never get an answer are waited for nine seconds"
    assert site.process.returncode == 0
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", site.port))


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def _mapped(pid, folder):
    """How each map of a file in the folder is held by a process."""
    found = []
    for part in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", Path(f"/proc/{pid}/smaps").read_text("utf-8")):
        if folder in part and ".arrow" in part:
            private = int(re.search(r"^Private_Dirty:\s+(\d+)", part, re.MULTILINE)[1])
            found.append("copied" if private else "shared or untouched")
    return found
