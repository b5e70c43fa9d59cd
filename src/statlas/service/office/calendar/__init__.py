"""The release calendar: what will be public when, as announced, and what was changed of that and why.

Announcing is public at once, so nothing here reads a release that is not public: titles are those that staff give or
those of what is published. Every change takes a reason, is written into the audit log, and stays to be read.
"""

from statlas.model.announcement import Act, Announcement, DateChange, Standing
from statlas.service.office.calendar.announcing import announce, cancel, confirm, move
from statlas.service.office.calendar.own import (
    OwnDate,
    announces,
    confirms,
    own_date,
    own_dates,
    own_pattern,
    to_announce,
    why_not,
)
from statlas.service.office.calendar.patterns import (
    PatternFacts,
    extend,
    patterns,
    remove_pattern,
    set_pattern,
)
from statlas.service.office.calendar.reading import (
    changes,
    entries,
    entry,
    next_release,
    of_database,
    published,
    upcoming,
)
from statlas.service.office.calendar.rules import Deed
from statlas.service.office.calendar.settling import opened, settle, unsettle

__all__ = [
    "Act",
    "Announcement",
    "DateChange",
    "Deed",
    "OwnDate",
    "PatternFacts",
    "Standing",
    "announce",
    "announces",
    "cancel",
    "changes",
    "confirm",
    "confirms",
    "entries",
    "entry",
    "extend",
    "move",
    "next_release",
    "of_database",
    "opened",
    "own_date",
    "own_dates",
    "own_pattern",
    "patterns",
    "published",
    "remove_pattern",
    "set_pattern",
    "settle",
    "to_announce",
    "unsettle",
    "upcoming",
    "why_not",
]
