"""Search over everything that is public about a home's databases, and the tables that fit what was typed.

``search`` never fails for what is typed: it is folded to words, and no word of it is syntax of anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from statlas.catalogue import Document, Index, Kind, Term, fold, understand
from statlas.catalogue.index import Found
from statlas.catalogue.moments import moment_of
from statlas.catalogue.understanding import terms_of
from statlas.geography.postcodes import authorities_of
from statlas.service.tables.composing import Asked, Suggestion, suggestions
from statlas.service.tables.databases import databases
from statlas.service.tables.search_index import search_index
from statlas.store import Home

__all__ = ["MOST", "Hit", "Results", "Section", "search"]

MOST = 200
"""Documents of one kind that are looked at; a section that reaches it says that there may be more."""

_MOST_NAME, _MOST_AREAS = 8, 5
"""Words of an area's name, and areas in one table; arbitrary."""

Words = tuple[tuple[str, str], ...]
"""Words as the index knows them, each with what was typed."""

Areas = tuple[Document, ...]
"""Areas that one name may mean, the likeliest first."""

_ABOUT_A_DATABASE = (Kind.DATABASE, Kind.TABLE, Kind.FIELD, Kind.MEASURE, Kind.VALUE)


@dataclass(frozen=True)
class Hit:
    """Something found: its document in one database, and the same in others."""

    document: Document
    also: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Section:
    """What was found of one kind, the best first; ``is_cut`` where there may be more than were looked at."""

    kind: Kind
    hits: tuple[Hit, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class Results:
    """What was found: ``tables`` that fit, ``sections`` by kind.

    ``taken`` are words that were taken for others, as they are spelt in no database; ``synonyms`` the terms that are
    called otherwise officially; ``terms`` everything sought, for marking it in what is shown.
    """

    text: str
    tables: tuple[Suggestion, ...]
    sections: tuple[Section, ...]
    taken: tuple[tuple[str, str], ...]
    synonyms: tuple[Term, ...]
    terms: tuple[Term, ...]

    def __len__(self) -> int:
        """How many things were found, tables that fit left out."""
        return sum(len(section.hits) for section in self.sections)


def search(*, home: Home, text: str, kinds: Iterable[Kind] = Kind) -> Results:
    """What of a home's databases fits what was typed; nothing for a text without a word.

    Raises:
        HomeError: there is no place to keep the index.
    """
    wanted = frozenset(kinds)
    try:
        return _search(home, text, wanted)
    except sqlite3.DatabaseError:
        # A power cut may have left the index damaged; it is made again once, from the definitions.
        search_index(home).unlink(missing_ok=True)
        return _search(home, text, wanted)


def _search(home: Home, text: str, kinds: frozenset[Kind]) -> Results:
    understood = understand(text)
    if not understood.words:
        return Results(understood.text, (), (), (), (), ())
    moment, words = moment_of(understood.words)
    with Index(search_index(home)) as index:
        words, taken = _spelt(index, words)
        areas, rest = _areas(index, words)
        terms = terms_of(rest)
        areas, terms = _more_areas(index, areas, terms, _about_databases(index, terms))
        found = _about_databases(index, terms)
        places = _places(index, areas, terms)
    return Results(
        understood.text,
        suggestions(databases(home=home), Asked(terms, tuple(areas), moment, found)),
        tuple(_sections(found, places, terms, kinds)),
        taken,
        tuple(term for term in terms if term.is_phrase),
        (*terms, *(_called(area.title) for area, *_ in areas)),
    )


def _sections(
    found: Mapping[Kind, Sequence[Found]], places: Section, terms: Sequence[Term], kinds: frozenset[Kind]
) -> Iterator[Section]:
    """Sections that have something, those that speak of most first; areas before what their names alone bring up."""
    made = {kind: _section(kind, hits, terms) for kind, hits in found.items()} | {Kind.AREA: places}
    best = {kind: max((_weight(one, terms) for one in hits), default=0) for kind, hits in found.items()}
    order = sorted(Kind, key=lambda kind: -best.get(kind, max(best.values())))
    return (made[kind] for kind in order if made[kind].hits and kind in kinds)


# --- understanding ----------------------------------------------------------------------------------------------------


def _spelt(index: Index, words: Words) -> tuple[Words, tuple[tuple[str, str], ...]]:
    """Words with those that no database knows taken for the nearest that one does; and which those are."""
    in_phrases = {word for term in terms_of(words) if term.is_phrase for word in term.words}
    nearest = {
        word: index.near(word)
        for word, _ in words
        if word not in in_phrases and word.isalpha() and not index.knows(word)
    }
    spelt = tuple((nearest.get(word) or word, nearest.get(word) or said) for word, said in words)
    return spelt, tuple((said, nearest[word]) for word, said in words if nearest.get(word))


def _areas(index: Index, words: Words) -> tuple[list[Areas], Words]:
    """Areas whose whole names stand among the words, longer names first; and the words without them."""
    found: dict[int, Areas] = {}
    left = [*words]
    for size in range(min(_MOST_NAME, len(words)), 0, -1):
        for place in range(len(left) - size, -1, -1):
            span = tuple(word for word, _ in left[place : place + size])
            named = _named(index, span) if len(found) < _MOST_AREAS and all(span) else []
            if named:
                found[place] = tuple(named)
                left[place : place + size] = [("", "")] * size
    return [found[place] for place in sorted(found)], tuple(word for word in left if word[0])


def _named(index: Index, words: Sequence[str]) -> list[Document]:
    """Areas of that name; of a postcode district the authority that most of it lies in."""
    districts = authorities_of(words[0].upper()) if len(words) == 1 else ()
    return index.named(words) or [area for one in districts[:1] for area in index.named(fold(one.authority))]


def _more_areas(
    index: Index, areas: list[Areas], terms: tuple[Term, ...], found: Mapping[Kind, Sequence[Found]]
) -> tuple[list[Areas], tuple[Term, ...]]:
    """Areas with those that only part of a name was typed of, where nothing else is called so: *Hull*."""
    elsewhere = {n for hits in found.values() for hit in hits for n in hit.in_title}
    more = {
        n: (hits[0].document,)
        for n, term in enumerate(terms)
        if n not in elsewhere and (hits := index.matching([term], Kind.AREA, MOST)) and hits[0].in_title
    }
    return [*areas, *more.values()][:_MOST_AREAS], tuple(term for n, term in enumerate(terms) if n not in more)


# --- finding ----------------------------------------------------------------------------------------------------------


def _about_databases(index: Index, terms: tuple[Term, ...]) -> dict[Kind, list[Found]]:
    return {kind: index.matching(terms, kind, MOST) for kind in _ABOUT_A_DATABASE}


def _places(index: Index, areas: Sequence[Areas], terms: Sequence[Term]) -> Section:
    """The areas understood and those called like them; where there are none, those whose names hold what was typed."""
    sought: list[Sequence[Term]] = [[_called(one.title.partition(",")[0])] for one, *_ in areas] or [terms]
    found = [one.document for some in sought for one in _titled(index, some)]
    documents = dict.fromkeys((*(one for some in areas for one in some), *found))
    return Section(Kind.AREA, tuple(map(Hit, documents)), is_cut=len(found) >= MOST)


def _called(name: str) -> Term:
    """A name as something to look for."""
    words = fold(name.removesuffix(" City"))
    return Term(name, words, (words,))


def _titled(index: Index, terms: Sequence[Term]) -> list[Found]:
    return _best([one for one in index.matching(terms, Kind.AREA, MOST) if one.in_title], terms)


def _section(kind: Kind, found: Sequence[Found], terms: Sequence[Term]) -> Section:
    """What speaks of most of the terms; what is called the same in several databases once."""
    telling = [one for one in found if one.in_title or kind is Kind.DATABASE]
    together: dict[tuple[object, ...], list[Document]] = {}
    for one in _best(telling, terms):
        together.setdefault(_same(one.document), []).append(one.document)
    hits = tuple(Hit(first, tuple(also)) for first, *also in together.values())
    return Section(kind, hits, is_cut=len(found) >= MOST)


def _best(found: Sequence[Found], terms: Sequence[Term]) -> list[Found]:
    most = max((_weight(one, terms) for one in found), default=0)
    return [one for one in found if _weight(one, terms) == most]


def _weight(found: Found, terms: Sequence[Term]) -> int:
    return sum(terms[n].weight for n in found.covered)


def _same(document: Document) -> tuple[object, ...]:
    if document.kind in (Kind.FIELD, Kind.MEASURE):
        return (fold(document.title),)
    if document.kind is Kind.VALUE:
        return (fold(document.title), fold(document.context.rpartition(", ")[0].partition(", ")[0]))
    return (document.kind, document.database, document.code)
