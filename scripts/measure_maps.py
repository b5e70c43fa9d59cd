"""How long a map of very many areas takes: drawn by the server, and shown by a browser.

    python scripts/measure_maps.py SITE ADDRESS [BOUNDARIES]

SITE is a running site such as ``http://localhost:8000``, ADDRESS the address of a map of it, such as
``/databases/hb_new/map?rows=COA_CODE@V_C_MASTERGEOG11_MSOA_TO_LA``.
With BOUNDARIES, a file of areas, it is also told how long they take from file to drawing, without a site.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

from statlas.charts.maps_drawing import drawing_of
from statlas.geography.boundaries import Wanted, prepare

# Told by the browser itself: from the last byte of the page to the frame in which the map is on the screen.
SHOWN = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
  const page = performance.getEntriesByType("navigation")[0];
  done(performance.now() - page.responseEnd);
}, 0)))"""
ZOOM = """() => new Promise((done) => {
  const started = performance.now();
  document.querySelector("[data-in]").click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started), 0));
})"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site")
    parser.add_argument("address")
    parser.add_argument("boundaries", nargs="?", type=Path)
    asked = parser.parse_args()
    for turn in ("first", "second", "third"):
        print(f"server, {turn} time: {fetched(asked.site + asked.address):.2f} s")
    file = asked.address.replace("/map?", "/map.svg?")
    print(f"server, SVG file: {fetched(asked.site + file):.2f} s")
    print(f"server, PNG file: {fetched(asked.site + file.replace('.svg?', '.png?')):.2f} s")
    measure_browser(asked.site + asked.address)
    if asked.boundaries:
        measure_file(asked.boundaries)


def fetched(address: str) -> float:
    """Seconds until the whole answer is there."""
    started = time.perf_counter()
    with urlopen(address) as answer:  # noqa: S310 - the address is the caller's own site
        answer.read()
    return time.perf_counter() - started


def measure_browser(address: str) -> None:
    """From the last byte to the screen, and from a press to the screen."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page: Any = browser.new_page(viewport={"width": 1280, "height": 900})
        for turn in ("first", "second"):
            page.goto(address, wait_until="domcontentloaded")
            shown = page.evaluate(SHOWN)
            n_areas = page.locator("path[data-c]").count()
            print(f"browser, {turn} time: {n_areas:,} areas on the screen {shown / 1000:.2f} s after the last byte")
        page.wait_for_selector("[data-zoom]:not([hidden])")
        print(f"browser, one zoom: {page.evaluate(ZOOM) / 1000:.2f} s")
        browser.close()


def measure_file(path: Path) -> None:
    """From a file to shapes that are kept, and from these to outlines, in seconds of a processor."""
    started = time.perf_counter()
    prepared = prepare(path, Wanted(), frozenset(), lambda _step, _part: None)
    kept = time.perf_counter()
    drawing = drawing_of(prepared.topology)
    drawn = time.perf_counter()
    print(
        f"{path.name}: {len(drawing.paths):,} areas prepared in {kept - started:.2f} s, drawn in {drawn - kept:.2f} s"
    )


if __name__ == "__main__":
    main()
