"""Whether an audit log is what was written, and where not: the reasoning, without files.

The chain is walked back from its end: each line vouches for the one before by its digest, so that a line which is found
by its digest is the one that was written, wherever it stands. What is left over was altered, inserted or torn; what is
not found was altered or removed. Below a line that is not found nothing vouches for the next but its number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from statlas.model.faults import Fault
from statlas.store.audit_line import BEGINNING, TORN, AuditLine, Head, parts_of
from statlas.store.durable import digest_of
from statlas.wording import several

LOG = "logs/audit.jsonl"

NOTED = "noted-head"

_COMPARE = "Compare with a copy of the log, and find out who could write to it."


@dataclass(frozen=True)
class Acknowledged:
    """A break of the log that an administrator knows of: the line that says so, and what is wrong before it."""

    line: AuditLine
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class AuditReport:
    """What was found in a log: how many lines were proven to be as they were written, its head, faults and remarks.

    ``head`` is what to write down elsewhere; None for a log without a line. A remark is no fault: a line that a killed
    process left torn, a clock that was put back. What was acknowledged is none of the faults; the log is not whole.
    """

    n_lines: int
    head: Head | None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    acknowledged: tuple[Acknowledged, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every line is as it was written."""
        return not self.faults and not self.acknowledged


@dataclass(frozen=True)
class Place:
    """Where something that ends as a line stands: its number from 1, its first byte, and what it is."""

    number: int
    start: int
    written: bytes
    sha256: str
    line: AuditLine | None

    @property
    def end(self) -> int:
        """The byte behind it."""
        return self.start + len(self.written)


def of_segment(
    places: Sequence[Place], log: bytes, head: Head | None, noted: Sequence[Head], bottom: Head
) -> AuditReport:
    """What is proven of lines that go on from ``bottom``, where ``head`` is noted beside them."""
    top, remarks, faults = top_of(places, head)
    proven, lost = walk(places, top, bottom)
    left = _unexplained(places, proven, log, faults)
    left = _without_torn_end(left, proven, top, remarks)
    altered = _altered(lost, left, proven)
    faults += [_fault_altered(s, place) for s, place in sorted(altered.items())]
    faults += _removed([s for s in lost if s not in altered], top)
    faults += [_fault_inserted(place, proven) for place in left if place not in altered.values()]
    faults += _moved(proven)
    faults += _against(noted, proven, top)
    remarks += [*_unvouched(lost, proven, noted), *_put_back(proven)]
    return AuditReport(len(proven), top if top.lines else None, tuple(faults), tuple(remarks))


# --- what stands there ------------------------------------------------------------------------------------------------


def places_of(log: bytes) -> Iterator[Place]:
    """What stands in a log, one after the other."""
    start = 0
    for number, written in enumerate(parts_of(log), start=1):
        yield Place(number, start, written, digest_of(written), AuditLine.read(written))
        start += len(written)


def top_of(places: Sequence[Place], head: Head | None) -> tuple[Head, list[str], list[Fault]]:
    """Where the chain ends, with what is to be said of that."""
    whole = [place.line for place in places if place.line is not None]
    if head is None:
        if not whole:
            return BEGINNING, [], []
        if whole[-1].sequence == 1:
            return whole[-1].head, [_NOT_COUNTED], []
        expected = "the head of the log: without it nobody can tell whether the end was cut."
        return whole[-1].head, [], [Fault("missing-head", "logs/audit.head", expected, _COMPARE)]
    last = places[-1].line if places else None
    if last is not None and (last.sequence, last.before) == (head.lines + 1, head.sha256):
        return last.head, [_NOT_COUNTED], []
    return head, [], []


_NOT_COUNTED = "The last line is not counted in the head yet: a process ended in between. The next line mends it."


