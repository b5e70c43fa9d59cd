"""Making the site ready in this process: for a command that works on its database, and before it is served."""

from __future__ import annotations

import os

import django
from django.core.management import call_command

from statlas.web.configuration import Settings

SETTINGS_MODULE = "statlas.web.settings"


def start(options: Settings) -> None:
    """Set Django up for these options and bring the tables of the site's database up to date.

    Once a process: Django's settings cannot be changed afterwards. Processes started later inherit the options.
    """
    os.environ.update(options.as_environment())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
