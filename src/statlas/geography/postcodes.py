"""Postcode districts (``LS6``) and the local authorities they lie in.

A full postcode is about fifteen addresses, so it is personal data: everything here takes one and gives its district.
The file is described in ``README.md`` beside it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

EDITION = "November 2025"
"""Of the ONS Postcode Directory; authorities are those of April 2025."""

SOURCE = (
    "Office for National Statistics, ONS Postcode Directory, November 2025, under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2025. "
    "Contains Royal Mail data © Royal Mail copyright and database right 2025."
)

_DISTRICT = "(?:[A-Z]{1,2}[0-9][A-Z0-9]?|NPT)"
_WHOLE = re.compile(rf"({_DISTRICT})(?:\s*[0-9][A-Z]{{2}}|\s+[0-9][A-Z]?)?")
"""A district, with the rest of a postcode or a part of it."""

_FULL_INSIDE = re.compile(rf"\b({_DISTRICT})[\s+_-]*[0-9][A-Z]{{2}}\b")
_LONGEST = 10_000
"""Characters of a text that are looked at: arbitrary, more than anybody types."""


@dataclass(frozen=True)
class Share:
    """An authority in which a district lies: ``Share("E08000035", 0.97)`` has 97% of its postcodes."""

    authority: str
    share: float


def district_of(text: str) -> str:
    """The district that a text names, alone or as part of a postcode: *LS6* of ``ls6 1aa``; empty if it names none."""
    found = _WHOLE.fullmatch(" ".join(text[:_LONGEST].upper().split()))
    return found[1] if found else ""


def without_postcode(text: str) -> str:
    """The text; where a full postcode stands in it, its district alone, as the rest may be somebody's address."""
    found = _FULL_INSIDE.search(text[:_LONGEST].upper())
    return found[1] if found else text


def shortened(text: str) -> str:
    """The text with every full postcode in it cut to its district."""
    return re.sub(_FULL_INSIDE.pattern, r"\1", text[:_LONGEST], flags=re.IGNORECASE)


def authorities_of(district: str) -> tuple[Share, ...]:
    """The authorities in which a district lies, that with most of its postcodes first; none for an unknown one."""
    counts = _districts().get(district, {})
    total = sum(counts.values())
    return tuple(Share(authority, n / total) for authority, n in counts.items())


def districts() -> tuple[str, ...]:
    """Every district there is, or was."""
    return tuple(_districts())


@cache
def _districts() -> dict[str, dict[str, int]]:
    """Postcodes of each district by authority."""
    found: dict[str, dict[str, int]] = {}
    with resources.files(__package__).joinpath("postcode_districts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["district"], {})[row["authority"]] = int(row["postcodes"])
    return found
