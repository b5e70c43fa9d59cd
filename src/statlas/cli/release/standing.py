"""``statlas release correct``, ``withdraw``, ``restore``, ``destroy`` and ``prove``: what befalls a public release."""

from typing import Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.publish import AgreedBecause, AgreedBy, Definition, Period, Records
from statlas.cli.release import text
from statlas.cli.release.acting import HERE, Database, Home, Published, Reason, ToldReason, act
from statlas.errors import MoveRefusedError, UnknownNameError


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
    act("withdraw", database, number, home, as_, reason=reason)


def restore(database: Database, number: Published, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Let a withdrawn release be read again."""
    act("restore", database, number, home, as_, reason=reason)


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
    act("destroy", database, number, home, as_, reason=reason)


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
    for line in text.proof(proof):
        typer.echo(line)
    if not proof.holds:
        raise typer.Exit(5)
