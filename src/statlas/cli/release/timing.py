"""``statlas release schedule``, ``unschedule`` and ``access``: when it becomes public, and who reads it before."""

from datetime import datetime
from typing import Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release import text
from statlas.cli.release.acting import HERE, Database, Home, Reason, ToldReason, act, begun, chosen, do


def schedule(
    database: Database,
    day: Annotated[
        datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DAY", help="Day of the release, in London.")
    ],
    at: Annotated[
        datetime,
        typer.Option(
            "--at", formats=["%H:%M"], metavar="TIME", show_default="09:30", help="Time of the day, in London."
        ),
    ] = datetime(1900, 1, 1, 9, 30),  # noqa: DTZ001 - a time of day, read so by typer
    home: Home = HERE,
    as_: As = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why the notice is short, where it is; readers are told.")
    ] = "",
    exemption: Annotated[
        str, typer.Option("--exemption", metavar="TEXT", help="What allows another time than 09:30 on a working day.")
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of a new announcement.")] = "",
) -> None:
    """Set the minute of an approved release, and announce it with its digest."""
    from statlas.model.release_times import release_moment

    moment = release_moment(day.date(), at.time())
    act("schedule", database, "", home, as_, moment=moment, reason=reason, exemption=exemption, title=title)


def unschedule(database: Database, home: Home = HERE, as_: As = "", reason: ToldReason = "") -> None:
    """Take a release off the schedule; it stays approved."""
    act("unschedule", database, "", home, as_, reason=reason)


def access(
    database: Database,
    home: Home = HERE,
    as_: As = "",
    grant: Annotated[str, typer.Option("--grant", metavar="EMAIL", help="Let this account read it early.")] = "",
    revoke: Annotated[str, typer.Option("--revoke", metavar="EMAIL", help="Take early reading back.")] = "",
    name: Annotated[str, typer.Option("--name", help="Name of who is let in; it is published.")] = "",
    post: Annotated[str, typer.Option("--post", help="Post of who is let in; it is published.")] = "",
    reason: Reason = "",
) -> None:
    """Say who may read a release in the 24 hours before its minute; without an option, list them."""
    if grant:
        do("grant_access", database, "", home, as_, email=grant, name=name, post=post, reason=reason)
    if revoke:
        do("revoke_access", database, "", home, as_, email=revoke, reason=reason)
    actor, _opened = begun(home, as_)

    from statlas.service.office.releases import reading

    found = reading.early_readers(account=actor.account, release_id=chosen(actor, database, "").id)
    for reader in found:
        typer.echo(text.reader(reader))
    if not found:
        typer.echo("Nobody may read it before its minute.", err=True)
