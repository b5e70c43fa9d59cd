"""Releases on their way as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from statlas.model.release_times import in_london

if TYPE_CHECKING:
    from statlas.service.office.releases.facts import EarlyReaderFacts, MoveFacts, ReleaseFactsOfOffice
    from statlas.service.tables.standing import Proof


def line(one: ReleaseFactsOfOffice) -> str:
    """A release in one line: database, number, state, when, who."""
    when = one.scheduled_for if one.is_under_way else one.public_from
    parts = [one.database, f"release {one.release}", one.state.value, moment(when) if when else "", one.prepared_by]
    return "\t".join(part for part in parts if part)


def whole(
    one: ReleaseFactsOfOffice, note: str, history: Sequence[MoveFacts], readers: Sequence[EarlyReaderFacts]
) -> Iterator[str]:
    """Everything the office knows of a release, with its note for readers."""
    facts = {
        "state": one.state.value,
        "kind": one.kind.value,
        "version": one.version,
        "note": note,
        "digest": one.digest,
        "prepared by": one.prepared_by,
        "approved by": one.approved_by,
        "because": one.approved_because,
        "scheduled for": moment(one.scheduled_for),
        "public from": moment(one.public_from),
        "withdrawn because": one.notice,
        "records": "destroyed; what was printed of them still answers" if one.is_destroyed else "",
        "findings": _findings(one),
    }
    yield f"Release {one.release} of {one.database}"
    for name, text in facts.items():
        if text:
            yield f"  {name}: {_printable(text)}"
    for move in history:
        about = f" {move.about}" if move.about else f" for {moment(move.minute)}" if move.minute else ""
        reason = f": {move.reason}" if move.reason else ""
        yield f"  {moment(move.at)}  {move.actor} - {move.act.value}{_printable(about + reason)}"
    for one_reader in readers:
        yield f"  early reader: {reader(one_reader)}"
    if one.acts:
        yield f"You can: {', '.join(_commands(one, readers))}"


def _commands(one: ReleaseFactsOfOffice, readers: Sequence[EarlyReaderFacts]) -> Iterator[str]:
    """What may be done, as it is typed; early reading is taken from those alone who have it."""
    typed = {"grant-access": "access --grant", "revoke-access": "access --revoke"}
    for act in one.acts:
        if act.value != "revoke-access" or any(not reader.revoked for reader in readers):
            yield typed.get(act.value, act.value)


def _findings(one: ReleaseFactsOfOffice) -> str:
    if one.to_answer is None:
        return "not known here; the keeper is asked when it is checked"
    if not one.to_answer:
        return ""
    return f"{len(one.to_answer)} to be accepted with a reason, {one.unanswered} not yet"


def reader(one: EarlyReaderFacts) -> str:
    """Somebody who may read early, or could."""
    state = "taken back" if one.revoked else "has read it" if one.opened else "may read it"
    return "\t".join([_printable(one.name), _printable(one.post), one.email, state])


def proof(found: Proof) -> Iterator[str]:
    """What a proof looked at, and whether the release is the one that was announced."""
    for check in found.checks:
        yield f"{'holds' if check.holds else 'FAILS'}\t{check.what}"
    is_it = "is the one whose digest was announced" if found.holds else "is NOT the one whose digest was announced"
    yield f"Release {found.release} of {found.database} {is_it}."
    yield f"digest\t{found.digest}"


def moment(at: datetime | None) -> str:
    """As a minute is given to the commands, and as the calendar lists it: by London's clocks."""
    return f"{in_london(at):%Y-%m-%d %H:%M} London" if at else ""


def _printable(text: str) -> str:
    """The text with what moves a terminal's cursor written out."""
    return text if text.isprintable() else json.dumps(text)
