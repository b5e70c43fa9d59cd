"""The minute: every second, what is scheduled and due, what the disk says, and what differs between them.

Everything follows from what can be read: a keeper that was killed at any moment and starts again does what is left.
The order is that of ``acting.opened``: hold the row of the release, see that it is still scheduled, write the line of
the audit log, rename, let go. Killed before the rename, nothing is public; killed after it, the release is public, its
row is still scheduled, and the next look finds it so and says the rest.

It does nothing that takes long: making a draft ready, and answering questions about it, is the reader's, a process of
its own that the minute starts while there are drafts.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from math import floor
from pathlib import Path

from statlas.errors import HomeError, StaleDraftError, StatlasError
from statlas.service.keeper import drafts, flipping, guarded, privacy
from statlas.service.keeper.clocks import Clock, Guard, Time
from statlas.service.keeper.first_seen import EVER, FirstSeen
from statlas.service.keeper.log_watch import LogWatch
from statlas.service.office import heartbeat, keeper_schedule
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.keeper_schedule import ReleaseFactsOfOffice
from statlas.service.office.releases import acting
from statlas.store import Home, layout, vault
from statlas.store.locking import HeldError, locked
from statlas.wording import _

TICK_S = 1.0
"""How often the keeper looks: on every whole second, so that a release is public well within its first."""

READY = timedelta(minutes=30)
"""How long before its minute a release has to be ready, or an alarm sounds: arbitrary, time enough to do something."""

TIDY_S = 60.0
"""How often what a kill left is tidied; arbitrary."""

_log = logging.getLogger("statlas.keeper")


def tend(*, home: Home, clock: Clock, reader: Sequence[str] = ()) -> None:
    """Open what is due and repair what differs, every second, until the clock says that it is time to end.

    Args:
        reader: the command of the process that makes drafts ready and answers at the socket; none starts none.
    """
    with _alone(home, clock) as mine:
        if not mine:
            return
        minute, beside = Minute(home, clock), Reader(home, reader)
        try:
            while True:
                minute.tick()
                beside.look()
                if clock.wait(_until_next(clock)):
                    break
        finally:
            beside.end()


@contextmanager
def _alone(home: Home, clock: Clock) -> Iterator[bool]:
    """Whether no other process keeps the releases of this home; waits for that, or until it is time to end."""
    folder = layout.line_folder(home.path)
    folder.mkdir(mode=0o700, exist_ok=True)
    is_over = False
    while not is_over:
        with ExitStack() as held:
            try:
                held.enter_context(locked(folder, wait=False))
            except HeldError:
                is_over = clock.wait(TICK_S)
                continue
            yield True
            return
    yield False


def _until_next(clock: Clock) -> float:
    """Seconds until the next whole second on the wall."""
    now = clock.now().timestamp()
    return floor(now) + TICK_S - now + 0.002


class Minute:
    """What is done every second.

    Args:
        is_wary: whether the table of what is scheduled is believed only as far as ``first_seen`` has it; None is where
            the keeper is another user than whoever answers pages.
    """

    def __init__(self, home: Home, clock: Clock, *, is_wary: bool | None = None) -> None:
        self._home = home
        self._clock = clock
        self._first = FirstSeen(home, is_wary=privacy.is_apart() if is_wary is None else is_wary)
        with privacy.as_keeper():
            layout.keeper_folder(home.path).mkdir(mode=0o700, exist_ok=True)
            self._guard = Guard(clock, guarded.anchor(home))
            guarded.keep(home, self._guard.anchor)
        self._log_watch = LogWatch(home)
        self._tidied = float("-inf")
        self._left: list[Trouble] = []
        self._told: list[Trouble] = []

    def tick(self) -> tuple[Trouble, ...]:
        """Look once, do what is to be done, and give a sign of life; what is wrong.

        Nothing that goes wrong with one release keeps another from opening, or the keeper from its next look.
        """
        trouble = list(self._look())
        self._log_new(trouble)
        with suppress(OSError):
            heartbeat.beat(layout.heartbeat_file(self._home.path), tuple(trouble))
        return tuple(trouble)

    def _log_new(self, trouble: list[Trouble]) -> None:
        """Say what is new on one's own standard error: what lies in the home, others could take back."""
        for one in trouble if self._first.is_wary else ():
            if one not in self._told:
                _log.error("%s", one.said)
        self._told = trouble

    def _look(self) -> list[Trouble]:
        try:
            now = self._time()
            trouble = [*_jumped(now), *self._of_the_key()]
            with keeper_schedule.explained():
                scheduled = keeper_schedule.due(now=EVER)
                trouble += self._first.look(scheduled, now.safe)
                for release in scheduled:
                    trouble += self._see_to(release, now)
            trouble += [*self._tidy(), *self._log_watch.look(self._clock.running())]
        except (StatlasError, OSError) as error:
            _log.error("The keeper could not look: %s", type(error).__name__)
            return [_could_not(error)]
        except Exception:  # noqa: BLE001 - a mistake of ours is told, and the keeper looks again
            _log.exception("The keeper met a mistake of ours.")
            return [Trouble("mistake", _("The keeper of releases met a mistake of ours; its log says more."))]
        return trouble

    def _time(self) -> Time:
        now = self._guard.look()
        if now.jumped_s and guarded.is_trusted(self._home, self._guard.anchor):
            self._guard.trust()
            with privacy.as_keeper():
                guarded.keep(self._home, self._guard.anchor)
            now = self._guard.look()
        return now

    def _see_to(self, release: ReleaseFactsOfOffice, now: Time) -> list[Trouble]:
        assert release.scheduled_for is not None, "what is due has a minute"
        try:
            if release.scheduled_for <= now.safe:
                if self._first.may_open(release, now.safe):
                    self._open(release, now)
            elif release.scheduled_for <= now.safe + READY and not drafts.is_ready(self._home, release.draft_id):
                return [_not_ready()]
        except StaleDraftError:
            return [Trouble("stale-draft", _("A scheduled release is out of date: another was published before it."))]
        except (StatlasError, OSError) as error:
            _log.error("A release could not be opened: %s", type(error).__name__)
            return [Trouble("not-opened", _("A release could not be opened: {why}.").format(why=_why(error)))]
        return []

    def _open(self, release: ReleaseFactsOfOffice, now: Time) -> None:
        """Say that it is public and rename, as one act: nobody can take it off the schedule meanwhile."""

        def rename(held: ReleaseFactsOfOffice) -> None:
            assert held.scheduled_for is not None, "it is scheduled"
            if not self._first.may_open(held, self._guard.look().safe):
                raise HomeError("The draft was changed a moment ago.", mend="The keeper looks again.")
            with privacy.as_keeper():
                flipping.open_now(
                    home=self._home,
                    draft_id=held.draft_id,
                    public_from=held.scheduled_for,
                    digest=held.digest,
                    clock=lambda: self._guard.look().safe,
                )

        acting.opened(home=self._home, release_id=release.id, now=now.safe, rename=rename)

    def _of_the_key(self) -> list[Trouble]:
        """Make the keeper's key where there is none, and see every time that nobody changed it or moved its folder.

        What is already ready opens all the same.
        """
        try:
            with privacy.as_keeper():
                vault.found(self._home.path)
                vault.check_held(self._home.path)
        except StatlasError as error:
            return [Trouble("key", _("The keeper cannot use its key: {why}").format(why=error.message))]
        return []

    def _tidy(self) -> list[Trouble]:
        """Now and then, after what is due: what a kill left, on the disk and in the office; what takes a person."""
        if self._clock.running() - self._tidied >= TIDY_S:
            with privacy.as_keeper():
                flipping.tidy(home=self._home)
            with keeper_schedule.explained():
                found = keeper_schedule.repair(home=self._home, now=self._guard.look().safe)
            self._left = [_needs_somebody()] if found.to_do else []
            self._tidied = self._clock.running()
        return self._left


