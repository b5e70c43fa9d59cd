"""The site's database, for commands that work on it."""

from dataclasses import replace
from pathlib import Path


def has_site(home: Path) -> bool:
    """Whether the home has a site's database: one was made in it, or the environment names one.

    Raises:
        SettingsError: a setting cannot be read.
    """
    from statlas.service import tables
    from statlas.web.configuration import Settings

    named = bool(Settings.from_environment().database_url)
    return tables.open_home(home).exists and (named or (home / "site.sqlite3").exists())


def prepare_site(home: Path, *, make: bool = False) -> None:
    """Make Django and the site's database of a home ready, as the environment sets them.

    Raises:
        HomeError: there is no home here, and none is to be made.
        SettingsError: a setting cannot be read, or the database cannot be used.
    """
    from statlas.errors import HomeError
    from statlas.service import tables
    from statlas.web.configuration import Settings
    from statlas.web.server import prepare

    opened = tables.open_home(home)
    if make:
        opened.create()
    if not opened.exists:
        raise HomeError(f"There is no home in {home}.", mend="Name the folder of the installation with --home.")
    prepare(replace(Settings.from_environment(), home=opened.path))
