"""What lists of a form hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """An entry of a list."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True)
class Select:
    """A list of a form; ``name`` is the part of the address that it makes."""

    name: str
    label: str
    options: tuple[Option, ...]
