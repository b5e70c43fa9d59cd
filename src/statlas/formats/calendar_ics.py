"""The release calendar as iCalendar (RFC 5545, RFC 7986), which calendar programs subscribe to.

Moments are in UTC, so that no zone has to be described; programs show them by the clock of whoever looks.
An event keeps its ``UID`` whatever changes, and its ``SEQUENCE`` rises with every change.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from icalendar import Calendar, Event, vDuration, vUri

from statlas.formats.calendar_facts import CalendarFacts, summary_of, uid
from statlas.model import calendar_words
from statlas.model.announcement import Announcement, Standing
from statlas.version import VERSION

MEDIA_TYPE = "text/calendar; charset=utf-8"

_ASK_AGAIN = timedelta(hours=1)
"""How often programs are told to look again: arbitrary; a date that moved is known within the hour."""

_STATUS = {
    Standing.PROVISIONAL: "TENTATIVE",
    Standing.CONFIRMED: "CONFIRMED",
    Standing.CANCELLED: "CANCELLED",
}


def calendar_ics(facts: CalendarFacts) -> bytes:
    """The announcements as one calendar; equal announcements give equal bytes."""
    made = Calendar()
    made.add("prodid", f"-//Statlas//Release calendar {VERSION}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", facts.title)
    made.add("x-wr-calname", facts.title)
    made.add("refresh-interval", vDuration(_ASK_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(_ASK_AGAIN))
    made.add("source", vUri(facts.address), parameters={"VALUE": "URI"})
    made.add("url", vUri(f"{facts.site}/releases"))
    for one in facts.announcements:
        made.add_component(_event(one, facts))
    body: bytes = made.to_ical()
    return body


def _event(one: Announcement, facts: CalendarFacts) -> Event:
    made = Event()
    updated = one.updated.astimezone(UTC).replace(microsecond=0)
    made.add("uid", str(uid(one)))
    made.add("dtstamp", updated)
    made.add("created", one.announced.astimezone(UTC).replace(microsecond=0))
    made.add("last-modified", updated)
    # Its announcement changes no more once a release is out; that it is, and how it stands since, is told besides.
    made.add("sequence", one.sequence + one.is_out + one.turns)
    made.add("dtstart", one.moment.astimezone(UTC))
    made.add("status", _status(one))
    made.add("summary", summary_of(one))
    made.add("description", "\n".join(calendar_words.sentences(one)))
    made.add("categories", [calendar_words.kind(one.kind)])
    made.add("url", vUri(facts.page_of(one)))
    if one.contact.name or one.contact.email:
        made.add("contact", ", ".join(filter(None, (one.contact.name, one.contact.email))))
    made.add("class", "PUBLIC")
    made.add("transp", "TRANSPARENT")
    return made


def _status(one: Announcement) -> str:
    """What programs strike through or keep: a release that is withdrawn is there for nobody."""
    if one.withdrawn:
        return "CANCELLED"
    return "CONFIRMED" if one.is_out else _STATUS[one.standing]
