"""The files of a table."""

from __future__ import annotations

import json
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from statlas import formats
from statlas.definitions.address import parameters_of, query_of, with_date
from statlas.model import titles as model_titles
from statlas.model.citing import citation_of
from statlas.model.cube import Cube
from statlas.model.query_data import digest_of
from statlas.version import VERSION
from statlas.web import asking, links, titles
from statlas.web.shown import absolute
from statlas.wording import _, language


def file(request: HttpRequest, database_id: str, suffix: str) -> HttpResponseBase:
    """The whole table as a file; 304 where the client has that of this release already.

    Raises:
        Http404: no format's files end so.
    """
    form_of_file = formats.by_suffix.get(suffix)
    if form_of_file is None:
        raise Http404(_("There is no format whose files end with {suffix!r}.").format(suffix=suffix))
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    query = with_date(database, query_of(database, parameters))
    cube = asking.answer(query)
    link = absolute(request, cube.database, links.changed(parameters_of(query), release=cube.release))
    etag = _etag(cube, form_of_file.name, link)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    about = formats.about_of(cube, link, database=database, title=titles.ready_title(database, query))
    answer = StreamingHttpResponse(form_of_file.write(cube, about), content_type=form_of_file.media_type)
    name = formats.file_name(cube, about, form_of_file)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["ETag"] = etag
    return answer


def _etag(cube: Cube, form: str, link: str) -> str:
    """What a file is made of: the question with its release, what is told of that, and our own version."""
    told = json.dumps([VERSION, digest_of(cube.query), form, link, language(), sorted(cube.annotations)])
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'


_CITATIONS = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}


def cite(request: HttpRequest, database_id: str, suffix: str) -> HttpResponse:
    """How the table is cited, for BibTeX or as RIS.

    Raises:
        Http404: it is told in neither.
    """
    if suffix not in _CITATIONS:
        raise Http404(_("There is no citation that ends with {suffix!r}.").format(suffix=suffix))
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    query = with_date(database, query_of(database, parameters))
    cube = asking.table(query)
    link = absolute(request, cube.database, links.changed(parameters_of(query), release=cube.release))
    title = titles.ready_title(database, query) or model_titles.title(cube, database)
    found = citation_of(cube, title, link, asking.options().site_name)
    answer = HttpResponse(found.bibtex if suffix == "bib" else found.ris, f"{_CITATIONS[suffix]}; charset=utf-8")
    about = formats.about_of(cube, link, database=database, title=title)
    name = formats.file_name(cube, about, formats.FORMATS["csv"]).removesuffix("csv") + suffix
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
