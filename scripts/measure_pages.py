"""Measure the page of a table: how long the server takes, how long a press takes in a browser, how large scripts are.

Run it against a home: ``.venv/bin/python scripts/measure_pages.py --home HOME --database hb_new``.
Every time is told beside that of ``/healthz`` in the same run, as machines differ and the ratio hardly does.
The browser is the system's Chromium; without it only the server is measured.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "statlas" / "web" / "static"
TIMES = 40  # asked of each address; arbitrary, a few seconds in all


def main() -> None:
    """Serve the home, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--database", default="hb_new")
    asked = parser.parse_args()
    with served(asked.home) as site:
        base = f"{site}/databases/{asked.database}/table"
        health = milliseconds(lambda: get(f"{site}/healthz"))
        told("/healthz", health, health)
        told("the first table, known", milliseconds(lambda: get(base)), health)
        told("the same, after a press", milliseconds(lambda: get(f"{base}?do=swap", htmx=True)), health)
        told("the live line", milliseconds(lambda: get(f"{base}/plan")), health)
        fresh = fresh_tables(base)
        told("tables never asked for", milliseconds(lambda: get(next(fresh)), times=12), health)
        browser(base, health)
    sizes()


# --- the server -------------------------------------------------------------------------------------------------------


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The site of a home on the production server, warm; its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    statlas = Path(sys.executable).with_name("statlas")
    process = subprocess.Popen(
        [statlas, "serve", "--home", home, "--port", str(port), "--workers", "1"], stdout=subprocess.DEVNULL
    )
    try:
        yield ready(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def ready(site: str) -> str:
    """The site, once it answers."""
    for _ in range(600):
        try:
            get(f"{site}/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return site
    raise SystemExit("the site does not answer")


def get(address: str, *, htmx: bool = False) -> None:
    """Ask for a page and read it whole; a refused table is a page too."""
    headers = {"Accept-Encoding": "gzip", **({"HX-Request": "true"} if htmx else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:  # noqa: S310 - our own
            answer.read()
    except urllib.error.HTTPError as error:
        error.read()


def fresh_tables(base: str) -> Iterator[str]:
    """Addresses of tables of the first fields by other months each, which no answer is kept of."""
    with urllib.request.urlopen(base) as answer:  # noqa: S310 - ditto
        page = answer.read().decode()
    fields = [urllib.parse.quote(part.partition('"')[0]) for part in page.split('statlas-entry" data-field="')[1:]]
    date, rows, columns = fields[0], fields[1], fields[min(7, len(fields) - 1)]
    for n in range(2, 99):
        yield f"{base}?rows={rows}&rows={columns}&columns={date}&periods=latest({n})"


def milliseconds(ask: Callable[[], object], times: int = TIMES) -> list[float]:
    """Milliseconds of each asking, after one that does not count."""
    ask()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        found.append((time.perf_counter() - begun) * 1_000)
    return found


def told(what: str, found: list[float], health: list[float]) -> None:
    """One line: the median, the slowest of twenty, and the ratio of medians to /healthz."""
    median = statistics.median(found)
    slowest = statistics.quantiles(found, n=20)[-1]
    ratio = median / statistics.median(health)
    print(f"| {what} | {median:.1f} ms | {slowest:.1f} ms | {ratio:.1f} |")


# --- the browser ------------------------------------------------------------------------------------------------------

_PRESS = """async () => {
  const pressed = performance.now();
  const done = new Promise((resolve) => document.addEventListener("htmx:afterSettle", resolve, {once: true}));
  document.getElementById("swap").click();
  await done;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return performance.now() - pressed;
}"""


def browser(base: str, health: list[float]) -> None:
    """From a press to the new table drawn, in Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        print("no Chromium: a press is not measured")
        return
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only here

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = launched.new_page()
        page.goto(base)
        page.wait_for_timeout(500)
        found = [page.evaluate(_PRESS) for _ in range(21)][1:]
        told("from a press to the table drawn", found, health)
        launched.close()


def sizes() -> None:
    """The scripts of the page of a table, compressed as they are sent."""
    names = ("vendor/govuk-frontend.min.js", "vendor/htmx.min.js", "start.js", "builder.js", "seeing.js", "choosing.js")
    files = [STATIC / name for name in names if (STATIC / name).is_file()]
    compressed = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    print(", ".join(f"{name} {size / 1_000:.1f} kB" for name, size in compressed.items()))
    print(f"scripts in all: {sum(compressed.values()) / 1_000:.1f} kB compressed")


if __name__ == "__main__":
    main()
