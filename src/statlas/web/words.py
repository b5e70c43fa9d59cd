"""The words of pages: those of every door, from the model."""

from statlas.model.words import (
    Licence,
    day,
    licence,
    listed,
    lower_first,
    note_mark,
    number,
    plural,
    plural_of,
    protection,
)

__all__ = [
    "Licence",
    "day",
    "licence",
    "listed",
    "lower_first",
    "note_mark",
    "number",
    "plural",
    "plural_of",
    "protection",
]
