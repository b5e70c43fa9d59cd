"""The audit log: who did what to what, when and why; added to, never changed, and each line vouches for the one before.

A line holds the SHA-256 of the line before it, so that whoever knows the last one knows whether any was altered,
removed, inserted or moved; a second file, the head, has the number of lines and the digest of the last, so that it can
be told whether the end was cut. Whoever can write to the home can make both anew from the beginning: so the head is
printed, to be written down elsewhere, and ``verify`` is given what was written down.

A line is on the disk before ``append`` returns. Of the process that is killed meanwhile may be left: a line without its
end, or a whole one that the head does not count yet. The next ``append`` adds a line that says what a torn one was, and
counts the whole one; the file is only ever added to, so that it may be kept on a medium that allows no more.
What is found damaged is told in a line too, and work goes on: an act that is refused would leave no trace at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from statlas.errors import AuditError
from statlas.store import audit_files, audit_line
from statlas.store.audit_files import AuditFiles
from statlas.store.audit_line import ACKNOWLEDGED, BEGINNING, DAMAGE, HEADS, TORN, AuditLine, Head, parts_of
from statlas.store.audit_segments import report
from statlas.store.audit_verifying import AuditReport
from statlas.store.durable import digest_of

__all__ = [
    "DAMAGE",
    "TORN",
    "AuditLine",
    "AuditReport",
    "Head",
    "acknowledge",
    "append",
    "lines",
    "lines_since",
    "verify",
]

KEEPER = "statlas"
"""The actor of lines that the log writes of itself."""

_TAIL = 65_536
_LONGEST_TAIL = 2 * audit_line.LONGEST_LINE


def append(
    home: Path, *, actor: str, action: str, subject: str, reason: str = "", details: Mapping[str, str] | None = None
) -> AuditLine:
    """Add a line; it is on the disk when this returns.

    Args:
        home: the folder of the installation.
        actor: who acts, such as ``amina@example.org`` or ``keeper``.
        action: what they do, such as ``release.approve``; ``docs/reference/audit-log.md`` lists them.
        subject: what they do it to, such as ``hb_new release 12``.
        reason: why, in the words of whoever acts.
        details: what else is worth knowing; never a record's value, a raw count or a key.

    Raises:
        AuditError: a text is longer than a line holds; nothing is cut off silently.
        HomeError: the line could not be written: the act must not be done, or is to be told otherwise.
    """
    details = dict(details or {})
    audit_line.check(actor=actor, action=action, subject=subject, reason=reason, details=details)
    with audit_files.to_append(home) as files:
        head = _mended(files)
        return _add(files, head, AuditLine(0, _BEGUN, actor, action, subject, reason, details))


def acknowledge(
    home: Path, *, actor: str, reason: str, noted: tuple[Head, ...] = (), details: Mapping[str, str] | None = None
) -> tuple[AuditLine, AuditReport]:
    """Say in the log that somebody knows of what is wrong with it, with every byte before; what is wrong stays told.

    The chain begins anew with this line: what is found wrong later is told apart from what was known.

    Args:
        home: the folder of the installation.
        actor: who knows of it.
        reason: what was found out.
        noted: heads that were written down elsewhere; those that no longer fit are named in the line.
        details: what else is worth knowing.

    Returns:
        The line, and what was found before it.

    Raises:
        AuditError: nothing is wrong that was not acknowledged, or the reason is missing or too long.
        HomeError: the line could not be written.
    """
    if not reason.strip():
        raise AuditError("No reason is given.", mend="Say what was found out: who changed the log, when, and why.")
    with audit_files.to_append(home) as files:
        head = _mended(files)
        found = files.all()
        known = report(found, head, noted)
        if not known.faults:
            raise AuditError(
                "Nothing is wrong with the log that was not acknowledged.", mend="See `statlas audit verify`."
            )
        told = {"bytes": str(len(found)), "sha256": digest_of(found), "faults": _named(known), **(details or {})}
        otherwise = [str(one) for one in noted if report(found, head, (one,)).faults != report(found, head).faults]
        told |= {HEADS: " ".join(otherwise)} if otherwise else {}
        subject = "the lines before this one"
        audit_line.check(actor=actor, action=ACKNOWLEDGED, subject=subject, reason=reason, details=told)
        line = AuditLine(0, _BEGUN, actor, ACKNOWLEDGED, subject, reason.strip(), told)
        return _add(files, head, line), known


_MOST_NAMED = 20
"""Faults that a line names, of those that it acknowledges; the others it counts."""


def _named(known: AuditReport) -> str:
    """What is wrong, in a line: ``altered-line 5, removed-lines``."""
    named = [" ".join([fault.code, *map(str, fault.rows[:1])]) for fault in known.faults[:_MOST_NAMED]]
    n_more = len(known.faults) - len(named)
    return ", ".join([*named, f"and {n_more} more"] if n_more else named)


def lines(home: Path) -> Iterator[AuditLine]:
    """The lines of a home's log in their order; what is torn or damaged is left out, and told by ``verify``.

    Raises:
        HomeError: the log cannot be read.
    """
    yield from lines_since(home, 0)[0]


def lines_since(home: Path, start: int) -> tuple[tuple[AuditLine, ...], int]:
    """The lines that begin at a byte of the log or after it, as ``lines`` has them, and where the last of them ends.

    Args:
        home: the folder of the installation.
        start: where an earlier reading ended, in bytes; a log that has fewer is another one, and is read whole.

    Raises:
        HomeError: the log cannot be read.
    """
    with audit_files.to_read(home) as files:
        size = files.size() if files else 0
        start = start if start <= size else 0
        found = files.tail(size - start) if files else b""
    end = found.rfind(b"\n") + 1  # what stands behind it may still become a line
    read = (AuditLine.read(written) for written in parts_of(found[:end]))
    return tuple(line for line in read if line is not None), start + end


def verify(home: Path, *, noted: tuple[Head, ...] = ()) -> AuditReport:
    """Whether the log is what was written: which lines were altered, removed, inserted or moved, or its end cut.

    Args:
        home: the folder of the installation.
        noted: heads that were written down elsewhere.

    Raises:
        HomeError: the log cannot be read.
    """
    with audit_files.to_read(home) as files:
        found, head = (files.all(), files.head()) if files else (b"", None)
    return report(found, head, noted)


_BEGUN = datetime(1970, 1, 1, tzinfo=UTC)


def _add(files: AuditFiles, head: Head, line: AuditLine, *, after: bytes = b"") -> AuditLine:
    """Give a line its place and time, write it behind ``after``, and count it."""
    added = replace(line, sequence=head.lines + 1, time=datetime.now(UTC), before=head.sha256)
    files.append(after + bytes(added))
    files.note(added.head)
    return added


# --- where the chain stands -------------------------------------------------------------------------------------------


def _mended(files: AuditFiles) -> Head:
    """The head to go on from; what the last process left undone is done, and told in the log."""
    head = files.head()
    if head is None:
        return _without_head(files)
    rest = _behind(files, head)
    if rest is None:
        return _told(files, head, "the line that the head names does not stand at the end of the log")
    if not rest:
        return head
    following = _following(rest, head)
    if following is None:
        return _torn(files, head, rest)
    # Written, and the process ended before it was counted.
    if rest.endswith(b"\n"):
        files.note(following.head)
        return following.head
    files.append(b"\n")
    files.note(following.head)
    return _torn(files, following.head, b"")


def _following(rest: bytes, head: Head) -> AuditLine | None:
    """The line that is written behind the head, whole but perhaps for its end; None if it is torn or another."""
    line = AuditLine.read(rest.removesuffix(b"\n") + b"\n")
    return line if line is not None and (line.sequence, line.before) == (head.lines + 1, head.sha256) else None


def _without_head(files: AuditFiles) -> Head:
    """The head of a log that is new, or has lost it."""
    found = parts_of(files.tail(_LONGEST_TAIL))
    whole = [line for written in found if (line := AuditLine.read(written)) is not None]
    if not whole:
        rest = b"".join(found)
        return _torn(files, BEGINNING, rest) if rest else BEGINNING
    last = whole[-1]
    if last.sequence == 1 and bytes(last) == b"".join(found):
        files.note(last.head)
        return last.head
    return _told(files, last.head, "the head was missing or could not be read")


def _behind(files: AuditFiles, head: Head) -> bytes | None:
    """What stands behind the line that the head names; None where that line is not there."""
    for most in (_TAIL, _LONGEST_TAIL):
        parts = parts_of(files.tail(most))
        for n_behind in range(len(parts)):
            if digest_of(parts[-1 - n_behind]) == head.sha256:
                return b"".join(parts[len(parts) - n_behind :])
    return None


def _torn(files: AuditFiles, head: Head, rest: bytes) -> Head:
    """Close a torn line, and say what it was; of one that lacked its end alone, that no byte was lost."""
    end = b"" if rest.endswith(b"\n") or not rest else b"\n"
    whole = rest + end
    facts = {"bytes": str(len(whole)), "sha256": digest_of(whole)}
    told = AuditLine(0, _BEGUN, KEEPER, TORN, "the line before this one", "A process ended while it wrote.", facts)
    return _add(files, head, told, after=end).head


def _told(files: AuditFiles, head: Head, found: str) -> Head:
    """Say what was found damaged."""
    end = b"" if files.tail(1) in (b"", b"\n") else b"\n"
    told = AuditLine(0, _BEGUN, KEEPER, DAMAGE, "the lines before this one", details={"found": found})
    return _add(files, head, told, after=end).head
