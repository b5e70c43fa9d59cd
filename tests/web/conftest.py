"""A home with two small databases, the site that serves it, and a browser before it."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import postgresql
import pytest

from statlas.service import tables

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def _beside(name):
    """A module of this folder; tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def department():
    """The definitions and records that the pages are tested with."""
    return _beside("department")


@pytest.fixture(scope="session")
def home(tmp_path_factory, department):
    """A home in which ``hb_new`` and ``rents`` are published."""
    folder = tmp_path_factory.mktemp("web")
    made = tables.open_home(folder / "home")
    for definition, records in department.write(folder):
        tables.publish(home=made, definition=definition, records=[records])
    return made


@pytest.fixture(scope="session")
def database(home):
    """The protected database, ``hb_new``."""
    return tables.database(home=home, database_id="hb_new")


@pytest.fixture
def site(db, client, home, settings):
    """Django's test client on the site that serves ``home``; pages of databases tell what the calendar announces."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    return client


@pytest.fixture
def get(site):
    """``get(address)``: the page as text, which must be there."""

    def got(address):
        response = site.get(address)
        assert response.status_code == 200, response.content.decode()
        return response.content.decode()

    return got


# --- a site on its server ---------------------------------------------------------------------------------------------


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def free_port():
    """A port of this machine at which nobody listens."""
    return _free_port()


class Served:
    """A running ``statlas serve``: its address, its process, what it said."""

    def __init__(self, home, *options, **environment):
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        statlas = Path(sys.executable).with_name("statlas")
        command = [str(statlas), "serve", "--home", str(home), "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )

    def wait(self):
        """Until it answers; a site that does not within a minute and a half is stopped."""
        end = time.monotonic() + 90
        while time.monotonic() < end:
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise AssertionError(f"the site does not answer; it said {self.stop()}")

    def stop(self):
        """As Ctrl-C in a terminal does, which reaches every process; what it said."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            said, _ = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        return said


@pytest.fixture(scope="session")
def web():
    """This module: tests of a whole module start their own ``web.Served``."""
    return sys.modules[__name__]


@pytest.fixture
def serve():
    """``serve(home, *options, **environment)``: a site on the production server, stopped at the end."""
    running = []

    def started(home, *options, **environment):
        running.append(Served(home, *options, **environment))
        return running[-1]

    yield started
    for served in running:
        if served.process.poll() is None:
            served.stop()


@pytest.fixture(scope="session")
def served(home):
    """The address of the site on the production server."""
    site = Served(home.path, "--workers", "1").wait()
    yield site.address
    site.stop()


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL server."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed | apt-get install postgresql")
    started = postgresql.Cluster(programs).start()
    yield started
    started.stop()


# --- a browser --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(require_program):
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a browser is needed by few tests

    path = require_program(*_CHROMIUM, how="apt-get install chromium")
    # Playwright's loop lives in this thread for as long as the browser does, and Django takes that for a view of its
    # own that must not wait for the database; here nothing else runs in the loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser, served):
    """A page of a browser that notes every address it asks for and every complaint."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


@pytest.fixture(scope="session")
def axe(root):
    """The accessibility checker, as text to run inside a page."""
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
