"""``statlas keeper``: how the keeper of releases is, and what to do where it is not well."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.release import text as release_text

if TYPE_CHECKING:
    from statlas.store import Home as OpenedHome

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
TrustClock = Annotated[
    bool, typer.Option("--trust-clock", help="Say that the clock of this machine is right now although it jumped.")
]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    keeper = typer.Typer(help="See how the keeper of unreleased figures is.", no_args_is_help=True)
    keeper.command("status")(status)
    keeper.command("check")(check)
    keeper.command("allow")(allow)
    app.add_typer(keeper, name="keeper")


def status(home: Home = HERE) -> None:
    """Say who the keeper is, when it was last heard, and what is under way."""
    opened = _site(home)

    from statlas.service.office import heartbeat, keeper_schedule, watching

    beat = heartbeat.keeper(opened)
    heard = "never" if beat is None or beat.age_s == float("inf") else f"{beat.age_s:.0f} s ago"
    typer.echo(f"heard\t{heard}")
    typer.echo(f"user\t{'another than the pages' if watching.is_apart(opened) else 'the same as the pages'}")
    for release in keeper_schedule.all_under_way():
        minute = release_text.moment(release.scheduled_for) or "no minute yet"
        typer.echo(f"{release.database}\trelease {release.release}\t{release.state.value}\t{minute}")


def check(home: Home = HERE, trust_clock: TrustClock = False) -> None:
    """Say what is wrong with the keeper and its schedule, and what to do about it.

    Ends with exit code 5 when something is wrong.
    """
    opened = _site(home)

    from statlas.service.office import watching
    from statlas.service.tables import auditing

    if trust_clock:
        who = auditing.of_this_machine()
        auditing.record(home=opened, actor=who, action="keeper.trust-clock", subject="the clock of the machine")
        watching.trust_clock(opened)
        typer.echo("The keeper believes the clock of this machine from its next look on.")
        return
    trouble = watching.state(opened)
    for one in trouble:
        typer.echo(f"{one.said} {watching.mend_of(one)}")
    if trouble:
        raise typer.Exit(5)
    typer.echo("The keeper is well.")


def allow(
    release: Annotated[str, typer.Argument(help="Id of the release under way, as `statlas release list` shows it.")],
    home: Home = HERE,
) -> None:
    """Let a release open at the minute that it is scheduled for now, earlier than the keeper was told before.

    It is for the user that the keeper runs as.
    """
    opened = _site(home)

    from statlas.service.keeper import first_seen
    from statlas.service.office.releases import reading

    found = reading.release_of(release_id=release)
    if found is None or not found.is_under_way:
        raise reading.unknown(release)
    first_seen.allow(home=opened, release=found)
    typer.echo(f"{found.database} release {found.release} opens at its minute.")


def _site(home: Path) -> "OpenedHome":
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    prepare_site(home)
    return tables.open_home(home)
