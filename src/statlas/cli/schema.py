"""``statlas schema``: the JSON Schema of definition files, for editors."""

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("schema")(schema)


def schema(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write; - for standard output.")] = Path(
        "-"
    ),
) -> None:
    """Print the JSON Schema of definition files, by which editors complete keys and explain them.

    Save it beside a definition and begin the definition with
    `# yaml-language-server: $schema=statlas.schema.json`.
    """
    from statlas import definitions

    text = json.dumps(definitions.json_schema(), indent=2, ensure_ascii=False) + "\n"
    if str(out) == "-":
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {out}.")
