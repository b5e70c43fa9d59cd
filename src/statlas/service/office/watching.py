"""The watch over the keeper: is it alive, is anything overdue, does it say that something is wrong.

Where the keeper dies an alarm sounds within five seconds, and also where it lives and a release is not public although
its minute has come: two looks at the same thing, by processes that do not depend on each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import Error as DatabaseError
from django.utils import timezone

from statlas.service.office import heartbeat
from statlas.service.office.alarms import Alarms
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.releases import reading
from statlas.store import Home, layout
from statlas.wording import _, later

LOOK_S = 0.5
"""How often the watch looks."""

SILENT_S = 4.0
"""A keeper that says nothing for this long is gone; it speaks every second. With ``LOOK_S`` it is below five."""

STARTING_S = 30.0
"""What the first start of a keeper may take on a busy machine before it counts as gone: arbitrary."""

LATE_S = 4.0
"""A release that is not public this long after its minute is overdue. With ``LOOK_S`` it is below five."""

_log = logging.getLogger("statlas.keeper")


class Watch:
    """Looks after the keeper of a home.

    ``since`` says when the process of the keeper was started (``heartbeat.running``), None while there is none.
    """

    def __init__(self, home: Home, since: Callable[[], float | None]) -> None:
        self._home = home
        self._since = since
        self._alarms = Alarms(home)
        self._began = heartbeat.running()
        self._has_spoken = False

    def begin(self) -> None:
        """Say from now on that somebody watches."""
        self._began = heartbeat.running()
        with suppress(OSError):
            heartbeat.beat(layout.watch_file(self._home.path))

    def look(self) -> None:
        """Look once: sound what is new, and say what is wrong."""
        trouble = self.trouble()
        self._alarms.hear(trouble)
        with suppress(OSError):
            heartbeat.beat(layout.watch_file(self._home.path), trouble)

    def end(self) -> None:
        """Nobody watches any more, on purpose."""
        with suppress(OSError):
            layout.watch_file(self._home.path).unlink(missing_ok=True)

    def trouble(self) -> tuple[Trouble, ...]:
        """What is wrong now."""
        return (*self._of_the_keeper(), *overdue())

    def _of_the_keeper(self) -> tuple[Trouble, ...]:
        since, beat = self._since(), heartbeat.keeper(self._home)
        # What a process said that is there no longer counts for nothing.
        if since is not None and beat is not None and beat.running > since and beat.age_s <= SILENT_S:
            self._has_spoken = True
            return beat.trouble
        is_starting = not self._has_spoken and heartbeat.running() - self._began <= STARTING_S
        return () if since is not None and is_starting else (gone(),)


def gone() -> Trouble:
    """The keeper is not there."""
    return Trouble("keeper-gone", _("The keeper of releases is gone. Nothing opens until it is back."))


def overdue() -> tuple[Trouble, ...]:
    """Whether a release is not public although its minute has come, or nobody can tell."""
    try:
        late = reading.due(now=timezone.now() - timedelta(seconds=LATE_S))
    except DatabaseError:
        said = _("The schedule of releases cannot be read: the site's database does not answer. Nothing opens.")
        return (Trouble("schedule-unread", said),)
    if not late:
        return ()
    return (Trouble("release-overdue", _("A release is not public although its minute has come.")),)


def wrong(home: Home) -> Trouble | None:
    """What keeps a home that is being served from opening releases, for ``healthz``; None where nothing does, or nobody
    serves it.
    """
    if not layout.watch_file(home.path).exists():
        return None
    beat = heartbeat.watch(home)
    if beat is None or beat.age_s > SILENT_S + 1:
        return Trouble("unwatched", _("Nobody watches over the keeper of releases any more. Start the site again."))
    return next((one for one in beat.trouble if one.kind not in _KEEPS_NOTHING_FROM_OPENING), None)


_KEEPS_NOTHING_FROM_OPENING = ("audit-log",)
"""Trouble of which an alarm tells, and that is no reason to take a site out of use."""

_MENDS = {
    "keeper-gone": later("`statlas serve` starts it again by itself; where it does not, look at what it printed."),
    "unwatched": later("Start the site again with `statlas serve`."),
    "not-served": later("Start the site with `statlas serve`: the keeper is a part of it."),
    "release-overdue": later("Look at the other lines here. If there are none, start the site again; it opens then."),
    "schedule-unread": later("See that the site's database can be reached; releases open once it can."),
    "clock-jumped": later(
        "Set the clock right, or, where it is right now and was wrong before, run `statlas keeper check --trust-clock`."
    ),
    "not-ready": later("Look at what `statlas serve` printed; if it stays so, take the release off the schedule."),
    "stale-draft": later("Take the release off the schedule and discard it; make the draft again from its records."),
    "not-opened": later("See that the disk of the home has room and works; it is tried again every second."),
    "held-back": later(
        "Ask who scheduled it. Where it is meant so, root runs `statlas keeper allow` with its id; otherwise take it "
        "off the schedule, or stop the site: its pages may be in other hands."
    ),
    "another-draft": later(
        "Ask who sealed it. Where it is meant so, root runs `statlas keeper allow` with its id; otherwise discard it: "
        "the pages of the site may be in other hands."
    ),
    "key": later("Do what it says about the key; drafts are made ready once it is right."),
    "needs-somebody": later("`statlas release repair` says what, and what to do about it."),
    "audit-log": later(
        "`statlas audit verify` names the lines. Compare with a copy of the log, and find out who could write to it; "
        "once that is known, an administrator says so with `statlas audit acknowledge`."
    ),
    "audit-unread": later("See that the disk of the home works, and whose files those in its folder `logs` are."),
    "mistake": later("Tell those who make Statlas what the log says; the keeper looks again every second."),
}


def mend_of(trouble: Trouble) -> str:
    """What can be done about trouble."""
    return _(_MENDS.get(trouble.kind, _MENDS["mistake"]))


def state(home: Home) -> tuple[Trouble, ...]:
    """What is wrong now, for somebody who asks from outside: also that nobody serves the home."""
    beat, watched = heartbeat.keeper(home), heartbeat.watch(home)
    if watched is None or watched.age_s > SILENT_S + 1:
        return (Trouble("not-served", _("No site serves this home, so that nobody keeps its releases.")), *overdue())
    if beat is None or beat.age_s > SILENT_S:
        return (gone(), *overdue())
    return (*beat.trouble, *overdue())


def is_apart(home: Home) -> bool:
    """Whether the keeper is another user than the owner of the home, who answers pages."""
    with suppress(OSError):
        return layout.keeper_folder(home.path).stat().st_uid != home.path.stat().st_uid
    return False


def trust_clock(home: Home) -> None:
    """Say that the clock of the machine is right now; the keeper believes it at its next look.

    Raises:
        OSError: it cannot be written.
    """
    heartbeat.beat(layout.clock_file(home.path))
