"""What a language is: a name, and how it asks each of the two interfaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from statlas.formats.snippets.question import FileQuestion, KeyedQuestion


@dataclass(frozen=True)
class Language:
    """A language to copy code in: ``Language("r", "R", r.cells, r.cubes)``.

    name: for ids and addresses. label: for people.
    cells: code that fetches the table as a file. cubes: code that asks the Open Data API.
    """

    name: str
    label: str
    cells: Callable[[FileQuestion], str]
    cubes: Callable[[KeyedQuestion], str]
