"""``statlas release schedule``, ``unschedule`` and ``access``: when it becomes public, and who reads it before."""

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release import text
from statlas.cli.release.acting import HERE, Database, Home, Reason, ToldReason, act, begun, chosen, do
from statlas.errors import CalendarError

if TYPE_CHECKING:
    from statlas.service.office.releases.facts import ReleaseFactsOfOffice


def schedule(  # noqa: PLR0917 - one argument an option
    database: Database,
    day: Annotated[str, typer.Option("--on", metavar="DAY", help="Day of the release in London: 2027-02-09.")],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="Time of the day in London.")] = "09:30",
    home: Home = HERE,
    as_: As = "",
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="TEXT", help="Why the notice is short, or a date moved; readers are told."),
    ] = "",
    exemption: Annotated[
        str, typer.Option("--exemption", metavar="TEXT", help="What allows another time than 09:30 on a working day.")
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of a new announcement.")] = "",
    announcement: Annotated[
        str, typer.Option("--announcement", metavar="ID", help="Which announced date it is, where it is not the first.")
    ] = "",
) -> None:
    """Set the minute of an approved release, and announce it with its digest.

    The first announced date that waits for a release is confirmed, and moved if it is another.
    """
    from statlas.model.release_times import release_moment

    given = {"reason": reason, "exemption": exemption, "title": title, "announcement_id": announcement}
    moment = release_moment(_day(day), _time(at))
    one = do("schedule", database, "", home, as_, moment=moment, **given)
    typer.echo(text.line(one))
    _tell_if_moved(home, one)


def _day(written: str) -> date:
    try:
        return datetime.strptime(written.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise CalendarError(f"{written!r} is not a day.", mend="Write it as --on 2027-02-09.") from None


def _time(written: str) -> time:
    try:
        return datetime.strptime(written.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise CalendarError(f"{written!r} is not a time of day.", mend="Write it as --at 09:30, in London.") from None


def _tell_if_moved(home: Path, one: "ReleaseFactsOfOffice") -> None:
    """Say which announced date was moved by scheduling: it may be another than was thought of."""
    from statlas.service import tables
    from statlas.service.office import calendar

    found = calendar.of_database(home=tables.open_home(home), database_id=one.database)
    last = next((announced.changes[-1] for announced in found if announced.digest == one.digest), None)
    if last is not None and last.before not in (None, last.after):
        typer.echo(f"The date that was announced for {text.moment(last.before)} is moved there.")


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
