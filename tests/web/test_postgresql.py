"""The site's database on PostgreSQL: the same tests, and mistakes that say how to mend them."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import httpx
import pytest

from statlas.errors import SettingsError
from statlas.web import database_url
from statlas.web.configuration import Settings

STATLAS = Path(sys.executable).with_name("statlas")


def _statlas(*arguments, **environment):
    command = [STATLAS, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=90, check=False, env={**os.environ, **environment}
    )


@pytest.fixture(scope="session")
def ours(cluster):
    """A database for processes that a test starts; pytest makes another beside it."""
    cluster.sql("CREATE DATABASE statlas")
    return cluster.url("statlas")


@pytest.mark.timeout(600)  # some hundred tests, beside as many of another process
def test_the_tests_of_the_site_database_pass_on_it(ours, root):
    """Every test marked so: keys, limits, saved tables, accounts, administration, releases, uploads, usage."""
    folders = ["tests/api", "tests/web", "tests/unit/service"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "site_database and not slow", *folders]
    command += ["-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header", "--timeout=100"]
    environment = {**os.environ, "DATABASE_URL": ours}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=580, check=False, env=environment)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout


def test_a_site_is_served_on_it(cluster, home, tmp_path, serve):
    """Keys are made by the command and known to the site, jobs are made; nothing of it lies in the home."""
    cluster.sql("CREATE ROLE site LOGIN PASSWORD 'its own'", "CREATE DATABASE site OWNER site")
    address = cluster.url("site", user="site", password="its own")
    # A home of its own: only one process of a home makes jobs, and the site of other tests may be serving theirs.
    own = shutil.copytree(home.path, tmp_path / "home", ignore=shutil.ignore_patterns("site.sqlite3*", "cache"))
    made = _statlas("key", "create", "a program", "--home", own, DATABASE_URL=address)
    assert made.returncode == 0, made.stderr
    site = serve(own, "--workers", "2", DATABASE_URL=address).wait()
    asked = urllib.request.Request(f"{site.address}/webapi/rest/v1/schema", headers={"APIKey": made.stdout.strip()})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert answer.status == 200
    query = {"database": "hb_new", "rows": ["AREA"], "columns": ["TENURE"], "periods": "all"}
    job = httpx.post(f"{site.address}/api/v1/jobs", json={"query": query}).json()
    for _ in range(150):  # a guest may ask 600 times an hour
        if job["state"] not in ("queued", "running"):
            break
        time.sleep(0.5)
        job = httpx.get(job["url"]).json()
    assert job["state"] == "done"
    assert len(httpx.get(job["file"]).content) == job["size"]
    assert not (own / "site.sqlite3").exists()
    said = site.stop()
    assert "Traceback" not in said


@pytest.fixture(scope="session")
def unfit(cluster):
    """Users and databases with which a site cannot be served."""
    cluster.sql(
        "CREATE ROLE nobodys LOGIN PASSWORD 'right'",
        "CREATE ROLE locked NOLOGIN PASSWORD 'right'",
        "CREATE DATABASE full_of_rules",
    )
    cluster.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC", database="full_of_rules")
    return {
        "a wrong password": cluster.url("postgres", password="secret words"),
        "no such database": cluster.url("nowhere"),
        "no rights": cluster.url("full_of_rules", user="nobodys", password="right"),
        "no login": cluster.url("postgres", user="locked", password="right"),
        "no server": f"postgresql://somebody:secret@127.0.0.1:{_unused_port()}/statlas",
    }


def _unused_port():
    import socket  # noqa: PLC0415

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize(
    ("case", "said", "mend"),
    [
        ("a wrong password", "does not accept the password", "Correct the name or the password"),
        ("no such database", "has no such database", "createdb"),
        ("no rights", "may not make tables", "OWNER"),
        ("no login", "does not let this user in", "pg_hba.conf"),
        ("no server", "does not answer", "whether it runs"),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(unfit, tmp_path, case, said, mend):
    """In a sentence, before anything is served, without the address, its password or a line of SQL."""
    done = _statlas("serve", "--home", tmp_path / "home", "--port", "0", DATABASE_URL=unfit[case])
    assert done.returncode == 5, done.stderr
    assert said in done.stderr
    assert mend in done.stderr
    assert "Traceback" not in done.stderr
    assert unfit[case] not in done.stderr
    assert "secret" not in done.stderr


# --- the address ------------------------------------------------------------------------------------------------------


def test_every_part_of_an_address_is_read():
    """Escaped characters come back; the port and the options are told to the driver."""
    read = database_url.read(
        "postgres://na%40me:p%3A%2Fw@db.example:5433/stat%20las?sslmode=verify-full&connect_timeout=3"
    )
    assert (read["USER"], read["PASSWORD"]) == ("na@me", "p:/w")
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", "5433", "stat las")
    assert read["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "3"}


def test_a_socket_stands_after_the_question_mark():
    """As PostgreSQL's own addresses have it."""
    assert database_url.read("postgresql:///statlas?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "address",
    [
        "mysql://me:secret@host/db",
        "postgresql://me:secret@host",
        "postgresql://me:secret@host/",
        "postgresql://me:secret@host/a/b",
        "postgresql://me:secret@host:port/db",
        "postgresql://me:secret@host:99999/db",
        "postgresql://me:secret@host/db?password=secret",
        "postgresql://me:secret@host/db#x",
        "postgresql://me:secret@[host/db",
        "secret",
    ],
)
def test_an_address_that_cannot_be_read_is_explained_without_its_password(address):
    """The variable is named; what it holds is not repeated."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"DATABASE_URL": address})
    assert "DATABASE_URL" in caught.value.message
    assert "secret" not in str(caught.value)


def test_settings_are_printed_without_their_secrets():
    """Neither a log nor an error shows a password by accident."""
    told = repr(
        Settings(database_url="postgresql://me:secret@h/d", email_url="smtps://me:secret@h", oidc_secret="secret")
    )
    assert "secret" not in told
