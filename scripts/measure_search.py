"""Measures the search of a home: how large its index is, how long it takes to make, and how long a question takes.

    .venv/bin/python scripts/measure_search.py HOME

Prints one line a figure. The index of the home is made anew, beside the one that the site reads.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from statlas import catalogue
from statlas.geography.kinds import is_place
from statlas.service import tables
from statlas.service.tables.searching import search

QUESTIONS = (
    "spare room Leeds",
    "universal credit women birmingham 2024",
    "bedroom tax",
    "univresal credit",
    "PIP glasgow",
    "gender",
    "le",
    "newcastle",
)
TIMES = 5


def main(path: str) -> None:
    """Measure the home in that folder."""
    home = tables.existing_home(path)
    known = tables.databases(home=home)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index.sqlite3"
        began = time.perf_counter()
        documents = [*catalogue.documents_of(known, is_place)]
        catalogue.build(index, documents)
        print(f"{len(known)} databases, {len(documents):,} documents")
        print(f"index: {index.stat().st_size / 1e6:.1f} MB, made in {time.perf_counter() - began:.2f} s")
    search(home=home, text="warm")
    for text in QUESTIONS:
        print(f"{1000 * statistics.median(taken(home, text) for _ in range(TIMES)):6.0f} ms  {text}")


def taken(home: tables.Home, text: str) -> float:
    """Seconds that one question takes."""
    began = time.perf_counter()
    search(home=home, text=text)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1])
