"""A home served as a demonstration: one signs in by the links that it prints."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from statlas.store import Home

_SERVE = """\
import sys
from pathlib import Path
from statlas.cli.serve import serve_demonstration
serve_demonstration(Path(sys.argv[1]), int(sys.argv[2]))
"""
PATIENCE_S = 90
"""How long anything of a site's own may take on a busy machine: many times what it does."""


@dataclass(frozen=True)
class DemonstrationSite:
    """What is served: its address, and a link to sign in for each role."""

    home: Home
    address: str
    links: dict[str, str]
    database_url: str = ""
    """Where its database is; "" for the home."""


@contextmanager
def served(home: Home, port: int, **environment: str) -> Iterator[DemonstrationSite]:
    """The home, served while this lasts; what the site said is told with the tests that failed."""
    (home.path / "demonstration.json").write_text("{}")
    command, said = [sys.executable, "-c", _SERVE, str(home.path), str(port)], home.path.parent / "said"
    given = {**os.environ, **environment}
    with said.open("w") as into, subprocess.Popen(command, stderr=into, stdout=into, env=given) as process:
        address = f"http://localhost:{port}"
        try:
            until(lambda: process.poll() is not None or status(f"{address}/healthz") == 200, "the site answers")
            yield DemonstrationSite(home, address, _links(said.read_text()), environment.get("DATABASE_URL", ""))
        finally:
            process.terminate()
            process.wait(60)
            sys.stderr.write(said.read_text())


def status(address: str) -> int:
    """The status with which a guest is answered; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def until(holds, what: str) -> None:
    """Wait until something holds, or fail saying what did not."""
    for _ in range(PATIENCE_S * 10):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"In {PATIENCE_S} seconds it did not come about that {what}.")


def _links(said: str) -> dict[str, str]:
    found = [line for line in said.splitlines() if "/account/trying/" in line]
    assert found, said
    return {line.rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in found}
