"""``statlas demo``: a synthetic department, made and served."""

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from statlas.cli.progress import bar
from statlas.demonstration.made import DATABASE_IDS, Ask, missing, read_note
from statlas.errors import SettingsError
from statlas.store import HeldError

PATIENCE_S = 10
"""How long the process that makes the rest may take to end: arbitrary; it has nothing to save."""


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
    ask = _ask(home, scale, seed)
    todo = missing(home, ask)
    if no_serve:
        _make(home, ask, todo, ("real", "invented"))
        _announce(home)
        return
    _check_port(port)
    _make(home, ask, [name for name in todo if name == DATABASE_IDS[0]], ("real",))
    _announce(home)  # before another process could
    with _made_meanwhile(home, ask, [name for name in todo if name != DATABASE_IDS[0]]):
        _serve(home, port)


def _ask(home: Path, scale: float | None, seed: int | None) -> Ask:
    """What is asked for; where nothing is said, what the home has."""
    note = read_note(home)
    before = note.ask if note else Ask()
    return Ask(before.scale if scale is None else scale, before.seed if seed is None else seed)


def _make(home: Path, ask: Ask, todo: Sequence[str], shapes: Sequence[str]) -> None:
    """Draw and publish databases one after another, telling the home's pages how far it is."""
    from statlas.demonstration import department

    console = Console(stderr=True)
    try:
        department.make_all(home, ask, todo, lambda name: bar(console, f"{name}:"))
        _add_boundaries(home, console, shapes)
    except HeldError:
        console.print(f"Another process is making the demonstration in {home}.", soft_wrap=True)
    else:
        console.print(f"The demonstration department is in {home}. Its records are synthetic.", soft_wrap=True)


def _add_boundaries(home: Path, console: Console, wanted: Sequence[str]) -> None:
    """Keep the shapes of places that are not there yet: the real ones at once, the invented ones after the rest."""
    from statlas.demonstration import boundaries

    adding = {"real": boundaries.add_real, "invented": boundaries.add_invented}
    for kind in boundaries.missing(home):
        if kind in wanted:
            with bar(console, "maps:") as progress:
                progress(f"{kind} boundaries", 0.0, 0.0)
                adding[kind](home)


def _lacks_shapes(home: Path) -> bool:
    from statlas.demonstration import boundaries

    return bool(boundaries.missing(home))


@contextmanager
def _made_meanwhile(home: Path, ask: Ask, todo: Sequence[str]) -> Iterator[None]:
    """Have a process of its own make the rest, which ends when this one does; what it says goes to a log."""
    if not (todo or _lacks_shapes(home)):
        yield
        return
    more = f"{len(todo)} more databases are made" if todo else "Shapes of small areas are made"
    typer.echo(f"{more} meanwhile; the home page shows how far they are.", err=True)
    command = [sys.executable, "-c", "from statlas.cli import app; app()", "demo", "--no-serve", "--home", str(home)]
    command += ["--scale", str(ask.scale), "--seed", str(ask.seed)]
    with (home / "demonstration.log").open("a", encoding="utf-8") as log:
        maker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
    finally:
        _stop(maker)


def _stop(maker: "subprocess.Popen[bytes]") -> None:
    """End the process; what it had not published is made by the next run."""
    maker.terminate()
    try:
        maker.wait(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        maker.kill()


def _serve(home: Path, port: int) -> None:
    from statlas.cli.serve import serve_demonstration

    typer.echo(f"Serving at http://localhost:{port}", err=True)
    serve_demonstration(home, port)


def _announce(home: Path) -> None:
    """Announce a year of made-up releases, in a home whose calendar is empty."""
    from datetime import UTC, datetime

    from statlas.cli.site import prepare_site

    prepare_site(home, make=True)
    from statlas.demonstration import announcing
    from statlas.service import tables

    announcing.announce(tables.open_home(home), datetime.now(UTC))


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
