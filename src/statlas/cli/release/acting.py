"""What the commands of a release share: who acts, which release is meant, and doing one thing to it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from statlas.cli.release import text
from statlas.errors import UnknownNameError

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


def act(step: str, database: str, number: str, home: Path, who: str, **given: Any) -> None:
    """Do one thing to a release, and tell where it is then."""
    typer.echo(text.line(do(step, database, number, home, who, **given)))


def do(step: str, database: str, number: str, home: Path, who: str, **given: Any) -> "ReleaseFactsOfOffice":
    """Do one thing to a release."""
    actor, opened = begun(home, who)
    one = chosen(actor, database, number)

    from statlas.service.office.releases import acting

    done: ReleaseFactsOfOffice = getattr(acting, step)(
        home=opened, release_id=one.id, actor=actor, seen=one.moves, **given
    )
    return done


def begun(home: Path, email: str) -> "tuple[Actor, OpenedHome]":
    """Who acts, and the home with its table of releases in order."""
    from statlas.cli import identity

    opened = ready(home)
    actor = identity.actor(email)

    from statlas.service.office.releases import acting

    acting.repair(home=opened)
    return actor, opened


def ready(home: Path) -> "OpenedHome":
    """The home, with the site's database in order."""
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    prepare_site(home)
    return tables.open_home(home)


def chosen(actor: "Actor", database: str, number: str) -> "ReleaseFactsOfOffice":
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
    fitting = sorted((one for one in found if meant(one)), key=lambda one: one.state == "discarded")
    if not fitting:
        what = f"release {number}" if number else "release under way"
        raise UnknownNameError(
            f"{database} has no {what}.",
            mend="`statlas release list --all` shows those there are.",
            component=number or database,
        )
    return fitting[0]
