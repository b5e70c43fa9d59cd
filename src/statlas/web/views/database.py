"""The page of a database: what it counts, for when, by what, how it is protected, and what there is to take away."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import Error as SiteDatabaseError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from statlas.definitions.address import escape, parameters_of, single
from statlas.formats.csv_text import BOM, line
from statlas.model import calendar_words
from statlas.model.announcement import Announcement
from statlas.model.classification import Valueset
from statlas.model.database import Annotation, Database, Field, FieldKind
from statlas.model.release import Manifest, Notice
from statlas.service import tables
from statlas.service.office import calendar
from statlas.service.tables import past
from statlas.service.tables.shared_fields import Shared, shared_fields
from statlas.service.tables.versions import facts
from statlas.web import asking, links, snippets, words
from statlas.web.rule_words import rules
from statlas.web.views.finding import VIEWS
from statlas.wording import _, several

_log = logging.getLogger("statlas.web")

MOST_PERIODS_NAMED = 6
"""Periods of a release that are named one by one; of more, the first and the last. Arbitrary."""

_CODE_COLUMNS = (
    *("field", "field_label", "level", "level_label", "code", "label"),
    *("parent_level", "parent", "valid_from", "valid_to"),
)


@dataclass(frozen=True)
class Shown:
    """A field as the page lists it: its levels, each with the address of a table by it, and where else it is."""

    field: Field
    levels: tuple[tuple[Valueset, str], ...]
    annotations: tuple[Annotation, ...]
    elsewhere: tuple[tuple[str, str], ...]
    available: str = ""


@dataclass(frozen=True)
class Ready:
    """A ready-made table: its title, where it is, what it is shown as, and its files by the ends of their names."""

    title: str
    url: str
    view: str
    files: tuple[tuple[str, str], ...]


def database(request: HttpRequest, database_id: str) -> HttpResponse:
    """The page of one database, as of the release that answers, or of the one that the address names."""
    named = single(asking.parameters(request), asking.RELEASE)
    found = asking.database(database_id, named)
    release = tables.manifest(home=asking.home(), database_id=database_id, release=named or None)
    told = facts(home=asking.home(), database_id=database_id, release=release.release)
    policy = tables.policy_of(found)
    n_min = (policy.n_min_magnitude or 0) if found.measures else 0
    elsewhere = shared_fields(found, tables.databases(home=asking.home()))
    shown = {
        "database": found,
        "links": links,
        "at": links.at(named),
        "named": named,
        "manifest": release,
        "facts": told,
        "released": told.public_from or release.created,
        "is_superseded": release.release != asking.home().current(database_id).release,
        "later_withdrawn": _later_withdrawn(release),
        "groups": _grouped([*_fields(found, elsewhere, named)]),
        "n_fields": len(found.fields),
        "geographies": [field for field in found.categories if field.kind is FieldKind.GEOGRAPHY],
        "ready": [*_ready(found, named)],
        "protection": words.protection(policy.threshold or 0, policy.noise_sd, n_min),
        "rules": rules(found, policy),
        "threshold": policy.threshold or 0,
        "noise_sd": policy.noise_sd,
        "licence": words.licence(found.licence),
        "often": _often(found),
        "next_release": found.next_release if found.next_release >= timezone.localdate().isoformat() else "",
        "coming": _coming(found),
        "calendar_words": calendar_words,
        "period_count": _period_count(found),
        "notes": [a for a in found.annotations if not a.where],
        "releases": [*_releases(found)],
        "code_to_copy": snippets.of_database(request, found, named),
    }
    return render(request, "database.html", shown)


def _later_withdrawn(shown: Manifest) -> list[tuple[str, Notice]]:
    """Withdrawn releases after the one that is shown, in whose place it stands."""
    withdrawn = asking.home().withdrawn(shown.database).items()
    return [(n, notice) for n, notice in withdrawn if int(n) > int(shown.release)]


def _coming(database: Database) -> Announcement | None:
    """The next release that is announced; None also where the site's database does not answer: the page still does."""
    try:
        return calendar.next_release(home=asking.home(), database_id=database.id)
    except SiteDatabaseError:
        _log.exception("The release calendar does not answer.")
        return None


