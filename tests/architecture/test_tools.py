"""Lint, format, types and walls are tests like any other: `make test` finds what `make check` finds."""

import subprocess

import pytest


@pytest.mark.timeout(400)  # a first run of mypy reads the stubs of every library
@pytest.mark.parametrize(
    "command",
    ["ruff check", "ruff format --check", "mypy", "lint-imports --no-logo"],
)
def test_the_tool_finds_nothing(root, command):
    """The tool runs over the whole working copy and has nothing to say."""
    name, *arguments = command.split()
    program = root / ".venv" / "bin" / name
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
