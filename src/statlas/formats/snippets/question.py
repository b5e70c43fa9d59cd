"""What code asks: a table as a file by address or body, or the cubes of the Open Data API by body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = "OPEN_DATA_API_KEY"
"""The variable of the environment that holds the asker's key."""

LONGEST_ADDRESS = 2_000
"""Characters of an address in code; a longer question is sent as a body.
Excel stops at 2,083, and nobody reads a line of that length; servers would take four times as much.
"""


@dataclass(frozen=True)
class FileQuestion:
    """A table that the native API gives as a file.

    address: of tables, without an ending: ``https://statistics.example/api/v1/tables``.
    parameters: the question as the part of an address after ``?``.
    body: the same question as JSON types.
    columns: of the CSV file, in order: the name, and whether the column holds text rather than numbers.
    """

    address: str
    parameters: str
    body: Mapping[str, Any]
    columns: tuple[tuple[str, bool], ...]

    @property
    def is_posted(self) -> bool:
        """Whether the question is too long for an address."""
        return len(f"{self.address}.json?{self.parameters}") > LONGEST_ADDRESS

    def url(self, suffix: str) -> str:
        """Where the file is fetched, by the ending of its kind; with the question in it unless that is posted."""
        return f"{self.address}.{suffix}" if self.is_posted else f"{self.address}.{suffix}?{self.parameters}"

    @property
    def texts(self) -> list[str]:
        """Names of the columns that hold text: codes such as 01 must not be read as numbers, nor NA as nothing."""
        return [name for name, is_text in self.columns if is_text]


@dataclass(frozen=True)
class KeyedQuestion:
    """A table request of the Open Data API: where it is sent, and its body as JSON types."""

    address: str
    body: Mapping[str, Any]
