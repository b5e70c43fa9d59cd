"""``statlas release list`` and ``show``: what is under way, and where it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release import text
from statlas.cli.release.acting import HERE, Database, Home, Number, begun, chosen
from statlas.errors import KeeperGoneError, UnknownNameError

if TYPE_CHECKING:
    from statlas.service.office.actors import Actor
    from statlas.service.office.releases.facts import ReleaseFactsOfOffice
    from statlas.store import Home as OpenedHome

LOOK_S = 5.0
"""Seconds for which the keeper is asked beside what is known here: arbitrary."""


def list_releases(
    home: Home = HERE,
    as_: As = "",
    everything: Annotated[bool, typer.Option("--all", help="Public, withdrawn and discarded ones too.")] = False,
) -> None:
    """List the releases of your organisation that are under way: database, number, state, when, who."""
    actor, opened = begun(home, as_)

    from statlas.office.releases.states import UNDER_WAY
    from statlas.service.office.releases import reading

    found = reading.for_account(account=actor.account, states=() if everything else UNDER_WAY)
    for one in found:
        typer.echo(text.line(one))
    if not found:
        typer.echo(f"Nothing is under way in {opened.path}.", err=True)


def show(
    database: Database,
    number: Number = "",
    home: Home = HERE,
    as_: As = "",
    reports: Annotated[
        bool, typer.Option("--reports", help="What the checks found too; before it is public, asked of the keeper.")
    ] = False,
) -> None:
    """Tell where a release is, what was done to it and why, and what you can do next."""
    actor, opened = begun(home, as_)
    one = chosen(actor, database, number)

    from statlas.service.office.releases import reading

    history = reading.history(account=actor.account, release_id=one.id)
    readers = reading.early_readers(account=actor.account, release_id=one.id)
    for line in (*text.whole(one, _note(opened, actor, one), history, readers), *_saved_work(opened, actor, one)):
        typer.echo(line)
    if reports:
        typer.echo(_reports(opened, actor, one))


def _note(home: "OpenedHome", actor: "Actor", one: "ReleaseFactsOfOffice") -> str:
    """What readers are told, or will be."""
    from statlas.service.office.releases import reading

    assert actor.account is not None, "an account acts"
    try:
        return reading.note(home=home, account=actor.account, one=one, timeout_s=LOOK_S)
    except KeeperGoneError:
        return "not known, the keeper does not answer"


def _saved_work(home: "OpenedHome", actor: "Actor", one: "ReleaseFactsOfOffice") -> Iterator[str]:
    """What becomes of users' work under a draft that takes something away."""
    from statlas.service.office.releases import saved_asking

    assert actor.account is not None, "an account acts"
    try:
        found = saved_asking.told(home=home, account=actor.account, one=one, timeout_s=LOOK_S)
    except KeeperGoneError:
        yield "  what users saved: not known, the keeper does not answer"
        return
    for kind in found:
        yield f"  {kind.label.lower()}: {kind.said}" + (f" (because {kind.because})" if kind.because else "")


def _reports(home: "OpenedHome", actor: "Actor", one: "ReleaseFactsOfOffice") -> str:
    from statlas import definitions
    from statlas.cli.report_text import report_text
    from statlas.model.finding import from_json
    from statlas.service.office import keeper_line
    from statlas.service.office.releases.saved_work import with_saved_work

    assert actor.account is not None, "an account acts"
    if one.is_under_way:
        account = actor.account.pk
        told = keeper_line.ask(home=home, act="reports", account=account, release=one.id)
        after = keeper_line.ask(home=home, act="database", account=account, release=one.id)
        found = with_saved_work(from_json(told), home=home, after=definitions.loads(after.decode()))
        return "\n" + report_text(found, accepted=one.answers)
    if one.state == "discarded" or not (told := home.reports(one.database, one.release)):
        raise UnknownNameError("No reports on this release are kept.", component=one.release)
    return "\n" + report_text(from_json(told), accepted=one.answers)
