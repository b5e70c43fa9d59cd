"""Takes the pictures of the documentation, docs/images/*.png, from the demonstration department; `make screenshots`.

The home is that of `make demo` and is made if it is not there; with ``--home HOME`` it is one that is there, which
should be a demonstration. ``--only NAME NAME`` takes some of the pictures. Needs Chromium.
"""

import argparse
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
HOME = ROOT / "demo-home"
STATLAS = str(Path(sys.executable).with_name("statlas"))
LARGEST = 300_000  # bytes: a page of the documentation must come quickly

TABLE = "/databases/hb_new/table"
REGION = "COA_CODE@V_C_MASTERGEOG11_REGION_TO_COUNTRY"
AUTHORITY = "COA_CODE@V_C_MASTERGEOG11_LA_TO_REGION"


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page it shows, and how much of it; a place to scroll to where the top is not meant.

    ``scheme`` is light or dark, ``media`` screen or print; without ``scripts`` the page is as it is where they are off.
    ``opened`` are parts of the page that are opened first, by their selectors; ``patience`` milliseconds to wait.
    """

    name: str
    address: str
    width: int = 1280
    height: int = 900
    scroll_to: str = ""
    scheme: str = "light"
    media: str = "screen"
    scripts: bool = True
    opened: tuple[str, ...] = ()
    patience: int = 300


NARROW, PAPER = 320, 794  # pixels: 400% zoom of a wide screen, and A4 at 96 a inch
BY_REGION = f"{TABLE}?rows={REGION}&rows=TENURE_PUB&columns=NEW_DATE_NAME&periods=latest(4)&total=TENURE_PUB"
OVER_TIME = f"rows={REGION}&columns=NEW_DATE_NAME&periods=latest(25)"
NUMBERS = f"{TABLE}?rows={REGION}&columns=TENURE_PUB&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row"
BY_AUTHORITY = f"rows={AUTHORITY}&columns=NEW_DATE_NAME"
CELL = f"{TABLE}/cell?rows={REGION}&columns=NEW_DATE_NAME&cell.COA_CODE=E12000003"

SHOTS = (
    Shot("home", "/"),
    Shot("home-narrow", "/", width=NARROW),
    Shot("home-dark", "/", scheme="dark"),
    Shot("search", "/search?q=spare+room+Leeds"),
    Shot("search-no-script", "/search?q=universal+credit+women+birmingham+2024", width=NARROW, scripts=False),
    Shot("catalogue", "/catalogue?find=credit"),
    Shot("database", "/databases/hb_new"),
    Shot(
        "database-fields",
        "/databases/UC_Monthly",
        scroll_to="#fields",
        opened=(".statlas-branch", "#field-GENDER_CODE"),
    ),
    Shot("tour", "/help/tour"),
    Shot("area", "/areas/E08000035?wait=yes"),
    Shot("area-narrow-dark", "/areas/E08000035?wait=yes", width=NARROW, scheme="dark"),
    Shot("table", BY_REGION),
    Shot("table-dark", BY_REGION, scheme="dark"),
    Shot("table-no-script", BY_REGION, scripts=False),
    Shot("table-print", BY_REGION, width=PAPER, height=1123, media="print"),
    Shot("table-notes", f"{TABLE}?rows={REGION}&columns=AGE_BAND", scroll_to="#reading"),
    Shot("table-narrow", f"{TABLE}?rows={REGION}&columns=NEW_DATE_NAME", width=NARROW),
    Shot("table-numbers", NUMBERS),
    Shot("table-numbers-narrow", NUMBERS, width=NARROW, scroll_to="#caption"),
    Shot("table-refused", f"{TABLE}?rows={REGION}&columns=SPC_CODE"),
    Shot("categories", f"{TABLE}/categories?rows={AUTHORITY}&field=COA_CODE&use=items&find=yorkshire"),
    Shot("chart", f"/databases/hb_new/chart?{OVER_TIME}", patience=1_500),
    Shot("chart-dark", f"/databases/hb_new/chart?{OVER_TIME}", scheme="dark", patience=1_500),
    Shot("map", f"/databases/hb_new/map?{BY_AUTHORITY}", scroll_to="h1", patience=1_500),
    Shot("map-narrow", f"/databases/hb_new/map?{BY_AUTHORITY}", NARROW, scroll_to="h1", scripts=False),
    Shot("error", f"{TABLE}?rows=REGION"),
)


def main() -> None:
    """Make the home unless one is given, serve it, take the pictures."""
    given = arguments()
    home = given.home or HOME
    if given.home is None:
        subprocess.run([STATLAS, "demo", "--no-serve", "--home", str(home)], check=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for shot in SHOTS:
            if not given.only or shot.name in given.only:
                print(f"{take(browser, address, shot):>8,} bytes  docs/images/{shot.name}.png")
        browser.close()


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description="Take the pictures of the documentation.")
    parser.add_argument("--home", type=Path, help="a home that is there; else that of `make demo`")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these pictures alone")
    return parser.parse_args()


def take(browser: Browser, address: str, shot: Shot) -> int:
    """Take a picture; its size in bytes."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        reduced_motion="reduce",
        color_scheme="dark" if shot.scheme == "dark" else "light",
        java_script_enabled=shot.scripts,
    )
    page = context.new_page()
    answer = page.goto(address + shot.address)
    assert answer is not None
    assert answer.status in (200, 400, 422), f"{shot.address} answers {answer.status}"
    page.emulate_media(media="print" if shot.media == "print" else "screen")
    for opened in shot.opened:
        for one in page.locator(opened).all():
            one.evaluate("found => { found.open = true }")
    if shot.scroll_to:
        page.locator(shot.scroll_to).evaluate("found => found.scrollIntoView()")
    page.wait_for_timeout(shot.patience)
    path = IMAGES / f"{shot.name}.png"
    size = len(page.screenshot(path=path))
    context.close()
    assert size < LARGEST, f"{path.name} has {size:,} bytes; show less of the page"
    return size


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of the site that serves a home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([STATLAS, "serve", "--home", str(home), "--port", str(port), "--workers", "1"])
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address: str) -> None:
    """Until the site answers, half a minute at most."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own site
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the site does not answer")


def chromium() -> str:
    """The system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    sys.exit("Chromium is not installed: apt-get install chromium")


if __name__ == "__main__":
    main()
