"""An announcement: that a release will be public at a moment, and everything that was changed of that since.

It holds what anybody may know of a release that is not public, and nothing besides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from statlas.model.database import Contact
from statlas.model.release import ReleaseKind


class Standing(StrEnum):
    """How certain an announced moment is.

    PROVISIONAL: planned. CONFIRMED: it will be then; another moment takes a reason. CANCELLED: it will not be.
    """

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What was done to an announcement.

    SETTLED: the release is sealed and its digest announced. UNSETTLED: that digest no longer stands.
    """

    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SETTLED = "settled"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class DateChange:
    """One change of an announcement: what, when, why; ``before`` and ``after`` are the moments of release.

    announcement: id of the announcement. digest: the one that was announced or taken back, else empty.
    """

    announcement: str
    title: str
    act: Act
    at: datetime
    before: datetime | None
    after: datetime
    reason: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Announcement:
    """A release to come, or one that came: ``Announcement("9f0c...", "Housing Benefit", moment, ...)``.

    id: 32 hexadecimal digits drawn by chance, which stay whatever changes.
    moment: in UTC, when it is to be public.
    database: its id, empty as long as nothing of the database is public.
    digest: the commitment to the sealed release, empty until there is one.
    exemption: why it is at another time than 09:30 on a working day; empty where it is not.
    sequence: 0, and one more with every change. changes: oldest first.
    release, version, public_from: of what was published, empty or None until it is.
    salt, statement: what opens the digest, hexadecimal and canonical JSON; empty until the release is published.
    withdrawn: why what was published is withdrawn now; empty where it is not.
    turns: how often it was withdrawn or restored. turned: when last, None where never, or not known.
    """

    id: str
    title: str
    moment: datetime
    standing: Standing
    announced: datetime
    changed: datetime
    kind: ReleaseKind = ReleaseKind.NEW
    database: str = ""
    digest: str = ""
    exemption: str = ""
    note: str = ""
    contact: Contact = field(default_factory=Contact)
    sequence: int = 0
    changes: tuple[DateChange, ...] = ()
    synthetic: bool = False
    release: str = ""
    version: str = ""
    public_from: datetime | None = None
    salt: str = ""
    statement: str = ""
    withdrawn: str = ""
    turns: int = 0
    turned: datetime | None = None

    @property
    def is_out(self) -> bool:
        """Whether the release it announces is public, or was."""
        return bool(self.release)

    @property
    def is_cancelled(self) -> bool:
        """Whether there will be no such release."""
        return self.standing is Standing.CANCELLED

    def is_late(self, now: datetime) -> bool:
        """Whether its moment has passed and the release is not there."""
        return not self.is_out and not self.is_cancelled and now > self.moment

    @property
    def last_moved(self) -> DateChange | None:
        """The last change of its moment; None where it is the first one announced."""
        return next((one for one in reversed(self.changes) if one.before not in (None, one.after)), None)

    @property
    def updated(self) -> datetime:
        """When anything of it was last new to readers: published, withdrawn and restored included."""
        return max(at for at in (self.changed, self.public_from, self.turned) if at)


@dataclass(frozen=True)
class Published:
    """A release that is public, or was: ``Published("hb_new", "Housing Benefit", "12", "2.1.0", ...)``.

    withdrawn: why it is withdrawn; empty where it is not. announcement: its id; empty where it had none.
    turned: when it was last withdrawn or restored; None where never, or not known.
    """

    database: str
    title: str
    release: str
    version: str
    kind: ReleaseKind
    public_from: datetime
    note: str = ""
    withdrawn: str = ""
    turned: datetime | None = None
    synthetic: bool = False
    announcement: str = ""

    @property
    def updated(self) -> datetime:
        """When anything of it was last new to readers."""
        return max(self.public_from, self.turned) if self.turned else self.public_from
