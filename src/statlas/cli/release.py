"""``statlas release``: the life of a release, from its draft to its end, a command for each step."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from statlas.cli import release_text
from statlas.cli.identity import As
from statlas.cli.publish import AgreedBecause, AgreedBy, Definition, Period, Records
from statlas.errors import MoveRefusedError, UnknownNameError

if TYPE_CHECKING:
    from statlas.service.office.actors import Actor
    from statlas.service.office.releases.facts import ReleaseFactsOfOffice
    from statlas.store import Home as OpenedHome

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Database = Annotated[str, typer.Argument(help="Id of the database.")]
Number = Annotated[str, typer.Argument(help="Number of the release; the one under way where it is left out.")]
Published = Annotated[str, typer.Argument(help="Number of the release.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit log.")]
ToldReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in plain words: readers are told.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    release = typer.Typer(help="Take a release from its draft to the public, and further.", no_args_is_help=True)
    for name, command in _COMMANDS.items():
        release.command(name)(command)
    app.add_typer(release, name="release")


# --- look -------------------------------------------------------------------------------------------------------------


def list_releases(
    home: Home = HERE,
    as_: As = "",
    everything: Annotated[bool, typer.Option("--all", help="Public, withdrawn and discarded ones too.")] = False,
) -> None:
    """List the releases of your organisation that are under way: database, number, state, when, who."""
    actor, opened = _begun(home, as_)

    from statlas.office.releases.states import UNDER_WAY
    from statlas.service.office.releases import reading

    found = reading.for_account(account=actor.account, states=() if everything else UNDER_WAY)
    for one in found:
        typer.echo(release_text.line(one))
    if not found:
        typer.echo(f"Nothing is under way in {opened.path}.", err=True)


def show(
    database: Database,
    number: Number = "",
    home: Home = HERE,
    as_: As = "",
    reports: Annotated[bool, typer.Option("--reports", help="What the checks found too; asked of the keeper.")] = False,
) -> None:
    """Tell where a release is, what was done to it and why, and what you can do next."""
    actor, opened = _begun(home, as_)
    one = _chosen(actor, database, number)

    from statlas.service.office.releases import reading

    history = reading.history(account=actor.account, release_id=one.id)
    readers = reading.early_readers(account=actor.account, release_id=one.id)
    for line in release_text.whole(one, history, readers):
        typer.echo(line)
    if reports:
        typer.echo(_reports(opened, actor, one))


def _reports(home: "OpenedHome", actor: "Actor", one: "ReleaseFactsOfOffice") -> str:
    from statlas.cli.report_text import report_text
    from statlas.model.finding import from_json
    from statlas.service.office import keeper_line

    assert actor.account is not None, "an account acts"
    told = keeper_line.ask(home=home, act="reports", account=actor.account.pk, release=one.id)
    return "\n" + report_text(from_json(told), accepted=one.answers)


# --- on the way -------------------------------------------------------------------------------------------------------


def accept(
    database: Database,
    finding: Annotated[str, typer.Argument(help="Id of the finding, as the reports show it.")],
    reason: Reason = "",
    home: Home = HERE,
    as_: As = "",
) -> None:
    """Accept a finding of the checks with the reason why the figures are right."""
    _act("accept", database, "", home, as_, finding=finding, reason=reason)


def check(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Call a draft checked; every finding that needs a reason has one."""
    _act("check", database, "", home, as_, reason=reason)


