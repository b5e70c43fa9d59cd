"""How wide text is, so that it can be broken into lines before anything is drawn.

Widths are those of Liberation Sans, which are Arial's and Helvetica's; what draws the text may have another font, so
an allowance is made.
"""

from __future__ import annotations

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

# Widths in thousandths of the size of the font, rounded up to groups (measured on the font's own table).
_NARROW, _SLIM, _USUAL, _BROAD, _WIDE = 280, 390, 570, 730, 950
_GROUPS = (
    (" !'.,:;/\\|ijlIft[]", _NARROW),
    ('-()rt"*', _SLIM),
    ("ABCDEFGHKNOPQRSUVXYTZ&L", _BROAD),
    ("mwMW@%", _WIDE),
)
_WIDTHS = {letter: width for letters, width in _GROUPS for letter in letters}


def width_of(text: str, size: float) -> float:
    """About how many pixels a text takes at a size in pixels."""
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * size / 1000


def lines_of(text: str, width: float, size: float, most: int = 0) -> list[str]:
    """A text broken at its blanks (and inside a word that is too long) into lines no wider than ``width`` pixels.

    ``most`` is the largest number of lines; the last then ends with an ellipsis. 0 for as many as it takes.
    """
    lines: list[str] = []
    for word in _pieces(text, width, size):
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    if most and len(lines) > most:
        return [*lines[: most - 1], _shortened(lines[most - 1], width, size)]
    return lines or [""]


def _pieces(text: str, width: float, size: float) -> list[str]:
    """Words, those that are too long for a line in parts."""
    found: list[str] = []
    for word in text.split():
        part = ""
        for letter in word:
            if part and width_of(part + letter, size) > width:
                found.append(part)
                part = ""
            part += letter
        found.append(part)
    return found


def _shortened(line: str, width: float, size: float) -> str:
    while line and width_of(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
