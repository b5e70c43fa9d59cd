"""Reading the sources and writing the CSVs that ship with the demonstration."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

Row = tuple[str, ...]


def read(path: Path, after: str = "") -> list[dict[str, str]]:
    """Rows of a CSV file, gzipped or not; ``after`` is how the line of names begins where it is not the first."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text[text.index(after) :])))


def write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    """Write one CSV of the package; ``header`` is its first line."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
