"""What a code of a place says by itself.

Source: the register of geographic codes of the Office for National Statistics, 2024.
"""

from __future__ import annotations

from statlas.wording import later

_NO_PLACE = frozenset("XZ")
"""Codes made of these letters alone stand for addresses outside a list: *Unknown*, *Abroad*, *Not in Scotland*."""

_ENTITIES = {
    "E06": later("Unitary authority"),
    "E07": later("Non-metropolitan district"),
    "E08": later("Metropolitan district"),
    "E09": later("London borough"),
    "E10": later("County"),
    "W06": later("Unitary authority in Wales"),
    "S12": later("Council area in Scotland"),
    "N09": later("District in Northern Ireland"),
}


def is_place(code: str) -> bool:
    """Whether a code stands for a place, and not for addresses that are in none."""
    return bool(set(code) - _NO_PLACE)


def entity(code: str) -> str:
    """What sort of authority a code is of, in English, marked for translation; empty where it does not say."""
    return _ENTITIES.get(code[:3], "")
