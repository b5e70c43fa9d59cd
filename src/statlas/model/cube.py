"""The answer: an n-dimensional result with a status for every cell.

Everything in a ``Cube`` is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statlas.model import display
from statlas.model.cells import (
    SYMBOLS,
    CellFlag,
    CellStatus,
    CubeContent,
    CubeDimension,
    CubeItem,
    CubeMeasure,
)

__all__ = ["SYMBOLS", "CellFlag", "CellStatus", "Cube", "CubeDimension", "CubeItem", "CubeMeasure"]


@dataclass(frozen=True, eq=False, repr=False)
class Cube(CubeContent):
    """A table anybody may see, with where it comes from: *Housing Benefit Claimants by Month and Tenure*."""

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table`` with one row for each cell: codes, labels, value, status, flags, noise sd, notes."""
        from statlas.model import columns  # noqa: PLC0415  # a notebook that only looks at a cube loads no pyarrow

        return columns.to_arrow(self)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` of the same rows and columns as ``to_arrow``; needs pandas."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """A ``polars.DataFrame`` of the same rows and columns as ``to_arrow``; needs polars."""
        import polars as pl  # noqa: PLC0415  # an optional dependency

        return pl.from_arrow(self.to_arrow())

    def __repr__(self) -> str:
        return display.text_of(self)

    def _repr_html_(self) -> str:
        return display.html_of(self)
