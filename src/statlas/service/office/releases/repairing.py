"""Set right what a crash left: the audit log, the disk and the table of releases are made to say the same.

Whatever the office does is one transaction whose line of the audit log is written before its end, so that of a crash is
left, at most, a line without its act. Where the act was one on the disk (a rename, a notice), the disk says whether it
was done: then the table follows, in the name of whoever did it. Otherwise a further line takes the line back; see
``repairing_lines``.
What is public without a row, because it was published at once or before there were rows, is given one.
What cannot be set right without a person is said, with what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import READABLE, UNDER_WAY, Act, State
from statlas.service.office import acts, calendar
from statlas.service.office.actors import REPAIR
from statlas.service.office.letters import writing as letters
from statlas.service.office.releases import moving, public, reading, repairing_lines
from statlas.service.office.releases.moving import Wanted
from statlas.service.tables import drafting, unkept
from statlas.store import Home
from statlas.wording import _


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
    with acts.alone():
        found.done += repairing_lines.compare(home)
        for row in queries.every():
            _compare_row(home, row, now, found)
        _find_public(home, now, found)
    for subject in unkept.repair(home):
        found.done.append(_("{subject}: publishing it at once was cut off; the log says so.").format(subject=subject))
    for row in queries.undescribed():
        public.settle(home=home, release_id=row.pk, now=now)
    _compare_drafts(home, found)
    return found


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
    if row.state == State.SCHEDULED:  # its date is announced with a digest that nothing will ever have
        calendar.unsettle(home=home, database_id=row.database, digest=row.digest, reason=reason, actor=REPAIR, now=now)
    _force(home, row, Act.LOSE, State.DISCARDED, reason, now)
    found.done.append(
        _("{release} was overtaken by another of its number, and is discarded.").format(release=_name(row))
    )


def _force(home: Home, row: ReleaseRow, act: Act, after: State, reason: str, now: datetime, **fields: object) -> None:
    """Make a row say what the disk says; with its line, in the name of the repair."""
    wanted, move_id = Wanted(home, row.pk, act, REPAIR, reason, now), random_id()
    queries.change(row, state=after.value, changed=now, **fields)
    queries.write_move(row, id=move_id, act=act, after=after, actor=REPAIR.name, reason=reason, at=now)
    letters.of_act(row, act, move_id=move_id, actor=REPAIR.name, now=now)
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