def walk(places: Sequence[Place], top: Head, bottom: Head) -> tuple[dict[int, Place], list[int]]:
    """The lines above ``bottom`` that are proven, by number, and the numbers of those not found, last first."""
    by_digest: dict[str, list[Place]] = {}
    by_number: dict[int, list[Place]] = {}
    for place in places:
        if place.line is not None:
            by_digest.setdefault(place.sha256, []).append(place)
            by_number.setdefault(place.line.sequence, []).append(place)
    proven: dict[int, Place] = {}
    lost: list[int] = []
    number, sha256 = top.lines, top.sha256
    while number > bottom.lines:
        found = [place for place in by_digest.get(sha256, ()) if place.line and place.line.sequence == number]
        is_first = number == bottom.lines + 1
        if found and (not is_first or found[0].line is None or found[0].line.before == bottom.sha256):
            proven[number] = _nearest(found, proven.get(number + 1))
            sha256 = proven[number].line.before  # type: ignore[union-attr]  # it has been read
        else:
            lost.append(number)
            sha256 = _next_digest(by_number, number)
        number -= 1
    return proven, lost


def _nearest(copies: Sequence[Place], following: Place | None) -> Place:
    """Of copies of a line the one that stands before the next; any other was inserted."""
    before = [place for place in copies if following is None or place.number < following.number]
    return (before or copies)[-1]


def _next_digest(by_number: dict[int, list[Place]], number: int) -> str:
    """The digest to look for below a line that is lost: what is left of it may tell, else the number does."""
    said = {place.line.before for place in by_number.get(number, ()) if place.line}
    below = by_number.get(number - 1, [])
    return next((place.sha256 for place in below if place.sha256 in said), below[0].sha256 if below else "")


# --- what is left over ------------------------------------------------------------------------------------------------


def _unexplained(places: Sequence[Place], proven: dict[int, Place], log: bytes, faults: list[Fault]) -> list[Place]:
    """What is neither proven nor a torn line that a proven one tells of."""
    known = {place.number for place in proven.values()}
    for number, place in proven.items():
        if place.line is None or place.line.action != TORN:
            continue
        torn = _torn_before(place, log)
        if torn is None:
            expected = f"the torn line that line {number} tells of: it was altered or removed."
            faults.append(Fault("altered-line", LOG, expected, _COMPARE, rows=(place.number,)))
            torn = place.start
        known |= {one.number for one in places if torn <= one.start and one.end <= place.start}
    return [place for place in places if place.number not in known]


def _torn_before(place: Place, log: bytes) -> int | None:
    """Where the torn line starts that a line tells of, if it is what it was."""
    assert place.line is not None
    size = place.line.details.get("bytes", "")
    start = place.start - int(size) if size.isdecimal() and len(size) <= 12 else -1  # noqa: PLR2004 - longer is no file
    if start < 0 or digest_of(log[start : place.start]) != place.line.details.get("sha256"):
        return None
    return start


def _without_torn_end(left: list[Place], proven: dict[int, Place], top: Head, remarks: list[str]) -> list[Place]:
    """What is left without a torn end, of which the next line will tell."""
    end = proven[top.lines].end if top.lines in proven else 0
    last = [place for place in left if place.start >= end]
    is_at_end = top.lines in proven or not top.lines
    if not is_at_end or not last or any(place.line for place in last):
        return left
    remarks.append("The end is a torn line that a process left when it ended. The next line will tell of it.")
    return [place for place in left if place not in last]


def _altered(lost: Sequence[int], left: Sequence[Place], proven: dict[int, Place]) -> dict[int, Place]:
    """What stands in place of lines that are not found: it has their number, or stands between their neighbours."""
    found: dict[int, Place] = {}
    spare = list(left)
    for number in lost:
        same = [place for place in spare if place.line is not None and place.line.sequence == number]
        if same:
            found[number] = same[-1]
            spare.remove(same[-1])
    for number in sorted(set(lost) - set(found)):
        between = [place for place in spare if _stands(place, number, proven | found)]
        if between:
            found[number] = between[0]
            spare.remove(between[0])
    return found


