"""``statlas key``: what it prints, and how it ends."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def statlas(tmp_path):
    """Run ``statlas key ... --home`` a folder that does not exist yet."""

    def run(*arguments):
        command = [Path(sys.executable).with_name("statlas"), "key", *arguments, "--home", str(tmp_path / "home")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def test_create_prints_a_key_and_nothing_else(statlas, tmp_path):
    """On a fresh machine too, where there is no home: one line on standard output, none on standard error."""
    done = statlas("create", "regional dashboard")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch("[0-9a-f]{64}\n", done.stdout)
    key = done.stdout.strip().encode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and key in path.read_bytes()]


def test_list_shows_names_and_revoke_takes_a_key_back(statlas):
    """No key is in the list; a name that has none in force is explained, with the exit code of an asker's mistake."""
    key = statlas("create", "regional dashboard").stdout.strip()
    listed = statlas("list").stdout
    assert listed.startswith("regional dashboard\tmade ")
    assert key not in listed
    assert statlas("revoke", "regional dashboard").returncode == 0
    assert "revoked" in statlas("list").stdout
    again = statlas("revoke", "regional dashboard")
    assert again.returncode == 2
    assert "There is no key in force for 'regional dashboard'." in again.stderr


def test_list_makes_no_home(statlas, tmp_path):
    """A mistyped folder is a mistake, not an empty list."""
    done = statlas("list")
    assert done.returncode == 5
    assert "There is no home" in done.stderr
    assert not (tmp_path / "home").exists()
