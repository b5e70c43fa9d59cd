"""``statlas release map``: propose and check what became of names that a release takes away."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statlas.cli.identity import As
from statlas.cli.release.acting import HERE, Home
from statlas.errors import DataError, QueryError

if TYPE_CHECKING:
    from statlas.model.database import Database

What = Annotated[
    str,
    typer.Argument(
        metavar="DEFINITION",
        help="The new definition's YAML file; or the id of a database whose release is under way: its draft.",
    ),
]


def map_names(  # noqa: PLR0917 - typer calls it by name
    definition: What,
    before: Annotated[
        Path | None,
        typer.Option("--before", metavar="FILE", help="The definition before; left out, the release that answers."),
    ] = None,
    home: Home = HERE,
    as_: As = "",
    successors: Annotated[
        Path | None, typer.Option("--successors", metavar="FILE", help="CSV file of what former codes became.")
    ] = None,
    columns: Annotated[
        str, typer.Option("--columns", metavar="OLD,NEW", help="Its columns of former codes and of those of now.")
    ] = "old,new",
    guesses: Annotated[bool, typer.Option("--guesses", help="Let guesses count too in what is written.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan to a new file; - for standard output.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Put the plan at the end of the definition.")] = False,
) -> None:
    """Propose a mapping plan for names that a definition takes away, and say what is wrong with the one it has.

    Nothing is written unless asked for, and nothing that is there is written over.
    Ends with exit code 2 where the plan of the definition is wrong.
    """
    from statlas.cli.release import map_text
    from statlas.definitions.mapping_text import mapping_text, write_mapping
    from statlas.definitions.successors import read_successors
    from statlas.model.map_checking import Grade, troubles
    from statlas.model.map_matching import Confidence
    from statlas.model.map_proposing import propose

    given = read_successors(successors, *_columns(columns)) if successors else {}
    path = Path(definition)
    now = _now(path, definition, home, as_)
    then = _then(before, now.id, home)
    proposal, found = propose(then, now, given), troubles(then, now)
    least = Confidence.GUESS if guesses else Confidence.LIKELY
    if out is not None:
        _put(mapping_text(proposal, least), out)
    for line in map_text.lines(then, now, proposal, found):
        typer.echo(line, err=str(out) == "-")
    if write:
        if not path.is_file():
            raise QueryError("A draft is sealed and cannot be written to.", mend="Give the definition's YAML file.")
        write_mapping(path, proposal, least)
        typer.echo(f"Wrote the plan into {path}.")
    if any(one.grade is Grade.WRONG for one in found):
        raise typer.Exit(2)


def _columns(text: str) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):  # noqa: PLR2004 - a pair
        raise QueryError("--columns names two columns.", mend="Write the former one, a comma, and that of now.")
    return names[0], names[1]


def _now(path: Path, name: str, home: Path, email: str) -> "Database":
    """The definition as it will be: that of the file, or of the draft under way."""
    from statlas import definitions

    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return definitions.read(path)

    from statlas.cli.release.acting import begun, chosen

    actor, opened = begun(home, email)
    one = chosen(actor, name, "")

    from statlas.service.office import keeper_line

    assert actor.account is not None, "an account acts"
    told = keeper_line.ask(home=opened, act="database", account=actor.account.pk, release=one.id)
    return definitions.loads(told.decode())


def _then(before: Path | None, database_id: str, home: Path) -> "Database":
    from statlas import definitions
    from statlas.service import tables

    if before is None:
        return tables.database(home=tables.existing_home(home), database_id=database_id)
    return definitions.read(before)


def _put(text: str, out: Path) -> None:
    from statlas.cli.output import put

    if str(out) != "-" and out.exists():
        raise DataError(f"{out} is there already.", mend="Give another name, or remove it.")
    put(text.encode(), out)
