"""``statlas demo``: a synthetic department, made and served."""

import socket
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from statlas.demonstration.made import DEFAULT_SCALE, DEFAULT_SEED, Ask, missing, read_note
from statlas.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_DEMO_HOME", help="Folder it is made in.")] = Path(
        "demo-home"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8000,
    scale: Annotated[
        float | None, typer.Option("--scale", min=0.0005, max=1, help="Share of the real caseload; 1 takes all of it.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Where chance begins; the same seed, the same records.")
    ] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make it and stop.")] = False,
) -> None:
    """Make a synthetic department and serve it at http://localhost:8000.

    Nobody is in its records. What has been made before is not made again.
    """
    if not no_serve:
        _check_port(port)
    _make(home, scale, seed)
    if not no_serve:
        _serve(home, port)


def _make(home: Path, scale: float | None, seed: int | None) -> None:
    """Draw and publish what the home does not have yet."""
    note = read_note(home)
    before = note.ask if note else Ask(DEFAULT_SCALE, DEFAULT_SEED)
    ask = Ask(before.scale if scale is None else scale, before.seed if seed is None else seed)
    console = Console(stderr=True)
    for database_id in missing(home, ask):
        _make_one(home, database_id, ask, console)
    console.print(f"The demonstration department is in {home}. Its records are synthetic.", soft_wrap=True)


def _make_one(home: Path, database_id: str, ask: Ask, console: Console) -> None:
    from statlas.cli.progress import bar
    from statlas.demonstration import department

    with bar(console, f"{database_id}:") as progress:
        department.make(home, database_id, ask, progress)


def _serve(home: Path, port: int) -> None:
    from statlas.cli.serve import serve

    typer.echo(f"Serving at http://localhost:{port}", err=True)
    serve(home, port)


def _check_port(port: int) -> None:
    """See that the port is free before half a minute is spent on what could not be served."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} cannot be had: {error.strerror}.",
                mend="Stop the program that uses it, or choose another port: statlas demo --port 8001, "
                "make demo PORT=8001.",
                setting="port",
            ) from None
