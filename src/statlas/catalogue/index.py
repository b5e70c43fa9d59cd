"""The index: one SQLite file with full-text search, made whole beside and put in place, then only read.

``document`` holds what is shown, ``words`` (FTS5, contentless) the folded words, ``named`` the areas by their whole
name, ``word`` and ``piece`` the vocabulary for words that are misspelt.
Every word that is asked for is folded to letters and digits and quoted, so nothing that is typed is syntax.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from statlas.catalogue import spelling
from statlas.catalogue.documents import Document, Kind
from statlas.catalogue.folding import fold
from statlas.catalogue.understanding import Term, synonyms

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE document (
    id INTEGER PRIMARY KEY, kind TEXT, title TEXT, context TEXT, more TEXT, database TEXT, field TEXT, level TEXT,
    code TEXT, weight REAL
);
CREATE VIRTUAL TABLE words USING fts5(title, context, more, kind, content='', prefix='2 3');
CREATE TABLE named (name TEXT, document INTEGER, PRIMARY KEY (name, document)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE piece (piece TEXT, word TEXT, PRIMARY KEY (piece, word)) WITHOUT ROWID;
"""
_PARTS = ("kind", "title", "context", "more", "database", "field", "level", "code", "weight")
_COLUMNS = ", ".join(f"document.{part}" for part in _PARTS)
_RANK = "bm25(words, 10, 3, 1, 0) * document.weight"
_TELLING = "{title context more}"
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Found:
    """A document that matches, and which of the terms (by their places) it speaks of.

    ``covered`` are those that any of it speaks of, ``in_title`` its title alone, ``whole`` its title with whole words,
    or its folder where it is a database.
    """

    document: Document
    whole: frozenset[int]
    in_title: frozenset[int]
    covered: frozenset[int]


