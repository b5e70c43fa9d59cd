"""``statlas audit``: the log of acts: list it, and see whether anybody changed it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from statlas.cli.identity import As

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    audit = typer.Typer(help="List the log of acts, and see whether anybody changed it.", no_args_is_help=True)
    audit.command("list")(list_lines)
    audit.command("verify")(verify)
    audit.command("acknowledge")(acknowledge)
    app.add_typer(audit, name="audit")


def list_lines(
    home: Home = HERE,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], metavar="DAY", help="Only since this day, UTC.")
    ] = None,
    action: Annotated[
        str, typer.Option("--action", metavar="ACTION", help="Only this act, or acts of this kind: release.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", help="Only what was done to something so named.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what was done, oldest first: number, time, who, what, to what, why, details."""
    from statlas.service import tables
    from statlas.service.tables import auditing

    for line in auditing.lines(home=tables.existing_home(home)):
        is_early = since is not None and line.time.replace(tzinfo=None) < since
        if is_early or not auditing.is_of(line, action) or subject not in line.subject:
            continue
        typer.echo(bytes(line).decode().rstrip("\n") if as_json else _told(line))


def _told(line: Any) -> str:
    facts = [f"{name}: {value}" for name, value in line.details.items()]
    parts = [f"{line.time:%Y-%m-%d %H:%M:%S} UTC", line.actor, line.action, line.subject, line.reason, *facts]
    return "\t".join([str(line.sequence), *(_printable(part) for part in parts if part)])


def _printable(text: str) -> str:
    """The text with what moves a terminal's cursor written out: whoever wrote it may not rewrite other lines."""
    return text if text.isprintable() else json.dumps(text)


def verify(
    home: Home = HERE,
    head: Annotated[
        list[str] | None, typer.Option("--head", metavar="LINES:SHA256", help="A head written down elsewhere; repeat.")
    ] = None,
) -> None:
    """See whether the log is as it was written, and print its head, to be written down elsewhere.

    Ends with exit code 2 when a line was altered, removed, inserted or moved, or the end was cut, and with 6 when all
    that is wrong was acknowledged.
    """
    from statlas.service import tables
    from statlas.service.tables import auditing

    noted = tuple(_head(text) for text in head or [])
    found = auditing.verify(home=tables.existing_home(home), noted=noted)
    for line in _verified(found):
        typer.echo(line)
    if not found.is_whole:
        raise typer.Exit(2 if found.faults else KNOWN_BREAK)


KNOWN_BREAK = 6
"""The exit code of a log that is not whole, where all that is wrong is known."""


def _verified(found: Any) -> Iterator[str]:
    """What was found, a line each: what is wrong, what is known to be, what is worth knowing, and the head."""
    yield from map(str, found.faults)
    for known in found.acknowledged:
        line = known.line
        said = f"Acknowledged by {line.actor} on {line.time:%Y-%m-%d %H:%M} UTC in line {line.sequence}: {line.reason}"
        yield _printable(said)
        yield from (f"  {fault}" for fault in known.faults)
    yield from (f"Note: {remark}" for remark in found.remarks)
    if found.is_whole:
        yield f"Every line is as it was written: {found.n_lines:,}." if found.head else "The log has no line yet."
    elif not found.faults:
        yield "The log is not whole. What is wrong is known, and every line since is as it was written."
    if found.head:
        yield f"Head, to write down elsewhere: {found.head}"


def acknowledge(
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="What was found out; kept in the log for ever.")
    ] = "",
    home: Home = HERE,
    as_: As = "",
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head", metavar="LINES:SHA256", help="A head written down elsewhere that no longer fits; repeat."
        ),
    ] = None,
) -> None:
    """Say that what is wrong with the log is known; the alarm ends, and `verify` tells it apart from what is new.

    For administrators of the site. The log stays as it is, and never counts as whole again.
    """
    from statlas.cli import identity
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    prepare_site(home)

    from statlas.service.office.acknowledging import acknowledge as say

    noted = tuple(_head(text) for text in head or [])
    line, found = say(home=tables.open_home(home), actor=identity.actor(as_), reason=reason, noted=noted)
    for fault in found.faults:
        typer.echo(str(fault))
    typer.echo(f"Acknowledged in line {line.sequence}. Head, to write down elsewhere: {line.head}")


def _head(text: str) -> Any:
    from statlas.service.tables.auditing import Head

    found = Head.read(text)
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is no head: it is the number of lines, a colon, and 64 characters.", param_hint="--head"
        )
    return found
