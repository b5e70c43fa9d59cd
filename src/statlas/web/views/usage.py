"""How the site is used: a page, and the counts as open data."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from statlas.definitions.strict_json import shown
from statlas.model.usage import Client, Usage, UseKind
from statlas.model.words import licence
from statlas.service import tables
from statlas.service.tables import usage
from statlas.web import asking, links, usage_words
from statlas.wording import gettext as _

LICENCE = "OGL-UK-3.0"
"""Of the counts themselves: they tell of a public service, and hold nothing of anybody's."""

COLUMNS = {
    "month": "The month in which it was given, in UTC: 2026-11. The last one is counted up to now.",
    "database": "The id of the database.",
    "kind": "What was given: view, table, download or api.",
    "form": "The kind of page or file, such as page, chart, csv or opendata-json.",
    "client": "What asked, by what it says of itself: bot and nine classes of programs.",
    "count": "How often.",
}
"""What the columns of the files mean."""


@dataclass(frozen=True)
class Row:
    """A row of a table of the page: a name, its address if it has one, how often by kind, and how often by bots."""

    label: str
    url: str
    counts: Mapping[UseKind, int]
    by_bots: int = 0

    @property
    def total(self) -> int:
        """How often in all, bots left out."""
        return sum(self.counts.values())


def page(request: HttpRequest) -> HttpResponse:
    """What was given in a month: by database, by kind of program, by kind of page or file.

    Raises:
        Http404: nothing was counted in that month.
    """
    every = usage.usage(home=asking.home())
    months = sorted({row.month for row in every}, reverse=True)
    chosen = request.GET.get("month", "") or (months[0] if months else "")
    if chosen and chosen not in months:
        raise Http404(_("Nothing was counted in {month}.").format(month=shown(chosen)))
    rows = [row for row in every if row.month == chosen]
    told = {
        "kinds": {kind: _(words) for kind, words in usage_words.KINDS.items()},
        "meanings": {_(usage_words.KINDS[kind]): _(words) for kind, words in usage_words.MEANINGS.items()},
        "months": [{"value": month, "text": usage_words.month(month)} for month in months],
        "chosen": chosen,
        "month": usage_words.month(chosen) if chosen else "",
        "is_last": chosen == months[0] if months else True,
        "databases": _by_database(rows),
        "whole": _row(_("All databases"), rows),
        "clients": _by_client(rows),
        "forms": _by_form(rows),
        "licence": licence(LICENCE),
    }
    return render(request, "usage.html", told)


def _row(label: str, rows: Iterable[Usage], url: str = "") -> Row:
    counts: Counter[UseKind] = Counter()
    n_bots = 0
    for row in rows:
        if row.client is Client.BOT:
            n_bots += row.count
        else:
            counts[row.kind] += row.count
    return Row(label, url, counts, n_bots)


def _by_database(rows: Sequence[Usage]) -> list[Row]:
    """The most used first; a database that is no longer there by its id."""
    labels = {database.id: database.label for database in tables.databases(home=asking.home())}
    found = [
        _row(labels.get(name, name), of_it, links.database(name) if name in labels else "")
        for name, of_it in _grouped((row.database, row) for row in rows).items()
    ]
    return sorted(found, key=lambda row: (-row.total, -row.by_bots, row.label))


def _by_client(rows: Sequence[Usage]) -> list[Row]:
    found = _grouped((row.client, row) for row in rows)
    return [
        Row(_(words), "", _counts(found[client])) for client, words in usage_words.CLIENTS.items() if client in found
    ]


def _by_form(rows: Sequence[Usage]) -> list[Row]:
    people = [row for row in rows if row.client is not Client.BOT]
    found = _grouped((usage_words.form(row.form), row) for row in people)
    return sorted((_row(label, of_it) for label, of_it in found.items()), key=lambda row: (-row.total, row.label))


def _counts(rows: Iterable[Usage]) -> Mapping[UseKind, int]:
    counts: Counter[UseKind] = Counter()
    for row in rows:
        counts[row.kind] += row.count
    return counts


def _grouped(rows: Iterable[tuple[Any, Usage]]) -> dict[Any, list[Usage]]:
    found: dict[Any, list[Usage]] = {}
    for key, row in rows:
        found.setdefault(key, []).append(row)
    return found


def as_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Every count, a line each."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(COLUMNS)
    written.writerows([asdict(row)[name] for name in COLUMNS] for row in usage.usage(home=asking.home()))
    return _file(HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8"), "usage.csv")


def as_json(request: HttpRequest) -> HttpResponse:
    """Every count, with what the columns mean and under which licence they are."""
    terms = licence(LICENCE)
    content = {
        "title": f"How {asking.options().site_name} is used",
        "description": "How often pages, tables, files and answers to programs were given, by month, database, kind, "
        "form and class of program. What was given is counted, not who asked.",
        "licence": {"name": terms.name, "url": terms.url},
        "page": request.build_absolute_uri("/usage"),
        "columns": [{"name": name, "description": said} for name, said in COLUMNS.items()],
        "rows": [asdict(row) for row in usage.usage(home=asking.home())],
    }
    response = JsonResponse(content)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _file(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
