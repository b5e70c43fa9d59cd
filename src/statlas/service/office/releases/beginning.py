"""Put a draft under way: what a producer seals becomes a release that others look at."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from statlas.errors import MoveRefusedError, UnknownNameError
from statlas.model import finding as findings
from statlas.model.release import DraftFacts, ReleaseKind
from statlas.office.accounts.models import Account
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import Act, State
from statlas.service.office import acts, organisations
from statlas.service.office.actors import Actor
from statlas.service.office.releases import moving, saved_work
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.moving import Wanted
from statlas.service.tables import drafting
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home
from statlas.wording import _


def require_may_begin(*, account: Account | None, database_id: str, policy: str = "", home: Home | None = None) -> None:
    """See, before records are read, that an account may make a draft of a database and that none is under way.

    With ``policy``, that the database may be protected by it; an empty one is not known yet.
    With ``home``, neither lies one sealed there that no release has, as a crash leaves it: it is to be taken up first.

    Raises:
        UnknownNameError, AccessError: it is no producer of the organisation whose database it is, or the policy is
            another organisation's.
        MoveRefusedError: a release of the database is under way, or such a draft lies there.
    """
    organisations.require(account=account, database_id=database_id, role=Role.PRODUCER)
    if policy:
        organisations.require_policy(database_id=database_id, policy=policy)
    found = queries.under_way(database_id)
    if found is not None:
        raise _under_way(found)
    sealed = drafting.drafts(home=home) if home is not None else ()
    for draft in sealed:
        if draft.database == database_id and queries.by_draft(draft.draft_id) is None:
            raise _left(draft)


def begin(
    *,
    home: Home,
    draft: DraftReport,
    actor: Actor,
    kind: ReleaseKind = ReleaseKind.NEW,
    now: datetime | None = None,
) -> ReleaseFactsOfOffice:
    """Put a sealed draft under way; who seals it prepares the release, and cannot approve it.

    Raises:
        UnknownNameError, AccessError: ``actor`` is no producer of the organisation whose database it is.
        MoveRefusedError: a release of the database is under way; the draft stays, and is discarded or adopted later.
    """
    needed = [one.id for one in findings.from_json(draft.reports).to_answer] if draft.reports else None
    if needed is None and draft.n_findings == 0:
        needed = []
    if needed is not None and draft.defined is not None:
        lost = saved_work.finding(home=home, after=draft.defined)
        needed += [lost.id] if lost else []
    return _begin(
        home,
        actor,
        now or timezone.now(),
        Act.BEGIN,
        draft_id=draft.draft_id,
        database=draft.database,
        release=draft.release,
        digest=draft.digest,
        version=draft.version,
        kind=kind.value,
        to_answer=needed,
        prepared_by=actor.name,
        preparer=actor.account,
    )


def adopt(*, home: Home, draft_id: str, actor: Actor, now: datetime | None = None) -> ReleaseFactsOfOffice:
    """Put a sealed draft under way that has no row here, as a crash between the two leaves it.

    Who sealed it stays its preparer, and what they said of it is kept. What the checks found is asked of the keeper,
    and whether its policy may protect it is asked then: see ``learn_findings``. One that may not is discarded.

    Raises:
        UnknownNameError: there is no such draft without a row, or it is another organisation's.
        AccessError, MoveRefusedError: as ``begin``.
    """
    found = next((one for one in drafting.drafts(home=home) if one.draft_id == draft_id), None)
    if found is None or queries.by_draft(draft_id) is not None:
        raise _no_draft(draft_id)
    return _begin(
        home,
        actor,
        now or timezone.now(),
        Act.BEGIN,
        draft_id=draft_id,
        database=found.database,
        release=found.release,
        digest=found.digest,
        version=found.version,
        kind=found.kind or ReleaseKind.NEW.value,
        to_answer=None,
        prepared_by=found.by or actor.name,
    )


def _begin(home: Home, actor: Actor, now: datetime, act: Act, **fields: object) -> ReleaseFactsOfOffice:
    database = str(fields["database"])
    with acts.alone():
        organisations.require(account=actor.account, database_id=database, role=Role.PRODUCER)
        row = queries.add(state=State.DRAFT.value, created=now, changed=now, **fields)
        if row is None:
            raise _taken(database)
        move_id, wanted = random_id(), Wanted(home, row.pk, act, actor, now=now)
        queries.write_first_move(row, id=move_id, act=act, actor=actor.name, os_user=actor.os_user, at=now)
        moving.record_first(row, act, wanted, move_id)
    return moving.told(actor, row.pk, now)


def _taken(database: str) -> MoveRefusedError:
    found = queries.under_way(database)
    if found is not None:
        return _under_way(found)
    return MoveRefusedError(
        _("A release of {database} has this number already.").format(database=database),
        mend=_("Discard the draft and make it again."),
    )


def _under_way(found: ReleaseRow) -> MoveRefusedError:
    return MoveRefusedError(
        _("Release {release} of {database} is under way: {by} prepared it.").format(
            release=found.release, database=found.database, by=found.prepared_by
        ),
        mend=_("Bring it to its end, or discard it, before you make another draft."),
        state=found.state,
    )


def _left(draft: DraftFacts) -> MoveRefusedError:
    return MoveRefusedError(
        _("A draft of {database} lies sealed that no release has: it was made when the process ended.").format(
            database=draft.database
        ),
        mend=_("Go on with it: `statlas release adopt {id}`. Discard it after that, if it is not wanted.").format(
            id=draft.draft_id
        ),
    )


def _no_draft(draft_id: str) -> UnknownNameError:
    return UnknownNameError(
        _("There is no draft {id!r} without a release.").format(id=draft_id[:64]), component=draft_id[:64]
    )
