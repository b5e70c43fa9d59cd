"""``statlas key``: make, list and revoke keys of the Open Data API."""

from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Name = Annotated[str, typer.Argument(help="Program or person the key is for.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    key = typer.Typer(help="Make, list and revoke keys of the Open Data API.", no_args_is_help=True)
    key.command("create")(create)
    key.command("list")(list_all)
    key.command("revoke")(revoke)
    app.add_typer(key, name="key")


def create(name: Name, home: Home = HERE) -> None:
    """Make a key and print it, and nothing else; it is shown this once."""
    typer.echo(_keys(home, make=True).create(name=name))


def list_all(home: Home = HERE) -> None:
    """List the keys made so far: name, day made, hour last used, day revoked."""
    for key in _keys(home).list_all():
        used = f"last used {key.last_used:%Y-%m-%d %H}:00 UTC" if key.last_used else "not used yet"
        typer.echo(f"{key.name}\tmade {_day(key.created)}\t{used}{_revoked(key.revoked)}")


def revoke(name: Name, home: Home = HERE) -> None:
    """Take a key out of force, at once."""
    _keys(home).revoke(name=name)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _revoked(moment: datetime | None) -> str:
    return f"\trevoked {_day(moment)}" if moment else ""


def _keys(home: Path, *, make: bool = False) -> ModuleType:
    """The use cases of keys, on the site's database of this home."""
    from statlas.cli.site import prepare_site

    prepare_site(home, make=make)

    from statlas.service.office import keys

    return keys
