"""A proposed mapping plan, and what is wrong with one, as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.map_checking import Grade, Trouble
from statlas.model.map_matching import Confidence
from statlas.model.map_proposing import CodeLine, FieldLine, MeasureLine, Proposal
from statlas.model.words import listed

_HEADS = {
    Confidence.SURE: "Sure",
    Confidence.LIKELY: "Likely: read every line, a name that stays may be of another place",
    Confidence.GUESS: "Guesses, which count only with --guesses",
    Confidence.NONE: "Cannot be told: decide by hand",
}
_GRADES = {
    Grade.WRONG: "Wrong in the plan",
    Grade.LOSS: "Cannot be carried",
    Grade.PARTLY: "Carried where all of them are asked for",
}
_MOST = 200
"""Lines of a kind that are printed; a file has all of them."""


def lines(before: Database, after: Database, proposal: Proposal, troubles: Sequence[Trouble]) -> Iterator[str]:
    """What is proposed, the surest first, then what is wrong with the plan that the definition has."""
    if not len(proposal):
        yield "Every name of before is there or named by the plan." if after.mapping else "Nothing is taken away."
    for confidence, head in _HEADS.items():
        found = [_said(before, after, one) for one in _every(proposal) if one.confidence is confidence]
        yield from _block(f"{head}:", found)
    new = [f"{field} {_node(after, field, node)}" for field, node in proposal.appeared]
    yield from _block("New, and of nothing that was there before:", new)
    has_plan = bool(after.mapping) and after.mapping != before.mapping
    if after.mapping and not has_plan:
        yield "The plan in the definition is that of the release before, and does not count again."
    for grade, head in _GRADES.items():
        if grade is Grade.LOSS and not has_plan:
            continue  # it is what the proposal is about
        yield from _block(f"{head}:", [f"{one.where}: {one.message}" for one in troubles if one.grade is grade])


def _block(head: str, found: Sequence[str]) -> Iterator[str]:
    if found:
        yield head
        yield from (f"  {_plain(line)}" for line in found[:_MOST])
    if len(found) > _MOST:
        yield f"  and {len(found) - _MOST:,} more"


def _every(proposal: Proposal) -> Iterator[FieldLine | CodeLine | MeasureLine]:
    yield from proposal.fields
    yield from proposal.codes
    yield from proposal.measures


def _said(before: Database, after: Database, one: FieldLine | CodeLine | MeasureLine) -> str:
    match one:
        case FieldLine():
            old = f"{one.field} level {one.level}" if one.level else f"field {one.field}"
            return f"{old} -> {one.now or '?'}: {one.why}"
        case CodeLine():
            old = f"{one.field} {_node(before, one.field, one.node)}"
            nothing = "nothing" if one.confidence is Confidence.SURE else "?"
            field = _field_now(after, one)
            now = (_node(after, field, node).removeprefix(f"{one.node.valueset}:") for node in one.now)
            return f"{old} -> {listed(now) or nothing}: {one.why}"
        case MeasureLine():
            return f"measure {one.measure} -> {one.now or '?'}: {one.why}"


def _field_now(after: Database, one: CodeLine) -> str:
    """The field of today that has what a code became."""
    fields = [field.id for field in after.categories if all(_has(after, field.id, node) for node in one.now)]
    return one.field if one.field in fields or not fields else fields[0]


def _node(database: Database, field_id: str, node: Node) -> str:
    label = database.label_of(field_id, node) if _has(database, field_id, node) else ""
    return f"{node.valueset}:{node.code} {label}".strip()


def _has(database: Database, field_id: str, node: Node) -> bool:
    field = next((field for field in database.fields if field.id == field_id), None)
    return (
        field is not None and node.valueset in field.classification and node.code in field.classification[node.valueset]
    )


def _plain(text: str) -> str:
    """The text without what steers a terminal: a label is anybody's text."""
    return "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