def codes(request: HttpRequest, database_id: str) -> StreamingHttpResponse:
    """Every code of a database, or of one ``field``, as CSV: one a line, with its parent; as of a release or a day."""
    parameters = asking.parameters(request)
    release, wanted = single(parameters, asking.RELEASE), single(parameters, "field")
    found = asking.database(database_id, release)
    fields = [found.field(wanted)] if wanted else found.fields
    response = StreamingHttpResponse(_code_lines(fields), content_type="text/csv; charset=utf-8")
    of = f"release-{release}" if release else ""
    name = "-".join(filter(None, (found.id, fields[0].id if wanted else "", "codes", of)))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _code_lines(fields: Sequence[Field]) -> Iterator[bytes]:
    yield BOM + line(_CODE_COLUMNS)
    for field in fields:
        for valueset in field.classification:
            for code in valueset:
                parent = code.parents[0] if code.parents else ("", "")
                known = (code.id, code.label, *parent, code.valid_from or "", code.valid_to or "")
                yield line((field.id, field.label, valueset.id, valueset.label, *known))


# --- parts of the page ------------------------------------------------------------------------------------------------


def _fields(database: Database, elsewhere: Shared, release: str) -> Iterator[Shown]:
    for field in database.fields:
        levels = tuple((valueset, _table_by(database, field, valueset, release)) for valueset in field.classification)
        notes = tuple(a for a in database.annotations if len(a.where) == 1 and a.where[0][0] == field.id)
        others = tuple((other.label, _table_of(other, same)) for other, same in elsewhere.get(field.id, ()))
        since = database.calendar.label_of(field.available_from) if field.available_from else ""
        yield Shown(field, levels, notes, others, since)


def _grouped(fields: Sequence[Shown]) -> dict[str, list[Shown]]:
    """Fields under the names of their groups, in the order of the definition; without one first."""
    found: dict[str, list[Shown]] = {"": []}
    for shown in fields:
        found.setdefault(shown.field.group, []).append(shown)
    return {name: inside for name, inside in found.items() if inside}


def _ready(database: Database, release: str) -> Iterator[Ready]:
    for table in database.tables:
        parameters = parameters_of(replace(table.query, release=release or None))
        files = tuple((suffix, links.file(database.id, parameters, suffix)) for suffix in ("csv", "xlsx", "ods"))
        yield Ready(table.title, links.ready(database, table, release), _(VIEWS.get(table.view, "")), files)


def _often(database: Database) -> str:
    """How often its periods come."""
    said = {"month": _("Monthly"), "quarter": _("Quarterly"), "year": _("Yearly")}
    return said.get(database.calendar.frequency.value, _("Yearly, by financial year"))


def _period_count(database: Database) -> str:
    n = len(database.periods)
    said = {
        "month": several("{n} month", "{n} months", n),
        "quarter": several("{n} quarter", "{n} quarters", n),
        "year": several("{n} year", "{n} years", n),
    }
    return said.get(database.calendar.frequency.value, several("{n} financial year", "{n} financial years", n)).format(
        n=n
    )


def _releases(database: Database) -> Iterator[tuple[past.PastRelease, str]]:
    """Releases, the newest first, each with what it changed in words."""
    for release in past.releases(home=asking.home(), database_id=database.id):
        yield release, _changed(database, release)


def _changed(database: Database, release: past.PastRelease) -> str:
    parts = [
        (_("new: {periods}"), release.added),
        (_("revised: {periods}"), release.revised),
        (_("withdrawn: {periods}"), release.removed),
    ]
    said = [text.format(periods=_periods(database, periods)) for text, periods in parts if periods]
    if said:
        return "; ".join(said)
    is_first = release.number == "1"
    first = _("first release: {periods}").format(periods=_periods(database, release.periods))
    return first if is_first else _("the same periods, unchanged")


def _periods(database: Database, periods: Sequence[str]) -> str:
    named = [database.calendar.label_of(period) for period in periods]
    if len(named) <= MOST_PERIODS_NAMED:
        return ", ".join(named)
    return _("{n} from {first} to {last}").format(n=len(named), first=named[0], last=named[-1])


def _table_by(database: Database, field: Field, valueset: Valueset, release: str) -> str:
    when = [(asking.RELEASE, release)] if release else []
    if field is database.date:
        return links.table(database.id, [("rows", escape(field.id)), ("periods", "all"), *when])
    rows = f"{escape(field.id)}@{escape(valueset.id)}"
    return links.table(database.id, [("rows", rows), ("columns", escape(database.date.id)), *when])


def _table_of(database: Database, field: Field) -> str:
    return links.table(database.id, [("rows", escape(field.id)), ("columns", escape(database.date.id))])
