"""The audit log of a home, for doors and the office: who did what to what, when and why.

A line is written by whoever does the act, after it was allowed and before it is told to be done.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping

from statlas.store import Home, audit, audit_files
from statlas.store.audit import AuditLine, AuditReport
from statlas.store.audit_line import Head

__all__ = [
    "AuditLine",
    "AuditReport",
    "Head",
    "head",
    "is_of",
    "lines",
    "lines_since",
    "of_this_machine",
    "record",
    "verify",
]


def record(
    *,
    home: Home,
    actor: str,
    action: str,
    subject: str,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> AuditLine:
    """Add a line to the audit log; it is on the disk when this returns.

    Args:
        home: the installation.
        actor: who acts: the address of somebody with a role, ``account 17`` for anybody else, ``keeper``, or
            ``of_this_machine()`` for the command line.
        action: what they do, a word of ``docs/reference/audit-log.md`` such as ``release.approve``.
        subject: what they do it to, such as ``hb_new release 12``.
        reason: why, in the words of whoever acts.
        details: what else is worth knowing; never a record's value, a raw count or a key.

    Raises:
        AuditError: a text is longer than a line holds.
        HomeError: the line could not be written.
    """
    return audit.append(home.path, actor=actor, action=action, subject=subject, reason=reason, details=details)


def lines(*, home: Home) -> Iterator[AuditLine]:
    """The lines of the log, oldest first; what is torn or damaged is left out, and told by ``verify``.

    Raises:
        HomeError: the log cannot be read.
    """
    return audit.lines(home.path)


def lines_since(*, home: Home, start: int) -> tuple[tuple[AuditLine, ...], int]:
    """The lines that begin at a byte of the log or after it, and where the last of them ends.

    Raises:
        HomeError: the log cannot be read.
    """
    return audit.lines_since(home.path, start)


def verify(*, home: Home, noted: tuple[Head, ...] = ()) -> AuditReport:
    """Whether the log is what was written, given the heads that were written down elsewhere.

    Raises:
        HomeError: the log cannot be read.
    """
    return audit.verify(home.path, noted=noted)


def head(*, home: Home) -> Head | None:
    """Where the log says that it ends; nothing is proven by it, and nobody is waited for."""
    return audit_files.noted(home.path)


def acknowledge(
    *, home: Home, actor: str, reason: str, noted: tuple[Head, ...] = (), details: Mapping[str, str] | None = None
) -> tuple[AuditLine, AuditReport]:
    """Say in the log that somebody knows of what is wrong with it, heads written down elsewhere included.

    Returns:
        The line that says so, and what was found before it.

    Raises:
        AuditError: nothing is wrong that was not acknowledged, or no reason is given.
        HomeError: the line could not be written.
    """
    return audit.acknowledge(home.path, actor=actor, reason=reason, noted=noted, details=details)


def is_of(line: AuditLine, action: str) -> bool:
    """Whether a line tells of an act, or of one of its kind: ``release.approve`` is of ``release``; "" is any."""
    return not action or line.action == action or line.action.startswith(f"{action}.")


def of_this_machine() -> str:
    """Who uses the command line, as the system knows them: ``amina (command line)``."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # in a container a user may have a number and no name
        return f"user {os.getuid()} (command line)"
