"""What a draft changes: what is new, taken away and called otherwise, and which printed numbers move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from statlas.model.carrying import carry
from statlas.model.cells import CellStatus
from statlas.model.change import Bump, Change, Changed, ChangeKind
from statlas.model.change_words import said
from statlas.model.classification import Classification, Node
from statlas.model.cube import Cube
from statlas.model.database import Database, ReadyTable
from statlas.model.difference import Side, differences
from statlas.model.display import cell_text
from statlas.model.finding import Check, Fact, Finding, Report, Severity, finding_id, gravest_first
from statlas.model.map_checking import Grade, Trouble, troubles
from statlas.model.query import Query
from statlas.model.versioning import bump, changes, weighed
from statlas.model.words import listed
from statlas.service.tables.databases import policy_of
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.wording import named
from statlas.wording import _, later, several

BREAKING, PLAN = "breaking-change", "mapping-plan"

MOST_TABLES = 20
"""Ready-made tables that are compared, the first of them."""
MOST_TOLD = 8
"""Codes taken away that are told one by one."""

_SIZES = {
    Bump.MAJOR: later("Major: tables saved or linked before may not be made again."),
    Bump.MINOR: later("Minor: everything asked before can be asked again."),
    Bump.PATCH: later("Patch: only texts."),
}
_CORRECTED = later("Patch: a correction, which adds and takes away nothing.")


def change_report(compared: Compared, before: Database | None, kind: str = "") -> Report:
    """What the draft changes against the last release.

    Args:
        before: the database as the last release defined it; None for a first release,
            or where it cannot be read.
        kind: of the release, as ``next_version`` takes it.
    """
    if before is None:
        first = _("This is the first release.") if not compared.before else _("Its definition cannot be read.")
        return Report(facts=(Fact(_("Against the last release"), first), *_newest(compared)))
    apart = (compared.added, compared.revised, tuple(p for p in compared.before if p not in compared.periods))
    found = changes(before, compared.database, added=apart[0], revised=apart[1], removed=apart[2])
    sentences = said(compared.database, weighed(found, kind))
    breaking = tuple(_breaking(compared, before, found))
    wrong = tuple(_wrong_plan(compared.database, troubles(before, compared.database)))
    tables = [*_tables(compared)]
    facts = (
        Fact(_("Size of the change"), _(_size(found, kind))),
        *(Fact(_("Change"), sentence.text, sentence.level.word) for sentence in sentences),
        *_newest(compared),
        *tables,
    )
    looked_at = several(
        "{n} change of the definition and its periods", "{n} changes of the definition and its periods", len(found)
    )
    beyond = len(compared.database.tables) - MOST_TABLES
    left_out = several("{n} ready-made table", "{n} ready-made tables", beyond).format(n=beyond) if beyond > 0 else ""
    checks = (
        Check(BREAKING, _("Changes that break what was saved"), looked_at.format(n=len(found)), len(breaking)),
        *_plan_checks(compared.database, before, len(wrong)),
        Check(
            "ready-tables",
            _("Ready-made tables, compared with the last release"),
            several("{n} table", "{n} tables", len(tables)).format(n=len(tables)),
            left_out=left_out,
        ),
    )
    return Report(gravest_first((*wrong, *breaking)), checks, facts)


def _size(found: Sequence[Change], kind: str) -> str:
    """Which number of the version rises, and what that tells readers."""
    size = bump(found, kind)
    return _CORRECTED if size < bump(found) else _SIZES[size]


def _wrong_plan(database: Database, found: Sequence[Trouble]) -> Iterator[Finding]:
    """A finding for each line of the plan that would lead tables astray, or that does nothing."""
    for one in found:
        if one.grade is Grade.WRONG:
            yield Finding(
                finding_id(PLAN, database.id, *one.place, one.message),
                PLAN,
                Severity.PROBLEM,
                one.where,
                one.message,
                mend=_("Mend the mapping plan of the definition; `statlas release map` proposes one."),
            )


def _plan_checks(database: Database, before: Database, n_wrong: int) -> Iterator[Check]:
    if database.mapping and database.mapping != before.mapping:
        plan = database.mapping
        n = len(plan.measures) + sum(len(one.codes) + len(one.levels) + bool(one.to) for one in plan.fields)
        looked_at = several("{n} line of the plan", "{n} lines of the plan", n).format(n=n)
        yield Check(PLAN, _("The mapping plan, held against the last release"), looked_at, n_wrong)


def _breaking(compared: Compared, before: Database, found: Sequence[Change]) -> Iterator[Finding]:
    """A finding for each thing taken away; lost periods are told by the screening."""
    major = [c for c in found if c.level is Bump.MAJOR and c.what is not Changed.PERIOD]
    codes = [c for c in major if c.what is Changed.CODE and c.kind is ChangeKind.REMOVED]
    levels: dict[tuple[str, ...], list[Change]] = {}
    for change in codes:
        levels.setdefault(change.where[:2], []).append(change)
    for level in levels.values():
        if len(level) > MOST_TOLD:
            yield _taken_away(compared, before, level)
        else:
            yield from (_code_taken_away(compared, before, change) for change in level)
    for change in major:
        if change not in codes:
            yield _taken_away(compared, before, [change])


def _taken_away(compared: Compared, before: Database, group: Sequence[Change]) -> Finding:
    first = group[0]
    many = ("many",) if len(group) > 1 else ()
    where = first.where[:2] if many else first.where
    sentences = said(before if first.kind is ChangeKind.REMOVED else compared.database, group)
    return Finding(
        finding_id(BREAKING, compared.database.id, first.kind, first.what, *where, *many),
        BREAKING,
        Severity.WARNING,
        " / ".join(where),
        " ".join(sentence.text for sentence in sentences),
        mend=_mend_all(compared.database, group),
    )


def _mend_all(database: Database, group: Sequence[Change]) -> str:
    """What to do about things that are taken away together."""
    codes = [one.where for one in group if one.what is Changed.CODE]
    named = [where for where in codes if Node(*where[1:3]) in dict(database.mapping.of(where[0]).codes)]
    if codes and len(named) == len(group):
        return _("The mapping plan says what became of them; say why they changed.")
    return _("Say why, and add a mapping so that saved tables and links can follow.")


def _code_taken_away(compared: Compared, before: Database, change: Change) -> Finding:
    field_id, level, code = change.where[:3]
    field = before.field(field_id)
    label = change.before or code
    period, was = _last_printed(compared, Node(level, code), field_id)
    said_then = _(" In {period} it printed {number}.").format(period=period, number=was) if was else ""
    return Finding(
        finding_id(BREAKING, compared.database.id, change.kind, change.what, *change.where),
        BREAKING,
        Severity.WARNING,
        f"{field.label}: {label}",
        _("{label} ({code}) is a category of {field} no more.").format(label=label, code=code, field=field.label)
        + said_then,
        was,
        mend=_mend(compared.database, field_id, Node(level, code)),
        place=((field_id, code),),
    )


def _mend(database: Database, field_id: str, node: Node) -> str:
    """What to do about a code that is gone: where a plan says what became of it, that is said."""
    became = dict(database.mapping.of(field_id).codes).get(node)
    if became is None:
        return _("Say where its people are now, and add a mapping so that saved tables and links can follow.")
    if not became:
        return _("The mapping plan says that it became nothing; say why.")
    names = listed(one.code for one in became)
    return _("The mapping plan says that it became {names}; say why it changed.").format(names=names)


def _last_printed(compared: Compared, node: Node, field_id: str) -> tuple[str, str]:
    """The newest period of the last release, and what it printed for a code; empty where it cannot be had."""
    if compared.last is None or not compared.before:
        return "", ""
    period = compared.before[-1]
    series = compared.last.series((period,), ((field_id, (node,)),))
    text = "" if series is None else cell_text(series.cube, series.measure, (0, 0))
    return compared.label_of(period), text


def _newest(compared: Compared) -> Iterator[Fact]:
    """What the newest period prints, and what the one before did."""
    periods = compared.periods[-2:]
    for measure in ("", *(f"{m.id}:MEAN" for m in compared.database.measures if "MEAN" in m.statistics)):
        series = compared.draft.series(periods, (), measure) if periods else None
        if series is not None:
            texts = [cell_text(series.cube, series.measure, (n,)) for n in range(len(periods))]
            before = _("{number} in {period}").format(number=texts[0], period=compared.label_of(periods[0]))
            label = f"{series.measure.label}, {compared.label_of(periods[-1])}"
            yield Fact(label, texts[-1], before if len(periods) > 1 else "")


def _tables(compared: Compared) -> Iterator[Fact]:
    """Of each ready-made table how many numbers move by more than noise, at the dates that both releases have."""
    if compared.last is None:
        return
    for ready in compared.last.database.tables[:MOST_TABLES]:
        yield Fact(ready.title, _compared(compared, compared.last, ready), _("the table of the last release"))


def _compared(compared: Compared, last: ReleaseTables, ready: ReadyTable) -> str:
    was = last.table(ready.query)
    if was is None:
        return _("The last release refused it.")
    gone = _lost(compared, was.query)
    if gone and _is_carried(compared, was.query):
        return _("The mapping plan carries it over; its numbers are not compared: {named}.").format(named=gone)
    if gone:
        return _("It cannot be made any more: {named}.").format(named=gone)
    now = compared.draft.table(replace(was.query, release=None))
    if now is None:
        return _("A rule refuses it now.")
    found = differences(_side(last, was), _side(compared.draft, now))
    n, beyond = sum(one.n_compared for one in found), sum(one.n_beyond for one in found)
    hidden = [sum(int((m.status != CellStatus.SHOWN).sum()) for m in cube.measures) for cube in (was, now)]
    moved = _("{beyond:,} of {n:,} numbers differ by more than noise.").format(beyond=beyond, n=n)
    return f"{moved} {_hidden(*hidden)}".strip()


def _hidden(was: int, now: int) -> str:
    if was == now:
        return ""
    return _("{now:,} cells print no number; it was {was:,}.").format(now=now, was=was)


def _side(tables: ReleaseTables, cube: Cube) -> Side:
    return Side(cube, policy_of(tables.database).variance)


def _is_carried(compared: Compared, query: Query) -> bool:
    """Whether the plan leads a table of the last release to one that the draft makes."""
    carried = carry(compared.database.mapping, query).query
    return carried is not None and not _lost(compared, carried)


def _lost(compared: Compared, query: Query) -> str:
    """What a table of the last release names and the draft does not have; empty if it has everything."""
    now, gone = compared.database, []
    for dimension in query.dimensions:
        field = next((f for f in now.fields if f.id == dimension.field), None)
        if field is None:
            gone.append(dimension.field)
            continue
        nodes = [node for item in dimension.items or () for node in item.nodes]
        gone += [node.code for node in nodes if not _has(field.classification, node)]
    for one in query.filters:
        field = next((f for f in now.fields if f.id == one.field), None)
        gone += [one.field] if field is None else [n.code for n in one.nodes if not _has(field.classification, n)]
    ids = {now.records.id, *(measure.id for measure in now.measures)}
    gone += [measure for measure in query.measures if measure.partition(":")[0] not in ids]
    return named(gone) if gone else ""


def _has(classification: Classification, node: Node) -> bool:
    return node.valueset in classification and node.code in classification[node.valueset]
