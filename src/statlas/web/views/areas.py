"""Pages of places: find one, see what every database says of it, compare it with another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from statlas.errors import UnknownNameError
from statlas.geography import postcodes
from statlas.geography.kinds import entity
from statlas.model.database import Database
from statlas.service.tables import areas as service
from statlas.service.tables import boundaries
from statlas.service.tables.area_index import AreaIndex
from statlas.service.tables.areas import Area, Figures, Name
from statlas.service.tables.times import instant
from statlas.web import area_file, area_words, asking, links
from statlas.web.area_words import Told
from statlas.web.forgery import public_form
from statlas.web.words import lower_first
from statlas.wording import _

BUDGET_S = 0.7
"""Seconds after which a page waits no more for figures; the rest comes after it. Arbitrary: in all less than one."""

LEAST_S = 0.1
"""Seconds that it waits even where finding the place took long, as in a process that has just started."""

PATIENCE_S = 25.0
"""Seconds that a reader waits who asked for the rest: less than proxies do."""

MOST_FOUND = 40
MOST_BESIDE = 60
"""Places listed beside or inside a place before the rest is folded away; arbitrary."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def areas(request: HttpRequest) -> HttpResponse:
    """Find a place, or look through them; a form sent by another site is refused by ``public_form``."""
    if request.method == "POST":
        taken = _look_for(request)
        assert isinstance(taken, HttpResponse)
        return taken
    text, kind = request.GET.get("find", ""), request.GET.get("kind", "")
    kept = postcodes.without_postcode(text)
    if kept != text:
        return HttpResponseRedirect(links.areas(find=kept))
    if text.strip():
        return _results(request, text.strip())
    return _kind(request, kind) if kind else _all(request)


@public_form
def _look_for(request: HttpRequest) -> HttpResponse:
    """What the form sends: of a postcode the address that follows holds the district alone."""
    text = postcodes.without_postcode(request.POST.get("find", ""))[: service.LONGEST].strip()
    return HttpResponseRedirect(links.areas(find=postcodes.district_of(text) or text), status=303)


def _results(request: HttpRequest, text: str) -> HttpResponse:
    found = service.find(asking.home(), text, limit=MOST_FOUND)
    district = postcodes.district_of(text)
    in_district = bool(found) and found[0].share is not None
    if len(found) == 1 and (in_district or found[0].name.code == text.upper()):
        return HttpResponseRedirect(links.area(found[0].name.code, district=district if in_district else ""))
    shown = {
        "links": links,
        "text": text,
        "found": found,
        "district": district if in_district else "",
        "is_northern_irish": district.startswith("BT"),
        "source": postcodes.SOURCE,
        "is_all": len(found) < MOST_FOUND,
    }
    return render(request, "areas_found.html", shown)


def _all(request: HttpRequest) -> HttpResponse:
    known = service.index(asking.home())
    tops = [(top, _inside(known, top)) for top in known.largest[:MOST_FOUND]]
    return render(request, "areas.html", {"links": links, "tops": tops, "kinds": known.all_kinds})


def _inside(known: AreaIndex, top: Name) -> tuple[Name, ...]:
    """The first kind of places in a place, if they are few."""
    first = next(iter(known.children(top.code).values()), ())
    there = tuple(name for name in first if not name.ended)
    return there if len(there) <= MOST_BESIDE else ()


def _kind(request: HttpRequest, kind: str) -> HttpResponse:
    known = service.index(asking.home())
    names = [name for name in known.of_kind(kind) if not name.ended]
    if not names:
        raise Http404(_("There are no places of that kind."))
    groups: dict[str, list[Name]] = {}
    for name in names:
        above = known.parents(known.occurrences(name.code)[0])
        groups.setdefault(above[-1].label if above else "", []).append(name)
    return render(request, "areas_kind.html", {"kind": kind, "n": len(names), "groups": groups, "links": links})


# --- one place --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Figures of the databases of a folder."""

    label: str
    figures: tuple[Told, ...]


