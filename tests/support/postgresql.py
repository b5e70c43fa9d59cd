"""A PostgreSQL server of one's own: in a folder that goes, at a loopback port, for whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

PASSWORD = "p@ss:w/rd %"
"""Of the superuser ``postgres``: with all that has to be escaped in an address."""

SERVANTS = ("postgres", "nobody")
"""Users that a server is run as, as root may not run one."""


def programs() -> Path | None:
    """The folder of the newest server on this machine; None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    if newest is None and (other := shutil.which("initdb")):
        return Path(other).resolve().parent
    return newest.parent if newest else None


class Cluster:
    """A server that answers at ``port`` of 127.0.0.1 and asks everybody for a password."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="statlas-postgresql-"))
        self._user = _servant()
        self.port = _free_port()

    def start(self) -> Cluster:
        """Make it and start it."""
        (self._folder / "password").write_text(PASSWORD)
        if self._user:
            for path in (self._folder, self._folder / "password"):
                shutil.chown(path, self._user)
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "scram-sha-256", "--pwfile=password", "--no-sync")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", options, "start")
        return self

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def url(self, database: str, *, user: str = "postgres", password: str = PASSWORD) -> str:
        """The address of a database."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def empty(self, name: str) -> str:
        """The address of a database of this name in which there is nothing, whatever there was."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        return self.url(name)

    def sql(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser."""
        import psycopg  # noqa: PLC0415 - only where there is a server

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        # A server keeps what it inherits: nothing of ours may wait for it to let go.
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        as_whom = {"user": self._user, "group": _group(self._user), "extra_groups": []} if self._user else {}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, cwd=self._folder, env=environment, timeout=90, **quiet, **as_whom)


def _servant() -> str:
    """Whom to run a server as; "" for oneself."""
    import pwd  # noqa: PLC0415 - not on every system

    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in SERVANTS if name in names)


def _group(user: str) -> int:
    import pwd  # noqa: PLC0415 - not on every system

    return pwd.getpwnam(user).pw_gid


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
