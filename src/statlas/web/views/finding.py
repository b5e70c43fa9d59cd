"""Pages on which one finds a database: home, catalogue, about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.model.database import Database
from statlas.service import tables
from statlas.store import making
from statlas.web import asking, links
from statlas.wording import _

_MOST_FEATURED = 6  # arbitrary: what fits a screen
_FEW_DATABASES = 6  # arbitrary: more are told by their names alone, or a phone's page would be eleven screens long


@dataclass(frozen=True)
class Featured:
    """A ready-made table as a link."""

    title: str
    url: str
    database: Database


@dataclass
class Folder:
    """A folder of the catalogue with the databases in it and the folders below."""

    name: str
    databases: list[Database] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)


def home(request: HttpRequest) -> HttpResponse:
    """What there is: ready-made tables and databases; in an empty home, how to publish the first."""
    databases = tables.databases(home=asking.home())
    if not databases:
        return _empty(request)
    shelves = {} if len(databases) <= _FEW_DATABASES else by_folder(databases)
    shown = {"databases": databases, "shelves": shelves, "featured": [*featured(databases)][:_MOST_FEATURED]}
    return render(request, "home.html", {**shown, "making": making(asking.home().path)})


def catalogue(request: HttpRequest) -> HttpResponse:
    """Every database in its folder."""
    databases = tables.databases(home=asking.home())
    if not databases:
        return _empty(request)
    return render(request, "catalogue.html", {"folder": tree(databases), "n_databases": len(databases)})


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
    for *_, database, table in sorted(ready, key=lambda found: found[:2]):
        yield Featured(table.title, links.ready(database, table), database)


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
