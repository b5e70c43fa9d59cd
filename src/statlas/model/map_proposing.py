"""A mapping plan proposed: what became of names that a definition no longer has, and how sure that is.

Theory of operation: fields, levels and measures are matched first, then the codes of each pair of fields. For a code
these are asked in turn, and the first that knows answers:

1. the successors that the publisher gave;
2. what the definitions say that both are made of (``model.members``): the finer codes, look-up keys or bounds;
3. the same code and name at another level;
4. the same name at the same level, under the same parent where several have it;
5. bounds in the names: *65 to 69* and *70 to 74* are *65 to 74*;
6. names put together of names, *Bournemouth, Christchurch and Poole*, or parts that bear the whole name;
7. nearly the same name.

Nothing here knows a record: a name that stays the same may mean another place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from statlas.model.classification import Node, folded
from statlas.model.database import Database, Field, Measure
from statlas.model.map_matching import Confidence, Matching
from statlas.model.mapping import FieldMapping, MappingPlan
from statlas.wording import _


@dataclass(frozen=True)
class FieldLine:
    """A field or level that is gone, and what it may be now: ``FieldLine("SEX", "", "GENDER", ...)``.

    level: the level that is gone; empty where the field is. now: its id now, empty where nothing was found.
    """

    field: str
    level: str
    now: str
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class CodeLine:
    """A code that is gone, and what it may be now; ``now`` is empty where nothing was found, or where it ended."""

    field: str
    node: Node
    label: str
    now: tuple[Node, ...]
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class MeasureLine:
    """A measure that is gone, or the count under another id."""

    measure: str
    now: str
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class Proposal:
    """What became of the names of the release before, each with how sure that is.

    fields: fields and levels. appeared: codes that are new and that no line names, with their fields.
    """

    fields: tuple[FieldLine, ...] = ()
    codes: tuple[CodeLine, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    appeared: tuple[tuple[str, Node], ...] = ()

    def __len__(self) -> int:
        return len(self.fields) + len(self.codes) + len(self.measures)

    def plan(self, least: Confidence = Confidence.LIKELY) -> MappingPlan:
        """The plan of the lines that are as sure as that, or surer."""
        taken = [one for one in self.fields if one.confidence >= least and one.now]
        codes = [one for one in self.codes if one.confidence >= least]
        names = dict.fromkeys((*(one.field for one in taken), *(one.field for one in codes)))
        fields = tuple(
            FieldMapping(
                name,
                next((one.now for one in taken if one.field == name and not one.level), ""),
                tuple((one.level, one.now) for one in taken if one.field == name and one.level),
                tuple((one.node, one.now) for one in codes if one.field == name),
            )
            for name in names
        )
        measures = tuple((one.measure, one.now) for one in self.measures if one.confidence >= least and one.now)
        return MappingPlan(fields, measures)


def propose(before: Database, after: Database, successors: Mapping[str, tuple[str, ...]] | None = None) -> Proposal:
    """What became of the names of ``before`` that ``after`` does not have, and that its own plan does not name.

    Args:
        successors: codes of before with those that they became, none where they ended; followed from one to the next
            until they are codes of today.
    """
    plan = MappingPlan() if after.mapping == before.mapping else after.mapping
    fields: list[FieldLine] = []
    codes: list[CodeLine] = []
    appeared: list[tuple[str, Node]] = []
    for then, now, line in _pairs(before, after, plan):
        fields += [line] if line else []
        if now is None:
            continue
        said = plan.of(then.id)
        levels = [one for one in _levels(then, now) if one.level not in dict(said.levels)]
        fields += levels
        renamed = {one.level: one.now for one in levels if one.now} | dict(said.levels)
        matching = Matching(then, now, renamed, successors or {})
        found = [CodeLine(then.id, *one) for one in matching.lines()]
        codes += [one for one in found if one.node not in dict(said.codes)]
        named = {node for one in found for node in one.now} | {node for _old, new in said.codes for node in new}
        appeared += [(now.id, node) for node in matching.new if node not in named]
    measures = (one for one in _measures(before, after) if one.measure not in dict(plan.measures))
    return Proposal(tuple(fields), tuple(codes), tuple(measures), tuple(appeared))


# --- fields and levels ------------------------------------------------------------------------------------------------


def _pairs(
    before: Database, after: Database, plan: MappingPlan
) -> Iterator[tuple[Field, Field | None, FieldLine | None]]:
    """Each field of before with that of now; with a line where its id is gone."""
    there = {field.id: field for field in after.categories}
    then = {plan.of(field.id).now for field in before.categories}
    free = [field for field in after.categories if field.id not in then]
    for field in before.categories:
        if plan.of(field.id).now in there:
            yield field, there[plan.of(field.id).now], None
            continue
        found, confidence, why = _field_now(field, free)
        free = [one for one in free if one is not found]
        yield field, found, FieldLine(field.id, "", found.id if found else "", confidence, why)


def _field_now(field: Field, free: Iterable[Field]) -> tuple[Field | None, Confidence, str]:
    codes = _codes(field)
    alike = [one for one in free if _codes(one) == codes]
    sourced = [one for one in free if one.source == field.source]
    labelled = [one for one in free if folded(one.label) == folded(field.label)]
    for one in alike:
        if one in sourced:
            return one, Confidence.SURE, _("the same column with the same codes")
    for one in alike:
        if one in labelled:
            return one, Confidence.LIKELY, _("the same name and codes")
    for one in sourced:
        return one, Confidence.LIKELY, _("the same column")
    for one in labelled:
        return one, Confidence.GUESS, _("the same name")
    return None, Confidence.NONE, _("nothing like it was found")


def _codes(field: Field) -> frozenset[str]:
    return frozenset(leaf.code for leaf in field.classification.leaves)


def _levels(then: Field, now: Field) -> Iterator[FieldLine]:
    free = [level for level in now.classification if level.id not in then.classification]
    for level in then.classification:
        if level.id in now.classification:
            continue
        codes = {code.id for code in level}
        found = next((one for one in free if {code.id for code in one} == codes), None)
        confidence, why = Confidence.SURE, _("the same codes")
        if found is None:
            found = next((one for one in free if folded(one.label) == folded(level.label)), None)
            confidence, why = Confidence.LIKELY, _("the same name")
        if found is None:
            yield FieldLine(then.id, level.id, "", Confidence.NONE, _("nothing like it was found"))
            continue
        free.remove(found)
        yield FieldLine(then.id, level.id, found.id, confidence, why)


# --- measures ---------------------------------------------------------------------------------------------------------


def _measures(before: Database, after: Database) -> Iterator[MeasureLine]:
    if before.records.id != after.records.id:
        yield MeasureLine(before.records.id, after.records.id, Confidence.SURE, _("the count of records"))
    then = {measure.id for measure in before.measures}
    free = [measure for measure in after.measures if measure.id not in then]
    for measure in before.measures:
        if any(measure.id == one.id for one in after.measures):
            continue
        found, confidence, why = _measure_now(measure, free)
        free = [one for one in free if one is not found]
        yield MeasureLine(measure.id, found.id if found else "", confidence, why)


def _measure_now(measure: Measure, free: Iterable[Measure]) -> tuple[Measure | None, Confidence, str]:
    for one in free:
        if (one.column, one.unit) == (measure.column, measure.unit):
            return one, Confidence.SURE, _("the same column and unit")
    for one in free:
        if folded(one.label) == folded(measure.label):
            return one, Confidence.LIKELY if one.unit == measure.unit else Confidence.GUESS, _("the same name")
    return None, Confidence.NONE, _("nothing like it was found")
