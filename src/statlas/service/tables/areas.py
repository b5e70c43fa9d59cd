"""Places: find one by name, code or postcode district, and tell what every database says of it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.errors import BackendError, StatlasError, UnknownNameError
from statlas.geography import postcodes
from statlas.geography.kinds import is_place
from statlas.model.classification import Classification
from statlas.service.tables import area_figures
from statlas.service.tables.area_figures import Figure, LevelFigures, LevelKey, Number, Place, Rate
from statlas.service.tables.area_index import AreaIndex, Name, Occurrence, index, plain
from statlas.store import Home
from statlas.wording import _

__all__ = [
    "Area",
    "Figure",
    "Figures",
    "Found",
    "Name",
    "Number",
    "Occurrence",
    "Place",
    "Rate",
    "area",
    "figures",
    "find",
    "index",
]

LIMIT = 20
LONGEST = 200
"""Characters of a text that are searched for: arbitrary, more than any name has."""

_ALIKE = 0.75
"""How alike a misspelt name must be, by difflib's measure: arbitrary, one letter in five."""

_MOST_GUESSED = 5_000
"""Places of a kind with more are not guessed from a misspelt name: arbitrary, it takes a while."""


@dataclass(frozen=True)
class Found:
    """A place that was looked for; ``share`` is the part of a postcode district that lies in it, in per cent."""

    name: Name
    within: tuple[Name, ...] = ()
    share: float | None = None


@dataclass(frozen=True)
class Area:
    """A place: its name, the kinds it is of, what holds it (the largest first) and what it holds, by kind.

    ``occurrences`` is where it stands, once for each geography of each database, at the level of its kind.
    ``followers`` are the places that began where it ended, ``earlier`` those of its name that ended before it.
    ``moment`` is that as of which it is looked at; empty for now.
    """

    name: Name
    kinds: tuple[str, ...]
    parents: tuple[Name, ...]
    children: dict[str, tuple[Name, ...]]
    beside: tuple[Name, ...]
    occurrences: tuple[Occurrence, ...]
    followers: tuple[Name, ...]
    earlier: tuple[Name, ...]
    moment: str = ""


@dataclass(frozen=True)
class Figures:
    """Headline figures of a place, a database each, in the order of the catalogue.

    ``left`` are databases that had no time to answer, ``refused`` those whose rules refuse the table.
    """

    found: tuple[Figure, ...]
    left: tuple[Occurrence, ...] = ()
    refused: tuple[Occurrence, ...] = ()


# --- finding ----------------------------------------------------------------------------------------------------------


def find(home: Home, text: str, *, limit: int = LIMIT) -> tuple[Found, ...]:
    """Places by code, by postcode district (or a postcode, of which the district alone is read), or by name.

    Names are found by the beginnings of their words, in any order; a misspelt one by its likeness.
    """
    known = index(home)
    given = text.strip()[:LONGEST]
    if not given:
        return ()
    exact = known.names.get(given.upper()) or known.names.get(given)
    if exact is not None:
        return (_found(known, exact),)
    if district := postcodes.district_of(postcodes.without_postcode(given)):
        return tuple(_in_district(known, district))[:limit]
    wanted = plain(given)
    return tuple(_found(known, name) for name in islice(_named(known, wanted), limit)) if wanted else ()


def _in_district(known: AreaIndex, district: str) -> Iterator[Found]:
    for share in postcodes.authorities_of(district):
        name = known.names.get(share.authority)
        if name is not None:
            yield replace(_found(known, name), share=100 * share.share)


def _named(known: AreaIndex, wanted: str) -> Iterator[Name]:
    words = wanted.split()
    near = [(_nearness(label, wanted, words), name) for label, name in known.words]
    matched = [(how, name) for how, name in near if how is not None]
    if not matched:
        yield from _guessed(known, wanted)
    for _place, name in sorted(matched, key=lambda one: (one[0], one[1].ended is not None)):
        yield name


def _nearness(label: str, wanted: str, words: list[str]) -> int | None:
    """0 for the name itself, then names that begin so, then names that have all words; None for any other."""
    if label == wanted:
        return 0
    if label.startswith(wanted):
        return 1
    parts = label.split()
    return 2 if all(any(part.startswith(word) for part in parts) for word in words) else None


def _guessed(known: AreaIndex, wanted: str) -> Iterator[Name]:
    few = {kind for kind, n in known.all_kinds if n <= _MOST_GUESSED}
    by_label: dict[str, list[Name]] = {}
    for label, name in known.words:
        if name.kind in few:
            by_label.setdefault(label, []).append(name)
    for label in difflib.get_close_matches(wanted, by_label, n=5, cutoff=_ALIKE):
        yield from by_label[label]


def _found(known: AreaIndex, name: Name) -> Found:
    return Found(name, known.parents(_main(known, name)))


# --- one place --------------------------------------------------------------------------------------------------------


def area(home: Home, code: str, moment: str = "") -> Area:
    """A place by its code, as of a moment where one is named.

    Raises:
        UnknownNameError: no database has it. QueryError: as ``index``.
    """
    known = index(home, moment)
    name = known.names.get(code)
    if name is None:
        raise UnknownNameError(_("No database has that place."), component="area", mend=_("Look for it by its name."))
    main = _main(known, name)
    parents = known.parents(main)
    beside = known.children(parents[-1].code).get(name.kind, ()) if parents else known.of_kind(name.kind)
    return Area(
        name,
        known.kinds(code),
        parents,
        known.children(code),
        tuple(one for one in beside if one.code != code and not one.ended),
        tuple(_at_own_level(known, name)),
        known.followers(name),
        known.earlier(name),
        moment,
    )


