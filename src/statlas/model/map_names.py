"""What the names of categories say of each other: bounds in them, names put together of names, spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from math import inf

from statlas.model.classification import folded

Span = tuple[float, float]
"""Whole numbers from the first up to, and not with, the second."""

NEAR = 0.85
"""How alike two spellings are at least, from 0 to 1 (arbitrary: a word of ten letters with one other)."""
MOST_PAIRS = 10_000
"""Pairs of spellings that are compared, which takes a second; beyond it none are."""

_FROM_TO = re.compile(r"\D*(\d+) ?(?:to|-) ?(\d+)\D*")
_AND_OVER = re.compile(r"(?:aged )?(\d+)(?: ?\+| (?:and|or) (?:over|older|more|above)| years? (?:and|or) over)")
_UNDER = re.compile(r"(?:under|below|less than) (\d+)\D*")
_BETWEEN = re.compile(r", and |, | and |/")


def span(label: str) -> Span | None:
    """The whole numbers that a name says: *65 to 74* is from 65 up to 75; None where it says none."""
    text = folded(label)
    if found := _FROM_TO.fullmatch(text):
        low, high = int(found[1]), int(found[2])
        return (low, high + 1) if low <= high else None
    if found := _AND_OVER.fullmatch(text):
        return int(found[1]), inf
    if found := _UNDER.fullmatch(text):
        return -inf, int(found[1])
    return None


def tile(whole: Span, parts: Iterable[Span]) -> bool:
    """Whether spans lie side by side and are together the whole."""
    at = whole[0]
    for low, high in sorted(parts):
        if low != at:
            return False
        at = high
    return at == whole[1]


def parts(label: str) -> tuple[str, ...]:
    """The names of which a name is put together, as ``folded`` has them; none where it is a single one."""
    found = tuple(one.strip() for one in _BETWEEN.split(folded(label)))
    return found if len(found) > 1 and all(found) else ()


def bears(label: str, name: str) -> bool:
    """Whether a longer name has all of another as whole words: *North Northamptonshire* has *Northamptonshire*."""
    longer, shorter = folded(label), folded(name)
    return longer != shorter and f" {shorter} " in f" {longer} "


def nearest(label: str, others: Sequence[str]) -> int | None:
    """The place of the one name that is nearly this one and has the same digits; None where none is, or several are."""
    text = folded(label)
    near = [
        n
        for n, other in enumerate(map(folded, others))
        if re.findall(r"\d+", other) == re.findall(r"\d+", text) and SequenceMatcher(None, text, other).ratio() >= NEAR
    ]
    return near[0] if len(near) == 1 else None