def area(request: HttpRequest, code: str) -> HttpResponse:
    """What every database says of a place; with ``with`` beside another."""
    began, moment = time.monotonic(), request.GET.get(asking.AS_OF, "")
    known = service.index(asking.home(), moment)
    if code != code.upper() and code.upper() in known.names and code not in known.names:
        return HttpResponseRedirect(links.area(code.upper(), asof=moment))
    found = _area(code, moment)
    if other := request.GET.get("with", ""):
        return _compared(request, found, _area(other, moment))
    waits = request.GET.get("wait") == "yes"
    left = max(LEAST_S, BUDGET_S - (time.monotonic() - began))
    figures = service.figures(asking.home(), found, door="web", budget_s=PATIENCE_S if waits else left)
    told = [area_words.told(one, found, is_drawn=_is_drawn(code)) for one in figures.found]
    beside, are_neighbours = _beside(found)
    district = postcodes.district_of(request.GET.get("district", ""))
    shown = {
        "area": found,
        "entity": lower_first(_(entity(found.name.code))),
        "district": district if any(s.authority == code for s in postcodes.authorities_of(district)) else "",
        "source": postcodes.SOURCE,
        "heads": [one for one in told if one.figure.is_headcount],
        "groups": [*_groups(told)],
        "figures": figures,
        "waits": waits,
        "is_synthetic": any(one.figure.database.synthetic and not one.figure.is_headcount for one in told),
        "all_synthetic": all(one.figure.database.synthetic or one.figure.is_headcount for one in told),
        "has_noise": any(one.figure.threshold for one in told),
        "beside": beside,
        "are_neighbours": are_neighbours,
        "others": [one for one in found.beside if one not in beside],
        "children": {kind: _there(found, names) for kind, names in found.children.items()},
        "most": MOST_BESIDE,
        "level_urls": [area_words.level_url(one, known if moment else None) for one in found.occurrences],
        "to_area": partial(links.area, asof=moment),
        "links": links,
        "as_of": instant(moment).isoformat() if moment else "",
        "ended": _period(found, found.name.ended),
        "began": _period(found, found.name.began),
    }
    return render(request, "area.html", shown)


def file(request: HttpRequest, code: str) -> HttpResponse:
    """Every headline figure of a place as CSV."""
    found = _area(code, request.GET.get(asking.AS_OF, ""))
    figures = service.figures(asking.home(), found, door="web", budget_s=PATIENCE_S)
    body = area_file.csv_of(found, figures, request.build_absolute_uri)
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{area_file.name_of(found)}"'
    return answer


def _area(code: str, moment: str) -> Area:
    service.index(asking.home(), moment)  # of a day without an answer it is told what is wrong with the day
    try:
        return service.area(asking.home(), code, moment)
    except UnknownNameError:
        raise Http404(_("No database has a place with this code.")) from None


def _groups(told: list[Told]) -> Iterator[Group]:
    """Figures by the outermost folder of their database, in the order of the catalogue."""
    by_folder: dict[str, list[Told]] = {}
    for one in told:
        if not one.figure.is_headcount:
            folder = one.figure.database.folder
            by_folder.setdefault(folder[0] if folder else "", []).append(one)
    return (Group(label, tuple(figures)) for label, figures in by_folder.items())


def _beside(found: Area) -> tuple[tuple[Name, ...], bool]:
    """Places that share a border, or others in the same place where borders are not known; and which of the two."""
    codes = boundaries.neighbours(asking.home(), found.name.code)
    names = service.index(asking.home(), found.moment).names
    real = tuple(names[code] for code in codes if code in names)
    return (real, True) if real else (found.beside, False)


def _is_drawn(code: str) -> bool:
    """Whether some boundaries of the home have the place."""
    home = asking.home()
    return any(code in boundaries.drawn(home, one) for one in boundaries.listed(home))


def _there(found: Area, names: tuple[Name, ...]) -> tuple[Name, ...]:
    """Places that are there now; of a place that ended those that it had."""
    return tuple(name for name in names if found.name.ended or not name.ended)


def _period(found: Area, period: str | None) -> str:
    """A period as the database writes it from whose list it is."""
    if not period:
        return ""
    having = (one.database for one in found.occurrences if period in (one.code.valid_from, one.code.valid_to))
    database: Database | None = next(having, None)
    return database.calendar.label_of(period) if database else period


# --- two places -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """What one database says of two places."""

    one: Told | None
    other: Told | None

    @property
    def either(self) -> Told:
        """The figure that is there."""
        found = self.one or self.other
        assert found is not None
        return found


def _compared(request: HttpRequest, one: Area, other: Area) -> HttpResponse:
    figures = [service.figures(asking.home(), area, door="web", budget_s=PATIENCE_S) for area in (one, other)]
    told = [_by_database(area, found) for area, found in zip((one, other), figures, strict=True)]
    known = service.index(asking.home(), one.moment).databases
    databases = [d.id for d in known if d.id in told[0] or d.id in told[1]]
    pairs = [Pair(told[0].get(name), told[1].get(name)) for name in databases]
    shown = {
        "one": one,
        "other": other,
        "pairs": pairs,
        "is_synthetic": any(pair.either.figure.database.synthetic for pair in pairs),
        "to_area": partial(links.area, asof=one.moment),
        "as_of": instant(one.moment).isoformat() if one.moment else "",
        "links": links,
    }
    return render(request, "area_compared.html", shown)


def _by_database(area: Area, found: Figures) -> dict[str, Told]:
    return {one.database.id: area_words.told(one, area) for one in found.found}
