"""``statlas calendar``: announce releases, confirm, move and cancel them, and the patterns that they follow."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.identity import As

if TYPE_CHECKING:
    from statlas.model.announcement import Announcement
    from statlas.model.database import Contact as Named
    from statlas.model.release import ReleaseKind
    from statlas.model.release_patterns import ReleasePattern
    from statlas.store import Home as OpenedHome

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Database = Annotated[str, typer.Argument(metavar="DATABASE", help="Id of the database, published or to come.")]
Id = Annotated[
    str, typer.Argument(metavar="ANNOUNCEMENT", help="Id of the announcement, or as much of it as is unique.")
]
Moment = Annotated[
    str, typer.Argument(metavar="MOMENT", help="Day in London, 2027-02-09, with another time than 09:30 behind it.")
]
Title = Annotated[
    str, typer.Option("--title", help="What readers see; needed until the database is public, else its own name.")
]
Kind = Annotated[str, typer.Option("--kind", help="new, revision or correction.")]
Exemption = Annotated[
    str,
    typer.Option("--exemption", metavar="TEXT", help="What allows another time than 09:30 on a working day; shown."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; readers see it beside the date.")]
Contact = Annotated[
    str, typer.Option("--contact", metavar="TEXT", help="Lead statistician: 'Ada Lovelace <ada@example.gov.uk>'.")
]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    calendar = typer.Typer(help="Announce when releases will be public.", no_args_is_help=True)
    calendar.command("list")(list_all)
    calendar.command("announce")(announce)
    calendar.command("confirm")(confirm)
    calendar.command("move")(move)
    calendar.command("cancel")(cancel)
    calendar.command("pattern")(pattern)
    calendar.command("extend")(extend)
    app.add_typer(calendar, name="calendar")


def list_all(
    home: Home = HERE,
    database: Annotated[str, typer.Option("--database", metavar="DATABASE", help="Of one database alone.")] = "",
    changes: Annotated[bool, typer.Option("--changes", help="Every change with its reason instead.")] = False,
) -> None:
    """List what is announced and not out: moment in London, how certain, id, database, title."""
    opened = _ready(home)

    from statlas.model import calendar_words
    from statlas.model.release_times import in_london
    from statlas.service.office import calendar

    if changes:
        for one in calendar.changes(home=opened):
            typer.echo(f"{in_london(one.at):%Y-%m-%d %H:%M}\t{one.title}\t{calendar_words.change(one)} {one.reason}")
        return
    upcoming = calendar.upcoming(home=opened, database_id=database, for_staff=True)
    for found in upcoming:
        typer.echo(_line(found))
    if not upcoming:
        typer.echo("Nothing is announced that is not out.", err=True)


def announce(
    database: Database,
    moment: Moment,
    *,
    email: As = "",
    title: Title = "",
    kind: Kind = "new",
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The moment is certain; four weeks ahead, or with a reason.")
    ] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Plain words for readers.")] = "",
    contact: Contact = "",
    exemption: Exemption = "",
    reason: Reason = "",
    home: Home = HERE,
) -> None:
    """Announce a release, provisionally unless it is confirmed. Everybody sees it at once."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import calendar

    made = calendar.announce(
        home=opened,
        database_id=database,
        moment=_moment(moment),
        actor=identity.actor(email),
        title=title,
        kind=_kind(kind),
        confirmed=confirmed,
        note=note,
        contact=_contact(contact),
        exemption=exemption,
        reason=reason,
    )
    typer.echo(_line(made))


def confirm(announcement: Id, email: As = "", reason: Reason = "", home: Home = HERE) -> None:
    """Say that a provisional date is certain: four weeks ahead, or with the reason why it is later."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import calendar

    actor = identity.actor(email)
    done = calendar.confirm(home=opened, announcement_id=_id(opened, announcement), actor=actor, reason=reason)
    typer.echo(_line(done))


def move(
    announcement: Id, moment: Moment, email: As = "", reason: Reason = "", exemption: Exemption = "", home: Home = HERE
) -> None:
    """Announce another moment for a release, with the reason."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import calendar

    done = calendar.move(
        home=opened,
        announcement_id=_id(opened, announcement),
        moment=_moment(moment),
        reason=reason,
        exemption=exemption,
        actor=identity.actor(email),
    )
    typer.echo(_line(done))


