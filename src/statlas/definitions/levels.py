"""Levels of a field as a classification, with the mistakes that only show when levels meet.

Decisions page D2 asks that the difference of two official nodes, one inside the other, be a union of official nodes.
Every leaf is itself a published code here, so that holds by construction; what could still break the method is a leaf
in two codes of one level, and that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from statlas.definitions.code_files import CodeRow, Files
from statlas.definitions.field_form import CodeForm, LevelForm
from statlas.definitions.findings import Place, did_you_mean, listed
from statlas.definitions.form_base import is_code
from statlas.errors import QueryError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.faults import Fault
from statlas.model.period import Calendar

_FIRST = 5


@dataclass(frozen=True)
class Level:
    """A level as read: its form, its place in the definition and its rows; ``file`` is "" for codes written inline."""

    form: LevelForm
    place: Place
    file: str
    rows: tuple[CodeRow, ...]

    @cached_property
    def codes(self) -> frozenset[str]:
        """The ids of its codes."""
        return frozenset(row.code for row in self.rows)


@dataclass(frozen=True)
class LevelBuilder:
    """Builds classifications of one definition, noting mistakes."""

    files: Files
    calendar: Calendar

    def build(self, forms: Sequence[LevelForm], places: Sequence[Place]) -> Classification | None:
        """The classification of these levels; None, with findings, if they have mistakes."""
        before = len(self.files.findings.faults)
        levels = [self._read(form, place) for form, place in zip(forms, places, strict=True)]
        known = [level for level in levels if level is not None]
        self._check_ids(forms, places)
        for level in known:
            self._check_rows(level)
        if len(known) < len(levels) or len(self.files.findings.faults) > before:
            return None
        resolved = [self._resolved(level, known[:n]) for n, level in enumerate(known)]
        if len(self.files.findings.faults) > before:
            return None
        classification = Classification(tuple(resolved))
        self._check_shape(classification, known)
        return None if len(self.files.findings.faults) > before else classification

    def _read(self, form: LevelForm, place: Place) -> Level | None:
        if isinstance(form.codes, str):
            rows = self.files.code_rows(form.codes, (*place, "codes"))
            return None if rows is None else Level(form, place, form.codes, rows)
        if not form.codes:
            self.files.findings.add((*place, "codes"), "no-codes", "at least one code", "Add the codes.")
            return None
        return Level(form, place, "", tuple(_inline(code, value) for code, value in form.codes.items()))

    def _check_ids(self, forms: Sequence[LevelForm], places: Sequence[Place]) -> None:
        seen: set[str] = set()
        for form, place in zip(forms, places, strict=True):
            if form.id in seen:
                self.files.findings.add((*place, "id"), "duplicate-id", "another id for each level", "Rename one.")
            seen.add(form.id)

    def _check_rows(self, level: Level) -> None:
        malformed = [row for row in level.rows if not is_code(row.code)]
        words = "codes of up to 100 characters, without a colon"
        self._tell(level, malformed, "code", "bad-code", words, "Change the code.")
        dated = [row for row in level.rows if not self._valid(row)]
        words = "valid_from and valid_to as periods of the database, in order"
        self._tell(level, dated, "valid_from", "bad-validity", words, "Write months as 201804, years as 2018.")

    def _valid(self, row: CodeRow) -> bool:
        try:
            given = [self.calendar.check(period) for period in (row.valid_from, row.valid_to) if period]
        except QueryError:
            return False
        return given == sorted(given)

    def _resolved(self, level: Level, above: Sequence[Level]) -> Valueset:
        """The valueset of a level, its parents found among the levels above it."""
        by_id = {one.form.id: one for one in above}
        default = level.form.parent_level or (above[-1].form.id if above else "")
        if level.form.parent_level and default not in by_id:
            place, known = (*level.place, "parent_level"), listed(by_id) or "none"
            mend = did_you_mean(default, by_id, f"Above are {known}.")
            self.files.findings.add(place, "unknown-level", "a level above this one", mend)
            return Valueset(level.form.id, level.form.label, ())
        self._check_parent_levels(level, by_id, default)
        self._check_parents(level, by_id, default)
        codes = (Code(row.code, row.label, _nodes(row, default), row.valid_from, row.valid_to) for row in level.rows)
        return Valueset(level.form.id, level.form.label, tuple(codes), level.form.small_areas)

    def _check_parent_levels(self, level: Level, by_id: Mapping[str, Level], default: str) -> None:
        named = {name or default for row in level.rows for name in row.parents}
        for name in sorted(named - by_id.keys()):
            rows = [row for row in level.rows if name in {x or default for x in row.parents}]
            column = f"parent:{name}" if name else "parent"
            expected = f"parents in a level above; {name} is none" if name else "no parents at the first level"
            mend = did_you_mean(name, by_id, f"Above are {listed(by_id) or 'none'}.")
            self._tell(level, rows, column, "unknown-level", expected, mend)

    def _check_parents(self, level: Level, by_id: Mapping[str, Level], default: str) -> None:
        for name in sorted({name for row in level.rows for name in row.parents}):
            parent = by_id.get(name or default)
            if parent is not None:
                lost = [row for row in level.rows if name in row.parents and row.parents[name] not in parent.codes]
                column = f"parent:{name}" if name else "parent"
                expected = f"parents that are codes of {parent.form.id}"
                self._tell(level, lost, column, "unknown-parent", expected, "Add the codes there or mend the parents.")

    def _check_shape(self, classification: Classification, levels: Sequence[Level]) -> None:
        by_id = {level.form.id: level for level in levels}
        for valueset in list(classification)[:-1]:
            if not any(node.valueset == valueset.id for node in _parents(classification)):
                place, words = by_id[valueset.id].place, "a finer level whose codes name parents here"
                mend = "Add a `parent` column to the finer level, or make it a field of its own."
                self.files.findings.add(place, "unconnected-level", words, mend)
        for valueset_id, codes in _overlapping(classification):
            level = by_id[valueset_id]
            rows = [row for row in level.rows if row.code in codes]
            words = f"codes of one level that share nothing; {listed(sorted(codes), 5)} share codes of a finer level"
            self._tell(level, rows, "code", "overlap", words, "Give each finer code one parent in this level.")
        again = _repeated(leaf.code for leaf in classification.leaves)
        if again:
            words = f"finest codes that are unique in the field; {listed(again, 5)} stand in two levels"
            self.files.findings.add(levels[-1].place, "ambiguous-code", words, "Name the coarser one as the parent.")

    def _tell(self, level: Level, rows: Sequence[CodeRow], column: str, code: str, expected: str, mend: str) -> None:
        if not rows:
            return
        if level.file:
            at = tuple(row.row for row in rows[:_FIRST])
            fault = Fault(code, level.file, f"{expected}.", mend, column=column, rows=at, count=len(rows))
            self.files.findings.take([fault])
        else:
            for row in rows:
                self.files.findings.add((*level.place, "codes", row.code), code, expected, mend)


def _inline(code: str, value: str | CodeForm) -> CodeRow:
    if isinstance(value, str):
        return CodeRow(code, value)
    parents = {"": value.parent, **value.parents} if value.parent else dict(value.parents)
    return CodeRow(code, value.label, parents, value.valid_from, value.valid_to)


def _nodes(row: CodeRow, default: str) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(Node(level or default, code) for level, code in row.parents.items()))


def _parents(classification: Classification) -> Iterator[Node]:
    return (parent for valueset in classification for code in valueset for parent in code.parents)


def _overlapping(classification: Classification) -> list[tuple[str, set[str]]]:
    """Per level the codes that hold a common leaf."""
    found: dict[str, set[str]] = {}
    for above in classification.above.values():
        for level in _repeated(node.valueset for node in above):
            found.setdefault(level, set()).update(node.code for node in above if node.valueset == level)
    return list(found.items())


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    again: dict[str, None] = {}
    for name in names:
        if name in seen:
            again[name] = None
        seen.add(name)
    return list(again)
