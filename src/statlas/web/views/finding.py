"""Pages on which one finds a database: home, catalogue, about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.model.database import Database
from statlas.service import tables
from statlas.store import making
from statlas.web import asking, links

_MOST_FEATURED = 6  # arbitrary: what fits a screen


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
    shown = {"databases": databases, "featured": [*featured(databases)][:_MOST_FEATURED]}
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


def _empty(request: HttpRequest) -> HttpResponse:
    return render(request, "empty.html", {"home_folder": str(asking.options().home)})


def featured(databases: Iterable[Database]) -> Iterable[Featured]:
    """Ready-made tables, the first of each database before any second."""
    ready = [(n, database, table) for database in databases for n, table in enumerate(database.tables)]
    for _, database, table in sorted(ready, key=lambda found: found[0]):
        yield Featured(table.title, links.ready(database, table), database)


def tree(databases: Iterable[Database]) -> Folder:
    """Databases in the folders they name, in order of name."""
    root = Folder("")
    for database in databases:
        folder = root
        for name in database.folder:
            folder = folder.folders.setdefault(name, Folder(name))
        folder.databases.append(database)
    return root
