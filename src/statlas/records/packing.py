"""How an encoded record lies in 64-bit words between being read and being written.

A *row* is a few words, unsigned:

words                   meaning
codes, one or more      the position in every field, in the order in which records are sorted, from the top bit down;
                        no field is divided between two words; below them a bit a measure, set where its amount is blank
unit                    the unit's pseudonym
own, where there is one in its high half the key of a household or claim, which have one beside the unit's
amounts, weights        as they are written; 0 where blank

So comparing two records is comparing a word or two, and moving one is moving some thirty bytes that lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from statlas.model.database import Database, Measure
from statlas.records import layout, units, weights

WORD = 64
"""Bits in a word."""

_KEY_SHIFT, _KEY_MASK = 32, 2**32 - 1
_WHOLE = 2**WORD - 1


@dataclass(frozen=True)
class Place:
    """Where a whole number stands in a row: ``mask`` after its word was shifted to the right."""

    word: int
    shift: int
    mask: int


class Packing:
    """The rows of a database: which word holds what."""

    def __init__(self, database: Database) -> None:
        self.database = database
        sizes = {f.id: (len(f.classification.leaves) - 1).bit_length() for f in database.categories}
        names = layout.sort_order(database)
        places = list(_packed([*(sizes[name] for name in names), *(1 for _ in database.measures)]))
        self.codes: dict[str, Place] = dict(zip(names, places, strict=False))
        self.blanks: dict[str, Place] = {
            measure.id: place for measure, place in zip(database.measures, places[len(names) :], strict=True)
        }
        self.n_codes = 1 + max((place.word for place in places), default=0)

    @property
    def unit(self) -> int:
        """The word of the unit's pseudonym."""
        return self.n_codes

    @property
    def own(self) -> int:
        """The word that the key comes from: the unit's unless there is another."""
        return self.n_codes + units.has_own_key(self.database.records)

    @cached_property
    def amounts(self) -> dict[str, int]:
        """The word of each measure's amount."""
        return {measure.id: self.own + n for n, measure in enumerate(self.database.measures, 1)}

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """The words of the weight and its replicates."""
        first = self.own + len(self.database.measures) + 1
        return tuple(range(first, first + len(weights.columns(self.database))))

    @property
    def n_words(self) -> int:
        """Words in a row."""
        return self.own + len(self.database.measures) + len(self.weights) + 1

    @cached_property
    def masks(self) -> NDArray[np.uint64]:
        """(n_codes,) uint64: the bits of the words of codes by which records are sorted, all but those of blanks."""
        found = np.zeros(self.n_codes, np.uint64)
        for place in self.codes.values():
            found[place.word] |= np.uint64(place.mask << place.shift)
        return found

    def columns(self, missing: frozenset[str]) -> Iterator[Place]:
        """Where each column of the file stands; ``missing`` are ids of the measures that have blanks in it."""
        yield Place(self.own, _KEY_SHIFT, _KEY_MASK)
        yield from (self.codes[field.id] for field in self.database.categories)
        for measure in self.database.measures:
            yield Place(self.amounts[measure.id], 0, _WHOLE)
            if measure.id in missing:
                yield self.blanks[measure.id]
        yield from (Place(word, 0, _WHOLE) for word in self.weights)

    def missing(self, rows: NDArray[np.uint64]) -> frozenset[str]:
        """Ids of the measures that are blank in some of the rows."""
        words = {word: np.bitwise_or.reduce(rows[:, word]) for word in {place.word for place in self.blanks.values()}}
        return frozenset(name for name, place in self.blanks.items() if int(words[place.word]) >> place.shift & 1)

    def measures(self) -> Iterable[Measure]:
        """The measures, in their order."""
        return self.database.measures


def _packed(sizes: Iterable[int]) -> Iterator[Place]:
    """Places for whole numbers of so many bits, one below the other from the top of the first word on."""
    word, left = 0, WORD
    for bits in sizes:
        if bits > left:
            word, left = word + 1, WORD
        left -= bits
        yield Place(word, left % WORD, (1 << bits) - 1)


def sql_of(places: Iterable[tuple[str, Place]], n_words: int) -> list[str]:
    """SQL of the words in which columns stand at their places, UBIGINT; NULL where one of the columns is."""
    parts: list[list[str]] = [[] for _ in range(n_words)]
    for column, place in places:
        parts[place.word].append(f"(cast({column} as ubigint) << {place.shift})")
    return [" | ".join(part) or "0::ubigint" for part in parts]


def values_at(rows: NDArray[np.uint64], place: Place) -> NDArray[np.uint64]:
    """(n,) uint64, what stands at a place of each row."""
    return (rows[:, place.word] >> np.uint64(place.shift)) & np.uint64(place.mask)
