"""How a site is used: what is counted, and by which kinds of programs. Nothing of this tells of anybody.

A use is something that was given: a page of a database, a table, a file, an answer of an interface for programs.
What asked is told as one of ten classes, from what the program says of itself (its ``User-Agent``), which is looked at
and dropped. The table is short on purpose: who reads the counts wants to know whether people or scripts ask, and in
which language scripts are written; the finer a class, the more it says of one asker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class UseKind(StrEnum):
    """What was given; ``UseKind("table")``."""

    VIEW = "view"
    TABLE = "table"
    DOWNLOAD = "download"
    API = "api"


class Client(StrEnum):
    """What asked; ``Client("python")``. ``BOT`` is apart from all others: no total of ours holds it."""

    BROWSER = "browser"
    PYTHON = "python"
    R = "r"
    SPREADSHEET = "spreadsheet"
    COMMAND_LINE = "command-line"
    JAVASCRIPT = "javascript"
    STATISTICS = "statistics"
    OTHER = "other"
    UNKNOWN = "unknown"
    BOT = "bot"


@dataclass(frozen=True)
class Use:
    """Something that was given: ``Use("hb_new", UseKind.DOWNLOAD, "csv")``.

    ``form`` is the kind of page or file: ``page``, ``chart``, ``map``, ``csv``, ``opendata-json``.
    """

    database: str
    kind: UseKind
    form: str


@dataclass(frozen=True, order=True)
class Usage:
    """How often something was given in a month: ``Usage("2026-11", "hb_new", "table", "page", "browser", 12)``."""

    month: str
    database: str
    kind: UseKind
    form: str
    client: Client
    count: int


LONGEST = 512
"""Characters of a ``User-Agent`` that are looked at: arbitrary, beyond what browsers send."""

# Whatever says that it crawls, watches, previews or archives; names of those that do not say so; and whoever gives an
# address, as crawlers do and browsers never. Cubot makes telephones.
_BOTS = (
    r"(?<!cu)bots?\b|(?<!cu)bot[/_;-]|crawl|spider|slurp|archiver|monitor|uptime|preview|headless|lighthouse|pingdom"
    r"|validator|selenium|playwright|synthetics|\bagent\b|inspect|linkcheck|favicon|imageproxy"
    r"|facebookexternalhit|feedfetcher|mediapartners|ia_archiver|chatgpt-user|claude-web|perplexity|bytespider"
    r"|whatsapp|telegram|scrapy|nutch|heritrix|dataprovider|semrush|ahrefs|screaming frog|zgrab|masscan|nmap"
    r"|\+https?://|@[a-z0-9.-]+\.[a-z]{2,}"
)
# In small letters: a pattern that minds no case takes twice as long.
_SAID = (
    (Client.BOT, _BOTS),
    (Client.SPREADSHEET, r"microsoft\.data\.mashup|ms ?office|microsoft office|excel|powerbi|googledocs|libreoffice"),
    (Client.R, r"libcurl/\S+ r-curl/|httr|\br \(\d|^r/\d|rcurl|\brstudio\b"),
    (Client.PYTHON, r"python|aiohttp|httpx|urllib|pandas|polars|\bstatlas/"),
    (Client.STATISTICS, r"\bsas\b|\bstata\b|\bspss\b|matlab|julia|http\.jl|tableau|qlik|knime"),
    (Client.COMMAND_LINE, r"^curl/|^wget|^httpie/|^aria2|powershell"),
    (Client.JAVASCRIPT, r"node|axios|undici|\bdeno/|\bbun/|^got[ /]|observable"),
    # What every browser has said since 1998, with the engine that makes it one.
    (Client.BROWSER, r"^(mozilla|opera)/.*(gecko|applewebkit|trident|presto|msie)"),
)
_TABLE = tuple((client, re.compile(said)) for client, said in _SAID)


def client_of(user_agent: str) -> Client:
    """The class of a program by what it says of itself; the first line of the table that fits.

    An empty text is ``UNKNOWN``, one that nothing fits ``OTHER``. Anybody may say anything: it is a rough measure.
    """
    said = user_agent[:LONGEST].strip().lower()
    if not said:
        return Client.UNKNOWN
    return next((client for client, pattern in _TABLE if pattern.search(said)), Client.OTHER)
