"""Lines of the audit log whose act was not kept: each is given its act, where the disk shows it, or taken back.

An act is kept in one transaction with its id, and its line has that id: in the history of a release for acts on
releases (``move``), among the kept acts for all others (``act``). Nobody acts while this looks, so that a line whose
id is not there belongs to a process that was killed, or that failed, before its transaction ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from statlas.office.acts import queries as act_queries
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import READABLE, Act, State
from statlas.service.office.letters import writing as letters
from statlas.service.office.releases import moving, reading
from statlas.service.office.releases.moving import NOT_KEPT
from statlas.service.tables import auditing
from statlas.store import Home
from statlas.store.audit import AuditLine
from statlas.wording import _

TAKEN_BACK = "audit.not-kept"
"""The line that takes back the line of an act that is none of a release."""


_Known = Callable[[Iterable[str]], frozenset[str]]


def compare(home: Home) -> tuple[str, ...]:
    """Give each line that is new since the last look its act, or take it back; what was done, a sentence each.

    Called while nobody else acts, in a transaction.

    Raises:
        HomeError: the log cannot be read or written.
    """
    lines, end = auditing.lines_since(home=home, start=act_queries.compared())
    done, is_pending = list(_of_others(home, lines)), False
    for move_id, line in _not_kept(lines, "move", queries.known_moves):
        said = _settled(home, line, move_id)
        is_pending |= not said
        done += [said] if said else []
    if not is_pending and end != act_queries.compared():
        act_queries.set_compared(end)
    return tuple(done)


def _not_kept(lines: Iterable[AuditLine], name: str, known: _Known) -> list[tuple[str, AuditLine]]:
    """Ids and lines of acts that were neither kept nor taken back, oldest first."""
    open_: dict[str, AuditLine] = {}
    for line in lines:
        act_id = line.details.get(name, "")
        if line.action in {NOT_KEPT, TAKEN_BACK}:
            open_.pop(act_id, None)
        elif act_id:
            open_[act_id] = line
    kept = known(open_)
    return [(act_id, line) for act_id, line in open_.items() if act_id not in kept]


def _of_others(home: Home, lines: Iterable[AuditLine]) -> Iterator[str]:
    """Take back lines of acts that are none of a release: all they change is in the site's database."""
    for act_id, line in _not_kept(lines, "act", act_queries.known):
        auditing.record(
            home=home,
            actor="repair",
            action=TAKEN_BACK,
            subject=line.subject,
            reason="The site's database does not have this act: it ended before it was kept, or the database is an "
            "earlier copy.",
            details={"act": act_id, "line": str(line.sequence), "action": line.action},
        )
        yield _("{subject}: {act} was cut off before it was done; the log says so.").format(
            subject=line.subject, act=line.action
        )


# --- acts on releases -------------------------------------------------------------------------------------------------


def _settled(home: Home, line: AuditLine, move_id: str) -> str:
    """Give a line its act, or take it back; what was done, or nothing where it is being done still."""
    row = queries.find(line.details.get("release", ""))
    act = _act_of(line)
    words = {"subject": line.subject, "act": line.action.removeprefix("release.")}
    if row is not None and act is not None and _is_done(home, row, act):
        _follow(row, act, line, move_id)
        return _("{subject}: {act} was cut off after it was done, and is kept.").format(**words)
    if row is not None and act is Act.OPEN and row.state == State.SCHEDULED:
        return ""  # the keeper is at it, or will be at its next look
    moving.not_kept(home, line.subject, line.details.get("release", ""), move_id)
    return _("{subject}: {act} was cut off before it was done; the log says so.").format(**words)


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
    letters.of_act(row, act, move_id=move_id, actor=line.actor, now=line.time)
