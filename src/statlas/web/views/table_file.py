"""The files of a table."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from statlas import formats
from statlas.definitions.address import parameters_of, query_of, with_date
from statlas.model import titles as model_titles
from statlas.model.citing import citation_of
from statlas.web import asking, links, titles
from statlas.web.shown import absolute
from statlas.wording import _


def file(request: HttpRequest, database_id: str, suffix: str) -> StreamingHttpResponse:
    """The whole table as a file.

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
    about = formats.about_of(cube, link, database=database, title=titles.ready_title(database, query))
    answer = StreamingHttpResponse(form_of_file.write(cube, about), content_type=form_of_file.media_type)
    name = formats.file_name(cube, about, form_of_file)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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
