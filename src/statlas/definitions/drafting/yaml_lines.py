"""YAML as a person would write it: comments, quotes only where another program would misread a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import wrap

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()'’£% -]*(?<! )|[A-Za-z]")
_RESOLVED = re.compile(r"(?i)true|false|yes|no|on|off|null|y|n|nan|inf")
_WIDTH = 100


def text(value: str) -> str:
    """A text as YAML: in quotes if any program could take it for a number, a truth, nothing or a mark."""
    plain = _PLAIN.fullmatch(value) and not _RESOLVED.fullmatch(value)
    return value if plain else f'"{"".join(_escaped(c) for c in value)}"'


def _escaped(character: str) -> str:
    if character in ('"', "\\"):
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def mapping(pairs: Mapping[str, str]) -> str:
    """A mapping in one line, its values already YAML."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


def comment(words: str, indent: int = 0, mark: str = "#") -> Iterable[str]:
    """A comment of whole lines."""
    margin = " " * indent
    return [f"{margin}{mark} {line}" for line in wrap(_printable(words), _WIDTH - indent)]


def guessed(words: str, indent: int = 0) -> list[str]:
    """A comment that marks what follows as a guess."""
    first, *rest = wrap(_printable(words), _WIDTH - indent - 9)
    margin = " " * indent
    return [f"{margin}# guess: {first}", *(f"{margin}#   {line}" for line in rest)]


def _printable(words: str) -> str:
    """Names of columns may hold anything; a comment may not."""
    return "".join(c if c.isprintable() else "?" for c in words)
