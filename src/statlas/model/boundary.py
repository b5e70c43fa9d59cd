"""The boundaries of one level of areas in one vintage, as a home keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Boundaries:
    """What a home knows of a set of shapes: ``Boundaries("authority", "2025", ...)``.

    ``sha256`` is that of the file of shapes (TopoJSON, degrees), ``size`` its bytes; ``source``, ``licence`` and
    ``attribution`` are whose they are and what a map has to say.
    ``tolerance_m`` is how far a line may lie from where it was drawn; ``synthetic`` shapes are invented.
    ``added`` is when, ISO 8601 UTC; ``digest_of_source`` the SHA-256 of the file they were made from.
    """

    level: str
    vintage: str
    sha256: str
    size: int
    n_areas: int
    source: str = ""
    licence: str = ""
    attribution: str = ""
    tolerance_m: float = 0.0
    synthetic: bool = False
    added: str = ""
    digest_of_source: str = ""

    @property
    def id(self) -> str:
        """Level and vintage in one: ``authority@2025``."""
        return f"{self.level}@{self.vintage}"
