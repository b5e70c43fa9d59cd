"""Lists of successors: a CSV file that says what former codes became, as offices for geography publish them."""

from __future__ import annotations

import csv
from pathlib import Path

from statlas.errors import DataError

Successors = dict[str, tuple[str, ...]]
"""Former codes, each with those that it became; none where it ended."""


def read_successors(path: Path, old: str = "old", new: str = "new") -> Successors:
    """The successors that a file lists, a row for each pair; a row without a new code says that the old one ended.

    Args:
        old, new: names of the columns.

    Raises:
        DataError: the file cannot be read, or lacks a column.
    """
    found: dict[str, list[str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in (old, new) if name not in (reader.fieldnames or ())]
            if missing:
                raise _unreadable(path, f"has no column {missing[0]!r}")
            for row in reader:
                code, became = (row[old] or "").strip(), (row[new] or "").strip()
                if code:
                    found.setdefault(code, []).extend([became] if became else [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, "cannot be read") from error
    return {code: tuple(dict.fromkeys(became)) for code, became in found.items()}


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        f"The list of successors {path.name} {why}.",
        mend="Give a CSV file in UTF-8 with a column of former codes and one of those that they became.",
    )
