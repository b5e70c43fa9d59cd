"""Takes the pictures of the documentation, docs/images/*.png, from the demonstration department; `make screenshots`.

The home is that of `make demo` and is made if it is not there. Needs Chromium.
"""

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
    """A picture: its name, the page it shows, and how much of it; a place to scroll to where the top is not meant."""

    name: str
    address: str
    width: int = 1280
    height: int = 900
    scroll_to: str = ""


SHOTS = (
    Shot("home", "/"),
    Shot("database", "/databases/hb_new"),
    Shot("table", f"{TABLE}?rows={REGION}&rows=TENURE_PUB&columns=NEW_DATE_NAME&periods=latest(4)&total=TENURE_PUB"),
    Shot("table-notes", f"{TABLE}?rows={REGION}&columns=AGE_BAND", scroll_to="#reading"),
    Shot("table-narrow", f"{TABLE}?rows={REGION}&columns=NEW_DATE_NAME", width=320, height=900),
    Shot(
        "table-numbers",
        f"{TABLE}?rows={REGION}&columns=TENURE_PUB&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row",
    ),
    Shot(
        "table-numbers-narrow",
        f"{TABLE}?rows={REGION}&columns=TENURE_PUB&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row",
        width=320,
        height=900,
        scroll_to="#caption",
    ),
    Shot("table-refused", f"{TABLE}?rows={REGION}&columns=SPC_CODE"),
    Shot("categories", f"{TABLE}/categories?rows={AUTHORITY}&field=COA_CODE&use=items&find=yorkshire"),
    Shot("error", f"{TABLE}?rows=REGION"),
)


def main() -> None:
    """Make the home, serve it, take every picture."""
    subprocess.run([STATLAS, "demo", "--no-serve", "--home", str(HOME)], check=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served(HOME) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for shot in SHOTS:
            print(f"{take(browser, address, shot):>8,} bytes  docs/images/{shot.name}.png")
        browser.close()


def take(browser: Browser, address: str, shot: Shot) -> int:
    """Take a picture; its size in bytes."""
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, reduced_motion="reduce")
    page = context.new_page()
    answer = page.goto(address + shot.address)
    assert answer is not None
    assert answer.status in (200, 400, 422), f"{shot.address} answers {answer.status}"
    if shot.scroll_to:
        page.locator(shot.scroll_to).evaluate("found => found.scrollIntoView()")
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
