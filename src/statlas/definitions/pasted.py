"""A pasted list of categories, by code or by name, as people have it in a spreadsheet or a letter.

Categories stand on lines of their own or are parted by tabs, semicolons or commas; small and capital letters, blanks
and quotes do not matter; a name may itself hold commas (*Bristol, City of*).
A list says what it could not understand: nothing is left out without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from statlas.definitions.nearest import codes, nearest
from statlas.model.classification import Classification, Node, folded
from statlas.model.database import Field

MOST_SUGGESTED = 8
"""Unknown names for which likely ones are looked for; arbitrary, a third of a second for long lists of areas."""

_MOST_COMMAS = 3  # commas inside one name (arbitrary; "Armagh City, Banbridge and Craigavon" has one)
_QUOTES = "\"'\u201c\u201d\u2018\u2019"


@dataclass(frozen=True)
class Unknown:
    """A text that names no category, with the nodes of those it is like."""

    text: str
    near: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Ambiguous:
    """A text that names several categories."""

    text: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Pasted:
    """What a list says: categories in its order, each once, how often one was named again, and what is left."""

    nodes: tuple[Node, ...]
    n_repeated: int
    unknown: tuple[Unknown, ...]
    ambiguous: tuple[Ambiguous, ...]


def read(field: Field, text: str, level: str = "") -> Pasted:
    """The categories that a pasted list names.

    Args:
        field: whose categories.
        text: the list.
        level: where a text names categories of several levels, the one at this level is meant.
    """
    classification = field.classification
    met: list[Node] = []
    unknown: dict[str, None] = {}
    ambiguous: dict[str, tuple[Node, ...]] = {}
    for line in text.splitlines():
        for word, nodes in _words(classification, line):
            meant = _meant(classification, nodes, level)
            if len(meant) == 1:
                met += meant
            elif meant:
                ambiguous[word] = meant
            else:
                unknown[word] = None
    nodes = tuple(dict.fromkeys(met))
    return Pasted(
        nodes,
        len(met) - len(nodes),
        tuple(Unknown(word, _near(field, word, level) if n < MOST_SUGGESTED else ()) for n, word in enumerate(unknown)),
        tuple(Ambiguous(word, found) for word, found in ambiguous.items()),
    )


def _words(classification: Classification, line: str) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """The texts of a line, each with the nodes of its name; the longest that is a name where commas part a line."""
    for cell in re.split("[\t;]", line):
        pieces = cell.split(",")
        at = 0
        while at < len(pieces):
            n_taken, word, nodes = _longest(classification, pieces[at:])
            if word:
                yield word, nodes
            at += n_taken


def _longest(classification: Classification, pieces: Sequence[str]) -> tuple[int, str, tuple[Node, ...]]:
    for n in range(min(len(pieces), 1 + _MOST_COMMAS), 0, -1):
        word = _bare(",".join(pieces[:n]))
        nodes = _named(classification, word) if word else ()
        if nodes:
            return n, word, nodes
    return 1, _bare(pieces[0]), ()


def _bare(text: str) -> str:
    return text.strip().strip(_QUOTES).strip()


def _named(classification: Classification, word: str) -> tuple[Node, ...]:
    """The nodes of a code, a name, or both beside one another: *E08000035 Leeds*, *Leeds (E08000035)*."""
    spellings = classification.spellings
    if found := spellings.get(folded(word)):
        return found
    first, _, rest = word.partition(" ")
    if rest and (found := _of_both(classification, first, rest)):
        return found
    name, _, code = word.removesuffix(")").rpartition("(")
    return _of_both(classification, code, name) if name and word.endswith(")") else ()


def _of_both(classification: Classification, code: str, name: str) -> tuple[Node, ...]:
    """The nodes that have this code and this name."""
    spellings = classification.spellings
    by_name = set(spellings.get(folded(name.strip(" -:")), ()))
    return tuple(node for node in spellings.get(folded(code.strip(" -:")), ()) if node in by_name)


def _meant(classification: Classification, nodes: tuple[Node, ...], level: str) -> tuple[Node, ...]:
    """Of several nodes with one name the one at the level asked for, or the coarsest where all are the same people."""
    if len(nodes) < 2:  # noqa: PLR2004 - several
        return nodes
    at_level = tuple(node for node in nodes if node.valueset == level)
    if at_level:
        return at_level
    members = {classification.members[node] for node in nodes}
    return nodes[:1] if len(members) == 1 else nodes


def _near(field: Field, word: str, level: str) -> tuple[Node, ...]:
    found = nearest(word, codes(field, level or None))
    return tuple(_node(field, code, level) for code in found)


def _node(field: Field, code: str, level: str) -> Node:
    """The node of a code that is there, at the level or at the default one where it is."""
    wanted = [
        valueset for valueset in (level, field.valueset.id) if valueset and code in field.classification[valueset]
    ]
    return Node(wanted[0], code) if wanted else next(n for n in field.classification.nodes if n.code == code)
