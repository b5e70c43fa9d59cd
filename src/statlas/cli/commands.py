"""Which commands there are: the modules of ``statlas.cli`` that have a ``register`` function."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import typer

_HERE = str(Path(__file__).parent)


def register_all(app: typer.Typer) -> None:
    """Add every command of this package to ``app``, in the order of their names."""
    for module in sorted(iter_modules([_HERE]), key=lambda found: found.name):
        register = getattr(import_module(f"statlas.cli.{module.name}"), "register", None)
        if register is not None:
            register(app)
