"""A table as a map: its page, its files, and the page that other sites may show in a frame."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from markupsafe import Markup

from statlas import formats
from statlas.charts import Setting, maps_describing, maps_picture, maps_spec, pictures
from statlas.charts.cells import parts
from statlas.charts.maps import MapChoice, areas_of, place_of
from statlas.charts.maps_sheet import MapSheet, n_areas
from statlas.charts.setting import Theme, Width
from statlas.definitions.address import MAP, Parameters, parameters_of, query_of, single, with_date
from statlas.errors import BackendError, QueryError, StatlasError
from statlas.model import titles as model_titles
from statlas.model.boundary import Boundaries
from statlas.model.cube import Cube
from statlas.model.database import Database, FieldKind
from statlas.model.query import Query
from statlas.service.tables import boundaries
from statlas.web import asking, form, links, map_form, mapping, titles
from statlas.wording import _

ROWS = 400
"""Areas of the table beside a map; more are on further pages of it (arbitrary: what is still read by scrolling)."""

SPEEDS = ((1, "0.5"), (2, "1"), (4, "2"))
FILES = ("svg", "png", "pdf", "geojson", "json")


@dataclass(frozen=True, eq=False)
class Mapped:
    """A map that an address asks for: the table, what is drawn of it, and with whose shapes."""

    database: Database
    query: Query
    cube: Cube
    parameters: Parameters
    choice: MapChoice
    sheet: MapSheet
    shapes: Boundaries | None

    @cached_property
    def canonical(self) -> Parameters:
        """The table's parts of the address."""
        return parameters_of(self.query)

    @cached_property
    def drawn(self) -> Parameters:
        """The map's parts of the address, as they were given."""
        return tuple(one for one in self.parameters if (one[0] in MAP or one[0] == "step") and one[1])

    @cached_property
    def here(self) -> Parameters:
        """The whole address of the map."""
        return (*self.canonical, *self.drawn)

    @cached_property
    def title(self) -> str:
        """What the publisher calls the table, or what its parts say."""
        return titles.ready_title(self.database, self.query) or model_titles.title(self.cube, self.database)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The map in words."""
        return maps_describing.description(self.sheet)

    @property
    def alternative(self) -> str:
        """The same in one."""
        return " ".join(self.sentences)


def _mapped(database: Database, query: Query, parameters: Parameters, address: str = "") -> Mapped:
    """The map of a query.

    Raises:
        StatlasError: the address cannot be read, the table not answered, or it has no areas.
    """
    query = mapping.including(database, query, single(parameters, "against"))
    if not any(database.field(d.field).kind is FieldKind.GEOGRAPHY for d in query.dimensions):
        raise QueryError(_("The table has no areas to draw."), mend=_("Choose a geography to draw it by."))
    cube = asking.table(query)
    chosen = _at_step(cube, mapping.choice(cube, parameters), parameters)
    title = titles.ready_title(database, query) or model_titles.title(cube, database)
    setting = Setting(
        title,
        model_titles.subtitle(cube, database),
        address,
        Theme(single(parameters, "theme") or "light"),
        Width(single(parameters, "width") or "wide"),
    )
    sheet, shapes = mapping.sheet_of(database, cube, chosen, setting, find=single(parameters, "find"))
    return Mapped(database, query, cube, parameters, chosen, sheet, shapes)


def _at_step(cube: Cube, chosen: MapChoice, parameters: Parameters) -> MapChoice:
    """The choice at the date that ``step`` names, from 1."""
    text, dates = single(parameters, "step"), _dates(cube)
    if not text or not dates:
        return chosen
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= len(dates)):
        raise QueryError(_("There is no such step."), mend=_("The table has {n} dates.").format(n=len(dates)))
    field = next(d.field for d in cube.dimensions if d.is_date)
    others = tuple(one for one in chosen.at if one[0] != field)
    return replace(chosen, at=(*others, (field, dates[int(text) - 1])))


def _dates(cube: Cube) -> tuple[int, ...]:
    """Positions of the dates of a table; empty if there is one alone."""
    found = next((parts(d) for d in cube.dimensions if d.is_date), ())
    return found if len(found) > 1 else ()


def _read(request: HttpRequest, database_id: str) -> tuple[Database, Query, Parameters]:
    parameters = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(parameters).get("release", ""))
    parameters = parameters or form.default_parameters(database)
    return database, with_date(database, query_of(database, parameters)), parameters


# --- the page ---------------------------------------------------------------------------------------------------------


def page(request: HttpRequest, database_id: str) -> HttpResponse:
    """A map beside its table and the form that changes it; what cannot be drawn says why, and what can be."""
    parameters = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(parameters).get("release", ""))
    bare = tuple(one for one in parameters if one[0] not in MAP and one[0] != "step")
    shared: dict[str, Any] = {"database": database, "table_url": links.table(database_id, bare)}
    try:
        found_database, query, parameters = _read(request, database_id)
        mapped = _mapped(found_database, query, parameters)
        told = shown(request, mapped)
    except BackendError:
        raise
    except ValueError:
        error: StatlasError = QueryError(_("The address asks for a map of an unknown kind."))
    except StatlasError as found:
        error = found
    else:
        return render(request, "map.html", {**shared, **told})
    again = links.map_(database_id, bare)
    choices = [*map_form.by_geography(database, bare)]
    return render(
        request, "map.html", {**shared, "error": error, "again": again, "places": choices}, status=error.http_status
    )


def shown(request: HttpRequest, mapped: Mapped) -> dict[str, Any]:
    """Everything the template of a map needs."""
    cube, database = mapped.cube, mapped.database
    other, trouble = _beside(mapped)
    if other is not None:
        mapped = _like(mapped, other)
    pinned = links.changed(mapped.here, release=cube.release)
    find = single(mapped.parameters, "find")
    return {
        "cube": cube,
        "title": mapped.title,
        "subtitle": model_titles.subtitle(cube, database),
        "maps": [_figure(one, n) for n, one in enumerate([mapped, *([other] if other else [])])],
        "trouble": trouble,
        "find": find,
        "is_lost": bool(find) and not mapped.sheet.found,
        "found": maps_picture.told(mapped.sheet, mapped.sheet.found) if mapped.sheet.found else "",
        "form": map_form.form_of(database, cube, mapped.query, mapped.choice, mapped.parameters),
        "names": sorted(area.label for area in mapped.sheet.areas)[:1_000],
        "downloads": [(suffix.upper(), links.map_file(cube.database, pinned, suffix)) for suffix in FILES[:4]],
        "spec_url": links.map_file(cube.database, pinned, "json"),
        "table_url": links.table(cube.database, mapped.canonical),
        "pinned_url": request.build_absolute_uri(links.map_(cube.database, pinned)),
        "embed": _embed_code(request, mapped, pinned),
        "canonical": mapped.canonical,
        "here": links.shortened(mapped.here),
        "player": _player(mapped) if other is None else None,
    }


def _figure(mapped: Mapped, n: int) -> dict[str, Any]:
    """One map with its legend and its table."""
    name = f"map-{n + 1}"
    first = _row(single(mapped.parameters, "row"))
    areas = _sorted(mapped.sheet)
    rest = areas[first - 1 + ROWS :]
    here = links.changed(mapped.here, row=str(first + ROWS))
    return {
        "name": name,
        "sheet": mapped.sheet,
        "what": mapped.sheet.what,
        "date": _date(mapped),
        "beside": mapped.sheet.beside,
        "svg": Markup(maps_picture.inline(mapped.sheet, name, mapped.alternative)),  # noqa: S704 - escaped as it is made
        "legend": [
            (entry, maps_picture.css_of(entry.key), n_areas(entry.n_areas) if entry.n_areas else "")
            for entry in mapped.sheet.legend
        ],
        "sentences": mapped.sentences,
        "credits": mapped.sheet.credits,
        "rows": areas[first - 1 : first - 1 + ROWS],
        "n_areas": len(areas),
        "first": first,
        "more_url": f"{links.map_(mapped.cube.database, here)}#{name}-numbers" if rest else "",
        "texts": _texts(mapped.sheet),
        "is_tiles": mapped.sheet.drawing.is_tiles,
        "table_url": links.table(mapped.cube.database, mapped.canonical),
    }


def _date(mapped: Mapped) -> str:
    """The date that is shown."""
    dimension = next((d for d in mapped.cube.dimensions if d.is_date), None)
    return "" if dimension is None else dimension.items[place_of(mapped.cube, mapped.choice)[dimension.field]].label


def _texts(sheet: MapSheet) -> list[tuple[str, str]]:
    """What is read out of each area, where there are too many to say it inside the drawing."""
    codes = sheet.drawing.paths
    many = len(codes) > maps_picture.MOST_TITLES
    return [(code, maps_picture.told(sheet, code)) for code in codes] if many else []


def _row(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1  # noqa: PLR2004


def _sorted(sheet: MapSheet) -> list[Any]:
    """Areas from the highest number to the lowest, then those without one; those not there at the date left out."""
    there = [area for area in sheet.areas if area.sign != "z"]
    return sorted(there, key=lambda area: (area.value is None, -(area.value or 0.0)))


def _beside(mapped: Mapped) -> tuple[Mapped | None, str]:
    """The second map, or why it cannot be drawn."""
    text = single(mapped.parameters, "with")
    if not text:
        return None, ""
    try:
        database, query, given = mapping.beside(mapped.database, mapped.query, text)
        own = tuple(one for one in given if one[0] in MAP) or tuple(
            one for one in mapped.drawn if one[0] not in ("with", "against", "at", "step")
        )
        return _mapped(database, query, own), ""
    except (StatlasError, ValueError, Http404) as error:
        return None, str(error)


def _like(mapped: Mapped, other: Mapped) -> Mapped:
    """The first map; where both show the same kind of number the second takes its classes, to be compared."""
    one, two = mapped.sheet, other.sheet
    if one.what == two.what and one.scale.is_diverging == two.scale.is_diverging:
        object.__setattr__(other, "sheet", replace(other.sheet, scale=mapped.sheet.scale))
    return mapped


def _player(mapped: Mapped) -> dict[str, Any] | None:
    """What plays a table of several dates: the classes and numbers of each, and the links of its steps."""
    cube, dates = mapped.cube, _dates(mapped.cube)
    if not dates or mapped.choice.against is not None:
        return None
    dimension = next(d for d in cube.dimensions if d.is_date)
    labels = [dimension.items[n].label for n in dates]
    now = dict(mapped.choice.at).get(dimension.field, dates[-1])
    step = dates.index(now) if now in dates else len(dates) - 1

    def link(n: int) -> str:
        return links.map_(cube.database, links.changed(mapped.here, step=str(n + 1))) + "#map"

    around = (("first", 0), ("before", step - 1), ("after", step + 1), ("last", len(dates) - 1))
    hidden = tuple(one for one in links.shortened(mapped.here) if one[0] != "step")
    return {
        "labels": labels,
        "step": step,
        "steps": {name: link(n) for name, n in around if 0 <= n < len(dates) and n != step},
        "hidden": hidden,
        "speeds": SPEEDS,
        "frames": _frames(mapped, dates) if len(dates) * len(mapped.sheet.areas) <= MOST_FRAMES else None,
    }


MOST_FRAMES = 40_000
"""Numbers that are sent for playing (arbitrary: a megabyte unpacked); of more, dates are gone through by links."""


def _frames(mapped: Mapped, dates: tuple[int, ...]) -> dict[str, Any]:
    """The key and the text of every place at every date."""
    sheet = mapped.sheet
    field = next(d.field for d in mapped.cube.dimensions if d.is_date)
    codes = [*sheet.drawing.paths]
    frames = []
    for n in dates:
        at = (*(one for one in mapped.choice.at if one[0] != field), (field, n))
        chosen = replace(mapped.choice, at=at)
        areas = areas_of(mapped.cube, chosen, mapping.denominator_of(mapped.database, mapped.cube, chosen))
        then = replace(sheet, choice=chosen, areas=areas)
        frames.append([[maps_picture.css_of(then.key_of(code)), maps_picture.told(then, code)] for code in codes])
    return {"codes": codes, "frames": frames}


def _embed_code(request: HttpRequest, mapped: Mapped, pinned: Parameters) -> dict[str, str]:
    frame = request.build_absolute_uri(links.map_embed(mapped.cube.database, pinned))
    picture = request.build_absolute_uri(links.map_file(mapped.cube.database, pinned, "svg"))
    url = request.build_absolute_uri(links.map_(mapped.cube.database, pinned))
    title, said = escape(mapped.title), escape(mapped.alternative)
    shared = 'width="100%" height="720" loading="lazy"'
    return {
        "frame": f'<iframe src="{escape(frame)}" title="{title}" {shared}></iframe>',
        "picture": f'<a href="{escape(url)}"><img src="{escape(picture)}" alt="{said}" loading="lazy"></a>',
    }


# --- files ------------------------------------------------------------------------------------------------------------

MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "geojson": "application/geo+json",
    "json": "application/vnd.vegalite.v6+json",
}


def file(request: HttpRequest, database_id: str, suffix: str) -> HttpResponseBase:
    """The map as SVG, PNG or PDF, its areas with their numbers as GeoJSON, or its Vega-Lite specification.

    Raises:
        Http404: maps are no such files, or the areas have no shapes.
    """
    if suffix not in FILES:
        raise Http404(_("There is no map whose file ends with {suffix!r}.").format(suffix=suffix))
    database, query, parameters = _read(request, database_id)
    try:
        mapped = _mapped(database, query, parameters)
    except ValueError:
        raise QueryError(_("The address asks for a map of an unknown kind.")) from None
    pinned = links.changed(mapped.here, release=mapped.cube.release)
    address = request.build_absolute_uri(links.map_(database_id, links.printed(pinned)))
    sheet = replace(mapped.sheet, setting=replace(mapped.sheet.setting, address=address))
    body = _body(mapped, sheet, suffix)
    made = HttpResponse(body, content_type=MEDIA[suffix])
    about = formats.about_of(mapped.cube, "", database=mapped.database, title=mapped.title)
    name = formats.file_name(mapped.cube, about, formats.FORMATS["csv"]).removesuffix("csv") + suffix
    made["Content-Disposition"] = f'inline; filename="{name}"'
    made["Cache-Control"] = "no-cache"
    return made


def _body(mapped: Mapped, sheet: MapSheet, suffix: str) -> bytes:
    if suffix == "geojson":
        return _geojson(mapped)
    if suffix == "json":
        topology = boundaries.topology(asking.home(), mapped.shapes) if mapped.shapes else None
        return json.dumps(maps_spec.specification(sheet, topology), ensure_ascii=False).encode()
    svg = maps_picture.picture(sheet, mapped.alternative)
    return svg.encode() if suffix == "svg" else pictures.picture({"svg": svg}, suffix)


def _geojson(mapped: Mapped) -> bytes:
    from statlas.geography.boundary_arcs import part_of  # noqa: PLC0415 - beside the next
    from statlas.geography.boundary_topology import geojson_of  # noqa: PLC0415 - shapely is slow to load, for this alone

    if mapped.shapes is None:
        raise Http404(_("These areas are drawn as tiles, as nobody knows their shapes."))
    sheet = mapped.sheet
    numbers = {
        code: {"name": area.label, "value": area.value, "text": area.text, "sign": area.sign}
        for code, area in sheet.by_code.items()
    }
    topology = boundaries.topology(asking.home(), mapped.shapes)
    found = geojson_of(part_of(topology, frozenset(numbers)), numbers)
    said = {
        "title": mapped.title,
        "measure": sheet.what,
        "shown": sheet.shown,
        "credits": [*sheet.credits],
        "synthetic": mapped.cube.synthetic,
        "release": mapped.cube.release,
    }
    return json.dumps({**found, "statlas": said}, ensure_ascii=False).encode()


# --- in frames of other sites -----------------------------------------------------------------------------------------


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # typed for views without parts of the address
def embed(request: HttpRequest, database_id: str) -> HttpResponse:
    """The map alone, which any site may show in a frame."""
    database, query, parameters = _read(request, database_id)
    mapped = _mapped(database, query, parameters)
    told = {
        "title": mapped.title,
        "figure": _figure(mapped, 0),
        "page_url": request.build_absolute_uri(links.map_(database_id, mapped.here)),
        "database": mapped.database,
        "cube": mapped.cube,
    }
    return render(request, "map_embed.html", told)
