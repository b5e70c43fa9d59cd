"""``statlas home``: what an installation wants."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
HERE = Path("statlas-home")


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


Wanted = Annotated[Switch | None, typer.Argument(help="on or off; left out, nothing is changed.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit log.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    home = typer.Typer(help="Say what an installation wants.", no_args_is_help=True)
    home.callback()(_group)
    home.command("immediate")(immediate)
    app.add_typer(home, name="home")


def _group() -> None:
    """Keeps ``immediate`` a command of its own, although it is the only one."""


def immediate(wanted: Wanted = None, home: Home = HERE, reason: Reason = "") -> None:
    """Let `statlas publish --now` release at once, without anybody's approval, or no longer; or tell which it is."""
    from statlas.service import tables
    from statlas.service.tables import at_once, auditing

    opened = tables.existing_home(home)
    if wanted is not None:
        at_once.want(home=opened, wanted=wanted is Switch.ON, by=auditing.of_this_machine(), reason=reason.strip())
    typer.echo(
        "on: `statlas publish --now` releases at once."
        if opened.immediate
        else "off: a release is drafted, checked, and approved by somebody else."
    )
