"""The release calendar as JSON: announcements in time, then what is published, newest first."""

from __future__ import annotations

import json
from typing import Any

from statlas.formats.calendar_facts import CalendarFacts, announcement_data, instant, published_data

MEDIA_TYPE = "application/json"


def calendar_json(facts: CalendarFacts) -> bytes:
    """The calendar as a file; equal announcements give equal bytes."""
    return json.dumps(calendar_data(facts), ensure_ascii=False, indent=1).encode() + b"\n"


def calendar_data(facts: CalendarFacts) -> dict[str, Any]:
    """The calendar as plain data."""
    return {
        "title": facts.title,
        "url": f"{facts.site}/releases",
        "updated": instant(facts.updated),
        "announcements": [announcement_data(one, facts) for one in facts.announcements],
        "published": [published_data(one, facts) for one in facts.published],
    }
