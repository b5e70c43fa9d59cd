"""What every test can ask for, and the rules all tests live under.

* The network is off but for loopback.
* A skip is never hidden: a closing table says what was skipped, why and how to mend it; with ``STATLAS_REQUIRE_ALL=1``
  (as in ``.ci/run``) a skip fails the run.
"""

import hashlib
import ipaddress
import os
import re
import shutil
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
REQUIRE_ALL = os.environ.get("STATLAS_REQUIRE_ALL") == "1"

# No deadline: the cores are shared with the other worker, and numba compiles inside a first example.
# The quick lane draws the same examples in every run, so that its verdict is the change's own; the deep one looks on.
settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True, derandomize=True)
settings.register_profile("deep", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# --- what a test can ask for ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the working copy."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real samples and data beside the working copy; its tests are skipped where it is absent."""
    path = ROOT.parent / "shared"
    if not (path / "samples").is_dir():
        pytest.skip("the folder of samples and data is absent | place it beside the working copy, as ../shared")
    return path


@pytest.fixture(scope="session")
def require_program() -> Callable[..., Path]:
    """``require_program("chromium", how="apt-get install chromium")``: its path, or a skip that says how to get it.

    More names are tried in turn: ``require_program("chromium", "google-chrome", how=...)``.
    """

    def find(*names: str, how: str) -> Path:
        for name in names:
            if found := shutil.which(name):
                return Path(found)
        pytest.skip(f"{names[0]} is not installed | {how}")

    return find


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``demonstration.home("hb_new", ...)``: a home with those databases of the demonstration, small."""
    from demonstrations import SmallDepartment  # noqa: PLC0415 - few tests ask for it, and it loads much

    return SmallDepartment(tmp_path_factory.mktemp("demonstration"))


# --- chance that every run repeats ------------------------------------------------------------------------------------

_NUMBERED = re.compile(r"\d+$")


def _place(path: Path, base: Path) -> str:
    """Where a file lies, told alike in every run: below pytest's own folder, without the number that it adds."""
    if not path.is_relative_to(base):
        return path.name
    first, *rest = path.relative_to(base).parts
    return "/".join((_NUMBERED.sub("", first), *rest))


@pytest.fixture(autouse=True, scope="session")
def _same_secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Homes made in this process draw their noise from secrets that follow from their place, the same in every run.

    Which cells a table hides depends on its home's secrets. Drawn afresh, a test that sees a rule at work would fail
    once in many runs, and whoever reads of it could not see it again. Processes that tests start draw as ever.
    """
    from statlas.store import secret  # noqa: PLC0415 - the tests of a wall load less

    base, wanted, read = tmp_path_factory.getbasetemp(), threading.local(), secret.read
    drawn: Counter[Path] = Counter()

    def reading(path: Path, n_bytes: int) -> bytes | None:
        wanted.path = path
        return read(path, n_bytes)

    def fresh(n_bytes: int) -> bytes:
        drawn[wanted.path] += 1
        return hashlib.shake_256(f"{_place(wanted.path, base)} {drawn[wanted.path]}".encode()).digest(n_bytes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret, "read", reading)
        patch.setattr(secret, "fresh", fresh)
        yield


# --- no network but loopback ------------------------------------------------------------------------------------------


class NetworkBlockedError(Exception):
    """A test reached for a host other than this one."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _block_network(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a path or netlink address stays on this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_here(host):
        raise NetworkBlockedError(f"{event}: tests reach no host but this one, asked for {host!r}")


sys.addaudithook(_block_network)


# --- skips are seen ---------------------------------------------------------------------------------------------------


def _is_skip(report: Any) -> bool:
    return report.outcome == "skipped" and not hasattr(report, "wasxfail")


def _reason(report: Any) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


def _fail_skip(report: Any) -> Any:
    if REQUIRE_ALL and _is_skip(report):
        report.longrepr = f"skipped, and STATLAS_REQUIRE_ALL=1 asks for every test: {_reason(report)}"
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skipped test into a failed one where every test is asked for."""
    return _fail_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for a module skipped whole."""
    return _fail_skip((yield))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The closing table: what was skipped, why and how to mend it."""
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    if not skipped:
        return
    terminalreporter.section("not run here")
    for reason, times in sorted(skipped.items()):
        why, _, how = reason.partition(" | ")
        terminalreporter.write_line(f"{times:5} {'test' if times == 1 else 'tests'}: {why}")
        if how:
            terminalreporter.write_line(f"{'':13}to run: {how}")
