"""``statlas schema``: the JSON Schemas of definition and policy files, for editors."""

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
    policy: Annotated[bool, typer.Option("--policy", help="That of policy files.")] = False,
) -> None:
    """Print the JSON Schema of definition files, by which editors complete keys and explain them.

    Save it beside a definition and begin the definition with
    `# yaml-language-server: $schema=statlas.schema.json`.
    """
    from statlas import definitions

    made = definitions.policy_schema() if policy else definitions.json_schema()
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if str(out) == "-":
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {out}.")
