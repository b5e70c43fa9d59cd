"""``statlas release``: the life of a release, from its draft to its end, a command for each step."""

from collections.abc import Callable

import typer

from statlas.cli.release import agreeing, looking, mapping, repairing, standing, timing

_COMMANDS: dict[str, Callable[..., None]] = {
    "list": looking.list_releases,
    "show": looking.show,
    "map": mapping.map_names,
    "accept": agreeing.accept,
    "check": agreeing.check,
    "send-back": agreeing.send_back,
    "approve": agreeing.approve,
    "schedule": timing.schedule,
    "unschedule": timing.unschedule,
    "discard": agreeing.discard,
    "access": timing.access,
    "correct": standing.correct,
    "withdraw": standing.withdraw,
    "restore": standing.restore,
    "destroy": standing.destroy,
    "prove": standing.prove,
    "adopt": repairing.adopt,
    "repair": repairing.repair,
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    release = typer.Typer(help="Take a release from its draft to the public, and further.", no_args_is_help=True)
    for name, command in _COMMANDS.items():
        release.command(name)(command)
    app.add_typer(release, name="release")
