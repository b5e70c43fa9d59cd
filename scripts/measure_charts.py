"""How long the first picture of a chart takes on a warm server: asked for, worked out, drawn, sent.

    python scripts/measure_charts.py SITE [ADDRESS ...]

SITE is a running site such as ``http://localhost:8000``, each ADDRESS the address of a chart of it; without any,
charts of the demonstration. A site remembers its pictures: start it anew before each run.
The load of the machine is told too: a picture is drawn on one core, and whatever else runs there is in its way.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from urllib.request import urlopen

DEMONSTRATION = (
    "/databases/hb_new/chart?rows=NEW_DATE_NAME&periods=all&columns=PENWORK@C_PENWORK",
    "/databases/population/chart?rows=AGE&wafers=YEAR&measure=PEOPLE",
    "/databases/population/chart?rows=AGE&columns=SEX&wafers=YEAR&measure=PEOPLE",
)
LOOKS = ("theme=light", "theme=dark", "width=narrow", "theme=dark&width=narrow")
"""Four pictures of each chart, every one of them the first of its kind."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site")
    parser.add_argument("addresses", nargs="*", default=DEMONSTRATION)
    asked = parser.parse_args()
    print(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for address in asked.addresses:
        fetched(asked.site + address)  # the page, as everybody who asks for a picture has it before
        picture = asked.site + address.replace("/chart?", "/chart.svg?")
        took = [1000 * fetched(f"{picture}&{look}") for look in LOOKS]
        print(f"first SVG: median {statistics.median(took):.0f} ms, quickest {min(took):.0f} ms: {address}")


def fetched(address: str) -> float:
    """Seconds until the whole answer is there."""
    started = time.perf_counter()
    with urlopen(address) as answer:  # noqa: S310 - the address is the caller's own site
        answer.read()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
