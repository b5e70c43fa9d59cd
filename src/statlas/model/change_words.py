"""What a release changed, in sentences: *2 categories of Area were taken away: West and East.*"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from statlas.model.change import Bump, Change, Changed, ChangeKind
from statlas.model.database import Database
from statlas.model.words import listed
from statlas.wording import _, later, several

MOST_NAMED = 6
"""Things of one kind named one by one; of more, the first and how many. Arbitrary."""


@dataclass(frozen=True)
class Said:
    """A sentence on changes of one kind, how much it asks of users, and how many they are."""

    level: Bump
    text: str
    n: int


def said(database: Database, changes: Iterable[Change]) -> tuple[Said, ...]:
    """Sentences on the changes of a release, the largest first; like changes of one field stand in one.

    Args:
        database: as of the release, for the labels of fields and levels.
    """
    found = list(changes)
    order = list(dict.fromkeys(map(_alike, found)))
    grouped = groupby(sorted(found, key=lambda change: order.index(_alike(change))), key=_alike)
    return tuple(sentence for _key, group in grouped for sentence in _sentences(database, [*group]))


def _alike(change: Change) -> tuple[object, ...]:
    return (-change.level, change.what, change.kind, change.where[:-1])


def _sentences(database: Database, group: list[Change]) -> Iterator[Said]:
    text = _sentence(database, group[0], group)
    yield Said(group[0].level, text, len(group))


def _sentence(database: Database, first: Change, group: list[Change]) -> str:
    n, where = len(group), _where(database, first)
    if first.kind is ChangeKind.RELABELLED:
        return _relabelled(first, group, where)
    names = listed(_named([change.after or change.before or change.where[-1] for change in group if change.where]))
    if first.what is Changed.CODE and first.kind is ChangeKind.CHANGED:
        one = _("{where}: {code} belongs elsewhere, or to other dates, than before.")
        return one.format(where=where, code=first.where[2] if len(first.where) > 2 else "")  # noqa: PLR2004 - its place
    template = _template(first.what, first.kind, n)
    return template.format(n=f"{n:,}", where=where, names=names)


def _relabelled(first: Change, group: list[Change], where: str) -> str:
    pairs = [_("{old} is now {new}").format(old=one.before, new=one.after) for one in group]
    shown = listed(_named(pairs))
    if first.what is Changed.DATABASE:
        return _("The database has another name: {pairs}.").format(pairs=shown)
    if first.what is Changed.CODE:
        return _("Categories of {where} have other names: {pairs}.").format(where=where, pairs=shown)
    return _("Other names: {pairs}.").format(pairs=shown)


def _named(names: list[str]) -> list[str]:
    more = len(names) - MOST_NAMED
    if more <= 0:
        return names
    return [*names[:MOST_NAMED], several("{n} more", "{n} more", more).format(n=f"{more:,}")]


def _where(database: Database, change: Change) -> str:
    """The label of the field, level or measure that a change is in."""
    path = change.where
    labels = {field.id: field.label for field in database.fields} | {m.id: m.label for m in database.measures}
    if not path or (change.what is Changed.TEXT and len(path) == 1):
        return database.label
    return labels.get(path[0], path[0])


def _template(what: Changed, kind: ChangeKind, n: int) -> str:
    listed_alone = {ChangeKind.ADDED: _ADDED, ChangeKind.REMOVED: _REMOVED, ChangeKind.REVISED: _REVISED}
    if what in listed_alone.get(kind, {}):
        return _(listed_alone[kind][what])
    if what is Changed.CODE:
        return _codes(kind, n)
    if what is Changed.NOTE:
        return several("A note was changed.", "{n} notes were changed.", n)
    if what is Changed.READY_TABLE:
        return several("A ready-made table was changed.", "{n} ready-made tables were changed.", n)
    return _(_OTHERWISE.get(what, _PUT_TOGETHER))


def _codes(kind: ChangeKind, n: int) -> str:
    if kind is ChangeKind.ADDED:
        return several("1 new category of {where}: {names}.", "{n} new categories of {where}: {names}.", n)
    return several("1 category of {where} taken away: {names}.", "{n} categories of {where} taken away: {names}.", n)


_ADDED = {
    Changed.PERIOD: later("New dates: {names}."),
    Changed.FIELD: later("New fields: {names}."),
    Changed.LEVEL: later("New levels of {where}: {names}."),
    Changed.MEASURE: later("New numbers: {names}."),
    Changed.STATISTIC: later("New of {where}: {names}."),
}
_REMOVED = {
    Changed.PERIOD: later("Dates taken away: {names}."),
    Changed.FIELD: later("Fields taken away: {names}."),
    Changed.LEVEL: later("Levels of {where} taken away: {names}."),
    Changed.MEASURE: later("Numbers taken away: {names}."),
    Changed.STATISTIC: later("Of {where} taken away: {names}."),
}
_REVISED = {Changed.PERIOD: later("Records of these dates were revised: {names}.")}
_PUT_TOGETHER = later("How {where} is put together was changed.")
_OTHERWISE = {
    Changed.PROTECTION: later("How people are protected was changed."),
    Changed.TEXT: later("Texts about {where} were changed."),
}
