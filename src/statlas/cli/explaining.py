"""How the command line tells of an error: title, what was found, how to mend it; no traceback.

The exit code is the error family's own (``StatlasError.exit_code``), so that a script can tell who has to act.
"""

from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from statlas.errors import StatlasError

_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C."""


class ExplainingGroup(TyperGroup):
    """A group of commands whose errors of ours are printed on stderr and become exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command asked for; a ``StatlasError`` is explained and ends the run with its exit code."""
        try:
            return super().invoke(ctx)
        except StatlasError as error:
            explain(error, Console(stderr=True, soft_wrap=True))
            raise typer.Exit(error.exit_code) from None
        except RuntimeError as error:
            if str(error) == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise


def explain(error: StatlasError, console: Console) -> None:
    """Print ``error`` for the person at the terminal: every fault it carries, then how to mend it."""
    console.print(Text(f"{error.title}.", style="bold red"))
    console.print(Text(error.message))
    for fault in getattr(error, "faults", ()):
        console.print(Text(f"  {fault} [{fault.code}]"))
    if error.mend:
        console.print(Text(f"To mend it: {error.mend}", style="bold"))
