"""The template engine of the pages: our templates and the GOV.UK components, every value escaped."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from statlas import wording
from statlas.definitions.address import escape
from statlas.model.statistics import name_of
from statlas.version import VERSION
from statlas.web import error_words, view_switch, words
from statlas.web.accounts import drawing
from statlas.web.accounts import words as account_words
from statlas.web.assets import static_url
from statlas.web.drawn_cells import drawn_cells


def environment(**options: Any) -> Environment:
    """A Jinja environment with the components under ``govuk_frontend_jinja/``; called by Django once a process."""
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    options["loader"] = ChoiceLoader([options["loader"], components])
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - Django sets autoescape to True
    made.add_extension("jinja2.ext.i18n")
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(wording.gettext, wording.several, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(static=static_url, software_version=VERSION, view_switch=view_switch.switch, **drawing.GLOBALS)
    made.filters.update(
        count=words.number, list_words=words.listed, day=words.day, plural=words.plural, statistic=name_of
    )
    made.filters["part"] = escape
    made.filters["at"] = error_words.at
    made.filters["mistake"] = account_words.mistake
    made.filters["moment_day"] = drawing.moment_day
    made.filters["table_cells"] = drawn_cells
    return made


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page may show."""
    return {"site_name": settings.STATLAS.site_name, "path": request.path, "language": wording.language()}
