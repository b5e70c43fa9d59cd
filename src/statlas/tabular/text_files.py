"""What must be known of a delimited text file before DuckDB reads it: its encoding, wholeness, separator and header.

DuckDB reads a truncated .gz as if it ended there and quotes values in its errors, so the bytes are walked here first:
once, in blocks, at about the speed of the disk.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from statlas.model.faults import Fault

SEPARATORS = (",", ";", "\t", "|")
_BLOCK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = "Save it as CSV UTF-8"


@dataclass(frozen=True)
class TextFile:
    """A delimited text file that can be read: its column names and how it is written."""

    columns: tuple[str, ...]
    separator: str
    gzipped: bool


def examine(path: Path, file: str, *, gzipped: bool) -> TextFile | Fault:
    """What the file is, or the fault that keeps it from being read."""
    try:
        fault = _walk(path, file, gzipped=gzipped)
        return fault or _header(path, file, gzipped=gzipped)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return Fault("truncated", file, "a whole .gz file; this one is cut short or damaged.", "Copy the file anew.")
    except OSError:
        return Fault("unreadable", file, "a file that can be opened.", "Check that it is there and may be read.")


def _open(path: Path, *, gzipped: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if gzipped else path.open("rb")


def _blocks(path: Path, *, gzipped: bool) -> Iterator[bytes]:
    with _open(path, gzipped=gzipped) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _walk(path: Path, file: str, *, gzipped: bool) -> Fault | None:
    """The first fault of the bytes: nothing there, another encoding, a NUL."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    row, seen = 1, False
    for block in _blocks(path, gzipped=gzipped):
        if not seen and _looks_utf16(block):
            return Fault("wrong-encoding", file, "text in UTF-8; this looks like UTF-16.", f"{_SAVE}.", rows=(1,))
        seen = True
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return _not_utf8(file, row + block[: max(error.start, 0)].count(b"\n"))
        if b"\0" in block:
            at = row + block[: block.index(b"\0")].count(b"\n")
            return Fault("nul-byte", file, "text without NUL bytes.", f"{_SAVE} from its source.", rows=(at,))
        row += block.count(b"\n")
    if decoder.getstate()[0]:
        return _not_utf8(file, row)
    return None if seen else Fault("empty", file, "a header and records; the file is empty.", "Export it anew.")


def _not_utf8(file: str, row: int) -> Fault:
    mend = f"{_SAVE}; files of older Windows programs are often Windows-1252 (Latin-1)."
    return Fault("wrong-encoding", file, "text in UTF-8.", mend, rows=(row,))


def _looks_utf16(block: bytes) -> bool:
    start = block[:200]
    return block.startswith(_UTF16) or start.count(b"\0") > len(start) // 4


def _header(path: Path, file: str, *, gzipped: bool) -> TextFile | Fault:
    with _open(path, gzipped=gzipped) as stream:
        start = stream.read(_BLOCK).decode("utf-8-sig", errors="ignore")
    separator = max(SEPARATORS, key=lambda mark: len(_first_record(start, mark)))
    columns = tuple(name.strip() for name in _first_record(start, separator))
    fault = _name_fault(file, columns)
    return fault or TextFile(columns, separator, gzipped)


def _first_record(start: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(start, newline=""), delimiter=separator), [])


def _name_fault(file: str, columns: tuple[str, ...]) -> Fault | None:
    if not any(columns):
        return Fault("no-header", file, "the names of the columns in the first row.", "Add a header row.", rows=(1,))
    blank = [str(n + 1) for n, name in enumerate(columns) if not name]
    if blank:
        expected = f"a name for every column; missing for column {', '.join(blank[:5])}."
        return Fault("blank-column-name", file, expected, "Name the columns in row 1.", rows=(1,), count=len(blank))
    names = [name.casefold() for name in columns]
    again = sorted({name for name, folded in zip(columns, names, strict=True) if names.count(folded) > 1})
    if again:
        expected = f"each column name once, whatever its capitals; found again: {', '.join(again[:5])}."
        return Fault("duplicate-column", file, expected, "Rename the columns.", rows=(1,), count=len(again))
    return None
