"""The version of a release, worked out from what it changes: major, minor or patch.

The rules, one each (peers page 3.4)::

    a field, code, measure, statistic, level or period is taken away, or answers to another name     major
    one is added; a label, a value or the way to it changes; records of a published period change    minor
    texts about the data change                                                                      patch
    a correction: what would be minor is patch, unless something was added                           patch

A table saved under a version therefore still answers under every later one with the same first number, and a program
that names codes breaks at a major one alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from statlas.model.change import Bump, Change, Changed, ChangeKind, change_data, level_label, read_change
from statlas.model.comparing import compared
from statlas.model.database import Database

__all__ = [
    "CORRECTION",
    "FIRST",
    "Bump",
    "Change",
    "ChangeKind",
    "Changed",
    "bump",
    "change_data",
    "changes",
    "level_label",
    "next_version",
    "numbers",
    "read_change",
    "weighed",
]

FIRST = "1.0.0"
"""The version of the first release of a database, and of one of which nothing else is known."""

CORRECTION = "correction"
"""The kind of a release, as ``ReleaseKind`` spells it, that puts a mistake right outside the plan."""

_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")


def changes(
    before: Database | None,
    after: Database,
    *,
    added: Sequence[str] = (),
    revised: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> tuple[Change, ...]:
    """Everything in which a release differs from the one before it, the largest changes first.

    Args:
        before: the database of the earlier release; None for a first release, which changes nothing.
        after: that of the later one.
        added, revised, removed: period codes; those of the databases themselves are not looked at.
    """
    if before is None:
        return ()
    found = [*_periods(before, after, added, revised, removed), *compared(before, after)]
    return tuple(sorted(found, key=lambda change: -change.level))


def next_version(before: str, changes: Iterable[Change], kind: str = "") -> str:
    """The version that follows ``before``: ``next_version("1.4.0", [a code removed]) == "2.0.0"``.

    Args:
        before: empty for the first release.
        changes: what the release changes; a release that changes nothing is a patch.
        kind: of the release; ``correction`` turns what is no addition and not major into a patch.

    Raises:
        ValueError: ``before`` is not a version.
    """
    if not before:
        return FIRST
    major, minor, patch = numbers(before)
    match bump(changes, kind):
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"


def bump(changes: Iterable[Change], kind: str = "") -> Bump:
    """Which number of the version rises: that of the largest change."""
    return max((_weight(change, kind) for change in changes), default=Bump.PATCH)


def weighed(changes: Iterable[Change], kind: str = "") -> tuple[Change, ...]:
    """Changes, each of the level that it has in a release of a kind, the largest first."""
    found = (replace(change, level=_weight(change, kind)) for change in changes)
    return tuple(sorted(found, key=lambda change: -change.level))


def _weight(change: Change, kind: str) -> Bump:
    if kind == CORRECTION and change.level is Bump.MINOR and change.kind is not ChangeKind.ADDED:
        return Bump.PATCH
    return change.level


def numbers(version: str) -> tuple[int, int, int]:
    """The three numbers of a version, so that versions compare as they follow.

    Raises:
        ValueError: it is not a version.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a version such as 1.4.0")
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def _periods(
    before: Database, after: Database, added: Sequence[str], revised: Sequence[str], removed: Sequence[str]
) -> Iterator[Change]:
    then, label = before.calendar.label_of, after.calendar.label_of
    for period in removed:
        yield Change(ChangeKind.REMOVED, Bump.MAJOR, Changed.PERIOD, (period,), before=then(period))
    for period in revised:
        yield Change(ChangeKind.REVISED, Bump.MINOR, Changed.PERIOD, (period,), then(period), label(period))
    for period in added:
        yield Change(ChangeKind.ADDED, Bump.MINOR, Changed.PERIOD, (period,), after=label(period))
