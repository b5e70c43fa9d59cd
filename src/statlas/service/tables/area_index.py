"""Every place that a home's databases know: the codes of their geographies, found by code or by name.

Nothing is stored: the index is read from the definitions and kept for as long as the releases that answer are the same.
Most databases have the same lists of places, so a list is read once, however many databases have it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from statlas.geography.kinds import is_place
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, FieldKind
from statlas.model.release import Manifest
from statlas.service.tables.databases import database
from statlas.service.tables.times import manifests_as_of
from statlas.store import Home


class Name(NamedTuple):
    """A place by its code, its name and what kind of place it is, as its level calls it: *Local authority*.

    ``ended`` is the last period in which it exists, where it exists no more; ``began`` the first, where there is one.
    """

    code: str
    label: str
    kind: str
    began: str | None = None
    ended: str | None = None


@dataclass(frozen=True)
class Occurrence:
    """A code of a level of a geography of a database."""

    database: Database
    field: Field
    valueset: Valueset
    code: Code

    @property
    def node(self) -> Node:
        """The code at its level."""
        return Node(self.valueset.id, self.code.id)


@dataclass(frozen=True)
class Level:
    """A list of places, as one of the databases has it."""

    classification: Classification
    valueset: Valueset

    @cached_property
    def children(self) -> dict[str, list[Code]]:
        """Codes of this level by the code of each one's main parent."""
        found: dict[str, list[Code]] = {}
        for code in self.valueset:
            if code.parents and is_place(code.id):
                found.setdefault(code.parents[0].code, []).append(code)
        return found


