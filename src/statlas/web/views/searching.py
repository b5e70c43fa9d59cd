"""The search page, and the list that appears as one types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.catalogue import Document, Kind, spans
from statlas.catalogue.understanding import MOST_LETTERS, Term
from statlas.definitions.address import escape, parameters_of
from statlas.geography import postcodes
from statlas.model.database import Database
from statlas.service import tables
from statlas.service.tables.composing import Suggestion
from statlas.service.tables.searching import MOST, Hit, Results, Section, search
from statlas.web import asking, links
from statlas.web.views.finding import VIEWS
from statlas.wording import _, later, several

FEW, MOST_LISTED = 5, 8
"""Results of a kind on the page of all kinds, and results in all in the list as one types; arbitrary."""

HEADINGS = {
    Kind.DATABASE: later("Databases"),
    Kind.TABLE: later("Ready-made tables"),
    Kind.AREA: later("Areas"),
    Kind.FIELD: later("Fields"),
    Kind.MEASURE: later("Measures"),
    Kind.VALUE: later("Categories"),
}
EXAMPLES = (later("spare room Leeds"), later("pension credit Scotland"), later("age and gender"))


@dataclass(frozen=True)
class Found:
    """A result as a page shows it: its title in parts (each with whether it was sought), where it leads, what it is."""

    url: str
    title: tuple[tuple[str, bool], ...]
    context: str
    kind: str = ""
    also: tuple[tuple[str, str], ...] = ()
    is_synthetic: bool = False


@dataclass(frozen=True)
class Group:
    """Results of a kind: those shown of how many, and the address of the rest."""

    kind: str
    heading: str
    found: tuple[Found, ...]
    n: int
    is_cut: bool
    rest: str


@dataclass(frozen=True)
class Offered:
    """A table that fits: its title, its address, and what every part of what was typed was taken for."""

    title: str
    url: str
    database: Database
    understood: tuple[tuple[str, str], ...]
    left: str


def page(request: HttpRequest) -> HttpResponse:
    """Results by kind, or all of one ``kind``; without words, what can be looked for."""
    typed = request.GET.get("q", "")
    kept = postcodes.shortened(typed)
    if kept != typed:
        return HttpResponseRedirect(links.search(kept))
    kind = request.GET.get("kind", "")
    kinds = [Kind(kind)] if kind in [*Kind] else [*Kind]
    there = {one.id: one for one in tables.databases(home=asking.home())}
    results = search(home=asking.home(), text=typed, kinds=kinds)
    few = MOST if len(kinds) == 1 else FEW
    shown = {
        "q": results.text,
        "kind": kinds[0].value if len(kinds) == 1 else "",
        "offered": [_offered(one) for one in results.tables] if len(kinds) > 1 else [],
        "groups": [_group(section, results, there, few) for section in results.sections],
        "n": len(results),
        "taken": results.taken,
        "called": [(term.said, term.synonym) for term in results.synonyms],
        "examples": [_(text) for text in EXAMPLES],
        "longest": MOST_LETTERS,
        "said": _said(results),
    }
    is_list = request.GET.get("part") == "list"
    return render(request, "search_list.html" if is_list else "search.html", {**shown, "most": MOST_LISTED})


def _said(results: Results) -> str:
    n = len(results) + len(results.tables)
    if not results.text:
        return ""
    if not n:
        return _("Nothing was found for “{text}”.").format(text=results.text)
    if any(section.is_cut for section in results.sections):
        return _("More than {n} results for “{text}”").format(n=f"{n:,}", text=results.text)
    return several("{n} result for “{text}”", "{n} results for “{text}”", n).format(n=f"{n:,}", text=results.text)


# --- results ----------------------------------------------------------------------------------------------------------


def _group(section: Section, results: Results, there: Mapping[str, Database], few: int) -> Group:
    found = tuple(_found(hit, results.terms, there) for hit in section.hits[:few])
    n = len(section.hits)
    rest = links.search(results.text, section.kind) if n > len(found) else ""
    return Group(section.kind.value, _(HEADINGS[section.kind]), found, n, section.is_cut, rest)


def _found(hit: Hit, terms: tuple[Term, ...], there: Mapping[str, Database]) -> Found:
    document = hit.document
    database = there.get(document.database)
    also = tuple((there[one.database].label, _address(one, there)) for one in hit.also if one.database in there)
    return Found(
        _address(document, there),
        tuple(_marked(document.title, terms)),
        _context(document, database),
        _view(document, database),
        also,
        is_synthetic=document.kind in (Kind.DATABASE, Kind.TABLE) and database is not None and database.synthetic,
    )


def _address(document: Document, there: Mapping[str, Database]) -> str:
    """Where a result leads: to the thing itself, or to a table of it."""
    database = there.get(document.database)
    if database is None:
        return links.area(document.code)
    field, date = escape(document.field), escape(database.date.id)
    match document.kind:
        case Kind.TABLE:
            ready = next(one for one in database.tables if one.id == document.code)
            return links.ready(database, ready)
        case Kind.FIELD:
            return links.table(database.id, [("rows", field), ("columns", date)])
        case Kind.MEASURE:
            first = escape(database.categories[0].id)
            return links.table(database.id, [("rows", first), ("columns", date), ("measure", document.code)])
        case Kind.VALUE:
            rows = ("rows", f"{field}@{escape(document.level)}")
            items = (f"items.{document.field}", escape(document.code))
            return links.table(database.id, [rows, items, ("columns", date), ("periods", "latest(5)")])
        case _:
            return links.database(database.id)


def _context(document: Document, database: Database | None) -> str:
    if database is None:
        return ", ".join(filter(None, (document.level, document.context)))
    if document.kind is Kind.DATABASE:
        return " › ".join(database.folder)
    return document.context


def _view(document: Document, database: Database | None) -> str:
    """What a ready-made table is shown as, in a word."""
    return _(VIEWS.get(document.more, "")) if document.kind is Kind.TABLE and database else ""


def _marked(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[str, bool]]:
    """A text in parts, each with whether it is a word that was sought."""
    place = 0
    for span in spans(text):
        is_sought = any(_is_of(span.word, term) for term in terms)
        yield text[place : span.start], False
        yield text[span.start : span.end], is_sought
        place = span.end
    yield text[place:], False


def _is_of(word: str, term: Term) -> bool:
    words = {one for way in term.ways for one in way}
    return word in words if term.is_phrase else any(word.startswith(one) for one in words)


# --- tables that fit --------------------------------------------------------------------------------------------------


def _offered(one: Suggestion) -> Offered:
    return Offered(
        _title(one),
        links.table(one.database.id, parameters_of(one.query)),
        one.database,
        tuple(_understood(one)),
        ", ".join(one.left),
    )


def _title(one: Suggestion) -> str:
    """What the table is of: its fields, else what is counted; then what it is kept to."""
    what = one.ready.title if one.ready else ", ".join(field.label for field in one.fields)
    kept = [area.title for area in one.areas]
    kept += [one.database.label_of(field.id, node) for field, node in one.categories]
    kept += [_time(one)] if one.time else []
    return ": ".join(filter(None, (what or one.database.records.label, ", ".join(kept))))


def _understood(one: Suggestion) -> Iterator[tuple[str, str]]:
    yield _("Database"), one.database.label
    if one.ready:
        yield _("Ready-made table"), one.ready.title
    for field in one.fields:
        yield _("Field"), field.label
    for field, node in one.categories:
        yield field.label, one.database.label_of(field.id, node)
    for area in one.areas:
        yield _("Area"), f"{area.title} ({area.level})"
    if one.time:
        yield one.database.date.label, _time(one)


def _time(one: Suggestion) -> str:
    assert one.time is not None
    first, last = (one.database.calendar.label_of(period) for period in (one.time.start, one.time.end))
    return first if first == last else _("{first} to {last}").format(first=first, last=last)
