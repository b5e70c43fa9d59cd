"""Letters about releases reach a real mail server from a real site, also where a process is killed as one is taken."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from statlas.service import tables

ACTS = """
import sys
from pathlib import Path
from statlas.cli.site import prepare_site
prepare_site(Path(sys.argv[1]))
from statlas.office.accounts import queries as accounts
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting
from statlas.service.tables.drafting import DraftReport
home = tables.open_home(sys.argv[1])
accounts.make("ben@example.org", None, Role.APPROVER)
amina = Actor.of_account(accounts.make("amina@example.org", None, Role.PRODUCER), os_user="amina")
report = DraftReport("d" * 32, "secret_new", "1", "a" * 64, "1.0.0", 0)
release = acting.begin(home=home, draft=report, actor=amina).id
acting.check(home=home, release_id=release, actor=amina, reason="secret")
print(release)
"""


class Box:
    """What a mail server took; it kills whoever sends the first letter, as it takes it."""

    def __init__(self):
        self.letters = []
        self.site = None

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the server's own name
        """Take a letter."""
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        if len(self.letters) == 1:
            os.kill(_sender(self.site), signal.SIGKILL)
        return "250 Taken"


def _sender(site):
    """The process of a site that makes files and sends letters."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = re.search(r"^PPid:\t(\d+)", (folder / "status").read_text(), re.MULTILINE)
            if b"statlas.web.jobs_worker" in words and int(parent[1]) == site:
                return int(folder.name)
    raise AssertionError("nobody sends letters")


@pytest.fixture
def box(free_port):
    """A mail server on this machine."""
    found = Box()
    server = Controller(found, hostname="127.0.0.1", port=free_port)
    server.start()
    found.url = f"smtp://127.0.0.1:{free_port}"
    yield found
    server.stop()


def until(is_so):
    """Wait for something that is to come."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def test_an_approver_is_told_once_more_where_nobody_knows_whether_they_were(box, serve, tmp_path):
    """Another process acts, as commands do; the site's sends. It is killed, and the next one does what is left."""
    home = tmp_path / "home"
    tables.open_home(home).create()
    site = serve(home, "--workers", "1", STATLAS_EMAIL_URL=box.url, STATLAS_EMAIL_FROM="Figures <no-reply@example.org>")
    box.site = site.wait().process.pid
    acted = subprocess.run(
        [sys.executable, "-c", ACTS, str(home)], capture_output=True, text=True, check=True, timeout=120
    )
    release = acted.stdout.strip()
    until(lambda: len(box.letters) == 2)
    (to, first), (again_to, again) = box.letters
    assert to == again_to == ["ben@example.org"]
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Subject"] == "Waiting for an approver: a new database - Statlas"
    assert first["From"] == "Figures <no-reply@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    text = first.get_content()
    assert f"http://localhost:{site.port}/work/releases/{release}" in text.split()
    assert f"http://localhost:{site.port}/account/letters" in text.split()
    assert "secret" not in str(first)
    said = site.stop()
    assert len(box.letters) == 2
    assert "Traceback" not in said
    assert "example.org" not in said
