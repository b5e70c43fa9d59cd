"""The catalogue of wording as a translator gets it: extracted by the command that the how-to gives."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]


def command() -> list[str]:
    """What ``docs/how-to/translate.md`` says collects the sentences, without the program and the file it writes."""
    [said] = re.findall(r"`\.venv/bin/pybabel (extract [^`]+)`", (ROOT / "docs/how-to/translate.md").read_text("utf-8"))
    return shlex.split(said.replace("-o statlas.pot ", ""))


@cache
def extracted() -> Catalog:
    """Every message of the product, with the files that say it."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "statlas.pot"
        program = [sys.executable, "-m", "babel.messages.frontend", "-q", *command(), "-o", str(made)]
        subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
        with made.open("rb") as file:
            return read_po(file)


def messages() -> Iterator[Message]:
    """The messages without the head of the catalogue."""
    return (message for message in extracted() if message.id)


def forms(message: Message) -> tuple[str, ...]:
    """A message as it stands in code: one text, or one for one and one for several."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translate(language: str, folder: Path, mark: str) -> None:
    """A catalogue of every message with a mark before it, where a translator's file would be."""
    made = Catalog(locale=language)
    for message in messages():
        said = tuple(mark + form for form in forms(message))
        if len(said) > 1:
            said = (said[0], *(said[1] for _form in range(made.num_plurals - 1)))
        made.add(message.id, said if len(said) > 1 else said[0])
    path = folder / language / "LC_MESSAGES" / "statlas.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, made)
