"""A table as a chart: its page, its files, and the page that other sites may show in a frame."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.clickjacking import xframe_options_exempt

from statlas import charts, formats
from statlas.charts import Choice, converting, pictures
from statlas.charts.describing import description
from statlas.charts.fitting import refuse
from statlas.definitions.address import CHART, Parameters, parameters_of, query_of, with_date
from statlas.errors import BackendError, StatlasError
from statlas.model import titles as model_titles
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.web import asking, chart_form, chart_numbers, charting, form, links, titles
from statlas.wording import _

ANYBODY = ["*"]
"""Who may show the page for frames in one."""


@dataclass(frozen=True)
class Asked:
    """A chart that an address asks for.

    canonical: the table's parts of the address; drawn: those of the chart.
    """

    database: Database
    query: Query
    cube: Cube
    parameters: Parameters
    choice: Choice

    @cached_property
    def canonical(self) -> Parameters:
        """The table's parts of the address."""
        return parameters_of(self.query)

    @cached_property
    def drawn(self) -> Parameters:
        """The chart's parts of the address."""
        return charting.written(self.cube, self.choice)

    @cached_property
    def here(self) -> Parameters:
        """The whole address of the chart."""
        return (*self.canonical, *self.drawn)

    @cached_property
    def title(self) -> str:
        """What the publisher calls the table, or what its parts say."""
        return titles.ready_title(self.database, self.query) or model_titles.title(self.cube, self.database)

    @cached_property
    def alternative(self) -> str:
        """The chart in words."""
        return " ".join(str(sentence) for sentence in description(self.cube, self.choice, self.title))

    def specification(self, address: str) -> dict[str, Any]:
        """What is drawn, with the address at its foot."""
        subtitle = model_titles.subtitle(self.cube, self.database)
        made = charting.setting(self.parameters, title=self.title, subtitle=subtitle, address=address)
        return charts.specification(self.cube, self.choice, made)


def _asked(parameters: Parameters, database: Database) -> Asked:
    """The table and what is drawn of it.

    Raises:
        StatlasError: the address cannot be read, or the table not be answered.
    """
    query = with_date(database, query_of(database, parameters))
    cube = asking.table(query)
    return Asked(database, query, cube, parameters, charting.choice(cube, parameters))


def _read(request: HttpRequest, database_id: str) -> Asked:
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    return _asked(form.or_default(database, parameters), database)


# --- the page ---------------------------------------------------------------------------------------------------------


def chart(request: HttpRequest, database_id: str) -> HttpResponse:
    """A chart beside the form that changes it; what cannot be drawn says why, and what can be."""
    converting.warm()
    parameters = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(parameters).get("release", ""))
    at = links.at(dict(parameters).get("release", ""))
    parameters = form.or_default(database, parameters)
    bare = tuple(one for one in parameters if one[0] not in CHART)
    shared: dict[str, Any] = {"database": database, "at": at, "table_url": links.table(database_id, bare)}
    try:
        asked = _asked(parameters, database)
    except BackendError:
        raise
    except StatlasError as error:
        again = links.chart(database_id, bare)
        return render(request, "chart.html", {**shared, "error": error, "again": again}, status=error.http_status)
    return render(request, "chart.html", {**shared, **shown(request, asked)})


