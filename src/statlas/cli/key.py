"""``statlas key``: make, list and revoke keys of the Open Data API."""

from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Name = Annotated[str, typer.Argument(help="Program or person the key is for.")]
Days = Annotated[int | None, typer.Option("--days", min=1, max=3650, help="Days until it ends; never if left out.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    key = typer.Typer(help="Make, list and revoke keys of the Open Data API.", no_args_is_help=True)
    key.command("create")(create)
    key.command("list")(list_all)
    key.command("revoke")(revoke)
    app.add_typer(key, name="key")


def create(name: Name, home: Home = HERE, days: Days = None) -> None:
    """Make a key and print it, and nothing else; it is shown this once."""
    typer.echo(_keys(home, make=True).create(name=name, days=days))


def list_all(home: Home = HERE) -> None:
    """List the keys made so far: name, day made, hour last used, day it ends or ended."""
    for key in _keys(home).list_all():
        used = f"last used {key.last_used:%Y-%m-%d %H}:00 UTC" if key.last_used else "not used yet"
        typer.echo(f"{key.name}\tmade {_day(key.created)}\t{used}{_end(key.revoked, key.expires)}")


def revoke(name: Name, home: Home = HERE) -> None:
    """Take a key out of force, at once."""
    _keys(home).revoke(name=name)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _end(revoked: datetime | None, expires: datetime | None) -> str:
    if revoked:
        return f"\trevoked {_day(revoked)}"
    return f"\tends {_day(expires)}" if expires else ""


def _keys(home: Path, *, make: bool = False) -> ModuleType:
    """The use cases of keys, on the site's database of this home."""
    from statlas.cli.site import prepare_site

    prepare_site(home, make=make)

    from statlas.service.office import keys

    return keys
