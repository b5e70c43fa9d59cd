"""The ``statlas`` command: a module a command, each parsing its arguments and making one call into ``service``.

A command is a module of this package with a function ``register(app)`` that adds it to the application; it is found
by being there. Rooms that load numba, DuckDB or Django are imported inside the command's function, so that
``statlas --help`` answers at once.
"""

from typing import Annotated

import typer

from statlas.cli.commands import register_all
from statlas.cli.explaining import ExplainingGroup
from statlas.version import VERSION

app = typer.Typer(
    name="statlas",
    cls=ExplainingGroup,
    help="Turn confidential records into open statistics.",
    no_args_is_help=True,
    add_completion=False,
    # A local variable may hold a record: a traceback must never print one.
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"statlas {VERSION}")
        raise typer.Exit


@app.callback()
def statlas(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Turn confidential records into open statistics."""


register_all(app)