class AreaIndex:
    """The places of some databases; ``manifests`` are their releases, by database."""

    def __init__(self, databases: tuple[Database, ...], manifests: Mapping[str, Manifest]) -> None:
        self.databases, self.manifests = databases, manifests
        self.fields = tuple((d, f) for d in databases for f in d.categories if f.kind is FieldKind.GEOGRAPHY)

    def occurrences(self, code: str) -> tuple[Occurrence, ...]:
        """Where a code stands, in the order of databases and fields, coarse levels first; nowhere for no place."""
        return tuple(self._occurrences(code)) if is_place(code) else ()

    def _occurrences(self, code: str) -> Iterator[Occurrence]:
        for d, f in self.fields:
            for valueset in f.classification:
                if code in valueset:
                    yield Occurrence(d, f, valueset, valueset[code])

    def kinds(self, code: str) -> tuple[str, ...]:
        """What kinds of place a code is, that which most geographies have it as first: *Country*, *Region*."""
        counted = Counter(found.valueset.label for found in self.occurrences(code))
        return tuple(kind for kind, _ in counted.most_common())

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Every different list of places."""
        found: dict[tuple[object, ...], Level] = {}
        for _, f in self.fields:
            for valueset in f.classification:
                ends = (valueset.codes[0], valueset.codes[-1]) if valueset.codes else ()
                found.setdefault((valueset.id, valueset.label, len(valueset), *ends), Level(f.classification, valueset))
        return tuple(found.values())

    @cached_property
    def names(self) -> dict[str, Name]:
        """Every place by its code; those of short lists first."""
        found: dict[str, Name] = {}
        for level in sorted(self.levels, key=lambda one: len(one.valueset)):
            kind = level.valueset.label
            for code in level.valueset:
                if is_place(code.id):
                    before = found.get(code.id)
                    found[code.id] = Name(code.id, code.label, kind, code.valid_from, code.valid_to)
                    if before is not None:
                        found[code.id] = self._merged(before, found[code.id])
        return found

    def _merged(self, one: Name, other: Name) -> Name:
        """What two lists say of a place; lists of one year alone do not say since when and until when it is there."""
        kind = one.kind if one.kind == other.kind else self.kinds(one.code)[0]
        return Name(one.code, one.label, kind, one.began or other.began, one.ended or other.ended)

    @cached_property
    def words(self) -> tuple[tuple[str, Name], ...]:
        """Every place with its name as it is searched for."""
        return tuple((plain(name.label), name) for name in self.names.values())

    def children(self, code: str) -> dict[str, tuple[Name, ...]]:
        """The places directly in a place, by kind; those of short lists first."""
        found: dict[str, dict[str, Name]] = {}
        for level in sorted(self.levels, key=lambda one: len(one.valueset)):
            for child in level.children.get(code, ()):
                name = self.names[child.id]
                if child.id != code and name.kind == level.valueset.label:
                    found.setdefault(name.kind, {})[child.id] = name
        return {kind: tuple(names.values()) for kind, names in found.items()}

    def parents(self, occurrence: Occurrence) -> tuple[Name, ...]:
        """The places in which a place lies, the largest first."""
        code, found = occurrence.code, dict[str, Name]()
        while code.parents:
            code = occurrence.field.classification.code(code.parents[0])
            if code.id != occurrence.code.id and is_place(code.id):
                found[code.id] = self.names[code.id]
        return tuple(reversed(found.values()))

    def followers(self, name: Name) -> tuple[Name, ...]:
        """Places of the same kind and in the same place that began when this one ended; of the same name, if any is."""
        if not name.ended:
            return ()
        began = [one for one in self._of_kind[name.kind] if one.began == _next(name.ended)]
        parent = self._parent(name)
        beside = tuple(one for one in began if self._parent(one) == parent)
        return tuple(one for one in beside if one.label == name.label) or beside

    def earlier(self, name: Name) -> tuple[Name, ...]:
        """Places of the same kind and name that ended before this one began."""
        if not name.began:
            return ()
        same = (one for one in self._of_kind[name.kind] if one.label == name.label)
        return tuple(one for one in same if one.ended and one.ended < name.began)

    @cached_property
    def _of_kind(self) -> dict[str, list[Name]]:
        found: dict[str, list[Name]] = {}
        for name in self.names.values():
            found.setdefault(name.kind, []).append(name)
        return found

    def of_kind(self, kind: str) -> tuple[Name, ...]:
        """Every place of a kind, in the order of its list."""
        return tuple(self._of_kind.get(kind, ()))

    @property
    def all_kinds(self) -> tuple[tuple[str, int], ...]:
        """Every kind of place and how many there are that have not ended, the fewest first."""
        counts = ((kind, sum(not one.ended for one in names)) for kind, names in self._of_kind.items())
        return tuple(sorted(counts, key=lambda one: one[1]))

    @cached_property
    def largest(self) -> tuple[Name, ...]:
        """The places in which all others of most geographies lie: countries, where there are such."""
        counted = Counter(field.classification.valuesets[0].label for _, field in self.fields)
        kind = next((kind for kind, _ in counted.most_common()), "")
        return tuple(name for name in self.of_kind(kind) if not name.ended)

    def _parent(self, name: Name) -> str:
        first = self.occurrences(name.code)[0]
        return first.code.parents[0].code if first.code.parents else ""


def _next(period: str) -> str:
    """The month or year after: ``202304`` of ``202303``."""
    year, month = int(period[:4]), period[4:]
    if not month:
        return str(year + 1)
    return f"{year + 1}01" if month == "12" else f"{year}{int(month) + 1:02d}"


def plain(text: str) -> str:
    """A name as it is searched for: no capitals, accents or marks; *Ynys Môn* is ``ynys mon``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else "" if c in "'’." else " " for c in bare).split())


def index(home: Home, moment: str = "") -> AreaIndex:
    """The places of the databases of a home, as of the releases that answer, or that answered at a moment.

    Raises:
        QueryError: it is no moment, it lies ahead, or nothing was public then (``UnknownNameError``).
    """
    if moment:
        return _index_of_then(home.path, manifests_as_of(home=home, moment=moment))
    return _index(home.path, tuple(home.current(name) for name in home.databases()))


@lru_cache(maxsize=2)
def _index_of_then(path: Path, manifests: tuple[Manifest, ...]) -> AreaIndex:
    """Kept apart, so that who looks back does not drive out what everybody asks for."""
    return _index.__wrapped__(path, manifests)


@lru_cache(maxsize=4)
def _index(path: Path, manifests: tuple[Manifest, ...]) -> AreaIndex:
    home = Home(path)
    found = (database(home=home, database_id=one.database, release=one.release) for one in manifests)
    in_order = tuple(sorted(found, key=lambda d: (d.folder, d.label, d.id)))
    return AreaIndex(in_order, {one.database: one for one in manifests})
