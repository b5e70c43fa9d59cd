"""The pages of the native API: what they list is what there is, and what they show runs against a real site."""

import contextlib
import doctest
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "ask-the-native-api.md"
REFERENCE = ROOT / "docs" / "reference" / "native-api.md"
SITE = "http://localhost:8000"
STATLAS = Path(sys.executable).with_name("statlas")
EXAMPLE = ROOT / "examples" / "first_table"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a site that serves the database of the first table."""
    home = tmp_path_factory.mktemp("native") / "home"
    publish = [STATLAS, "publish", "--now", EXAMPLE / "definition.yaml", EXAMPLE / "applicants.csv", "--home", home]
    subprocess.run(publish, check=True, capture_output=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [STATLAS, "serve", "--home", home, "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _wait_for(address):
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("the site does not answer")


def scripts():
    """The Python files of the how-to, by name."""
    found = re.findall(r"```\{code-block\} python\n:caption: (\S+)\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    return dict(found)


def commands():
    """The commands of the how-to, each with the output shown."""
    for block in re.findall(r"```text\n(.*?)```", HOW_TO.read_text(), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def test_the_how_to_has_examples():
    """Three scripts and commands for everything else."""
    assert set(scripts()) == {"ask.py", "frame.py", "pages.py"}
    assert len(list(commands())) >= 6


@pytest.mark.parametrize("name", scripts())
def test_a_script_of_the_how_to_runs(site, tmp_path, name):
    """As it stands, but for the address of the site."""
    (tmp_path / name).write_text(scripts()[name].replace(SITE, site))
    done = subprocess.run([sys.executable, name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = {"ask.py": "release 1", "frame.py": "September 2025", "pages.py": "Castle Full plot"}
    assert said[name] in done.stdout


def test_the_commands_of_the_how_to_give_what_it_shows(site, require_program):
    """Every one, with curl."""
    curl = require_program("curl", how="apt-get install curl")
    checker = doctest.OutputChecker()
    for command, shown in commands():
        program, *arguments = shlex.split(command.replace(SITE, site))
        assert program == "curl"
        done = subprocess.run([curl, *arguments], capture_output=True, text=True, check=True)
        got = done.stdout.replace("\r\n", "\n").replace(site, SITE)
        wanted = shown if shown.rstrip().endswith(("}", "...")) else f"{shown}..."
        fits = checker.check_output(f"{wanted.rstrip()}...", got, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert fits, f"$ {command}\nshown:\n{shown}\ngot:\n{got}"


def test_the_reference_lists_every_endpoint_with_its_methods(client, db):
    """And no other."""
    document = client.get("/api/v1/openapi.json").json()
    there = {
        (path.removeprefix("/api/v1"), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    told = set()
    for paths, methods in re.findall(
        r"^\| (`/.*?`) \| ((?:GET|POST|DELETE|, )+) \|", REFERENCE.read_text(), re.MULTILINE
    ):
        told |= {(path, method) for path in re.findall("`(.*?)`", paths) for method in methods.split(", ")}
    assert told == there


def test_the_reference_tells_every_member_of_what_is_explained(client, db):
    """Of queries, plans, cells, schemas of codes and errors."""
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    page = REFERENCE.read_text()
    for name in ("QueryForm", "DimensionOfQuery", "PlanShape", "CellRequest", "Problem"):
        for member in schemas[name]["properties"]:
            assert f"`{member}`" in page, (name, member)
    untold = {"database", "release", "released", "digest", "synthetic", "measure"}
    for member in set(schemas["CellShape"]["properties"]) - untold:
        assert f"`{member}`" in page, member
