"""A table as a map: its page, its files, and the page that other sites may show in a frame."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from statlas import formats
from statlas.charts import maps_picture
from statlas.definitions.address import MAP, Parameters, single
from statlas.errors import BackendError, QueryError, StatlasError
from statlas.model import titles as model_titles
from statlas.web import asking, links, map_beside, map_form
from statlas.web.map_figure import figure
from statlas.web.map_files import FILES, MEDIA, body_of
from statlas.web.map_player import player
from statlas.web.mapped import Mapped, mapped_of, read
from statlas.wording import _


def _parameters(request: HttpRequest, database_id: str) -> Parameters:
    return map_beside.settled(asking.parameters(request), database_id, request.GET.get(asking.AS_OF, ""))


# --- the page ---------------------------------------------------------------------------------------------------------


def page(request: HttpRequest, database_id: str) -> HttpResponse:
    """A map beside its table and the form that changes it; what cannot be drawn says why, and what can be."""
    parameters = _parameters(request, database_id)
    release = single(parameters, asking.RELEASE)
    database = asking.database_or_current(database_id, release)
    bare = tuple(one for one in parameters if one[0] not in MAP and one[0] != "step")
    shared: dict[str, Any] = {
        "database": database,
        "at": links.at(release),
        "table_url": links.table(database_id, bare),
    }
    try:
        told = shown(request, mapped_of(*read(parameters, database_id)))
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
    other, trouble = map_beside.second(mapped)
    pinned = map_beside.pinned(links.changed(mapped.here, release=cube.release), other)
    find = single(mapped.parameters, "find")
    return {
        "cube": cube,
        "title": mapped.title,
        "subtitle": model_titles.subtitle(cube, database),
        "maps": [figure(one, n) for n, one in enumerate([mapped, *([other] if other else [])])],
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
        "player": player(mapped) if other is None else None,
    }


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


def file(request: HttpRequest, database_id: str, suffix: str) -> HttpResponseBase:
    """The map as SVG, PNG or PDF, its areas with their numbers as GeoJSON, or its Vega-Lite specification.

    Raises:
        Http404: maps are no such files, or the areas have no shapes.
    """
    if suffix not in FILES:
        raise Http404(_("There is no map whose file ends with {suffix!r}.").format(suffix=suffix))
    asked = read(_parameters(request, database_id), database_id)
    try:
        mapped = mapped_of(*asked)
    except ValueError:
        raise QueryError(_("The address asks for a map of an unknown kind.")) from None
    pinned = links.changed(mapped.here, release=mapped.cube.release)
    address = request.build_absolute_uri(links.map_(database_id, links.printed(pinned)))
    sheet = replace(mapped.sheet, setting=replace(mapped.sheet.setting, address=address))
    made = HttpResponse(body_of(mapped, sheet, suffix), content_type=MEDIA[suffix])
    about = formats.about_of(mapped.cube, "", database=mapped.database, title=mapped.title)
    name = formats.file_name(mapped.cube, about, formats.FORMATS["csv"]).removesuffix("csv") + suffix
    made["Content-Disposition"] = f'inline; filename="{name}"'
    made["Cache-Control"] = "no-cache"
    return made


# --- in frames of other sites -----------------------------------------------------------------------------------------


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # typed for views without parts of the address
def embed(request: HttpRequest, database_id: str) -> HttpResponse:
    """The map alone, which any site may show in a frame."""
    mapped = mapped_of(*read(_parameters(request, database_id), database_id))
    told = {
        "title": mapped.title,
        "figure": figure(mapped, 0),
        "page_url": request.build_absolute_uri(links.map_(database_id, mapped.here)),
        "database": mapped.database,
        "cube": mapped.cube,
    }
    return render(request, "map_embed.html", told)
