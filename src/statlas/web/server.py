"""The site on a production server: checks what can go wrong before the first visitor, then serves until stopped."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

import django
from django.core.management import call_command
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from statlas.errors import SettingsError
from statlas.service import tables
from statlas.web import assets, database_errors
from statlas.web.configuration import Settings
from statlas.web.jobs_process import JobsProcess
from statlas.web.keeper_process import KeeperProcess
from statlas.web.owner import act_as, owner_of

LAST_ANSWERS_S = 10
"""Seconds a process gets to finish its answers when the site stops: arbitrary, beyond what a page takes."""

THREADS = 4
"""Requests one process answers at once. Counting uses every core by itself; measured in ADR 0050."""


def serve(
    settings: Settings, *, port: int, host: str = "127.0.0.1", workers: int = 2, offers_roles: bool = False
) -> None:
    """Serve the home of ``settings`` until the process is told to stop.

    ``offers_roles`` prints a link for each role that signs in to a demonstration from this machine; the links work
    until the process ends.

    Raises:
        SettingsError: the address is in use or not ours to take.
        HomeError: the home cannot be used.
    """
    assert settings.home is not None
    owner = owner_of(settings.home)
    if owner is not None:
        act_as(owner, settings.home)
    _take(host, port)
    home = tables.open_home(settings.home).create()
    prepare(settings.at(port))
    _tidy(settings.home)
    if offers_roles and settings.is_local and not settings.behind_proxy:
        _offer_roles(settings.home, port)
    if not assets.are_built():
        _say("The style sheet has not been built: pages look bare. In a working copy, run `make setup`.")
    _say(f"Statlas serves {settings.home} at http://{_in_address(host)}:{port}/ (Ctrl-C stops it)")
    server = Server(
        "statlas.web.worker:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        # One that is told to end while it starts never hears it.
        workers_kill_timeout=LAST_ANSWERS_S,
        log_level=LogLevels.error,
        websockets=False,
    )
    try:
        with KeeperProcess(home, owner) as keeper, JobsProcess(owner):
            server.serve()
            keeper.tell_to_end()
    finally:
        _forget_links(settings.home)


def prepare(settings: Settings) -> None:
    """Make Django and the site's database ready: settings into the environment, migrations run."""
    assert settings.home is not None
    os.environ.update(settings.as_environment(), DJANGO_SETTINGS_MODULE="statlas.web.settings")
    if not settings.database_url:
        # Made by us, so that it is ours alone to read whatever the umask; SQLite gives its side files the same mode.
        (settings.home / "site.sqlite3").touch(mode=0o600)
    django.setup()
    with database_errors.explained():
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


def _tidy(home: Path) -> None:
    """Forget what is past: sessions, addresses nobody confirmed, links of a demonstration that no longer runs."""
    from statlas.service.office import accounts  # noqa: PLC0415 - models are there once Django is set up

    accounts.forget_what_is_past()
    _forget_links(home)


def _offer_roles(home: Path, port: int) -> None:
    from statlas.service.office import trying  # noqa: PLC0415 - models are there once Django is set up

    _say("Sign in to try an office, from this machine and until it stops:")
    for role, token in trying.make_links(home=home).items():
        _say(f"  {role.value:<20} http://localhost:{port}/account/trying/{token}")


def _forget_links(home: Path) -> None:
    from statlas.service.office import trying  # noqa: PLC0415 - models are there once Django is set up

    trying.forget_links(home=home)


def _take(host: str, port: int) -> None:
    """Find out now whether the address can be had; the server's own message would come late and be no help."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise _not_ours(host, port, error) from None
        except OverflowError:
            raise SettingsError(f"{port} is not a port.", mend="Ports are 1 to 65535.", setting="port") from None


def _not_ours(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"Port {port} of {host} is in use by another program.",
            mend="Stop that program, or choose another port with --port.",
            setting="port",
        )
    return SettingsError(
        f"{host} port {port} cannot be served at: {error.strerror}.",
        mend="Choose a port above 1023 with --port, and with --host an address of this machine.",
        setting="host",
    )


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - it speaks to whoever started it
