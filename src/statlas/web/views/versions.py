"""The releases of a database: its changelog as a page and a feed, and what differs between any two of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed

from statlas.errors import QueryError, UnknownNameError
from statlas.formats import differences as difference_files
from statlas.model.change import level_label
from statlas.model.change_words import Said, said
from statlas.model.release import ReleaseKind
from statlas.model.release_difference import LevelDifference, ReleaseDifference
from statlas.model.versioning import bump
from statlas.model.words import listed
from statlas.service.tables import history as releases_of
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.history import PublicRelease
from statlas.service.tables.times import release_named
from statlas.web import asking, links
from statlas.wording import _, later

MOST_SAID = 8
"""Sentences on a release that stand open; arbitrary."""

MOST_CELLS = 500
"""Changed numbers on a page; the file has all. Arbitrary."""

MOST_S = 1.0
"""Seconds that the page compares by itself: what takes longer waits until it is chosen. Arbitrary."""

KINDS = {
    ReleaseKind.NEW: later("New figures"),
    ReleaseKind.REVISION: later("Scheduled revision"),
    ReleaseKind.CORRECTION: later("Correction"),
}


@dataclass(frozen=True)
class Entry:
    """A release as the changelog shows it: sentences on it, and where its figures and its differences are."""

    release: PublicRelease
    kind: str
    level: str
    said: tuple[Said, ...]
    more: tuple[Said, ...]
    url: str
    changes_url: str


def releases(request: HttpRequest, database_id: str) -> HttpResponse:
    """Every release of a database, the newest first: what it changed, and the way to its figures."""
    entries = _entries(database_id)
    shown = {
        "database": entries[0].release.database,
        "entries": entries,
        "feed_url": links.feed(database_id),
        "compare_url": links.changes(database_id),
        "can_compare": sum(entry.release.notice is None for entry in entries) > 1,
    }
    return render(request, "versions.html", shown)


def feed(request: HttpRequest, database_id: str) -> HttpResponse:
    """The changelog as an Atom feed."""
    entries, restored = _entries(database_id), asking.home().restored(database_id)
    database = entries[0].release.database
    page = request.build_absolute_uri(links.releases(database_id))
    made = Atom1Feed(
        _("Releases of {database}").format(database=database.label),
        page,
        _("Every release of {database} and what it changed.").format(database=database.label),
        feed_url=request.build_absolute_uri(links.feed(database_id)),
        feed_guid=f"{page}#feed",
        author_name=database.contact.name or asking.options().site_name,
    )
    for entry in entries:
        found = entry.release
        withdrawn = found.notice.at if found.notice else ""
        made.add_item(
            title=_title(entry),
            link=f"{page}#release-{found.number}",
            description=_feed_text(entry),
            unique_id=f"{page}#release-{found.number}",
            pubdate=_moment(found.released),
            updateddate=_newest(found.released, withdrawn, *restored.get(found.number, ())),
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def changes(request: HttpRequest, database_id: str) -> HttpResponse:
    """What differs between two releases: definition, dates, and at a chosen level the numbers."""
    found = _asked(request, database_id)
    wanted = request.GET.get("level", "")
    levels = [*_compared(found, wanted)]
    chosen = next((one for one in levels if one.level.name == wanted), None) or _first_told(levels)
    past = releases_of.history(home=asking.home(), database_id=database_id)
    numbers = [(one.number, one.facts.version, one.released) for one in past if not one.notice]
    parts = (("from", found.then.release), ("to", found.now.release))
    shown = {
        "database": found.database,
        "found": found,
        "then": found.then,
        "now": found.now,
        "numbers": numbers,
        "said": said(found.database, found.changes),
        "level_word": level_label,
        "levels": [(one, links.changes(database_id, (*parts, ("level", one.level.name)))) for one in levels],
        "chosen": chosen,
        "cells": chosen.cells[:MOST_CELLS] if chosen else (),
        "n_hidden": max(len(chosen.cells) - MOST_CELLS, 0) if chosen else 0,
        "files": [(suffix.upper(), links.changes_file(database_id, parts, suffix)) for suffix in ("csv", "json")],
    }
    return render(request, "version_changes.html", shown)


def changes_file(request: HttpRequest, database_id: str, suffix: str) -> StreamingHttpResponse | HttpResponse:
    """The same of every level as CSV, a line a number, or as JSON; ``level`` chooses one."""
    found = _asked(request, database_id)
    wanted = request.GET.get("level", "")
    levels = [found.level(wanted)] if wanted else [*found.levels]
    told = (level_difference(home=asking.home(), found=found, level=level) for level in levels)
    name = f"{found.database.id}-changes-{found.then.release}-{found.now.release}.{suffix}"
    if suffix == "json":
        text = json.dumps(difference_files.data(found, told), ensure_ascii=False, indent=1)
        answer: StreamingHttpResponse | HttpResponse = HttpResponse(f"{text}\n", content_type="application/json")
    elif suffix == "csv":
        # Made whole before it is sent: an error cannot come when half of it is told.
        answer = HttpResponse(b"".join(difference_files.csv(found, told)), content_type="text/csv; charset=utf-8")
    else:
        raise Http404(suffix)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# --- what is asked ----------------------------------------------------------------------------------------------------


def _entries(database_id: str) -> list[Entry]:
    try:
        found = releases_of.history(home=asking.home(), database_id=database_id)
    except UnknownNameError as error:
        raise Http404(str(error)) from None
    return [_entry(one) for one in found]


def _entry(one: PublicRelease) -> Entry:
    sentences = said(one.database, one.facts.changes)
    level = level_label(bump(one.facts.changes, one.facts.kind)) if one.previous else ""
    parts = (("from", one.previous), ("to", one.number))
    return Entry(
        one,
        _(KINDS[one.facts.kind]),
        level,
        sentences[:MOST_SAID],
        sentences[MOST_SAID:],
        "" if one.notice else links.table(one.database.id, (("release", one.number),)),
        links.changes(one.database.id, parts) if one.previous and not one.notice else "",
    )


def _asked(request: HttpRequest, database_id: str) -> ReleaseDifference:
    """The difference that an address asks for: ``from`` and ``to``, releases or days; left out the last two."""
    here = asking.home()
    if not here.has(database_id):
        raise Http404(database_id)
    known = here.releases(database_id)
    now = _named(database_id, request.GET.get("to", "")) or here.current(database_id).release
    then = _named(database_id, request.GET.get("from", "")) or _before(known, now)
    for name in request.GET:
        if name not in ("from", "to", "level"):
            raise QueryError(
                _("{name!r} is no part of this address.").format(name=name[:60]),
                mend=_("It has {listed}.").format(listed=listed(["from", "to", "level"])),
            )
    return difference(home=here, database_id=database_id, then=then, now=now)


def _named(database_id: str, text: str) -> str:
    """A release by its number, or by a day or a moment at which it answered."""
    return release_named(home=asking.home(), database_id=database_id, name=text)


def _before(known: tuple[str, ...], now: str) -> str:
    """The release before one, or itself where it is the first."""
    at = known.index(now) if now in known else 0
    return known[max(at - 1, 0)] if now in known else now


def _compared(found: ReleaseDifference, wanted: str) -> Iterator[LevelDifference]:
    """Every level with its numbers compared, as far as that is quick: small ones first; that asked for in any case."""
    until = time.monotonic() + MOST_S
    compared: dict[str, LevelDifference] = {}
    chosen = tuple(one for one in found.levels if one.name == wanted)
    for level in dict.fromkeys((*chosen, *found.compared_unasked)):
        if level in chosen or time.monotonic() < until:
            compared[level.name] = level_difference(home=asking.home(), found=found, level=level)
    for level in found.levels:
        yield compared.get(level.name) or LevelDifference(level, why_not=_("choose it to compare its numbers"))


def _first_told(levels: list[LevelDifference]) -> LevelDifference | None:
    """The first level with something to tell; of several the one that tells most of the fewest codes."""
    return next((one for one in levels if one.n_beyond), None)


# --- the feed ---------------------------------------------------------------------------------------------------------


def _title(entry: Entry) -> str:
    found = entry.release
    title = _("{database}, release {n}, version {version}: {kind}").format(
        database=found.database.label, n=found.number, version=found.facts.version, kind=entry.kind
    )
    return _("Withdrawn: {title}").format(title=title) if found.notice else title


def _feed_text(entry: Entry) -> str:
    notice = entry.release.notice
    told = [_("This release was withdrawn: {reason}").format(reason=notice.reason)] if notice else []
    told += [entry.release.facts.note] if entry.release.facts.note else []
    return " ".join((*told, *(sentence.text for sentence in (*entry.said, *entry.more))))


def _newest(*moments: str) -> datetime | None:
    """When anything of a release was last new: published, withdrawn, restored."""
    return max((at for at in map(_moment, moments) if at), default=None)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
