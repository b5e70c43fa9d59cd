"""How the counts of use are told: what each kind, form and class of program means, in words for readers."""

from __future__ import annotations

from statlas.model import words
from statlas.model.usage import Client, UseKind
from statlas.wording import gettext as _
from statlas.wording import later

KINDS = {
    UseKind.VIEW: later("Pages of databases"),
    UseKind.TABLE: later("Tables shown"),
    UseKind.DOWNLOAD: later("Files"),
    UseKind.API: later("Answers to programs"),
}

MEANINGS = {
    UseKind.VIEW: later("A page about a database was given: what it is, its releases, what changed between two."),
    UseKind.TABLE: later("A table was shown: as a page, a chart, a map, in motion, or under a permanent link."),
    UseKind.DOWNLOAD: later("A file was given: of a table, a chart, a map, a job, or of the codes of a database."),
    UseKind.API: later("An interface for programs gave an answer about a database: a table, a plan, a description."),
}

CLIENTS = {
    Client.BROWSER: later("Browser"),
    Client.PYTHON: later("Python"),
    Client.R: later("R"),
    Client.SPREADSHEET: later("Spreadsheet: Excel, Power BI, Google Sheets, LibreOffice"),
    Client.COMMAND_LINE: later("Command line: curl, Wget, PowerShell"),
    Client.JAVASCRIPT: later("JavaScript outside a browser"),
    Client.STATISTICS: later("Statistical program: SAS, SPSS, Stata, Julia, Tableau"),
    Client.OTHER: later("Another program"),
    Client.UNKNOWN: later("A program that does not say what it is"),
    Client.BOT: later("Bot: search engines, monitors, archives, previews"),
}

_FORMS = {
    "page": later("Page"),
    "releases": later("Releases of a database"),
    "changes": later("Changes between two releases"),
    "chart": later("Chart"),
    "chart-embedded": later("Chart in another site's page"),
    "map": later("Map"),
    "map-embedded": later("Map in another site's page"),
    "motion": later("Motion"),
    "permalink": later("Permanent link"),
    "codes-csv": later("Codes as CSV"),
    "opendata-json": later("Open Data API"),
    "unchanged": later("Nothing new: the program had it already"),
}


def form(name: str) -> str:
    """A kind of page or file: *Chart*, *CSV*."""
    return _(_FORMS[name]) if name in _FORMS else name.upper()


def month(text: str) -> str:
    """*November 2026* for ``2026-11``."""
    return words.day(f"{text}-01").partition(" ")[2]
