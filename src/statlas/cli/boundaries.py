"""``statlas boundaries``: shapes of areas, from which maps are drawn."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from statlas.service.tables.boundaries import Added

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Level = Annotated[str, typer.Option("--level", help="What the areas are, such as authority, or the id of a level.")]
Vintage = Annotated[str, typer.Option("--vintage", help="The year of the boundaries, such as 2024.")]

HERE = Path("statlas-home")
OGL = "OGL-UK-3.0"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    boundaries = typer.Typer(help="Add, list and remove shapes of areas for maps.", no_args_is_help=True)
    boundaries.command("add")(add)
    boundaries.command("list")(list_all)
    boundaries.command("remove")(remove)
    app.add_typer(boundaries, name="boundaries")


def add(  # noqa: PLR0917 - typer names them all
    file: Annotated[Path, typer.Argument(help="GeoJSON, TopoJSON, GeoPackage or Shapefile; .gz and .zip too.")],
    level: Level,
    vintage: Vintage,
    home: Home = HERE,
    layer: Annotated[str, typer.Option("--layer", help="Which layer, where the file has several.")] = "",
    code_column: Annotated[str, typer.Option("--code-column", help="The column of codes; found if left out.")] = "",
    name_column: Annotated[str, typer.Option("--name-column", help="The column of names; found if left out.")] = "",
    crs: Annotated[
        str, typer.Option("--crs", help="Coordinate system such as EPSG:27700, where the file is silent or wrong.")
    ] = "",
    tolerance: Annotated[
        float | None,
        typer.Option("--tolerance", min=0, help="Metres a line may move; as few as needed if left out."),
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Whose boundaries they are; maps name it.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Their licence.")] = OGL,
    attribution: Annotated[str, typer.Option("--attribution", help="The sentence their owner asks for on maps.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but keep them.")] = False,
) -> None:
    """Mend and simplify the areas of a file and keep them for maps.

    Codes are compared with those of the databases; what does not match is told, and the rest is kept.
    """
    from statlas.cli.progress import bar
    from statlas.geography.boundaries import Wanted
    from statlas.model.boundary import Boundaries
    from statlas.service import tables
    from statlas.service.tables import boundaries

    wanted = Wanted(layer, code_column, name_column, crs, tolerance)
    named = Boundaries(level, vintage, "", 0, 0, source or file.name, licence, attribution)
    with bar(Console(stderr=True), f"{level}:") as progress:
        added = boundaries.add(
            home=tables.open_home(home),
            path=file,
            wanted=wanted,
            boundaries_as=named,
            progress=lambda step, fraction: progress(step, fraction, 0.0),
            replace_old=not dry_run,
        )
    for line in _told(added, dry_run=dry_run):
        typer.echo(line)


def _told(added: "Added", *, dry_run: bool) -> list[str]:
    """What happened, a line each."""
    made, prepared = added.boundaries, added.prepared
    kept = "Would be kept" if dry_run else "Kept"
    lines = [f"{kept}: {made.n_areas:,} areas of {made.level} of {made.vintage}, {made.size / 1000:,.0f} kB."]
    lines.append(f"  codes from column {prepared.code_column}; coordinates in {prepared.crs.partition('[')[0]}")
    if made.tolerance_m:
        lines.append(f"  lines simplified: none moved further than about {made.tolerance_m:,.0f} metres")
    if prepared.repaired:
        lines.append(f"  {prepared.repaired:,} shapes crossed themselves and were mended")
    if prepared.joined:
        lines.append(f"  {prepared.joined:,} rows joined to others of their code")
    if added.where:
        lines.append(f"  {added.matched:,} of {made.n_areas:,} codes are codes of {added.where}")
    else:
        lines.append("  none of the codes is a code of a database of this home: no map will use them yet")
    return [*lines, *(f"  {fault} [{fault.code}]" for fault in added.report)]


def list_all(home: Home = HERE) -> None:
    """List the boundaries of the installation: level, vintage, areas, bytes, source and licence."""
    from statlas.service import tables
    from statlas.service.tables import boundaries

    for one in boundaries.listed(tables.existing_home(home)):
        facts = (one.level, one.vintage, f"{one.n_areas:,} areas", f"{one.size:,} bytes", one.source, one.licence)
        typer.echo("\t".join(facts))


def remove(level: Level, vintage: Vintage, home: Home = HERE) -> None:
    """Take boundaries out of the installation; maps of that level become tile grids."""
    from statlas.service import tables
    from statlas.service.tables import boundaries

    boundaries.remove(tables.existing_home(home), level, vintage)
