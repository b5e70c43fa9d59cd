"""The suite's own rule: a skip is never hidden."""

import shutil
import subprocess
import sys

import pytest

SAMPLE = """
import pytest

def test_passes(): ...

def test_skips(require_program):
    require_program("no-such-program", how="apt-get install no-such-program")

def test_needs_samples(shared): ...

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""

SKIPPED_MODULE = """
import pytest
pytest.skip("the whole module | read the manual", allow_module_level=True)
"""


@pytest.fixture
def run(root, tmp_path, monkeypatch):
    """Run a suite of one file under the real conftest; gives exit code and output."""
    suite = tmp_path / "copy" / "tests"
    suite.mkdir(parents=True)
    shutil.copy(root / "tests" / "conftest.py", suite)

    def run(source, *, require_all):
        (suite / "test_sample.py").write_text(source)
        monkeypatch.setenv("STATLAS_REQUIRE_ALL", "1" if require_all else "")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", str(suite)]
        done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return run


def test_a_closing_table_says_what_was_skipped_why_and_how_to_run_it(run):
    """Without the switch a skip passes, and the last table tells of it."""
    code, output = run(SAMPLE, require_all=False)
    table = output[output.index("not run here") :]
    assert code == 0
    assert "1 test: no-such-program is not installed" in table
    assert "to run: apt-get install no-such-program" in table
    assert "1 test: the folder of samples and data is absent" in table


def test_a_skipped_module_is_in_the_table(run):
    """A module skipped whole is told of like a test."""
    _, output = run(SKIPPED_MODULE, require_all=False)
    assert "to run: read the manual" in output


def test_a_skip_fails_where_every_test_is_asked_for(run):
    """With STATLAS_REQUIRE_ALL=1 a skipped test fails, with the reason; a known failure does not."""
    code, output = run(SAMPLE, require_all=True)
    assert code == 1
    assert "asks for every test: no-such-program is not installed" in output
    assert "1 xfailed" in output
    assert "skipped" not in output.splitlines()[-1]


def test_a_skipped_module_fails_where_every_test_is_asked_for(run):
    """With STATLAS_REQUIRE_ALL=1 a module skipped whole fails the run."""
    code, output = run(SKIPPED_MODULE, require_all=True)
    assert code != 0
    assert "asks for every test: the whole module" in output
