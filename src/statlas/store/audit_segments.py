"""A log in segments: a break that was acknowledged ends one, and the chain goes on from the line that says so.

What stands before such a line is judged by itself, as it was then, for the line holds the digest of every byte of it:
what is changed there later is no longer what was acknowledged, and is told as any other break.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from statlas.store.audit_line import ACKNOWLEDGED, BEGINNING, HEADS, AuditLine, Head
from statlas.store.audit_verifying import (
    NOTED,
    Acknowledged,
    AuditReport,
    Place,
    noted_fault,
    of_segment,
    places_of,
    top_of,
    walk,
)
from statlas.store.durable import digest_of


def report(log: bytes, head: Head | None, noted: Iterable[Head] = ()) -> AuditReport:
    """What is proven of the bytes of a log, given the head noted beside it and those written down elsewhere."""
    noted, places = tuple(noted), tuple(places_of(log))
    known = _acknowledged(places, log, head)
    if known is None or known.line is None:
        return of_segment(places, log, head, noted, BEGINNING)
    bottom = Head(known.line.sequence - 1, known.line.before)
    otherwise = known.line.details.get(HEADS, "").split()
    noted, noted_known = [one for one in noted if str(one) not in otherwise], [*map(Head.read, otherwise)]
    later = [one for one in noted if one.lines > bottom.lines]
    after = of_segment(places[known.number - 1 :], log, head, later, bottom)
    before = report(log[: known.start], bottom, [one for one in noted if one.lines <= bottom.lines])
    # A head that was written down elsewhere and fits no longer was not known, unless the line names it.
    noted_otherwise = tuple(fault for fault in before.faults if fault.code == NOTED)
    broken = tuple(fault for fault in before.faults if fault.code != NOTED)
    broken += tuple(noted_fault(head) for head in noted_known if head is not None)
    return AuditReport(
        before.n_lines + after.n_lines,
        after.head,
        (*noted_otherwise, *after.faults),
        (*before.remarks, *after.remarks),
        (*before.acknowledged, Acknowledged(known.line, broken)),
    )


def _acknowledged(places: Sequence[Place], log: bytes, head: Head | None) -> Place | None:
    """The last line that acknowledges a break, vouched for by every line after it, if nothing before it has changed."""
    top = top_of(places, head)[0]
    proven, lost = walk(places, top, BEGINNING)
    sure = [number for number in proven if number > max(lost, default=0)]
    for number in sorted(sure, reverse=True):
        place = proven[number]
        if place.line is not None and place.line.action == ACKNOWLEDGED and _covers(place.line, log[: place.start]):
            return place
    return None


def _covers(line: AuditLine, before: bytes) -> bool:
    """Whether what stands before a line is what it acknowledges."""
    return (line.details.get("bytes"), line.details.get("sha256")) == (str(len(before)), digest_of(before))
