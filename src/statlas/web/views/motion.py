"""A table in motion through its dates: the page, one date as a picture, the specification of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from statlas import charts
from statlas.charts import converting, motion
from statlas.charts.describing import description
from statlas.definitions.address import CHART, Parameters, query_of, single, with_date
from statlas.errors import BackendError, QueryError, StatlasError
from statlas.model import titles as model_titles
from statlas.web import asking, chart_form, chart_numbers, charting, form, links
from statlas.web.views import chart
from statlas.web.views.chart import Asked
from statlas.wording import _

SPEEDS = ((1, "0.5"), (2, "1"), (4, "2"))
"""Dates a second, and how the page names them."""


@dataclass(frozen=True)
class Moving:
    """A table in motion, and the date it stands at, counted from 0."""

    asked: Asked
    step: int

    @property
    def here(self) -> Parameters:
        """The address of this date; the newest goes without saying."""
        step = (("step", str(self.step + 1)),) if self.step != self.last else ()
        return (*self.asked.canonical, *self.drawn, *step)

    @cached_property
    def drawn(self) -> Parameters:
        """The chart's parts of the address; none where it is what moves unasked."""
        cube, choice = self.asked.cube, self.asked.choice
        if choice == motion.default_motion(cube):
            return ()
        return charting.different(cube, choice, motion.moving_choice(cube, choice.kind))

    @property
    def last(self) -> int:
        """The newest date."""
        return len(motion.steps(self.asked.cube)) - 1

    def at(self, step: int) -> Parameters:
        """The address of another date."""
        return replace(self, step=step).here

    def specification(self, address: str, *, whole: bool) -> dict[str, Any]:
        """What is drawn of this date, or of all."""
        asked = self.asked
        subtitle = model_titles.subtitle(asked.cube, asked.database)
        made = charting.setting(asked.parameters, title=asked.title, subtitle=subtitle, address=address)
        return charts.motion_specification(asked.cube, asked.choice, made, self.step, whole=whole)


def _moving(parameters: Parameters, database: Any) -> Moving:
    """The table in motion that an address asks for.

    Raises:
        StatlasError: it cannot be read, not be answered, or does not move.
    """
    query = with_date(database, query_of(database, parameters))
    cube = asking.table(query)
    kind = single(parameters, "kind") or motion.default_motion(cube).kind.value
    unasked = motion.moving_choice(cube, charting.kind_of(kind))
    found = charting.choice(cube, parameters, unasked)
    refused = motion.moving_misfit(cube, found)
    if refused is not None:
        raise QueryError(refused.why, mend=refused.mend)
    asked = Asked(database, query, cube, parameters, found)
    return Moving(asked, _step(parameters, len(motion.steps(cube))))


def _step(parameters: Parameters, n: int) -> int:
    """Which date the address names, counted from 1 in it; the newest where it names none."""
    text = single(parameters, "step")
    if not text:
        return n - 1
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= n:
        raise QueryError(_("There is no such step."), mend=_("The table has {n} dates.").format(n=n))
    return int(text) - 1


def page(request: HttpRequest, database_id: str) -> HttpResponse:
    """The table in motion, with what plays it; with scripts off every date is a page of its own."""
    converting.warm()
    parameters = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(parameters).get("release", ""))
    at = links.at(dict(parameters).get("release", ""))
    parameters = form.or_default(database, parameters)
    bare = tuple(one for one in parameters if one[0] not in CHART)
    shared = {"database": database, "at": at, "table_url": links.table(database_id, bare)}
    try:
        moving = _moving(parameters, database)
    except BackendError:
        raise
    except StatlasError as error:
        told = {"error": error, "again": links.motion(database_id, bare)}
        return render(request, "motion.html", {**shared, **told}, status=error.http_status)
    return render(request, "motion.html", {**shared, **_shown(request, moving)})


def _others(asked: Asked) -> list[tuple[str, str]]:
    """The other ready-made tables of the database that are shown in motion: titles and addresses."""
    moving = (one for one in asked.database.tables if one.view == "motion")
    release = asked.query.release
    shown = (one for one in moving if replace(one.query, release=release) != asked.query)
    return [(one.title, links.ready(asked.database, one, release or "")) for one in shown]


def _shown(request: HttpRequest, moving: Moving) -> dict[str, Any]:
    asked, cube, step = moving.asked, moving.asked.cube, moving.step
    here = motion.at_step(cube, asked.choice, step)
    labels = [label for _n, label in motion.steps(cube)]
    sentences = description(cube, here, f"{asked.title}, {labels[step]}")
    pinned = links.changed(moving.here, release=cube.release)
    sources = chart.picture_addresses(cube.database, moving.here, links.motion_file)
    return {
        "cube": cube,
        "others": _others(asked),
        "canonical": asked.canonical,
        "title": asked.title,
        "subtitle": model_titles.subtitle(cube, asked.database),
        "sentences": sentences,
        "alternative": " ".join(map(str, sentences)),
        "sources": sources,
        "step": step,
        "labels": labels,
        "steps": {
            name: links.motion(cube.database, moving.at(n)) + "#motion"
            for name, n in (("first", 0), ("before", step - 1), ("after", step + 1), ("last", moving.last))
            if 0 <= n <= moving.last and n != step
        },
        "hidden": (*links.shortened(asked.canonical), *moving.drawn),
        "speeds": SPEEDS,
        "downloads": [(suffix.upper(), links.motion_file(cube.database, pinned, suffix)) for suffix in (*chart.FILES,)],
        "numbers": chart_numbers.of(cube, here),
        "table_url": links.table(cube.database, asked.canonical),
        "form": _form(moving),
        "pinned_url": request.build_absolute_uri(links.motion(cube.database, pinned)),
    }


def _form(moving: Moving) -> chart_form.ChartForm:
    """The form of a chart, of the kinds that move; what passes is not chosen in it."""
    asked = moving.asked
    made = chart_form.form_of(asked.cube, asked.choice, asked.canonical)
    date = motion.date_of(asked.cube)
    assert date is not None
    selects = tuple(one for one in made.selects if one.name != "at" or one.label != date.label)
    return replace(made, kinds=tuple(_kinds(asked)), selects=selects)


def _kinds(asked: Asked) -> list[chart_form.KindLink]:
    found = []
    for kind in motion.KINDS:
        misfit = motion.moving_misfit(asked.cube, motion.moving_choice(asked.cube, kind))
        url = links.motion(asked.cube.database, (*asked.canonical, ("kind", kind.value)))
        label = chart_form.label_of_kind(kind)
        found.append(chart_form.KindLink(label, url, kind is asked.choice.kind, str(misfit) if misfit else ""))
    return found


def file(request: HttpRequest, database_id: str, suffix: str) -> HttpResponseBase:
    """One date as SVG, PNG or PDF; as JSON the specification of all, of which ``step`` is shown.

    Raises:
        Http404: motion is no such file.
    """
    if suffix not in (*chart.FILES, "json"):
        raise Http404(_("There is no picture whose file ends with {suffix!r}.").format(suffix=suffix))
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    moving = _moving(form.or_default(database, parameters), database)
    asked, step = moving.asked, moving.step
    pinned = links.changed(moving.here, release=asked.cube.release)
    specification = moving.specification(
        request.build_absolute_uri(links.motion(database_id, links.printed(pinned))), whole=suffix == "json"
    )
    here = motion.at_step(asked.cube, asked.choice, step)
    said = " ".join(map(str, description(asked.cube, here, asked.title)))
    return chart.answer(request, specification, suffix, (asked.title, said), chart.file_name(asked, suffix))
