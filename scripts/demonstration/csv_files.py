"""Reading the sources and writing the CSVs that ship with the demonstration."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    """Write one CSV of the package; ``header`` is its first line."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
