"""A line of the audit log, and its one spelling.

A line is canonical JSON in ASCII: what is spelled otherwise was not written by us, whatever it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from statlas.errors import AuditError
from statlas.store.durable import digest_of

LONGEST_TEXT = 320
"""Characters of an actor, an action, a subject or a name: an e-mail address has at most 320 (RFC 3696)."""

LONGEST_REASON = 4_000
"""Characters of a reason or of one detail: arbitrary, two pages."""

MOST_DETAILS = 24
"""Details of one line: arbitrary."""

LONGEST_LINE = 1_500_000
"""Bytes that a line has at most: everything at its longest, each character written as two escapes of six bytes."""

TORN = "audit.torn-line"
"""The act of a line that says what a torn one before it was: its ``bytes`` and their ``sha256``."""

DAMAGE = "audit.damage"
"""The act of a line that says that the end of the log was not what the head says."""

ACKNOWLEDGED = "audit.acknowledge"
"""The act of a line that says that a break of the log before it is known: how many ``bytes`` stand there and their
``sha256``, so that it is known whether anything there was changed since."""

HEADS = "heads"
"""The detail of such a line that names heads which were written down elsewhere and no longer fit."""

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIELDS = ["sequence", "time", "actor", "action", "subject", "reason", "details", "before"]


@dataclass(frozen=True)
class Head:
    """Where a chain ends: how many lines it has and the SHA-256 of the last; ``Head(120, "9f86...")``.

    Its text, ``120:9f86...``, is what is written down elsewhere.
    """

    lines: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.lines}:{self.sha256}"

    @classmethod
    def read(cls, text: str) -> Head | None:
        """The head of a text; None if it is none."""
        found = re.fullmatch(r"([1-9][0-9]{0,11}):([0-9a-f]{64})", text.strip().lower())
        return cls(int(found[1]), found[2]) if found else None


BEGINNING = Head(0, "0" * 64)
"""Where a chain begins."""


@dataclass(frozen=True)
class AuditLine:
    """Who did what to what, when and why; ``before`` is the SHA-256 of the line before it.

    ``sequence`` counts from 1; ``time`` is in UTC; ``action`` is a word of ``docs/reference/audit-log.md`` such as
    ``release.approve``; ``details`` are names and texts, never a record's value, a raw count or a key.
    """

    sequence: int
    time: datetime
    actor: str
    action: str
    subject: str
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    before: str = BEGINNING.sha256

    def __bytes__(self) -> bytes:
        written = {
            "sequence": self.sequence,
            "time": self.time.astimezone(UTC).strftime(_TIME),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "reason": self.reason,
            "details": dict(sorted(self.details.items())),
            "before": self.before,
        }
        return json.dumps(written, separators=(",", ":")).encode("ascii") + b"\n"

    @property
    def head(self) -> Head:
        """The head of the chain that ends with this line."""
        return Head(self.sequence, digest_of(bytes(self)))

    @classmethod
    def read(cls, written: bytes) -> AuditLine | None:
        """The line of these bytes, its end included; None if they are no line or spelled otherwise than we do."""
        try:
            line = _line_of(json.loads(written))
            return line if line is not None and bytes(line) == written else None
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return None


def _line_of(found: Any) -> AuditLine | None:
    if not isinstance(found, dict) or list(found) != _FIELDS:
        return None
    actor, action, subject, reason, before = (
        found[name] for name in ("actor", "action", "subject", "reason", "before")
    )
    details = found["details"]
    if not isinstance(details, dict):
        return None
    if not all(isinstance(one, str) for one in (actor, action, subject, reason, before, *details.values())):
        return None
    if type(found["sequence"]) is not int or not _DIGEST.fullmatch(before):
        return None
    time = datetime.fromisoformat(found["time"])
    return AuditLine(found["sequence"], time, actor, action, subject, reason, details, before)


def parts_of(log: bytes) -> list[bytes]:
    """What stands between line ends, each with its own; the last may have none."""
    parts = log.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def check(*, actor: str, action: str, subject: str, reason: str, details: Mapping[str, str]) -> None:
    """See that the parts of a line are not empty and not too long: nothing is cut off silently.

    Raises:
        AuditError: a part is longer than a line holds.
    """
    assert actor, "an act has an actor"
    assert action, "an act has a name"
    assert all(isinstance(value, str) for value in details.values()), "details are texts"
    parts = {"actor": actor, "action": action, "subject": subject} | {f"name of {name}": name for name in details}
    for what, text in parts.items():
        _check_length(what, text, LONGEST_TEXT)
    for what, text in {"reason": reason, **details}.items():
        _check_length(what, text, LONGEST_REASON)
    if len(details) > MOST_DETAILS:
        raise AuditError(f"A line of the audit log holds {MOST_DETAILS} details.", mend="Leave some out.")


def _check_length(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise AuditError(
            f"The {what[:LONGEST_TEXT]} is longer than the {longest:,} characters that the audit log holds.",
            mend="Say it in fewer words.",
        )