def cancel(announcement: Id, email: As = "", reason: Reason = "", home: Home = HERE) -> None:
    """Say that there will be no such release, with the reason; the announcement stays to be read."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import calendar

    actor = identity.actor(email)
    done = calendar.cancel(home=opened, announcement_id=_id(opened, announcement), actor=actor, reason=reason)
    typer.echo(_line(done))


def pattern(
    database: Database,
    *,
    email: As = "",
    every: Annotated[str, typer.Option("--every", help="month, quarter or year.")] = "quarter",
    months: Annotated[
        str, typer.Option("--months", metavar="LIST", help="Months of the year; 2,5,8,11 for a quarter if left out.")
    ] = "",
    day: Annotated[
        str, typer.Option("--day", help="Day of the month: 15, 'second Tuesday', 'last working day'.")
    ] = "second Tuesday",
    at: Annotated[str, typer.Option("--at", help="Time in London; another than 09:30 takes an exemption.")] = "09:30",
    title: Title = "",
    kind: Kind = "new",
    contact: Contact = "",
    exemption: Exemption = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take the pattern away; what is announced stays.")] = False,
    home: Home = HERE,
) -> None:
    """Give a database a rhythm of releases, and announce a year of them provisionally."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import calendar

    actor = identity.actor(email)
    if remove:
        calendar.remove_pattern(home=opened, database_id=database, actor=actor)
        return
    made = calendar.set_pattern(
        home=opened,
        database_id=database,
        pattern=_pattern(every, months, day, at),
        actor=actor,
        title=title,
        kind=_kind(kind),
        contact=_contact(contact),
        exemption=exemption,
    )
    for one in made:
        typer.echo(_line(one))


def extend(home: Home = HERE) -> None:
    """Announce what the patterns ask for, a year ahead; the running site does so by itself."""
    opened = _ready(home)

    from statlas.service.office import calendar

    for one in calendar.extend(home=opened):
        typer.echo(_line(one))


# --- words and things -------------------------------------------------------------------------------------------------


def _line(one: "Announcement") -> str:
    from statlas.model.release_times import in_london

    return f"{in_london(one.moment):%Y-%m-%d %H:%M}\t{one.standing.value}\t{one.id}\t{one.database}\t{one.title}"


def _id(home: "OpenedHome", given: str) -> str:
    """The id of the announcement that begins so, if one alone does; else what was given."""
    from statlas.service.office import calendar

    alike = [one.id for one in calendar.upcoming(home=home) if given and one.id.startswith(given.lower())]
    return alike[0] if len(alike) == 1 else given


def _moment(text: str) -> datetime:
    from statlas.errors import CalendarError
    from statlas.model.release_times import USUAL, release_moment

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CalendarError(
            f"{text!r} is not a day and time.", mend="Write it as 2027-02-09, or '2027-02-09 07:00'."
        ) from None
    has_time = len(text) > len("2027-02-09")
    return release_moment(found.date(), found.timetz() if has_time else USUAL)


def _kind(text: str) -> "ReleaseKind":
    from statlas.errors import CalendarError
    from statlas.model.release import ReleaseKind

    try:
        return ReleaseKind(text)
    except ValueError:
        raise CalendarError(f"{text!r} is not a kind of release.", mend="Write new, revision or correction.") from None


def _contact(text: str) -> "Named | None":
    from email.utils import parseaddr

    from statlas.model.database import Contact as Named

    name, address = parseaddr(text) if "@" in text else (text, "")
    return Named(name, address) if text else None


def _pattern(every: str, months: str, day: str, at: str) -> "ReleasePattern":
    from datetime import time

    from statlas.errors import CalendarError
    from statlas.model.release_patterns import DayRule, Every, ReleasePattern

    try:
        how_often, clock = Every(every), time.fromisoformat(at)
        named = tuple(int(month) for month in months.split(",")) if months else ()
    except ValueError:
        raise CalendarError(
            "The pattern cannot be read.",
            mend="Write --every month, quarter or year; --months 2,5,8,11; --at 09:30.",
        ) from None
    return ReleasePattern.every(how_often, DayRule.read(day), named, clock)


def _ready(home: Path) -> "OpenedHome":
    from statlas.cli.site import prepare_site

    prepare_site(home)
    from statlas.service import tables

    return tables.open_home(home)
