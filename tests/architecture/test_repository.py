"""What git holds: no address of a registry, no path of a machine, nothing built, everything pinned."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement

# In two parts, so that this file does not hold what it looks for. Of /work the site has pages, the work list and below.
_FOLDERS = r"(work/(main|shared|[.]\w+)\b|(farm|root|tmp/bash_jobs|home/[a-z]+|Users/[A-Za-z]+)/)"
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/" + _FOLDERS)
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
LOCKS = ("base.txt", "dev.txt", "node.txt")


@pytest.fixture(scope="module")
def tracked(root, require_program):
    """Every text file that git holds, by path."""
    git = require_program("git", how="apt-get install git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git working copy | clone the repository")
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def lock(root, name):
    """The text of a locked requirement file."""
    return (root / "requirements" / name).read_text()


def pins(root, name):
    """The exact versions in a lock; a package may have several, for different Pythons."""
    return {match.group("name", "version") for match in PIN.finditer(lock(root, name))}


def test_no_tracked_file_holds_a_path_of_a_machine(tracked):
    """A working copy runs wherever it is put."""
    found = []
    for path in tracked:
        lines = path.read_bytes().decode("utf-8", "ignore").splitlines()
        found += [f"{path.name}:{n}: {line}" for n, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]
    assert not found


def test_no_tracked_file_is_over_a_megabyte(tracked):
    """Data and built files belong elsewhere."""
    assert not [path.name for path in tracked if path.stat().st_size > 1_000_000]


def test_nothing_installed_or_built_is_tracked(root, tracked):
    """No third-party code is committed, nor anything that set-up makes."""
    kept = {path.relative_to(root).as_posix() for path in tracked}
    assert not [name for name in kept if "node_modules/" in name or "/vendor/" in name or name.startswith(".venv/")]


def test_the_npm_lock_names_no_registry(root):
    """Each package is known by its digest; where it comes from is the machine's own affair."""
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all("integrity" in package for name, package in packages.items() if name)


@pytest.mark.parametrize("name", LOCKS)
def test_a_requirement_lock_names_no_index(root, name):
    """No option and no address: only names, versions, markers and digests."""
    lines = [line for line in lock(root, name).splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in lines if line.startswith("-") or "://" in line or " @ " in line]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_digests(root, name):
    """A requirement is one exact version with at least one sha256."""
    entries = re.split(r"\n(?=[a-z0-9])", lock(root, name).strip())
    assert all(PIN.match(entry) and "--hash=sha256:" in entry for entry in entries)


def test_what_runs_is_what_was_tested(root):
    """Every version of the runtime lock is the one of the lock that the tests run under."""
    assert pins(root, "base.txt") <= pins(root, "dev.txt")


def test_the_runtime_lock_is_within_what_the_package_asks_for(root):
    """pyproject.toml's ranges admit the locked versions, and name nothing that is not locked."""
    locked = dict(pins(root, "base.txt"))
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    for requirement in map(Requirement, project["dependencies"]):
        assert requirement.specifier.contains(locked[requirement.name.replace(".", "-")]), requirement


def test_the_wheel_ships_the_built_assets(root, tmp_path):
    """`pip install statlas` needs neither Node nor a network at run time: the wheel holds what set-up built."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=root, capture_output=True, check=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    vendor = "statlas/web/static/vendor"
    assert {f"{vendor}/statlas.css", f"{vendor}/govuk-frontend.min.js", "statlas/py.typed"} <= names
    assert not [name for name in names if name.endswith((".scss", ".pyc", ".nbi"))]


def test_the_theme_carries_no_branding_of_govuk(root):
    """The crown and GDS Transport are licensed for GOV.UK alone, and no style sheet asks another host for anything."""
    css = (root / "src/statlas/web/static/vendor/statlas.css").read_text()
    assert "govuk-button" in css
    for word in ("GDS Transport", "@font-face", "crest", "url(http", 'url("http', "url(//", "@import"):
        assert word not in css
