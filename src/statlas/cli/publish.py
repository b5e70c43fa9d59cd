"""``statlas publish``: release records under a definition."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from statlas.errors import QueryError

if TYPE_CHECKING:
    from statlas.service.tables import PublishReport


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("publish")(publish)


def publish(
    definition: Annotated[Path, typer.Argument(help="The database's YAML file.")],
    records: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Record files (CSV, CSV.gz, Parquet, Arrow) and folders of them; none keeps the last ones."
        ),
    ] = None,
    home: Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")] = Path(
        "statlas-home"
    ),
    period: Annotated[str | None, typer.Option("--period", help="Every record must be of it, such as 202509.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but release it.")] = False,
    agreed_by: Annotated[
        str | None, typer.Option("--agreed-by", help="Disclosure officer who agreed to a period's fourth version.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it was agreed to.")] = None,
) -> None:
    """Check and encode records and make them the release that answers.

    Faults are all reported at once, and then nothing has changed.
    Periods that are not among the records stay as they are.
    """
    from statlas.cli.progress import bar
    from statlas.service import tables

    console = Console(stderr=True)
    agreed = _agreed(agreed_by, reason)
    with bar(console) as progress:
        report = tables.publish(
            home=tables.open_home(home),
            definition=definition,
            records=records or (),
            period=period,
            dry_run=dry_run,
            agreed=agreed and tables.Agreed(*agreed),
            progress=progress,
        )
    for line in _told(report):
        typer.echo(line)


def _agreed(by: str | None, reason: str | None) -> tuple[str, str] | None:
    """Who agreed, and why; both or neither."""
    by, reason = (by or "").strip(), (reason or "").strip()
    if bool(by) != bool(reason):
        raise QueryError("An agreement has a name and a reason.", mend="Give --agreed-by and --reason together.")
    return (by, reason) if by else None


def _told(report: "PublishReport") -> list[str]:
    """What happened, a line each."""
    name = f"release {report.manifest.release} of {report.database.id}"
    if not report.is_new:
        return [f"Nothing has changed: {name} stays the one that answers."]
    lines = [f"Would be {name}:" if report.dry_run else f"{name[0].upper()}{name[1:]} answers now:"]
    for periods, what in ((report.added, "new"), (report.revised, "revised")):
        lines += [f"  {what}: {_listed(periods)}"] if periods else []
    if not report.added + report.revised:
        lines.append("  the definition alone has changed")
    if report.without_cuboids:
        lines.append(f"  without cuboids ({report.without_cuboids}): every table is counted from the records")
    if report.first_table is not None:
        lines += ["", f"{report.first_table!r}"]
    if report.first_refusal is not None:
        lines += ["", "Its first table would be refused:", f"{report.first_refusal}"]
    return lines


def _listed(periods: tuple[str, ...]) -> str:
    """Periods in few words: *202501 to 202512 (12)*."""
    few = 3
    return ", ".join(periods) if len(periods) <= few else f"{periods[0]} to {periods[-1]} ({len(periods)})"