class Reader:
    """The keeper's other process: there while there are drafts, started again when it dies."""

    _AGAIN_LOOKS = 3
    """How many looks a reader that died is left: arbitrary."""

    def __init__(self, home: Home, command: Sequence[str]) -> None:
        self._home = home
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._wait = 0

    def look(self) -> None:
        """Start it where there are drafts or uploads and it is not there."""
        if not self._command or self._is_alive() or not self._has_work():
            return
        self._wait -= 1
        if self._wait < 0:
            self._wait = self._AGAIN_LOOKS
            self._process = subprocess.Popen(self._command, pass_fds=privacy.held())

    def end(self) -> None:
        """End it, at once: a draft that is half ready is made ready anew, and whoever asked is told that it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _has_work(self) -> bool:
        """Whether there is a draft, or an upload to be opened for whoever makes one."""
        return any(map(_is_in_use, (layout.sealed_folder(self._home.path), layout.uploads_folder(self._home.path))))


def _is_in_use(folder: Path) -> bool:
    with suppress(OSError):
        return any(folder.iterdir())
    return False


# --- the clock --------------------------------------------------------------------------------------------------------


def _jumped(now: Time) -> list[Trouble]:
    if not now.jumped_s:
        return []
    said = (
        _("The clock of the machine is {n} seconds ahead of the time that has gone by. Nothing opens before that time.")
        if now.jumped_s > 0
        else _("The clock of the machine is {n} seconds behind the time that has gone by. Releases open by the clock.")
    )
    return [Trouble("clock-jumped", said.format(n=round(abs(now.jumped_s))))]


# --- what is wrong ----------------------------------------------------------------------------------------------------


def _could_not(error: Exception) -> Trouble:
    return Trouble(
        "schedule-unread", _("The keeper of releases cannot look at the schedule: {why}.").format(why=_why(error))
    )


def _not_ready() -> Trouble:
    minutes = round(READY.total_seconds() / 60)
    return Trouble(
        "not-ready", _("A release that opens within {n} minutes has not been made ready yet.").format(n=minutes)
    )


def _needs_somebody() -> Trouble:
    return Trouble("needs-somebody", _("The office and the disk say different things of a release."))


def _why(error: Exception) -> str:
    """What kind of thing went wrong: what a message tells of a draft is not for everybody."""
    return (
        _(error.title) if isinstance(error, StatlasError) else getattr(error, "strerror", None) or type(error).__name__
    )
