"""What a calendar, a feed or a program is told of the release calendar, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from statlas.model import calendar_words
from statlas.model.announcement import Announcement, DateChange, Published
from statlas.model.release_times import in_london


@dataclass(frozen=True)
class CalendarFacts:
    """The release calendar as it is written: ``site`` is where it is, ``https://data.example.gov.uk``, no slash.

    title: of the calendar, the name of a database included where it is of one alone. address: its own, for programs.
    announcements: in time. published: newest first; those that had an announcement are told of there.
    """

    title: str
    site: str
    site_name: str
    address: str
    announcements: tuple[Announcement, ...]
    published: tuple[Published, ...] = ()

    def page_of(self, one: Announcement) -> str:
        """The page of an announcement."""
        return f"{self.site}/releases/{one.id}"

    def page_of_published(self, one: Published) -> str:
        """The page on which a published release stands with those before it."""
        return f"{self.site}/databases/{one.database}/releases"

    @property
    def updated(self) -> datetime:
        """When anything of it was last new; the beginning of 1970 where there is nothing."""
        moments = (*(one.updated for one in self.announcements), *(one.updated for one in self.published))
        return max(moments, default=datetime(1970, 1, 1, tzinfo=UTC))


def uid(one: Announcement | Published) -> UUID:
    """What an announcement, or a release that had none, is known by in calendars and feeds: for ever the same."""
    if isinstance(one, Announcement):
        return UUID(one.id)
    return uuid5(NAMESPACE_URL, f"statlas:{one.database}/{one.release}")


def instant(moment: datetime) -> str:
    """A moment in UTC as ISO 8601: ``2027-02-09T09:30:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def announcement_data(one: Announcement, facts: CalendarFacts) -> dict[str, Any]:
    """An announcement as plain data, each name always there."""
    return {
        "id": one.id,
        "title": one.title,
        "database": one.database or None,
        "kind": one.kind.value,
        "status": "withdrawn" if one.withdrawn else "published" if one.is_out else one.standing.value,
        "moment": instant(one.moment),
        "london": in_london(one.moment).isoformat(timespec="minutes"),
        "exemption": one.exemption or None,
        "note": one.note or None,
        "digest": one.digest or None,
        "salt": one.salt or None,
        "statement": one.statement or None,
        "contact": {"name": one.contact.name or None, "email": one.contact.email or None},
        "synthetic": one.synthetic,
        "sequence": one.sequence,
        "announced": instant(one.announced),
        "updated": instant(one.updated),
        "release": one.release or None,
        "version": one.version or None,
        "public_from": instant(one.public_from) if one.public_from else None,
        "withdrawn": one.withdrawn or None,
        "changes": [change_data(change) for change in one.changes],
        "url": facts.page_of(one),
    }


def change_data(one: DateChange) -> Mapping[str, Any]:
    """A change of an announcement as plain data."""
    return {
        "act": one.act.value,
        "at": instant(one.at),
        "before": instant(one.before) if one.before else None,
        "after": instant(one.after),
        "reason": one.reason or None,
        "digest": one.digest or None,
        "text": calendar_words.change(one),
    }


def published_data(one: Published, facts: CalendarFacts) -> dict[str, Any]:
    """A published release as plain data, each name always there."""
    return {
        "database": one.database,
        "title": one.title,
        "release": one.release,
        "version": one.version,
        "kind": one.kind.value,
        "public_from": instant(one.public_from),
        "note": one.note or None,
        "withdrawn": one.withdrawn or None,
        "synthetic": one.synthetic,
        "announcement": one.announcement or None,
        "url": facts.page_of_published(one),
    }


def summary_of(one: Announcement) -> str:
    """An announcement in a line: *Housing Benefit (provisional)*, *Housing Benefit: cancelled*."""
    said = calendar_words.standing(one).lower()
    return f"{one.title} ({said})"
