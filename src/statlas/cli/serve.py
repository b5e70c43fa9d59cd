"""``statlas serve``: the site and its interfaces for programs, on a production server."""

import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(_command)


def serve_demonstration(home: Path, port: int) -> None:
    """Serve a demonstration until stopped, with a link to sign in as each role; e-mails are printed.

    Raises:
        SettingsError: an option cannot be read, or the address cannot be had.
        HomeError: the home cannot be used.
    """
    _serve(home, port, "127.0.0.1", behind_proxy=False, workers=2, is_demonstration=True)


def _command(
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    port: Annotated[int, typer.Option("--port", help="Port to listen at.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address of this machine to listen at; 0.0.0.0 for all of them.")
    ] = "127.0.0.1",
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy", help="Believe X-Forwarded-Proto and X-Forwarded-Host: a proxy in front sets them."
        ),
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that answer.")] = 2,
) -> None:
    """Serve the site: pages and the interfaces for programs.

    New releases show without a restart. Names under which the site is reached are listed in STATLAS_HOSTS.
    """
    _serve(home, port, host, behind_proxy=behind_proxy, workers=workers)


def _serve(
    home: Path, port: int, host: str, *, behind_proxy: bool, workers: int, is_demonstration: bool = False
) -> None:
    from statlas.web import email_url
    from statlas.web.configuration import Settings, variable
    from statlas.web.server import serve

    given = Settings.from_environment()
    settings = replace(given, home=home.absolute(), behind_proxy=behind_proxy or given.behind_proxy)
    if variable("hosts") not in os.environ:
        settings = replace(settings, hosts=(*settings.hosts, *_names(host)))
    if is_demonstration and not settings.sends_email:
        settings = replace(settings, email_url=email_url.PRINTS)
    serve(settings, port=port, host=host, workers=workers, offers_roles=is_demonstration)


def _names(host: str) -> tuple[str, ...]:
    """Names by which a browser may reach an address: itself, or this machine's name where it is all addresses."""
    name = socket.gethostname() if host in _ANYWHERE else f"[{host}]" if ":" in host else host
    return (name,)
