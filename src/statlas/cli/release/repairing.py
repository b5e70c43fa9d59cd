"""``statlas release adopt`` and ``repair``: what is left to do after a crash."""

from typing import Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release import text
from statlas.cli.release.acting import HERE, Home, begun, ready


def adopt(
    draft_id: Annotated[str, typer.Argument(metavar="DRAFT", help="Id of the draft, as `repair` tells it.")],
    home: Home = HERE,
    as_: As = "",
) -> None:
    """Put a sealed draft under way that a crash left without a release."""
    actor, opened = begun(home, as_)

    from statlas.service.office.releases import acting

    typer.echo(text.line(acting.adopt(home=opened, draft_id=draft_id, actor=actor)))


def repair(home: Home = HERE) -> None:
    """Compare the audit log, the disk and the site's database, set right what differs, and say what is left to you."""
    opened = ready(home)

    from statlas.service.office.releases import acting

    found = acting.repair(home=opened)
    for sentence in found.done:
        typer.echo(f"done: {sentence}")
    for sentence in found.to_do:
        typer.echo(f"to do: {sentence}")
    if not found.done and not found.to_do:
        typer.echo("Nothing differs.")
