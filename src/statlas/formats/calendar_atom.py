"""The release calendar as an Atom feed (RFC 4287): an entry for each announcement and each release that had none.

An entry keeps its id whatever changes; ``updated`` is when it last did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from statlas.formats.calendar_facts import CalendarFacts, instant, uid
from statlas.model import calendar_words
from statlas.model.announcement import Announcement, Published
from statlas.model.release import ReleaseKind
from statlas.version import VERSION
from statlas.wording import _, language

MEDIA_TYPE = "application/atom+xml; charset=utf-8"

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("", _ATOM)


def calendar_atom(facts: CalendarFacts) -> bytes:
    """The feed, what changed last first; equal announcements give equal bytes."""
    feed = Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language()})
    _text(feed, "id", facts.address)
    _text(feed, "title", facts.title)
    _text(feed, "updated", instant(facts.updated))
    _link(feed, "self", facts.address, MEDIA_TYPE.partition(";")[0])
    _link(feed, "alternate", f"{facts.site}/releases", "text/html")
    _text(SubElement(feed, f"{{{_ATOM}}}author"), "name", facts.site_name)
    _text(feed, "generator", "Statlas").set("version", VERSION)
    alone = (_of_published(one, facts) for one in facts.published if not one.announcement)
    entries = (*(_of_announcement(one, facts) for one in facts.announcements), *alone)
    for entry in sorted(entries, key=lambda entry: (entry.updated, entry.id), reverse=True):
        _write(feed, entry)
    body: bytes = tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


@dataclass(frozen=True)
class _Entry:
    """What an entry says, whatever it is of."""

    id: str
    title: str
    updated: datetime
    published: datetime
    page: str
    kind: ReleaseKind
    said: str


def _of_announcement(one: Announcement, facts: CalendarFacts) -> _Entry:
    title = _("{title}: {moment} ({standing})").format(
        title=one.title, moment=calendar_words.full(one.moment), standing=calendar_words.standing(one).lower()
    )
    said = " ".join(calendar_words.sentences(one))
    return _Entry(uid(one).urn, title, one.updated, one.announced, facts.page_of(one), one.kind, said)


def _of_published(one: Published, facts: CalendarFacts) -> _Entry:
    title = _("{title}: release {release}, {day}").format(
        title=one.title, release=one.release, day=calendar_words.day(one.public_from)
    )
    said = " ".join(calendar_words.sentences_of_published(one))
    page = facts.page_of_published(one)
    return _Entry(uid(one).urn, title, one.updated, one.public_from, page, one.kind, said)


def _write(feed: Element, one: _Entry) -> None:
    entry = SubElement(feed, f"{{{_ATOM}}}entry")
    _text(entry, "id", one.id)
    _text(entry, "title", one.title)
    _text(entry, "updated", instant(one.updated))
    _text(entry, "published", instant(one.published))
    _link(entry, "alternate", one.page, "text/html")
    SubElement(entry, f"{{{_ATOM}}}category", {"term": one.kind.value, "label": calendar_words.kind(one.kind)})
    _text(entry, "summary", one.said).set("type", "text")


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = _NEVER_IN_XML.sub("", text)
    return made


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": address, "type": kind})
