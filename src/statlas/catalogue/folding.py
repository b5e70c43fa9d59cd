"""Words as the index knows them: without case, accents and plural endings.

The folding is coarse on purpose and the same for what is indexed and what is asked, so it only has to be consistent:
*families* and *family* meet, and that *bus* loses no letter matters more than that every plural is known.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IRREGULAR = {
    "children": "child",
    "women": "woman",
    "men": "man",
    "persons": "person",
    "people": "person",
    "boys": "boy",
    "jobseeker": "jobseeker",
}
_NO_PLURAL = ("ss", "us", "is", "as", "os")
_SHORTEST_PLURAL = 4  # "bus", "gas", "his" are whole words

LONGEST_WORD = 40
"""Letters of a word that are looked at; arbitrary, longer than any word of the field."""


class Span(NamedTuple):
    """A word of a text: where it stands, and how the index knows it."""

    start: int
    end: int
    word: str


def spans(text: str) -> tuple[Span, ...]:
    """The words of a text with their places in it."""
    return tuple(Span(found.start(), found.end(), _folded(found[0])) for found in _WORD.finditer(text))


def fold(text: str) -> tuple[str, ...]:
    """The words of a text as the index knows them: ``Family Types`` is ``family``, ``type``."""
    return tuple(span.word for span in spans(text))


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", word.casefold()) if letter.isalnum())
    return _singular(bare[:LONGEST_WORD])


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
