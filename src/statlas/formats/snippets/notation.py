"""How a language writes texts, lists and records, laid out to be read.

Only characters that print as themselves stand as they are: control characters, line separators, marks that turn the
direction of writing and halves of surrogate pairs are escaped, so that code is what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 100
"""Characters of a line, where its texts allow it; arbitrary."""

_STEP = 4
_BEYOND = 0x10000


@dataclass(frozen=True)
class Notation:
    """Literals of a language: ``JSON.of({"rows": ["AREA"]})``."""

    text: Callable[[str], str]
    name: Callable[[str], str]
    series: tuple[str, str] = ("[", "]")
    record: tuple[str, str] = ("{", "}")
    between: str = ": "
    constants: tuple[str, str, str] = ("true", "false", "null")

    def of(self, value: Any, indent: int = 0) -> str:
        """A value of JSON types as a literal.

        Args:
            value: mappings, sequences, texts, whole numbers, truth values and None.
            indent: blanks before the line in which the literal begins.
        """
        if isinstance(value, Mapping):
            members = [f"{self.name(n)}{self.between}{self.of(one, indent + _STEP)}" for n, one in value.items()]
            return _laid_out(members, self.record, indent)
        if isinstance(value, Sequence) and not isinstance(value, str):
            parts = [self.of(one, indent + _STEP) for one in value]
            is_plain = all(isinstance(one, str) for one in value)
            return _laid_out([*_filled(parts, indent + _STEP)] if is_plain else parts, self.series, indent)
        return self._scalar(value)

    def _scalar(self, value: Any) -> str:
        true, false, null = self.constants
        if value is None:
            return null
        if isinstance(value, bool):
            return true if value else false
        return self.text(value) if isinstance(value, str) else str(int(value))


def _laid_out(parts: Sequence[str], marks: tuple[str, str], indent: int) -> str:
    """In one line where that is short, else each part in lines of its own."""
    before, after = marks
    short = f"{before}{', '.join(parts)}{after}"
    if "\n" not in short and indent + len(short) <= WIDTH:
        return short
    deeper = " " * (indent + _STEP)
    return f"{before}\n" + ",\n".join(f"{deeper}{part}" for part in parts) + f"\n{' ' * indent}{after}"


def _filled(parts: Sequence[str], indent: int) -> Iterator[str]:
    """Short parts side by side: a thousand codes are not a thousand lines."""
    line = ""
    for part in parts:
        if line and indent + len(line) + len(part) + 2 > WIDTH:
            yield line
            line = part
        else:
            line = f"{line}, {part}" if line else part
    if line:
        yield line


# --- texts ------------------------------------------------------------------------------------------------------------

_C_LIKE = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escaped(text: str, special: Mapping[str, str], hidden: Callable[[int], str]) -> str:
    """A text with some characters written otherwise, and with ``hidden`` of the number of each that does not print."""
    return "".join(special.get(c) or (c if c.isprintable() else hidden(ord(c))) for c in text)


def _json_text(text: str) -> str:
    return f'"{escaped(text, _C_LIKE, _by_halves)}"'


def _by_halves(number: int) -> str:
    if number < _BEYOND:
        return f"\\u{number:04x}"
    high, low = divmod(number - _BEYOND, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def c_text(text: str) -> str:
    r"""In double quotes, with ``\u`` and ``\U`` as Python and R have them."""
    return f'"{escaped(text, _C_LIKE, _by_number)}"'


def _by_number(number: int) -> str:
    return f"\\u{number:04x}" if number < _BEYOND else f"\\U{number:08x}"


def _m_text(text: str) -> str:
    return f'"{_m_escaped(text)}"'


def _m_escaped(text: str) -> str:
    special = {'"': '""', "#": "#(#)", "\n": "#(lf)", "\r": "#(cr)", "\t": "#(tab)"}
    return escaped(text, special, lambda n: f"#({n:04X})" if n < _BEYOND else f"#({n:08X})")


def _m_name(text: str) -> str:
    return text if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) and text not in _M_WORDS else f"#{_m_text(text)}"


_M_WORDS = frozenset(
    (
        *("and", "as", "each", "else", "error", "false", "if", "in", "is", "let", "meta", "not"),
        *("null", "or", "otherwise", "section", "shared", "then", "true", "try", "type"),
    )
)
"""Words of the language (Power Query M language specification, 12.1)."""


JSON = Notation(_json_text, _json_text)
"""JSON, and JavaScript, which reads all of it."""

PYTHON = Notation(c_text, c_text, constants=("True", "False", "None"))

M = Notation(_m_text, _m_name, series=("{", "}"), record=("[", "]"), between=" = ")
"""Power Query's formula language."""
