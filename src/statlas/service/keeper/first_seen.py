"""For which minute a draft was scheduled when the keeper first saw it scheduled: kept in the keeper's own folder.

The schedule is a table of the site's, which whoever answers pages can write to. Where the keeper is another user than
they are, it believes that table only so far: a draft opens no earlier than the minute it was first seen with, no sooner
than ``NOTICE`` after it was first seen with one, and as the draft that it was then. Later is believed at once. Earlier
is believed where root says so, ``statlas keeper allow``.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from statlas.errors import HomeError, StatlasError
from statlas.service.keeper import privacy
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.keeper_schedule import ReleaseFactsOfOffice
from statlas.service.tables import auditing
from statlas.store import Home, checked_json, durable, layout, vault
from statlas.wording import _

NOTICE = timedelta(minutes=30)
"""How soon after it was first seen scheduled a draft may open: arbitrary, time for somebody to hear the alarm."""

AHEAD = timedelta(days=3_650)
"""How far ahead the keeper looks for what is scheduled: arbitrary, beyond any calendar."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """Of a draft: the digest it had when it was first seen scheduled, and from when on it may open."""

    digest: str
    not_before: datetime

    @classmethod
    def read(cls, data: bytes) -> Self:
        """What was kept.

        Raises:
            HomeError: it is damaged.
        """
        body = checked_json.loads(data, "what the keeper remembers")
        return cls(str(body["digest"]), datetime.fromisoformat(str(body["not_before"])))

    def keep(self, path: Path) -> None:
        """Keep it.

        Raises:
            OSError: the disk did not take it.
        """
        path.parent.mkdir(mode=0o700, exist_ok=True)
        body = {"digest": self.digest, "not_before": self.not_before.astimezone(UTC).isoformat()}
        durable.replace(path, checked_json.dumps(body))


class FirstSeen:
    """What the keeper of a home remembers of scheduled drafts; ``is_wary`` is false where it remembers nothing."""

    def __init__(self, home: Home, *, is_wary: bool) -> None:
        self._home = home
        self.is_wary = is_wary

    def look(self, scheduled: Iterable[ReleaseFactsOfOffice], now: datetime) -> list[Trouble]:
        """Remember what is seen the first time; which releases will open later than the table says, or never."""
        trouble = [found for one in scheduled if self.is_wary and (found := self._of(one, now)) is not None]
        return list(dict.fromkeys(trouble))

    def _of(self, release: ReleaseFactsOfOffice, now: datetime) -> Trouble | None:
        assert release.scheduled_for is not None, "it is scheduled"
        try:
            seen = self._seen(release, now)
        except (StatlasError, OSError):
            said = _("What the keeper remembers of a scheduled release cannot be read. It stays closed.")
            return Trouble("not-opened", said)
        if seen.digest != release.digest:
            said = _("A scheduled release is another than the keeper first saw. It stays closed.")
            return Trouble("another-draft", said)
        if seen.not_before > release.scheduled_for:
            said = _("A release was scheduled at short notice, or moved to an earlier minute. The keeper waits.")
            return Trouble("held-back", said)
        return None

    def may_open(self, release: ReleaseFactsOfOffice, now: datetime) -> bool:
        """Whether a draft whose minute has come in the table may open.

        Raises:
            HomeError, OSError: what was seen cannot be read.
        """
        if not self.is_wary:
            return True
        seen = self._seen(release, now)
        return seen.digest == release.digest and seen.not_before <= now

    def _seen(self, release: ReleaseFactsOfOffice, now: datetime) -> Seen:
        assert release.scheduled_for is not None, "it is scheduled"
        path = layout.first_seen_file(self._home.path, release.draft_id)
        with privacy.as_keeper():
            with suppress(FileNotFoundError):
                return Seen.read(path.read_bytes())
            seen = Seen(release.digest, max(release.scheduled_for, now + NOTICE))
            seen.keep(path)
            return seen


def allow(*, home: Home, release: ReleaseFactsOfOffice) -> None:
    """Let a draft open at whatever minute the site's table has: whoever may use the keeper's folder says so.

    Raises:
        HomeError: the folder is another user's, or cannot be written.
    """
    vault.hold(home.path)
    auditing.record(
        home=home,
        actor=auditing.of_this_machine(),
        action="keeper.allow",
        subject=f"{release.database} release {release.release}",
        details={"release": release.id, "digest": release.digest},
    )
    try:
        Seen(release.digest, _EVER).keep(layout.first_seen_file(home.path, release.draft_id))
    except OSError as error:
        raise HomeError(f"The keeper's folder could not be used: {error.strerror}.", mend="See its disk.") from error