def build(path: Path, documents: Iterable[Document]) -> None:
    """Make the index of these documents at ``path``; nobody ever sees it half made, nor is an older one in the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with closing(sqlite3.connect(draft)) as made:
            made.executescript(_SCHEMA)
            _fill(made, documents)
            made.commit()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _fill(made: sqlite3.Connection, documents: Iterable[Document]) -> None:
    vocabulary: Counter[str] = Counter()
    for number, one in enumerate(documents, start=1):
        title, context, more = fold(one.title), fold(one.context), fold(one.more)
        vocabulary.update((*title, *context, *(more if one.kind is not Kind.AREA else ())))
        made.execute(
            f"INSERT INTO document VALUES (?, {_marks(_PARTS)})",  # noqa: S608 - marks alone
            (
                number,
                one.kind,
                one.title,
                one.context,
                one.more,
                one.database,
                one.field,
                one.level,
                one.code,
                one.weight,
            ),
        )
        made.execute(
            "INSERT INTO words (rowid, title, context, more, kind) VALUES (?, ?, ?, ?, ?)",
            (number, *map(" ".join, (title, context, more)), one.kind),
        )
        if one.kind is Kind.AREA:
            rows = ((name, number) for name in _names(one))
            made.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", rows)
    vocabulary.update(word for ones in synonyms().values() for one in ones for word in one.said)
    made.executemany("INSERT INTO word VALUES (?, ?)", vocabulary.items())
    pieces = ((piece, word) for word in vocabulary if spelling.errors_allowed(word) for piece in spelling.pieces(word))
    made.executemany("INSERT INTO piece VALUES (?, ?)", pieces)


def _names(area: Document) -> Iterator[str]:
    """What an area may be called: its name, its name without what follows a comma, and its code."""
    for text in (area.title, area.title.partition(",")[0], area.title.removesuffix(" City"), area.code):
        yield " ".join(fold(text))


class Index:
    """An index, open for reading; a context, so that the file is let go."""

    def __init__(self, path: Path) -> None:
        # Immutable: the file is replaced whole, never changed, so no lock need be looked for.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def __len__(self) -> int:
        """How many documents there are."""
        [[n]] = self._connection.execute("SELECT count(*) FROM document")
        return int(n)

    def matching(self, terms: Sequence[Term], kind: Kind, limit: int) -> list[Found]:
        """Documents of a kind that speak of at least one of the terms, those that speak of most of them first."""
        asked = " OR ".join(filter(None, map(_match, terms)))
        if not asked:
            return []
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM words JOIN document ON document.id = words.rowid "  # noqa: S608 - our own names
            f"WHERE words MATCH ? ORDER BY {_RANK} LIMIT ?",
            (f'kind : "{kind}" AND {_TELLING} : ({asked})', limit),
        )
        found = [_found(Document(Kind(row[0]), *row[1:]), terms) for row in rows]
        return sorted(found, key=lambda one: _standing(one, terms))

    def named(self, words: Sequence[str]) -> list[Document]:
        """Areas of exactly this name or code, the largest first."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM named JOIN document ON document.id = named.document "  # noqa: S608 - our own names
            "WHERE name = ? ORDER BY weight DESC, document.id",
            (" ".join(words),),
        )
        return [Document(Kind(row[0]), *row[1:]) for row in rows]

    def knows(self, word: str) -> bool:
        """Whether any word of the vocabulary is this one, or begins with it."""
        asked = "SELECT 1 FROM word WHERE word >= ? AND word < ? LIMIT 1"
        return self._connection.execute(asked, (word, word + _LAST)).fetchone() is not None

    def near(self, word: str) -> str:
        """The word of the vocabulary that a misspelt one stands for; empty where none is near enough."""
        allowed = spelling.errors_allowed(word)
        if not allowed:
            return ""
        pieces = spelling.pieces(word)
        rows = self._connection.execute(
            f"SELECT word, n FROM piece JOIN word USING (word) WHERE piece IN ({_marks(pieces)}) "  # noqa: S608 - marks
            "AND length(word) BETWEEN ? AND ? GROUP BY word ORDER BY count(*) DESC, n DESC LIMIT 60",
            (*pieces, len(word) - allowed, len(word) + allowed),
        )
        candidates = [(spelling.distance(word, found), -n, found) for found, n in rows]
        return min(((d, n, found) for d, n, found in candidates if d <= allowed), default=(0, 0, ""))[2]


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _match(term: Term) -> str:
    """A term as FTS5 asks for it: any way to say it, all words of a way."""
    return " OR ".join(f"({_all(way, is_whole=term.is_phrase)})" for way in term.ways if way)


def _all(words: Sequence[str], *, is_whole: bool) -> str:
    return " AND ".join(f'"{word}"{"" if is_whole or len(word) == 1 else "*"}' for word in words)


def _found(document: Document, terms: Sequence[Term]) -> Found:
    title = fold(document.title)
    everything = (*title, *fold(document.context), *fold(document.more))
    in_title = frozenset(n for n, term in enumerate(terms) if _speaks_of(title, term))
    covered = frozenset(n for n, term in enumerate(terms) if n in in_title or _speaks_of(everything, term))
    # A database is called by its folder too: "UC Point in Time Caseload" is found in "Benefit Cap".
    called = frozenset((*title, *fold(document.context)) if document.kind is Kind.DATABASE else title)
    whole = frozenset(n for n in covered if any(called.issuperset(way) for way in terms[n].ways))
    return Found(document, whole, in_title, covered)


def _speaks_of(words: Sequence[str], term: Term) -> bool:
    """Whether words hold one way to say a term: each of its words, or a longer one that begins with it.

    Phrases of the field are taken as they are: *men* is not the beginning of *management*.
    """
    there = frozenset(words)
    if term.is_phrase:
        return any(there.issuperset(way) for way in term.ways)
    return any(all(word in there or any(w.startswith(word) for w in words) for word in way) for way in term.ways)


def _standing(found: Found, terms: Sequence[Term]) -> tuple[float, ...]:
    """Where a document stands in the order, the least first: of those alike, the one with the shorter title."""
    parts = (found.covered, found.in_title, found.whole)
    said = (-sum(terms[n].weight for n in part) for part in parts)
    return (*said, -found.document.weight, len(found.document.title))
