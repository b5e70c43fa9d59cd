"""Set right what a crash left: the audit log, the disk and the table of releases are made to say the same.

A release changes in one transaction whose line of the audit log is written before its end, so that of a crash is left,
at most, a line without its act. Where the act was one on the disk (a rename, a notice), the disk says whether it was
done: then the table follows, in the name of whoever did it. Otherwise a further line takes the line back.
What is public without a row, because it was published at once or before there were rows, is given one.
What cannot be set right without a person is said, with what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from statlas.office.organisations import queries as organisation_queries
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import READABLE, UNDER_WAY, Act, State
from statlas.service.office.actors import REPAIR
from statlas.service.office.releases import moving, public, reading
from statlas.service.office.releases.moving import NOT_KEPT, Wanted
from statlas.service.tables import auditing, drafting
from statlas.store import Home
from statlas.store.audit import AuditLine
from statlas.store.audit_files import FOLDER, LOG
from statlas.wording import _

_read: dict[Path, int] = {}
"""Of each home, how many bytes of its log were compared and found in order: it is only ever added to."""


@dataclass
class Repaired:
    """What a repair did, and what it leaves to a person, each a sentence."""

    done: list[str] = field(default_factory=list)
    to_do: list[str] = field(default_factory=list)


def repair(*, home: Home, now: datetime | None = None) -> Repaired:
    """Compare the audit log, the disk and the table of releases, and set right what differs; harmless to repeat.

    Raises:
        HomeError: the log or the home cannot be read or written.
    """
    now, found = now or timezone.now(), Repaired()
    with transaction.atomic():
        organisation_queries.lock()
        _compare_lines(home, found)
        for row in queries.every():
            _compare_row(home, row, now, found)
        _find_public(home, now, found)
    for row in queries.undescribed():
        public.settle(home=home, release_id=row.pk, now=now)
    _compare_drafts(home, found)
    return found


# --- lines without an act ---------------------------------------------------------------------------------------------


def _compare_lines(home: Home, found: Repaired) -> None:
    """Give each line of an act that the table does not know its act, or take it back."""
    if _size(home) == _read.get(home.path):
        return
    lines: dict[str, AuditLine] = {}
    for line in auditing.lines(home=home):
        move_id = line.details.get("move", "")
        if line.action == NOT_KEPT:
            lines.pop(move_id, None)
        elif move_id and line.action.startswith("release."):
            lines[move_id] = line
    pending = False
    for move_id in sorted(lines.keys() - queries.known_moves(lines), key=lambda one: lines[one].sequence):
        pending |= not _settle(home, lines[move_id], move_id, found)
    if not pending:
        _read[home.path] = _size(home)


def _settle(home: Home, line: AuditLine, move_id: str, found: Repaired) -> bool:
    """Give a line its act, or take it back; False where it is being done still."""
    row = queries.find(line.details.get("release", ""))
    act = _act_of(line)
    if row is not None and act is not None and _is_done(home, row, act):
        _follow(row, act, line, move_id)
        found.done.append(_("{subject}: {act} was cut off after it was done, and is kept.").format(**_words(line)))
        return True
    if row is not None and act is Act.OPEN and row.state == State.SCHEDULED:
        return False  # the keeper is at it, or will be at its next look
    moving.not_kept(home, line.subject, line.details.get("release", ""), move_id)
    found.done.append(_("{subject}: {act} was cut off before it was done; the log says so.").format(**_words(line)))
    return True


def _words(line: AuditLine) -> dict[str, str]:
    return {"subject": line.subject, "act": line.action.removeprefix("release.")}


def _act_of(line: AuditLine) -> Act | None:
    name = line.action.removeprefix("release.")
    return Act(name) if name in [*Act] else None


def _is_done(home: Home, row: ReleaseRow, act: Act) -> bool:
    """Whether the disk shows what an act does there, and the row does not say so yet."""
    state, notices = State(row.state), home.withdrawn(row.database)
    match act:
        case Act.OPEN:
            return state is State.SCHEDULED and reading.is_on_disk(home=home, row=row)
        case Act.WITHDRAW:
            return state in READABLE and row.release in notices
        case Act.RESTORE:
            return state is State.WITHDRAWN and row.release not in notices
        case Act.DESTROY:
            return row.release in home.destroyed(row.database)
        case _:
            return False


def _follow(row: ReleaseRow, act: Act, line: AuditLine, move_id: str) -> None:
    """Keep an act in the name of whoever did it; its line is in the log."""
    fields: dict[str, object] = {"changed": line.time}
    after = {Act.OPEN: State.PUBLIC, Act.WITHDRAW: State.WITHDRAWN, Act.RESTORE: State.RESTORED}.get(act)
    if act is Act.OPEN:
        fields |= {"public_from": line.time, "version": ""}
    if act in {Act.WITHDRAW, Act.RESTORE}:
        fields |= {"notice": line.reason if act is Act.WITHDRAW else ""}
    after = after or State(row.state)
    queries.change(row, state=after.value, **fields)
    given = {"actor": line.actor, "os_user": line.details.get("os_user", ""), "reason": line.reason, "at": line.time}
    queries.write_move(row, id=move_id, act=act, after=after, **given)


# --- the disk and the table -------------------------------------------------------------------------------------------


def _compare_row(home: Home, row: ReleaseRow, now: datetime, found: Repaired) -> None:
    state = State(row.state)
    if state in UNDER_WAY:
        _compare_under_way(home, row, now, found)
    elif state in READABLE and row.release in home.withdrawn(row.database):
        reason = home.withdrawn(row.database)[row.release].reason
        _force(home, row, Act.WITHDRAW, State.WITHDRAWN, reason, now, notice=reason)
        found.done.append(_("{release} has a notice on the disk, and is withdrawn.").format(release=_name(row)))
    elif state is State.WITHDRAWN and row.release not in home.withdrawn(row.database):
        _force(home, row, Act.RESTORE, State.RESTORED, _("Its notice is gone from the disk."), now, notice="")
        found.done.append(_("{release} has no notice on the disk, and is restored.").format(release=_name(row)))


def _compare_under_way(home: Home, row: ReleaseRow, now: datetime, found: Repaired) -> None:
    if row.release not in home.all_releases(row.database):
        return
    if reading.is_on_disk(home=home, row=row):
        reason = _("The disk shows it public.")
        _force(home, row, Act.OPEN, State.PUBLIC, reason, now, public_from=now, version="")
        found.done.append(_("{release} is public on the disk, and is so here now.").format(release=_name(row)))
        return
    reason = _("Another release of this number was published meanwhile: the draft can never become public.")
    _force(home, row, Act.LOSE, State.DISCARDED, reason, now)
    found.done.append(
        _("{release} was overtaken by another of its number, and is discarded.").format(release=_name(row))
    )


def _force(home: Home, row: ReleaseRow, act: Act, after: State, reason: str, now: datetime, **fields: object) -> None:
    """Make a row say what the disk says; with its line, in the name of the repair."""
    wanted, move_id = Wanted(home, row.pk, act, REPAIR, reason, now), random_id()
    queries.change(row, state=after.value, changed=now, **fields)
    queries.write_move(row, id=move_id, act=act, after=after, actor=REPAIR.name, reason=reason, at=now)
    moving.record(row, act, after, wanted, move_id)


def _find_public(home: Home, now: datetime, found: Repaired) -> None:
    """Give each release on the disk a row that has none."""
    known = {(row.database, row.release) for row in queries.every()}
    for database in home.all_databases():
        notices = home.withdrawn(database)
        for release in home.all_releases(database):
            if (database, release) not in known:
                notice = notices.get(release)
                _add_public(home, database, release, notice.reason if notice else None, now)
                found.done.append(
                    _("Release {release} of {database} is public and was not known here.").format(
                        release=release, database=database
                    )
                )


def _add_public(home: Home, database: str, release: str, notice: str | None, now: datetime) -> None:
    state = State.PUBLIC if notice is None else State.WITHDRAWN
    row = queries.add(
        database=database,
        release=release,
        state=state.value,
        prepared_by="",
        notice=notice or "",
        public_from=_public_from(home, database, release, now),
        created=now,
        changed=now,
    )
    assert row is not None, "no row has this number"
    move_id, reason = random_id(), _("It was on the disk: published at once, or before releases were kept here.")
    queries.write_first_move(row, id=move_id, act=Act.FIND, actor=REPAIR.name, reason=reason, at=now)
    moving.record_first(row, Act.FIND, Wanted(home, row.pk, Act.FIND, REPAIR, reason, now), move_id)


def _public_from(home: Home, database: str, release: str, now: datetime) -> datetime:
    told = home.facts(database, release).public_from
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return now


# --- drafts -----------------------------------------------------------------------------------------------------------


def _compare_drafts(home: Home, found: Repaired) -> None:
    """Remove what a crash left of discarded drafts; say which drafts have no row, and which rows no draft."""
    sealed, gone = {one.draft_id: one for one in drafting.drafts(home=home)}, queries.discarded_drafts()
    for draft_id in sealed.keys() & gone:
        drafting.discard(home=home, draft_id=draft_id)
        found.done.append(_("The draft of a discarded release of {d} is removed.").format(d=sealed[draft_id].database))
    for draft_id in sorted(sealed.keys() - gone):
        if queries.by_draft(draft_id) is None:
            found.to_do.append(
                _("A draft of {database} has no release: `statlas release adopt {id}`.").format(
                    database=sealed[draft_id].database, id=draft_id
                )
            )
    for row in queries.all_under_way():
        if row.draft_id not in sealed:
            found.to_do.append(
                _("The draft of {release} is gone: discard it, and make it again.").format(release=_name(row))
            )


def _name(row: ReleaseRow) -> str:
    return _("Release {release} of {database}").format(release=row.release, database=row.database)


def _size(home: Home) -> int:
    try:
        return (home.path / FOLDER / LOG).stat().st_size
    except FileNotFoundError:
        return 0