def _main(known: AreaIndex, name: Name) -> Occurrence:
    """Where a place stands at the level of its kind, below the most levels."""
    at_level = [one for one in known.occurrences(name.code) if one.valueset.label == name.kind]
    return max(at_level, key=lambda one: len(known.parents(one)))


def _at_own_level(known: AreaIndex, name: Name) -> Iterator[Occurrence]:
    """One occurrence a geography: at the level of the place's kind, else at the coarsest."""
    fields: dict[tuple[str, str], list[Occurrence]] = {}
    for one in known.occurrences(name.code):
        fields.setdefault((one.database.id, one.field.id), []).append(one)
    for found in fields.values():
        yield next((one for one in found if one.valueset.label == name.kind), found[0])


def _main_fields(occurrences: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """One geography a database: that with the most categories, as one of homes is finer than one of offices."""
    by_database: dict[str, list[Occurrence]] = {}
    for one in occurrences:
        by_database.setdefault(one.database.id, []).append(one)
    for found in by_database.values():
        yield max(found, key=lambda one: _size(one.field.classification))


def _size(classification: Classification) -> int:
    return sum(len(valueset) for valueset in classification)


# --- its figures ------------------------------------------------------------------------------------------------------


@cache
def _pool() -> ThreadPoolExecutor:
    """Who counts what a page does not wait for; small, so that tables are not kept waiting."""
    return ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1), thread_name_prefix="areas")


def figures(home: Home, found: Area, *, door: str, budget_s: float | None = None) -> Figures:
    """The headline figure of each database that has a place.

    What takes longer than ``budget_s`` is left, and is there for whoever asks next.
    """
    counting = _Counting(home.path, index(home, found.moment), door)
    asked = [*_main_fields(found.occurrences)]
    under_way = [counting.begun(one) for one in asked]
    wait(under_way, budget_s)
    told = [(one, _told(future)) for one, future in zip(asked, under_way, strict=True)]
    return Figures(
        tuple(_dated(figure, found.moment) for _, figure in told if isinstance(figure, Figure)),
        tuple(one for one, figure in told if figure is None),
        tuple(one for one, figure in told if isinstance(figure, StatlasError)),
    )


def _dated(figure: Figure, moment: str) -> Figure:
    """A figure whose tables are of its own release, where it was looked at as of a moment."""
    return replace(figure, asked=figure.release) if moment else figure


def _told(future: Future[Figure]) -> Figure | StatlasError | None:
    """The figure, why it is refused, or None while it is being counted."""
    if not future.done():
        return None
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BackendError):
        return None  # too busy, or out of order for the moment: whoever asks again may have it
    if isinstance(error, StatlasError):
        return error
    raise error


@dataclass(frozen=True)
class _Counting:
    """Who asks for figures of the places of a home."""

    home: Path
    known: AreaIndex
    door: str

    def begun(self, one: Occurrence) -> Future[Figure]:
        """The figure at once where all it takes is there, so that it stands in no queue; else when it is made."""
        levels = {one.valueset.id, *(node.valueset for node in one.code.parents)}
        if any(area_figures.kept(self._key(one, level)) is None for level in levels):
            return _pool().submit(self.figure, one)
        done = Future[Figure]()
        try:
            done.set_result(self.figure(one))
        except StatlasError as error:
            done.set_exception(error)
        return done

    def figure(self, one: Occurrence) -> Figure:
        """A figure with its part of what holds the place, and its rate."""
        counts = self._level(one, one.valueset.id)
        made = counts.figure(one.code.id)
        share, share_of = self._share(one, counts, made)
        return replace(made, share=share, share_of=share_of, rate=self._rate(one, counts))

    def _level(self, one: Occurrence, level: str) -> LevelFigures:
        return area_figures.level(self._key(one, level))

    def _key(self, one: Occurrence, level: str) -> LevelKey:
        return LevelKey(self.home, self.known.manifests[one.database.id], one.field.id, level, self.door)

    def _share(self, one: Occurrence, counts: LevelFigures, made: Figure) -> tuple[float | None, str]:
        parent = next((node for node in counts.above(one.code.id) if is_place(node.code)), None)
        if parent is None or made.now.value is None:
            return None, ""
        whole = self._level(one, parent.valueset).figure(parent.code).now.value
        label = one.field.classification.code(parent).label
        return (100 * made.now.value / whole, label) if whole else (None, "")

    def _rate(self, one: Occurrence, counts: LevelFigures) -> Rate | None:
        if area_figures.headcount(one.database) or not area_figures.unit_of(one.database):
            return None
        for there in _headcounts(self.known, one):
            heads = self._level(there, there.valueset.id)
            found = area_figures.rate(counts, one.code.id, _rates(self.known, counts, heads), there.database)
            if found is not None:
                return found
        return None


def _headcounts(known: AreaIndex, one: Occurrence) -> Iterator[Occurrence]:
    """Where it is said how many people, or households, live in a place, under its code or an earlier one."""
    wanted = area_figures.unit_of(one.database)
    name = known.names[one.code.id]
    for code in (name.code, *(earlier.code for earlier in known.earlier(name))):
        for there in known.occurrences(code):
            if area_figures.headcount(there.database) and area_figures.unit_of(there.database) == wanted:
                yield there


@lru_cache(maxsize=512)
def _rates(known: AreaIndex, counts: LevelFigures, heads: LevelFigures) -> NDArray[np.float64]:
    missing = [known.names[code] for code in counts.position if code not in heads.position and is_place(code)]
    pairs = ((name.code, known.earlier(name)) for name in missing)
    return area_figures.rates(counts, heads, {code: earlier[-1].code for code, earlier in pairs if earlier})
