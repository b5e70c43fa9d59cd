"""Entries of lists in forms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One entry of a list."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True)
class OptionGroup:
    """Entries under a heading; without a label they stand by themselves."""

    label: str
    options: tuple[Option, ...]
