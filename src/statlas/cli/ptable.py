"""``statlas ptable``: make a perturbation table and write it as CSV."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from statlas.cli.output import put

# How an answer of --mono may be spelt; "TRUE" and "FALSE" are R's.
ANSWERS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


class PtableCommand(TyperCommand):
    """A command whose ``--mono`` may stand alone, meaning yes for every row."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with a lone ``--mono`` written out."""
        following = [*args[1:], "-"]
        spelt = [
            "--mono=T" if arg == "--mono" and after.startswith("-") else arg
            for arg, after in zip(args, following, strict=True)
        ]
        return super().parse_args(ctx, spelt)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("ptable", cls=PtableCommand)(ptable)


def ptable(
    d: Annotated[int, typer.Option("--D", help="Largest noise in size.")],
    v: Annotated[float, typer.Option("--V", help="Largest variance of the noise.")],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write; - for standard output.")],
    js: Annotated[int, typer.Option("--js", help="Largest positive count that noise may not give.")] = 0,
    pstay: Annotated[
        str | None,
        typer.Option("--pstay", metavar="P[,P...]", help="Least probability of no noise: for all rows, or row by row."),
    ] = None,
    mono: Annotated[
        str | None,
        typer.Option(
            "--mono",
            metavar="[T|F,...]",
            help="Whether probabilities rise towards no noise from the left: alone for yes, or row by row.",
        ),
    ] = None,
) -> None:
    """Make a perturbation table: the noise of greatest entropy for every true count.

    The file has the columns i, j, v, p, lb, ub: true count, count after noise, noise, probability, interval.
    Settings for which there is no table are refused with the reason.
    """
    from statlas.disclosure.generation import make_ptable
    from statlas.disclosure.ptable import ptable_to_csv

    table = make_ptable(d, v, js, pstay=_numbers(pstay), mono=_answers(mono))
    to_screen = str(out) == "-"
    put(ptable_to_csv(table).encode(), out)
    typer.echo(f"D {d}, V {v:g}, js {js}: {len(table)} rows, noise sd {table.sd:.1f}", err=to_screen)
    typer.echo(f"sha256 {table.digest}", err=to_screen)
    for n in table.rows_below_variance:
        typer.echo(
            f"V is not met for the true count {n}: its noise has variance {table.variances[n]:.5f}", err=to_screen
        )


def _numbers(text: str | None) -> list[float] | None:
    """The numbers of ``0.5`` or ``0.5,0.5,0.7``."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number or several with commas.", param_hint="--pstay") from None


def _answers(text: str | None) -> list[bool] | None:
    """The answers of ``T`` or ``T,T,F,T``."""
    if text is None:
        return None
    try:
        return [ANSWERS[part.strip().upper()] for part in text.split(",")]
    except KeyError:
        raise typer.BadParameter(f"{text!r} is not T or F, or several with commas.", param_hint="--mono") from None
