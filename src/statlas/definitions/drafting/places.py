"""Which columns of places lie in one another."""

from __future__ import annotations

from collections.abc import Sequence

from statlas.definitions.drafting.guessing import PlaceColumn
from statlas.definitions.drafting.profile import Profile


def chains(profile: Profile, places: Sequence[PlaceColumn]) -> list[list[PlaceColumn]]:
    """The columns as geographies, coarse before fine: a column determined by a finer one is a level above it."""
    left = sorted(places, key=lambda place: -place.column.n_distinct)
    found = []
    while left:
        chain = [left.pop(0)]
        for place in list(left):
            finest = chain[-1]
            if place.column.n_distinct < finest.column.n_distinct and _lies_in(profile, finest, place):
                chain.append(place)
                left.remove(place)
        found.append(chain[::-1])
    return found


def _lies_in(profile: Profile, fine: PlaceColumn, coarse: PlaceColumn) -> bool:
    return profile.determines(fine.column.name, coarse.column.name)
