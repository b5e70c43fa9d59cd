"""Codes of the Government Statistical Service for places: nine characters, of which the first three name the level.

Source: the register of geographic codes of the Office for National Statistics, 2024.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

PATTERN = re.compile(r"[EWSNKJLM][0-9]{2}[0-9]{6}")


class PlaceLevel(NamedTuple):
    """A level of places: ``PlaceLevel("LA", "Local authority")``."""

    id: str
    label: str


_PREFIXES = {
    PlaceLevel("COUNTRY", "Country"): "E92 W92 S92 N92 K02 K03 K04",
    PlaceLevel("REGION", "Region"): "E12",
    PlaceLevel("COUNTY", "County"): "E10",
    PlaceLevel("COMBINED_AUTHORITY", "Combined authority"): "E47",
    PlaceLevel("LA", "Local authority"): "E06 E07 E08 E09 W06 S12 N09",
    PlaceLevel("CONSTITUENCY", "Westminster constituency"): "E14 W07 S14 N05 N06",
    PlaceLevel("WARD", "Ward"): "E05 W05 S13 N08",
    PlaceLevel("PARISH", "Parish"): "E04 W04",
    PlaceLevel("MSOA", "Middle layer super output area or intermediate zone"): "E02 W02 S02 N21",
    PlaceLevel("LSOA", "Lower layer super output area or data zone"): "E01 W01 S01 N20",
    PlaceLevel("OA", "Output area"): "E00 W00 S00 N00",
    PlaceLevel("HEALTH_BOARD", "Health board or integrated care board"): "E54 W11 S08",
    PlaceLevel("POLICE_AREA", "Police force area"): "E23 W15 S32 N24",
    PlaceLevel("TRAVEL_TO_WORK_AREA", "Travel to work area"): "E30 W22 S22 N12",
}
_BY_PREFIX = {prefix: level for level, prefixes in _PREFIXES.items() for prefix in prefixes.split()}

_NAMES = {
    "E92000001": "England",
    "W92000004": "Wales",
    "S92000003": "Scotland",
    "N92000002": "Northern Ireland",
    "K02000001": "United Kingdom",
    "K03000001": "Great Britain",
    "K04000001": "England and Wales",
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}

#: Least share of a column's values that are such codes; the others stand for unknown places (``ZZXXXXXXX``).
LEAST = 0.9


def label_of(code: str) -> str | None:
    """The name of a country or region; None for any other place."""
    return _NAMES.get(code)


def level_of(codes: Iterable[str]) -> PlaceLevel | None:
    """The level that most of these codes are of; None if they are no such codes.

    Countries stand among regions in most lists of regions, so a country counts only where there is nothing finer.
    """
    codes = list(codes)
    matched = [code for code in codes if PATTERN.fullmatch(code)]
    if not matched or len(matched) < LEAST * len(codes):
        return None
    counts = Counter(_BY_PREFIX.get(code[:3], PlaceLevel("AREA", "Area")) for code in matched)
    country = PlaceLevel("COUNTRY", "Country")
    finer = [(level, n) for level, n in counts.most_common() if level != country]
    return finer[0][0] if finer else country
