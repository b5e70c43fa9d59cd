"""Where a picture is looked at, and what is said around its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    """Dark marks on a light ground, or the other way about."""

    LIGHT = "light"
    DARK = "dark"


class Width(StrEnum):
    """For a page or a sheet of paper, or for a telephone."""

    WIDE = "wide"
    NARROW = "narrow"


PIXELS = {Width.WIDE: 760, Width.NARROW: 320}
"""How wide a picture is in all (arbitrary: a column of a page; the narrowest telephone less its margins)."""


@dataclass(frozen=True)
class Setting:
    """The theme and width of a picture, and the words that stand in it.

    title, subtitle: as ``model.titles`` gives them, or the publisher's title.
    address: where the table stands, for whoever meets the picture elsewhere.
    touch: with points that are not seen, for a pointer to find the numbers of a line.
    """

    title: str = ""
    subtitle: str = ""
    address: str = ""
    theme: Theme = Theme.LIGHT
    width: Width = Width.WIDE
    touch: bool = False

    @property
    def pixels(self) -> int:
        """How wide the picture is, in pixels."""
        return PIXELS[self.width]
