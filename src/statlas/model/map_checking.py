"""What is wrong with a mapping plan, or what it cannot do, as far as two definitions tell it.

The form of a definition sees already that every name of today is there. Here the plan is held against the release
before it, whose names it speaks of, and against itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from statlas.model.classification import Node
from statlas.model.database import Database, Field, Measure
from statlas.model.mapping import FieldMapping, MappingPlan, completed
from statlas.model.members import Members, members
from statlas.model.words import listed
from statlas.wording import _


class Grade(IntEnum):
    """How bad something about a plan is.

    WRONG: tables would be carried to what they did not ask for, or a line does nothing. LOSS: tables cannot be
    carried. PARTLY: tables are carried where they ask for all that became one.
    """

    WRONG = 1
    LOSS = 2
    PARTLY = 3


@dataclass(frozen=True)
class Trouble:
    """Something about a plan: ``where`` it is in words, ``place`` in ids."""

    grade: Grade
    where: str
    message: str
    place: tuple[str, ...] = ()


def troubles(before: Database, after: Database) -> tuple[Trouble, ...]:
    """Everything about the plan of ``after``, what is wrong first; of no plan, what is lost for want of one.

    A plan that stayed in the definition from the release before does not count for this one.
    """
    stayed = bool(after.mapping) and after.mapping == before.mapping
    plan = MappingPlan() if stayed else after.mapping
    found = [*_fields(plan, before, after), *_measures(plan, before, after), *_losses(plan, before, after)]
    return tuple(sorted(found, key=lambda one: one.grade))


# --- what is wrong ----------------------------------------------------------------------------------------------------


def _fields(plan: MappingPlan, before: Database, after: Database) -> Iterator[Trouble]:
    then, now = ({field.id: field for field in database.categories} for database in (before, after))
    for name, n in Counter(one.field for one in plan.fields).items():
        if n > 1:
            yield _wrong(name, _("It stands {n} times in the plan, and the first alone counts.").format(n=n), name)
    for name, n in Counter(plan.of(name).now for name in then).items():
        if n > 1:
            yield _wrong(name, _("Several fields became this one; a table cannot have it twice."), name)
    for one in plan.fields:
        if one.field not in then:
            yield _wrong(one.field, _("The release before has no such field; the line does nothing."), one.field)
            continue
        if one.to and one.to != one.field and one.field in now:
            yield _wrong(one.field, _("It is still a field, and tables that ask for it would be led away."), one.field)
        if one.now in now:
            yield from _levels(one, then[one.field], now[one.now])
            yield from _codes(one, then[one.field], now[one.now])


def _levels(one: FieldMapping, then: Field, now: Field) -> Iterator[Trouble]:
    for old, new in one.levels:
        if old not in then.classification:
            said = _("The release before has no level {level}; the line does nothing.").format(level=old)
            yield _wrong(then.label, said, one.field, old)
        elif old != new and old in now.classification:
            said = _("{level} is still a level, and tables that ask for it would be led away.").format(level=old)
            yield _wrong(then.label, said, one.field, old)


def _codes(one: FieldMapping, then: Field, now: Field) -> Iterator[Trouble]:
    there, became = frozenset(then.classification.nodes), dict(one.codes)
    today = frozenset(now.classification.nodes)
    parts_then, parts_now = members(then, now)
    known = frozenset[Hashable]().union(*parts_now.values())
    for old, new in one.codes:
        wrong = ""
        if old not in there:
            wrong = _("The release before has no such code; the line does nothing.")
        elif _leads_on(one, became, old):
            wrong = _("What it became is said to have become something else; a plan is followed once.")
        elif one.at_level(old) in today and one.at_level(old) not in new:
            wrong = _("It is still there, and tables that ask for it would be led away.")
        elif _overlap(now, new):
            wrong = _("It became codes of which one holds another.")
        elif parts_then and not _agrees(parts_then.get(old, frozenset()) & known, new, parts_now):
            wrong = _("What it is made of lies elsewhere, as the definitions have it.")
        if wrong:
            yield _wrong(_named(then, old), wrong, one.field, old.valueset, old.code)


def _leads_on(one: FieldMapping, became: dict[Node, tuple[Node, ...]], old: Node) -> bool:
    """Whether a code leads to one that itself went on, in a chain or a circle."""
    back = {one.at_level(node): node for node in became}
    following = (back[node] for node in became[old] if node in back and back[node] != old)
    return any(one.at_level(node) not in became[node] for node in following)


def _overlap(now: Field, new: tuple[Node, ...]) -> bool:
    above = now.classification.above
    return len(set(new)) < len(new) or any(other in above[node] for node in new for other in new)


def _agrees(whole: frozenset[Hashable], new: tuple[Node, ...], parts: Members) -> bool:
    """Whether what a code was made of lies in what it became."""
    return not new or whole <= frozenset[Hashable]().union(*(parts[node] for node in new))


def _measures(plan: MappingPlan, before: Database, after: Database) -> Iterator[Trouble]:
    then = {before.records.id, *(measure.id for measure in before.measures)}
    now = {after.records.id, *(measure.id for measure in after.measures)}
    became = dict(plan.measures)
    for name, n in Counter(became.get(name, name) for name in then).items():
        if n > 1:
            yield _wrong(name, _("Several measures became this one."), name)
    for old, new in plan.measures:
        if old not in then:
            yield _wrong(old, _("The release before has no such measure; the line does nothing."), old)
        elif old in now and new != old:
            yield _wrong(old, _("It is still a measure, and tables that ask for it would be led away."), old)


# --- what cannot be carried -------------------------------------------------------------------------------------------


def _losses(plan: MappingPlan, before: Database, after: Database) -> Iterator[Trouble]:
    then, now = ({field.id: field for field in database.categories} for database in (before, after))
    whole = completed(plan, lambda name: then[name].classification.nodes if name in then else ())
    for field in before.categories:
        one = whole.of(field.id)
        if one.now not in now:
            yield _loss(field.label, _("The field is gone."), field.id)
            continue
        for level in field.classification:
            if dict(one.levels).get(level.id, level.id) not in now[one.now].classification:
                said = _("The level {level} is gone.").format(level=level.label)
                yield _loss(field.label, said, field.id, level.id)
        yield from _lost_codes(one, field, now[one.now])
        yield from _parted(one, field)
    yield from _lost_measures(dict(plan.measures), before, after)


def _lost_codes(one: FieldMapping, field: Field, now: Field) -> Iterator[Trouble]:
    became, today = dict(one.codes), frozenset(now.classification.nodes)
    for node in field.classification.nodes:
        if node in became:
            if not became[node]:
                said = _("It became nothing that can be asked for.")
                yield _loss(_named(field, node), said, field.id, node.valueset, node.code)
        elif one.at_level(node) not in today:
            said = _("It is gone, and the plan does not say what became of it.")
            yield _loss(_named(field, node), said, field.id, node.valueset, node.code)


def _parted(one: FieldMapping, field: Field) -> Iterator[Trouble]:
    """Codes that became one together: tables with all of them follow, others do not."""
    olds: dict[Node, list[Node]] = {}
    for old, new in one.codes:
        for node in new:
            olds.setdefault(node, []).append(old)
    for node, together in olds.items():
        if len(together) > 1:
            names = listed(old.code for old in together)
            said = _("{names} became one: tables that ask for some of them alone cannot be carried.")
            yield Trouble(Grade.PARTLY, f"{field.label}: {node.code}", said.format(names=names), (field.id, *node))


def _lost_measures(became: dict[str, str], before: Database, after: Database) -> Iterator[Trouble]:
    now: dict[str, Measure | None] = {measure.id: measure for measure in after.measures} | {after.records.id: None}
    for measure in before.measures:
        name = became.get(measure.id, measure.id)
        if name not in now:
            yield _loss(measure.label, _("The measure is gone."), measure.id)
            continue
        found = now[name]
        gone = [one for one in measure.statistics if found is None or one not in found.statistics]
        if gone:
            said = _("It no longer has {statistics}.").format(statistics=listed(gone))
            yield _loss(measure.label, said, measure.id, *gone)


def _named(field: Field, node: Node) -> str:
    there = node.valueset in field.classification and node.code in field.classification[node.valueset]
    label = field.classification.code(node).label if there else ""
    return f"{field.label}: {label} ({node.code})" if label else f"{field.label}: {node.code}"


def _wrong(where: str, message: str, *place: str) -> Trouble:
    return Trouble(Grade.WRONG, where, message, place)


def _loss(where: str, message: str, *place: str) -> Trouble:
    return Trouble(Grade.LOSS, where, message, place)