def send_back(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Make a checked or approved release a draft again."""
    _act("send_back", database, "", home, as_, reason=reason)


def approve(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Approve a checked release that somebody else prepared."""
    _act("approve", database, "", home, as_, reason=reason)


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
    _act("schedule", database, "", home, as_, moment=moment, reason=reason, exemption=exemption, title=title)


def unschedule(database: Database, home: Home = HERE, as_: As = "", reason: ToldReason = "") -> None:
    """Take a release off the schedule; it stays approved."""
    _act("unschedule", database, "", home, as_, reason=reason)


def discard(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Give up a release that is not public, and remove its draft for good."""
    _act("discard", database, "", home, as_, reason=reason)


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
        _do("grant_access", database, "", home, as_, email=grant, name=name, post=post, reason=reason)
    if revoke:
        _do("revoke_access", database, "", home, as_, email=revoke, reason=reason)
    actor, _opened = _begun(home, as_)

    from statlas.service.office.releases import reading

    found = reading.early_readers(account=actor.account, release_id=_chosen(actor, database, "").id)
    for reader in found:
        typer.echo(release_text.reader(reader))
    if not found:
        typer.echo("Nobody may read it before its minute.", err=True)


# --- public -----------------------------------------------------------------------------------------------------------


def correct(
    definition: Definition,
    records: Records = None,
    home: Home = HERE,
    as_: As = "",
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="What was wrong and is mended; readers are told.")
    ] = "",
    period: Period = None,
    agreed_by: AgreedBy = None,
    reason: AgreedBecause = None,
) -> None:
    """Make a draft that corrects a mistake in what is public; it goes the way of every release."""
    from statlas.cli.publish import agreement, draft
    from statlas.model.release import ReleaseKind

    if not note.strip():
        raise MoveRefusedError("What is corrected is not said.", mend="Give --note: readers are told.")
    given = {
        "definition": definition,
        "records": records or (),
        "period": period,
        "agreed": agreement(agreed_by, reason),
        "kind": ReleaseKind.CORRECTION,
        "note": note.strip(),
    }
    for line in draft(home, as_, given):
        typer.echo(line)


def withdraw(database: Database, number: Published, home: Home = HERE, as_: As = "", reason: ToldReason = "") -> None:
    """Withdraw a public release at once; its links show the reason."""
    _act("withdraw", database, number, home, as_, reason=reason)


def restore(database: Database, number: Published, home: Home = HERE, as_: As = "", reason: ToldReason = "") -> None:
    """Let a withdrawn release be read again."""
    _act("restore", database, number, home, as_, reason=reason)


def destroy(
    database: Database,
    number: Published,
    home: Home = HERE,
    as_: As = "",
    reason: ToldReason = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Destroy the records of a release that no longer answers; what was printed stays."""
    if not yes:
        typer.confirm(
            f"The records of release {number} of {database} cannot be brought back. Destroy them?", abort=True
        )
    _act("destroy", database, number, home, as_, reason=reason)


def prove(
    database: Database,
    number: Published,
    home: Home = HERE,
    digest: Annotated[
        str, typer.Option("--digest", metavar="HEX", help="As it was announced; left out, as the release says itself.")
    ] = "",
) -> None:
    """Work out again from a public release what was announced of it before.

    Ends with exit code 5 where it is another.
    """
    from statlas.service import tables
    from statlas.service.tables import standing

    opened = tables.existing_home(home)
    announced = digest.strip().lower() or opened.facts(database, number).digest
    if not announced:
        raise UnknownNameError(
            f"Nothing was announced of release {number} of {database}: it was published at once.", component=number
        )
    proof = standing.prove(home=opened, database_id=database, release=number, digest=announced)
    for line in release_text.proof(proof):
        typer.echo(line)
    if not proof.holds:
        raise typer.Exit(5)


# --- after a crash ----------------------------------------------------------------------------------------------------


def adopt(
    draft_id: Annotated[str, typer.Argument(metavar="DRAFT", help="Id of the draft, as `repair` tells it.")],
    home: Home = HERE,
    as_: As = "",
) -> None:
    """Put a sealed draft under way that a crash left without a release."""
    actor, opened = _begun(home, as_)

    from statlas.service.office.releases import acting

    typer.echo(release_text.line(acting.adopt(home=opened, draft_id=draft_id, actor=actor)))


def repair(home: Home = HERE) -> None:
    """Compare the audit log, the disk and the site's database, set right what differs, and say what is left to you."""
    opened = _ready(home)

    from statlas.service.office.releases import acting

    found = acting.repair(home=opened)
    for sentence in found.done:
        typer.echo(f"done: {sentence}")
    for sentence in found.to_do:
        typer.echo(f"to do: {sentence}")
    if not found.done and not found.to_do:
        typer.echo("Nothing differs.")


# --- the same of all --------------------------------------------------------------------------------------------------


def _act(act: str, database: str, number: str, home: Path, who: str, **given: Any) -> None:
    """Do one thing to a release, and tell where it is then."""
    typer.echo(release_text.line(_do(act, database, number, home, who, **given)))


def _do(act: str, database: str, number: str, home: Path, who: str, **given: Any) -> "ReleaseFactsOfOffice":
    """Do one thing to a release."""
    actor, opened = _begun(home, who)
    one = _chosen(actor, database, number)

    from statlas.service.office.releases import acting

    done: ReleaseFactsOfOffice = getattr(acting, act)(
        home=opened, release_id=one.id, actor=actor, seen=one.moves, **given
    )
    return done


def _begun(home: Path, email: str) -> "tuple[Actor, OpenedHome]":
    """Who acts, and the home with its table of releases in order."""
    from statlas.cli import identity

    opened = _ready(home)
    actor = identity.actor(email)

    from statlas.service.office.releases import acting

    acting.repair(home=opened)
    return actor, opened


def _ready(home: Path) -> "OpenedHome":
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    prepare_site(home)
    return tables.open_home(home)


def _chosen(actor: "Actor", database: str, number: str) -> "ReleaseFactsOfOffice":
    """The release that is meant: that of the number, else the one under way.

    Raises:
        UnknownNameError: there is none of one's own.
    """
    from statlas.service.office import organisations
    from statlas.service.office.releases import reading

    found = [one for one in reading.for_account(account=actor.account) if one.database == database]
    if not found and not organisations.is_member(account=actor.account, database_id=database):
        raise organisations.not_yours(database)
    meant: Callable[[ReleaseFactsOfOffice], bool] = (
        (lambda one: one.release == number) if number else (lambda one: one.is_under_way)
    )
    chosen = sorted((one for one in found if meant(one)), key=lambda one: one.state == "discarded")
    if not chosen:
        what = f"release {number}" if number else "release under way"
        raise UnknownNameError(
            f"{database} has no {what}.",
            mend="`statlas release list --all` shows those there are.",
            component=number or database,
        )
    return chosen[0]


_COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_releases,
    "show": show,
    "accept": accept,
    "check": check,
    "send-back": send_back,
    "approve": approve,
    "schedule": schedule,
    "unschedule": unschedule,
    "discard": discard,
    "access": access,
    "correct": correct,
    "withdraw": withdraw,
    "restore": restore,
    "destroy": destroy,
    "prove": prove,
    "adopt": adopt,
    "repair": repair,
}
