"""The audit log for administrators: what was done, newest first, and whether the log is as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.service.tables import auditing
from statlas.service.tables.auditing import AuditLine
from statlas.web import asking

ON_A_PAGE = 50
"""Lines of a page: arbitrary, a few screens."""

LONGEST = 200
FILTERS = ("action", "actor", "subject", "since", "until")


@dataclass(frozen=True)
class Wanted:
    """Which lines are asked for: an act or its kind, parts of the actor and of what it was done to, days in UTC."""

    action: str = ""
    actor: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def has(self, line: AuditLine) -> bool:
        """Whether a line is one of them."""
        day = line.time.date().isoformat()
        return (
            auditing.is_of(line, self.action)
            and self.actor.casefold() in line.actor.casefold()
            and self.subject.casefold() in line.subject.casefold()
            and self.since <= day
            and (not self.until or day <= self.until)
        )


def page(request: HttpRequest) -> HttpResponse:
    """Lines that were asked for, newest first; with ``verify=yes`` whether anybody changed the log."""
    home = asking.home()
    wanted = Wanted(**{name: request.GET.get(name, "").strip()[:LONGEST] for name in FILTERS})
    every = [*auditing.lines(home=home)]
    found = [line for line in reversed(every) if wanted.has(line)]
    number = _number(request.GET.get("page", ""), found)
    told = {
        "wanted": wanted,
        "actions": [{"value": act, "text": act} for act in sorted({line.action for line in every})],
        "n_found": len(found),
        "n_lines": len(every),
        "lines": [*islice(found, (number - 1) * ON_A_PAGE, number * ON_A_PAGE)],
        "newer_url": _address(wanted, number - 1) if number > 1 else "",
        "older_url": _address(wanted, number + 1) if number * ON_A_PAGE < len(found) else "",
        "report": auditing.verify(home=home) if request.GET.get("verify") == "yes" else None,
    }
    return render(request, "audit.html", told)


def _number(text: str, found: Sequence[AuditLine]) -> int:
    """The number of a page, from 1 to the last there is."""
    last = max(1, -(-len(found) // ON_A_PAGE))
    return min(max(int(text), 1), last) if text.isascii() and text.isdecimal() and len(text) < LONGEST else 1


def _address(wanted: Wanted, number: int) -> str:
    parts = [(name, getattr(wanted, name)) for name in FILTERS if getattr(wanted, name)]
    return f"?{urlencode([*parts, ('page', number)])}"
