"""What was typed, understood: its words, the phrases of the field among them, and what those are called officially."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from statlas.catalogue.folding import fold, spans

MOST_LETTERS, MOST_WORDS = 200, 12
"""How much of what was typed is read; arbitrary, more than a question needs."""

_STOP = frozenset(
    fold(
        "a about all an and any are at be by can data do does figures find for from get gets give had has have how "
        "i in is it its many me much my near number of on or our out people per rate show statistics table tell "
        "that the their there these this to total up was were what when where which who with you your "
        "live living claim claiming claimants receive receiving recipients"
    )
)
"""Words that say little of what is sought, as the index knows them; they count where nothing else was typed."""


@dataclass(frozen=True)
class Synonym:
    """A phrase that people say, the official ones for it, and why: a row of ``synonyms.csv``."""

    said: tuple[str, ...]
    meant: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Term:
    """One thing that was typed: its words, and every way to say it as words of the index, its own first."""

    said: str
    words: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]
    synonym: Synonym | None = None

    @property
    def is_phrase(self) -> bool:
        """Whether it is a phrase of the list, to be taken whole."""
        return self.synonym is not None

    @property
    def weight(self) -> int:
        """How much of what was typed it is: its words."""
        return len(self.words)


@dataclass(frozen=True)
class Understood:
    """What was typed, in order: every word as ``words`` (folded, with what was typed), and the ``terms`` sought."""

    text: str
    words: tuple[tuple[str, str], ...]
    terms: tuple[Term, ...]


def understand(text: str) -> Understood:
    """The words and terms of a text, however strange it is."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:MOST_LETTERS]).split())
    words = tuple((span.word, text[span.start : span.end]) for span in spans(text) if span.word)[:MOST_WORDS]
    return Understood(text, words, terms_of(words))


def terms_of(words: tuple[tuple[str, str], ...]) -> tuple[Term, ...]:
    """Words as terms: known phrases together, words that say little left out unless there are no others."""
    found = [*_terms(words)]
    telling = [term for term in found if term.synonym or term.words[0] not in _STOP]
    return tuple(telling or found)


def _terms(words: tuple[tuple[str, str], ...]) -> Iterator[Term]:
    place = 0
    while place < len(words):
        synonym = _synonym_at(tuple(word for word, _ in words), place)
        size = len(synonym.said) if synonym else 1
        part = words[place : place + size]
        own = tuple(word for word, _ in part)
        meant = tuple(map(fold, synonym.meant)) if synonym else ()
        place += size
        yield Term(
            " ".join(said for _, said in part),
            own,
            tuple(dict.fromkeys((own, *meant))),
            synonym,
        )


def _synonym_at(words: tuple[str, ...], place: int) -> Synonym | None:
    """The longest phrase of the list that begins there."""
    candidates = synonyms().get(words[place], ())
    return next((one for one in candidates if words[place : place + len(one.said)] == one.said), None)


@lru_cache(maxsize=1)
def synonyms() -> Mapping[str, tuple[Synonym, ...]]:
    """The list of what people say, by first word, longer phrases first."""
    found: dict[str, list[Synonym]] = {}
    text = resources.files("statlas.catalogue").joinpath("synonyms.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        one = Synonym(fold(row["said"]), tuple(part.strip() for part in row["meant"].split(";")), row["why"])
        found.setdefault(one.said[0], []).append(one)
    return {first: tuple(sorted(ones, key=lambda one: -len(one.said))) for first, ones in found.items()}
