"""For which minute a draft was scheduled when the keeper first saw it scheduled: kept in the keeper's own folder.

The schedule is a table of the site's, which whoever answers pages can write to. Where the keeper is another user than
they are, it believes that table only so far: a draft opens no earlier than any minute it was seen with, no sooner than
``NOTICE`` after it was first seen with one, or seen with one again after it had none, and as the draft that it was
first. Later is believed at once. Earlier is believed where root says so, ``statlas keeper allow``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from statlas.errors import HomeError, MoveRefusedError, StatlasError
from statlas.service.keeper import privacy
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.keeper_schedule import ReleaseFactsOfOffice
from statlas.service.tables import auditing
from statlas.store import Home, checked_json, durable, layout, vault
from statlas.wording import _

NOTICE = timedelta(minutes=30)
"""How soon after it was first seen scheduled a draft may open: arbitrary, time for somebody to hear the alarm."""

EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""After every minute: what is scheduled is looked at whole, whatever the clock says."""


@dataclass(frozen=True)
class Seen:
    """Of a draft: the digest it had when it was first seen scheduled, and from when on it may open.

    is_off: it was seen without a minute since.
    """

    digest: str
    not_before: datetime
    is_off: bool = False

    @classmethod
    def read(cls, data: bytes) -> Self:
        """What was kept.

        Raises:
            HomeError: it is damaged.
        """
        body = checked_json.loads(data, "what the keeper remembers")
        not_before = datetime.fromisoformat(str(body["not_before"]))
        return cls(str(body["digest"]), not_before, bool(body.get("is_off", False)))

    def keep(self, path: Path) -> None:
        """Keep it.

        Raises:
            OSError: the disk did not take it.
        """
        path.parent.mkdir(mode=0o700, exist_ok=True)
        not_before = self.not_before.astimezone(UTC).isoformat()
        body = {"digest": self.digest, "not_before": not_before, "is_off": self.is_off}
        durable.replace(path, checked_json.dumps(body))


class FirstSeen:
    """What the keeper of a home remembers of scheduled drafts; ``is_wary`` is false where it remembers nothing."""

    def __init__(self, home: Home, *, is_wary: bool) -> None:
        self._home = home
        self.is_wary = is_wary
        self._off: dict[str, bool] = {}  # drafts that were seen without a minute; false where it could not be kept

    def look(self, scheduled: Sequence[ReleaseFactsOfOffice], now: datetime) -> list[Trouble]:
        """Remember what is seen the first time; which releases will open later than the table says, or never."""
        if not self.is_wary:
            return []
        self._note_off({one.draft_id for one in scheduled})
        trouble = [found for one in scheduled if (found := self._of(one, now)) is not None]
        return list(dict.fromkeys(trouble))

    def _note_off(self, scheduled: set[str]) -> None:
        """Remember of drafts that are not scheduled any more that they are not, as long as this runs if not longer."""
        folder = layout.first_seen_folder(self._home.path)
        with privacy.as_keeper():
            known = {path.stem: path for path in folder.glob("*.json")}
            for draft_id in known.keys() - scheduled:
                self._off[draft_id] = self._off.get(draft_id, False) or _is_kept_off(known[draft_id])

    def _of(self, release: ReleaseFactsOfOffice, now: datetime) -> Trouble | None:
        assert release.scheduled_for is not None, "it is scheduled"
        try:
            seen = self._seen(release, now)
        except (StatlasError, OSError):
            said = _("What the keeper remembers of a scheduled release cannot be read or kept. It stays closed.")
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
        """What is believed of a draft that has a minute: never less than was believed before."""
        assert release.scheduled_for is not None, "it is scheduled"
        path = layout.first_seen_file(self._home.path, release.draft_id)
        with privacy.as_keeper():
            before = _read(path)
            known = before or Seen(release.digest, release.scheduled_for)
            is_new = before is None or before.is_off or not self._off.get(release.draft_id, True)
            minutes = [known.not_before, release.scheduled_for, *([now + NOTICE] if is_new else ())]
            seen = Seen(known.digest, max(minutes))
            if seen != before:
                seen.keep(path)
            self._off.pop(release.draft_id, None)
            return seen


def _read(path: Path) -> Seen | None:
    with suppress(FileNotFoundError):
        return Seen.read(path.read_bytes())
    return None


def _is_kept_off(path: Path) -> bool:
    """Keep of a draft that it has no minute; whether that could be."""
    with suppress(StatlasError, OSError):
        seen = Seen.read(path.read_bytes())
        if not seen.is_off:
            replace(seen, is_off=True).keep(path)
        return True
    return False


def allow(*, home: Home, release: ReleaseFactsOfOffice) -> None:
    """Let a draft open at the minute that the site's table has now: whoever may use the keeper's folder says so.

    Raises:
        HomeError: the folder is another user's, or cannot be written.
        MoveRefusedError: it has no minute.
    """
    vault.hold(home.path)
    if release.scheduled_for is None:
        raise MoveRefusedError(_("The release has no minute."), mend=_("Schedule it first, then allow that minute."))
    auditing.record(
        home=home,
        actor=auditing.of_this_machine(),
        action="keeper.allow",
        subject=f"{release.database} release {release.release}",
        details={"release": release.id, "digest": release.digest},
    )
    try:
        Seen(release.digest, release.scheduled_for).keep(layout.first_seen_file(home.path, release.draft_id))
    except OSError as error:
        raise HomeError(f"The keeper's folder could not be used: {error.strerror}.", mend="See its disk.") from error
