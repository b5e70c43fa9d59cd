"""``statlas release accept``, ``check``, ``send-back``, ``approve`` and ``discard``: a draft agreed or given up."""

from typing import Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release.acting import HERE, Database, Home, Reason, act


def accept(
    database: Database,
    finding: Annotated[str, typer.Argument(help="Id of the finding, as the reports show it.")],
    reason: Reason = "",
    home: Home = HERE,
    as_: As = "",
) -> None:
    """Accept a finding of the checks with the reason why the figures are right."""
    act("accept", database, "", home, as_, finding=finding, reason=reason)


def check(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Call a draft checked; every finding that needs a reason has one."""
    act("check", database, "", home, as_, reason=reason)


def send_back(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Make a checked or approved release a draft again."""
    act("send_back", database, "", home, as_, reason=reason)


def approve(database: Database, home: Home = HERE, as_: As = "", reason: Reason = "") -> None:
    """Approve a checked release that somebody else prepared."""
    act("approve", database, "", home, as_, reason=reason)


def discard(
    database: Database,
    home: Home = HERE,
    as_: As = "",
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="Why; kept in the audit log, and readers are told where it was scheduled."
        ),
    ] = "",
) -> None:
    """Give up a release that is not public, and remove its draft for good."""
    act("discard", database, "", home, as_, reason=reason)
