"""Measures the pages of places: of a process that has just started, and of one that has answered before.

    .venv/bin/python scripts/measure_areas.py HOME CODE...

HOME is used as it is; what it keeps of answers is left alone, so remove its ``cache`` for a home that was never asked.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TIMES = 20
WAIT_S = 60


def main() -> None:
    """Print a line for each place."""
    home, *codes = sys.argv[1:]
    print(f"{'':12}{'first page':>12}{'all figures':>14}{'from then on':>14}")
    for code in codes:
        with _served(Path(home)) as site:
            first = _seconds(f"{site}/areas/{code}")
            everything = first + _seconds(f"{site}/areas/{code}?wait=yes")
            later = statistics.median(_seconds(f"{site}/areas/{code}") for _ in range(TIMES))
        print(f"{code:12}{first:>10.2f} s{everything:>12.2f} s{1000 * later:>11.0f} ms")


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """The address of a site whose one process has answered nothing but that it is there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    statlas = Path(sys.executable).with_name("statlas")
    command = [str(statlas), "serve", "--home", str(home), "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            site = f"http://127.0.0.1:{port}"
            _wait_for(f"{site}/healthz")
            yield site
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        with suppress(OSError):
            _seconds(address)
            return
        time.sleep(0.1)
    raise SystemExit("The site does not answer.")


def _seconds(address: str) -> float:
    began = time.monotonic()
    with urllib.request.urlopen(address, timeout=WAIT_S) as answer:  # noqa: S310 - an address of this machine
        answer.read()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
