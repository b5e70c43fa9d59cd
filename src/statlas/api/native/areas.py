"""The endpoints of places: find one, and what every database says of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from statlas.api.native import asking, read
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal
from statlas.api.native.shapes.area import AreaPage, AreaShape
from statlas.errors import UnknownNameError
from statlas.model.cells import SYMBOLS, CellStatus
from statlas.service.tables import area_queries, areas, boundaries
from statlas.service.tables.areas import Area, Figure, Figures, Name, Number, Place, Rate

router = Router(tags=["Places"])

PATIENCE_S = 25.0
"""Seconds that figures are waited for: less than proxies wait."""

_LONGEST = 200
_SYMBOLS = {**SYMBOLS, CellStatus.STRUCTURAL_ZERO: "z"}


@router.get("/areas", response=AreaPage, summary="Find places")
def find(
    request: HttpRequest,
    q: str = Query(
        "", max_length=_LONGEST, description="A name, a code, or a postcode, of which the district is read."
    ),
    limit: int = Query(20, ge=1, le=1_000, description="Most places listed."),
) -> HttpResponse:
    """Places by name, code or postcode district, the nearest first; a misspelt name is guessed."""
    asking.refuse_others(request, "q", "limit")
    read.refuse_odd(q)
    links = Links(request)
    found = areas.find(asking.home(), q, limit=limit)
    listed = [
        {
            **_name(one.name),
            "within": [name.label for name in one.within],
            "share": None if one.share is None else round(one.share, 1),
            "address": links.area(one.name.code),
            "page": links.area_page(one.name.code),
        }
        for one in found
    ]
    return asking.as_json({"areas": listed})


@router.get("/areas/{code}", response=AreaShape, summary="What every database says of a place")
def area(
    request: HttpRequest,
    code: str = Path(..., description="Code of the place."),
    as_of: str = Query(
        "", alias="asOf", max_length=_LONGEST, description="A day or a moment: the figures that were public then."
    ),
) -> HttpResponse:
    """The latest figure of each database, with change, ranks, share and rate; all from printed numbers."""
    asking.refuse_others(request, "asOf")
    read.refuse_odd(code, as_of)
    home = asking.home()
    known = areas.index(home, as_of)
    try:
        found = areas.area(home, code, as_of)
    except UnknownNameError as error:
        raise Refusal(error, 404) from None
    figures = areas.figures(home, found, door=asking.DOOR, budget_s=PATIENCE_S)
    names = known.names
    beside = [names[one] for one in boundaries.neighbours(home, code) if one in names]
    return asking.as_json(_content(found, figures, beside, Links(request)))


def _content(found: Area, figures: Figures, beside: list[Name], links: Links) -> dict[str, Any]:
    return {
        **_name(found.name),
        "began": found.name.began,
        "ended": found.name.ended,
        "parents": [_name(one) for one in found.parents],
        "followers": [_name(one) for one in found.followers],
        "neighbours": [_name(one) for one in beside],
        "figures": [_figure(one, links) for one in figures.found],
        "counting": [one.database.id for one in figures.left],
        "refused": [one.database.id for one in figures.refused],
    }


def _name(name: Name) -> dict[str, Any]:
    return {"code": name.code, "label": name.label, "kind": name.kind}


def _figure(one: Figure, links: Links) -> dict[str, Any]:
    change = one.change if one.is_comparable else None
    percent = one.percent if one.is_comparable else None
    return {
        "database": one.database.id,
        "release": one.release,
        "field": one.field.id,
        "level": one.node.valueset,
        "measure": one.measure.id,
        "synthetic": one.database.synthetic,
        "now": _number(one.periods[0], one.now),
        "before": _number(one.periods[1], one.before) if one.before else None,
        "change": _whole(change.value) if change else None,
        "change_percent": percent.value if percent else None,
        "within_noise": one.is_noise if change and change.value is not None else None,
        "series": [_number(period, number) for period, number in one.series],
        "ranks": [_rank(place) for place in one.places],
        "share_percent": None if one.share is None else round(one.share, 1),
        "rate": _rate(one.rate) if one.rate else None,
        "table": links.page(area_queries.table_of(one)),
    }


def _number(period: str, found: Number) -> dict[str, Any]:
    return {"period": period, "value": _whole(found.value), "symbol": _SYMBOLS.get(found.status, "")}


def _whole(value: float | None) -> float | None:
    """A number as tables write it: counts without a point."""
    return int(value) if value is not None and value.is_integer() else value


def _rank(place: Place) -> dict[str, Any]:
    return {"place": place.place, "of": place.of, "within": place.code, "shared": place.shared}


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "value": round(rate.value, 3),
        "of": rate.of,
        "database": rate.source.id,
        "period": rate.period,
        "rank": _rank(rate.place) if rate.place else None,
    }