def _stands(place: Place, number: int, known: dict[int, Place]) -> bool:
    """Whether something stands where a line of that number would; what has another line's number does not."""
    below = max((known[n].number for n in known if n < number), default=0)
    above = min((known[n].number for n in known if n > number), default=place.number + 1)
    return below < place.number < above


def _removed(lost: Iterable[int], top: Head) -> Iterator[Fault]:
    for first, last in _runs(sorted(lost)):
        which = several("line {first}", "lines {first} to {last}", last - first + 1).format(first=first, last=last)
        if last == top.lines:
            yield Fault("cut-end", LOG, f"{which}: the end was cut.", _COMPARE)
        else:
            yield Fault("removed-line", LOG, f"{which}: removed.", _COMPARE)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def _fault_altered(number: int, place: Place) -> Fault:
    return Fault(
        "altered-line", LOG, f"line {number} as it was written: it was altered.", _COMPARE, rows=(place.number,)
    )


def _fault_inserted(place: Place, proven: dict[int, Place]) -> Fault:
    copied = next((number for number, one in proven.items() if one.sha256 == place.sha256), None)
    what = "was inserted" if copied is None else f"was inserted, a copy of line {copied}"
    return Fault("inserted-line", LOG, f"lines of the chain alone: this one {what}.", _COMPARE, rows=(place.number,))


# --- order, time and what was written down ----------------------------------------------------------------------------


def _moved(proven: dict[int, Place]) -> Iterator[Fault]:
    """The fewest lines whose moving explains the order."""
    numbers = sorted(proven)
    staying = set(_longest_rising([proven[number].number for number in numbers]))
    for number in numbers:
        if proven[number].number not in staying:
            yield Fault(
                "moved-line", LOG, f"line {number} in its place: it was moved.", _COMPARE, rows=(proven[number].number,)
            )


def _longest_rising(values: Sequence[int]) -> list[int]:
    """One of the longest rising subsequences (Schensted 1961), by patience."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        pile = bisect_left(tops, value)
        tops[pile:] = [value, *tops[pile + 1 :]]
        at[pile:] = [index, *at[pile + 1 :]]
        before.append(at[pile - 1] if pile else -1)
    rising, index = [], at[-1] if at else -1
    while index >= 0:
        rising.append(values[index])
        index = before[index]
    return rising


def _against(noted: Iterable[Head], proven: dict[int, Place], top: Head) -> Iterator[Fault]:
    for head in noted:
        place = proven.get(head.lines)
        if head.lines > top.lines:
            expected = f"the {head.lines} lines that were written down as {head}: it has {top.lines}."
            yield Fault("cut-end", LOG, expected, _COMPARE)
        elif place is None or place.sha256 != head.sha256:
            yield noted_fault(head, (place.number,) if place else ())


def noted_fault(head: Head, rows: tuple[int, ...] = ()) -> Fault:
    """What is told of a head that was written down elsewhere, and that the log does not have."""
    expected = f"line {head.lines} as it was written down elsewhere, {head}: it, or a line before it, was altered."
    return Fault(NOTED, LOG, expected, _COMPARE, rows=rows)


def _unvouched(lost: Sequence[int], proven: dict[int, Place], noted: Iterable[Head]) -> Iterator[str]:
    """Below a line that is not as it was written, nothing but what was written down vouches for the lines."""
    if not lost:
        return
    gap = max(lost)
    sure = max((h.lines for h in noted if h.lines < gap and h.lines in proven), default=0)
    first = min((number for number in proven if sure < number < gap), default=0)
    if first:
        yield (
            f"Line {gap} would vouch for what stands before it: "
            f"of lines {first} to {gap - 1} it is only known that they agree with each other."
        )


def _put_back(proven: dict[int, Place]) -> Iterator[str]:
    for one, following in pairwise(sorted(proven)):
        before, after = proven[one].line, proven[following].line
        if before is not None and after is not None and after.time < before.time:
            yield f"The clock was put back before line {following}."