def shown(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Everything the template of a chart needs."""
    cube, here = asked.cube, asked.here
    found = charts.misfit(cube, asked.choice.kind, asked.choice)
    pinned = links.changed(here, release=cube.release)
    return {
        "cube": cube,
        "choice": asked.choice,
        "title": asked.title,
        "subtitle": model_titles.subtitle(cube, asked.database),
        "misfit": found,
        "sentences": description(cube, asked.choice, asked.title),
        "alternative": asked.alternative,
        "sources": picture_addresses(cube.database, here),
        "downloads": [(suffix.upper(), links.chart_file(cube.database, pinned, suffix)) for suffix in (*FILES,)],
        "spec_url": links.chart_file(cube.database, pinned, "json"),
        "numbers": None if found else chart_numbers.of(cube, asked.choice),
        "table_url": links.table(cube.database, asked.canonical),
        "form": chart_form.form_of(cube, asked.choice, asked.canonical),
        "embed": embed_code(request, asked, pinned),
        "pinned_url": request.build_absolute_uri(links.chart(cube.database, pinned)),
        "canonical": asked.canonical,
    }


FILES = ("svg", "png", "pdf")
"""Kinds of pictures in the order of the page."""


def picture_addresses(database_id: str, here: Parameters, address: Any = None) -> dict[str, str]:
    """The pictures of a page: for light and dark, wide and narrow; and where its script finds the specification."""
    at = address or links.chart_file
    looks = {
        "wide": {},
        "narrow": {"width": "narrow"},
        "wide_dark": {"theme": "dark"},
        "narrow_dark": {"theme": "dark", "width": "narrow"},
    }
    found = {name: at(database_id, links.changed(here, **look), "svg") for name, look in looks.items()}
    return found | {"spec": at(database_id, links.changed(here, touch="on"), "json")}


def embed_code(request: HttpRequest, asked: Asked, pinned: Parameters) -> dict[str, str]:
    """What other sites put into their pages: a frame that adapts itself, or a picture."""
    database_id = asked.cube.database
    frame = request.build_absolute_uri(links.chart_embed(database_id, pinned))
    picture = request.build_absolute_uri(links.chart_file(database_id, pinned, "svg"))
    page = request.build_absolute_uri(links.chart(database_id, pinned))
    return {
        "frame": str(_FRAME.format(src=_quoted(frame), title=_quoted(asked.title))),
        "picture": str(_PICTURE.format(src=_quoted(picture), alt=_quoted(asked.alternative), href=_quoted(page))),
        "url": links.chart_embed(database_id, pinned),
    }


_FRAME = '<iframe src="{src}" title="{title}" width="100%" height="620" loading="lazy"></iframe>'
_PICTURE = '<a href="{href}"><img src="{src}" alt="{alt}" loading="lazy"></a>'


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


# --- files ------------------------------------------------------------------------------------------------------------


def file(request: HttpRequest, database_id: str, suffix: str) -> HttpResponseBase:
    """The chart as SVG, PNG or PDF, or its specification as JSON.

    Raises:
        Http404: charts are no such files.
    """
    if suffix not in (*FILES, "json"):
        raise Http404(_("There is no picture whose file ends with {suffix!r}.").format(suffix=suffix))
    asked = _read(request, database_id)
    pinned = links.changed(asked.here, release=asked.cube.release)
    specification = asked.specification(request.build_absolute_uri(links.chart(database_id, links.printed(pinned))))
    words = (asked.title, asked.alternative)
    return answer(request, specification, suffix, words, file_name(asked, suffix))


def answer(
    request: HttpRequest, specification: dict[str, Any], suffix: str, words: tuple[str, str], name: str
) -> HttpResponseBase:
    """A picture, or nothing for whoever has it already; asked for anew each time, as a release may be withdrawn."""
    etag = f'"{pictures.digest_of(specification, suffix, words)}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    if suffix == "json":
        body, media_type = json.dumps(specification, ensure_ascii=False).encode(), "application/vnd.vegalite.v6+json"
    else:
        body, media_type = pictures.picture(specification, suffix, words), converting.FORMATS[suffix]
    made = HttpResponse(body, content_type=media_type)
    made["ETag"] = etag
    made["Cache-Control"] = "no-cache"
    made["Content-Disposition"] = f'inline; filename="{name}"'
    return made


def file_name(asked: Asked, suffix: str) -> str:
    """A name like that of the table's files."""
    about = formats.about_of(asked.cube, "", database=asked.database, title=asked.title)
    return formats.file_name(asked.cube, about, formats.FORMATS["csv"]).removesuffix("csv") + suffix


# --- in frames of other sites -----------------------------------------------------------------------------------------


@xframe_options_exempt
@csp_replace({"frame-ancestors": ANYBODY})  # type: ignore[arg-type]  # typed for views without parts of the address
def embed(request: HttpRequest, database_id: str) -> HttpResponse:
    """The chart alone, which any site may show in a frame: there is nothing in it to press but the link to its page."""
    asked = _read(request, database_id)
    refuse(asked.cube, asked.choice)
    told = {
        "title": asked.title,
        "alternative": asked.alternative,
        "sources": picture_addresses(database_id, asked.here),
        "page_url": request.build_absolute_uri(links.chart(database_id, asked.here)),
        "database": asked.database,
    }
    return render(request, "chart_embed.html", told)
