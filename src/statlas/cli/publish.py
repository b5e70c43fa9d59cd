"""``statlas publish``: make a draft of a release, or with ``--now`` the release itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from statlas.cli.identity import As
from statlas.errors import AccessError, QueryError, StatlasError
from statlas.model.release import ReleaseKind

if TYPE_CHECKING:
    from statlas.model.finding import DraftReports
    from statlas.service.tables import Agreed, PublishReport
    from statlas.service.tables.drafting import DraftReport
    from statlas.store import Home as OpenedHome

Definition = Annotated[Path, typer.Argument(help="The database's YAML file.")]
Records = Annotated[
    list[Path] | None,
    typer.Argument(help="Record files (CSV, CSV.gz, Parquet, Arrow) and folders of them; none keeps the last ones."),
]
Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Period = Annotated[str | None, typer.Option("--period", help="Every record must be of it, such as 202509.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What readers are told of the release: why, what.")]
AgreedBy = Annotated[
    str | None, typer.Option("--agreed-by", help="Disclosure officer who agreed to a period's fourth version.")
]
AgreedBecause = Annotated[str | None, typer.Option("--reason", help="Why it was agreed to.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("publish")(publish)


def publish(  # noqa: PLR0917 - typer calls it by name
    definition: Definition,
    records: Records = None,
    home: Home = HERE,
    now: Annotated[
        bool, typer.Option("--now", help="Release it at once, on a home that wants that; no draft is made.")
    ] = False,
    accepted: Annotated[
        str,
        typer.Option("--accept-findings", metavar="TEXT", help="With --now: why what the checks found is right."),
    ] = "",
    as_: As = "",
    kind: Annotated[
        ReleaseKind | None, typer.Option("--kind", help="Why there is a release; worked out where it is left out.")
    ] = None,
    note: Note = "",
    period: Period = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but draft or release it.")] = False,
    agreed_by: AgreedBy = None,
    reason: AgreedBecause = None,
) -> None:
    """Check and encode records and make a sealed draft of them, which others look at before it is public.

    Faults are all reported at once, and then nothing has changed.
    Periods that are not among the records stay as they are.
    """
    from statlas.service import tables

    given = {
        "definition": definition,
        "records": records or (),
        "period": period,
        "agreed": agreement(agreed_by, reason),
        "kind": kind,
        "note": note,
    }
    if accepted and not now:
        raise QueryError(
            "Findings are accepted with --now; those of a draft one by one.",
            mend="Use `statlas release accept` for a draft.",
        )
    if dry_run:
        told = _told(_with_bar(tables.publish, home=tables.open_home(home), dry_run=True, **given))
    elif now:
        told = _at_once(tables.open_home(home), {**given, "accepted": accepted})
    else:
        told = draft(home, as_, given)
    for line in told:
        typer.echo(line)


def draft(home: Path, email: str, given: dict[str, Any]) -> list[str]:
    """Make a sealed draft and put it under way, in the name of an account; what to tell of it."""
    from statlas import definitions
    from statlas.cli import identity
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    database = definitions.read(given["definition"])
    _check_said_who(home, email)
    prepare_site(home, make=True)

    from statlas.service.office.releases import acting
    from statlas.service.tables import drafting

    actor, opened = identity.actor(email), tables.open_home(home)
    acting.require_may_begin(account=actor.account, database_id=database.id, policy=database.policy, home=opened)
    made = _with_bar(drafting.draft, home=opened, by=actor.name, **given)
    begun = acting.begin(home=opened, draft=made, actor=actor, kind=given["kind"] or _kind(made))
    return _drafted(made, len(begun.to_answer or ()))


def _check_said_who(home: Path, email: str) -> None:
    from statlas.service import tables

    opened = tables.open_home(home)
    if not email.strip() and (not opened.exists or opened.immediate):
        raise AccessError(
            "Who makes the draft is not said.",
            mend="Name your account with --as EMAIL, or release at once, with no draft, by --now.",
        )


def _kind(made: "DraftReport") -> ReleaseKind:
    return ReleaseKind.REVISION if made.revised else ReleaseKind.NEW


def _at_once(home: "OpenedHome", given: dict[str, Any]) -> list[str]:
    """Release at once; what to tell of it, and of what the checks found, which is told where it is stopped, too."""
    from statlas.cli.report_text import findings_text
    from statlas.service.tables import auditing
    from statlas.service.tables.at_once import publish_now

    _check_policy(home, given["definition"])
    found: list[DraftReports] = []
    try:
        made = _with_bar(publish_now, home=home, by=auditing.of_this_machine(), found=found.append, **given)
    except StatlasError:
        for reports in found:
            typer.echo(findings_text(reports))
        raise
    return [*_told(made), *(findings_text(reports) for reports in found)]


def _check_policy(home: "OpenedHome", definition: Path) -> None:
    """See that the policy is not another organisation's; where there never was a site, there are no organisations."""
    from statlas import definitions
    from statlas.cli import site

    if not site.has_site(home.path):
        return
    database = definitions.read(definition)
    site.prepare_site(home.path)

    from statlas.service.office import organisations

    organisations.require_policy(database_id=database.id, policy=database.policy)


def _with_bar(make: Any, **given: Any) -> Any:
    from statlas.cli.progress import bar

    with bar(Console(stderr=True)) as progress:
        return make(**given, progress=progress)


def agreement(by: str | None, reason: str | None) -> "Agreed | None":
    """Who agreed, and why; both or neither.

    Raises:
        QueryError: one of the two is missing.
    """
    from statlas.service.tables import Agreed

    by, reason = (by or "").strip(), (reason or "").strip()
    if bool(by) != bool(reason):
        raise QueryError("An agreement has a name and a reason.", mend="Give --agreed-by and --reason together.")
    return Agreed(by, reason) if by else None


# --- what is told -----------------------------------------------------------------------------------------------------


def _drafted(made: "DraftReport", n_findings: int) -> list[str]:
    lines = [f"Release {made.release} of {made.database} is a draft, version {made.version}:"]
    lines += _periods(made.added, made.revised)
    found = "no finding needs a reason" if not n_findings else f"findings that need a reason: {n_findings}"
    lines += [f"  {found}", f"  digest {made.digest}", ""]
    return [*lines, f"Go on with: statlas release show {made.database} --reports"]


def _told(report: "PublishReport") -> list[str]:
    """What happened, a line each."""
    name = f"release {report.manifest.release} of {report.database.id}"
    if not report.is_new:
        return [f"Nothing has changed: {name} stays the one that answers."]
    lines = [f"Would be {name}:" if report.dry_run else f"{name[0].upper()}{name[1:]} answers now:"]
    lines += _periods(report.added, report.revised)
    if report.without_cuboids:
        lines.append(f"  without cuboids ({report.without_cuboids}): every table is counted from the records")
    if report.first_table is not None:
        lines += ["", f"{report.first_table!r}"]
    if report.first_refusal is not None:
        lines += ["", "Its first table would be refused:", f"{report.first_refusal}"]
    return lines


def _periods(added: tuple[str, ...], revised: tuple[str, ...]) -> list[str]:
    """Which periods are new and which have other records, or that there are none."""
    lines = [f"  {what}: {_listed(periods)}" for periods, what in ((added, "new"), (revised, "revised")) if periods]
    return lines or ["  the definition alone has changed"]


def _listed(periods: tuple[str, ...]) -> str:
    """Periods in few words: *202501 to 202512 (12)*."""
    few = 3
    return ", ".join(periods) if len(periods) <= few else f"{periods[0]} to {periods[-1]} ({len(periods)})"
