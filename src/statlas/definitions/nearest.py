"""What somebody may have meant by a name that is not there: the nearest real ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import chain, islice

from statlas.model.database import Database, Field

MOST_TOLD = 3
MOST_COMPARED = 5_000
"""Names compared with one that is not known; arbitrary, about 50 ms. Geographies have hundreds of thousands."""

LONGEST = 100
"""Characters of an unknown name that are compared; arbitrary, longer than most labels."""

_LIKE = 0.6  # of difflib: more than half of both texts is the same

Named = tuple[str, str]
"""An id and its label: either may be what was meant."""


def nearest(name: str, known: Iterable[Named]) -> tuple[str, ...]:
    """The ids whose own text or label is like ``name``, the likest first, at most three."""
    folded: dict[str, str] = {}
    for id_, label in islice(known, MOST_COMPARED):
        folded.setdefault(id_.casefold(), id_)
        folded.setdefault(label.casefold(), id_)
    near = get_close_matches(name[:LONGEST].casefold(), folded, n=2 * MOST_TOLD, cutoff=_LIKE)
    return tuple(dict.fromkeys(folded[text] for text in near))[:MOST_TOLD]


def fields(database: Database) -> Iterator[Named]:
    """The fields of a database."""
    return ((field.id, field.label) for field in database.fields)


def levels(field: Field) -> Iterator[Named]:
    """The levels of a field."""
    return ((valueset.id, valueset.label) for valueset in field.classification)


def codes(field: Field, level: str | None = None) -> Iterator[Named]:
    """The codes of a level; of all levels, the default one first, where none is named."""
    wanted = [level] if level else dict.fromkeys((field.valueset.id, *(v.id for v in field.classification)))
    return ((code.id, code.label) for valueset in wanted for code in field.classification[valueset])


def measures(database: Database) -> Iterator[Named]:
    """What can stand in the cells: the count, and each statistic of each measure."""
    yield database.records.id, database.records.label
    for measure in database.measures:
        yield measure.id, measure.label
        yield from ((f"{measure.id}:{statistic}", measure.label) for statistic in measure.statistics)


def anywhere(database: Database) -> Iterator[Named]:
    """Every name of a database that a query may hold, codes last."""
    yield from fields(database)
    yield from measures(database)
    yield from chain.from_iterable(levels(field) for field in database.fields)
    yield from chain.from_iterable(codes(field) for field in database.fields)
