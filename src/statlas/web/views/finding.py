"""Pages on which one finds a database: home, catalogue, about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.catalogue import fold
from statlas.catalogue.understanding import MOST_LETTERS
from statlas.model.database import Database
from statlas.service import tables
from statlas.service.tables.versions import public_from
from statlas.store import making
from statlas.web import asking, links
from statlas.wording import _, later

_MOST_FEATURED = 6  # arbitrary: what fits a screen
_FEW_DATABASES = 6  # arbitrary: more are told by their names alone, or a phone's page would be eleven screens long
_MOST_NEW = 5  # arbitrary: what came out lately, not everything that ever did

VIEWS = {"table": later("Table"), "chart": later("Chart"), "map": later("Map"), "motion": later("Motion")}
"""What a ready-made table is shown as."""


@dataclass(frozen=True)
class Featured:
    """A ready-made table as a link, and what it is shown as."""

    title: str
    url: str
    database: Database
    view: str = ""


@dataclass(frozen=True)
class Listed:
    """A database as the catalogue lists it: with the number and date of its release."""

    database: Database
    release: str
    created: str


@dataclass
class Folder:
    """A folder of the catalogue with the databases in it and the folders below."""

    name: str
    databases: list[Database] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)

    @property
    def n_databases(self) -> int:
        """How many databases are in it and below."""
        return len(self.databases) + sum(folder.n_databases for folder in self.folders.values())


def home(request: HttpRequest) -> HttpResponse:
    """What there is: search, ready-made tables, databases and what is new; in an empty home, how to publish."""
    databases = tables.databases(home=asking.home())
    if not databases:
        return _empty(request)
    shelves = {} if len(databases) <= _FEW_DATABASES else by_folder(databases)
    newest = sorted(_listed(databases), key=lambda one: one.created, reverse=True)[:_MOST_NEW]
    shown = {"databases": databases, "shelves": shelves, "featured": [*featured(databases)][:_MOST_FEATURED]}
    return render(request, "home.html", {**shown, "newest": newest, "making": making(asking.home().path)})


def catalogue(request: HttpRequest) -> HttpResponse:
    """Every database in its folder, or those in which all words of ``find`` stand."""
    databases = tables.databases(home=asking.home())
    if not databases:
        return _empty(request)
    sought = request.GET.get("find", "").strip()[:MOST_LETTERS]
    found = tuple(one for one in databases if _has(one, sought))
    shown = {
        "folder": tree(found),
        "n_databases": len(databases),
        "n_found": len(found),
        "sought": sought,
        "is_open": bool(sought) or request.GET.get("open") == "all" or len(databases) <= _FEW_DATABASES,
        "listed": {one.database.id: one for one in _listed(found)},
    }
    return render(request, "catalogue.html", shown)


def _has(database: Database, sought: str) -> bool:
    """Whether the words, or words that they begin, stand in what the catalogue says of a database."""
    said = fold(" ".join((*database.folder, database.label, database.description, database.records.label, database.id)))
    return all(any(word.startswith(one) for word in said) for one in fold(sought))


def _listed(databases: Iterable[Database]) -> Iterator[Listed]:
    for database in databases:
        manifest = tables.manifest(home=asking.home(), database_id=database.id)
        since = public_from(home=asking.home(), database_id=database.id, release=manifest.release)
        yield Listed(database, manifest.release, since)


def about(request: HttpRequest) -> HttpResponse:
    """What the site is, how its numbers are protected, and for whom it works."""
    return render(request, "about.html", {})


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about visitors and about those who have an account."""
    return render(request, "privacy.html", {"keeps_log": bool(asking.options().access_log)})


def _empty(request: HttpRequest) -> HttpResponse:
    return render(request, "empty.html", {"home_folder": str(asking.options().home)})


def featured(databases: Iterable[Database]) -> Iterable[Featured]:
    """Ready-made tables: those that publishers feature, then the first of each database before any second."""
    ready = [
        (not table.featured, n, database, table) for database in databases for n, table in enumerate(database.tables)
    ]
    for found in sorted(ready, key=lambda found: found[:2]):
        database, table = found[2:]
        yield Featured(table.title, links.ready(database, table), database, _(VIEWS.get(table.view, "")))


def by_folder(databases: Iterable[Database]) -> Mapping[str, list[Database]]:
    """Databases by the outermost folder they are in, the order kept; without a folder they come last."""
    found: dict[str, list[Database]] = {}
    for database in sorted(databases, key=lambda one: not one.folder):
        found.setdefault(database.folder[0] if database.folder else _("Others"), []).append(database)
    return found


def tree(databases: Iterable[Database]) -> Folder:
    """Databases in the folders they name, in order of name."""
    root = Folder("")
    for database in databases:
        folder = root
        for name in database.folder:
            folder = folder.folders.setdefault(name, Folder(name))
        folder.databases.append(database)
    return root
