"""Which form of an answer is wanted: by the ending of the address, else by ``Accept``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from statlas import formats
from statlas.api.native.problems import refused
from statlas.definitions.nearest import nearest
from statlas.definitions.strict_json import shown
from statlas.formats import Format

DEFAULT = "json"

_MOST_RANGES = 50
"""Ranges read of one ``Accept``: arbitrary, browsers send ten."""


def by_suffix(suffix: str) -> Format:
    """The format of files with that ending.

    Raises:
        Refusal: there is none.
    """
    found = formats.by_suffix.get(suffix)
    if found is None:
        known = sorted(formats.by_suffix)
        raise refused(
            f"Tables are not made as {shown(suffix)}.",
            f"The endings are {', '.join(known)}.",
            status=404,
            nearest=list(nearest(suffix, ((one, formats.by_suffix[one].label) for one in known))),
        )
    return found


def by_accept(accept: str) -> Format:
    """The format that a client likes best; JSON where it has no wish.

    Raises:
        Refusal: it takes none of ours.
    """
    offered = [formats.FORMATS[DEFAULT], *(one for one in formats.FORMATS.values() if one.name != DEFAULT)]
    return offered[choice(accept, [one.media_type for one in offered])]


def choice(accept: str, offered: Sequence[str]) -> int:
    """Which of the offered media types ``Accept`` likes best; the first of equals.

    Raises:
        Refusal: it takes none of them.
    """
    if not accept.strip():
        return 0
    ranges = dict(_ranges(accept))
    weights = [_weight(ranges, one.partition(";")[0].strip()) for one in offered]
    best = max(weights)
    if best <= 0:
        names = ", ".join(dict.fromkeys(one.partition(";")[0] for one in offered))
        raise refused("The answer is not made in a form that Accept takes.", f"Take one of {names}.", status=406)
    return weights.index(best)


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for text in accept.split(",")[:_MOST_RANGES]:
        name, *parameters = (part.strip().lower() for part in text.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        yield name, _number(quality)


def _number(text: str) -> float:
    plain = text.replace(".", "", 1)
    return min(float(text), 1.0) if plain.isascii() and plain.isdecimal() and len(plain) <= 5 else 0.0  # noqa: PLR2004 - RFC 9110: three decimals


def _weight(ranges: Mapping[str, float], media_type: str) -> float:
    """The most precise range counts; a hair less for a wild card, so that a type named is preferred."""
    kind = media_type.partition("/")[0]
    for name, less in ((media_type, 0.0), (f"{kind}/*", 1e-6), ("*/*", 2e-6)):
        if name in ranges:
            return ranges[name] - less if ranges[name] else 0.0
    return 0.0
