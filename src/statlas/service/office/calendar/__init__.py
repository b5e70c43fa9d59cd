"""The release calendar: what will be public when, as announced, and what was changed of that and why.

Announcing is public at once, so nothing here reads a release that is not public: titles are those that staff give or
those of what is published. Every change takes a reason, is written into the audit log, and stays to be read.
"""

from statlas.model.announcement import Act, Announcement, DateChange, Standing
from statlas.service.office.calendar.announcing import announce, cancel, confirm, move
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
from statlas.service.office.calendar.settling import opened, settle, unsettle

__all__ = [
    "Act",
    "Announcement",
    "DateChange",
    "PatternFacts",
    "Standing",
    "announce",
    "cancel",
    "changes",
    "confirm",
    "entries",
    "entry",
    "extend",
    "move",
    "next_release",
    "of_database",
    "opened",
    "patterns",
    "published",
    "remove_pattern",
    "set_pattern",
    "settle",
    "unsettle",
    "upcoming",
]
