"""Pages that help: how to begin, a tour, what words mean, for whom the site works."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.web.glossary import ENTRIES
from statlas.wording import _


def page(request: HttpRequest) -> HttpResponse:
    """Where to find what: answers to what is often asked, and the other pages of help."""
    return render(request, "help.html", {})


def tour(request: HttpRequest) -> HttpResponse:
    """The site in six steps, on one page, each with a picture made of HTML."""
    return render(request, "tour.html", {})


def glossary(request: HttpRequest) -> HttpResponse:
    """Every word of the pages that is not everybody's, in the order of the language spoken."""
    entries = [(one.id, _(one.word), _(one.meaning)) for one in ENTRIES]
    return render(request, "glossary.html", {"entries": sorted(entries, key=lambda one: one[1].strip("[⟦").casefold())})


def accessibility(request: HttpRequest) -> HttpResponse:
    """For whom the site works, how that was tested, and what is known not to."""
    return render(request, "accessibility.html", {})
