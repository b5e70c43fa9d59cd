"""The documentation builds without a warning."""

import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
def test_the_documentation_builds_without_a_warning(root, tmp_path):
    """As `make docs`: an unknown reference, a page no one links to or a broken table fails."""
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html"]
    folders = ["-d", str(tmp_path / "doctrees"), "docs", str(tmp_path / "html")]
    done = subprocess.run([*command, *folders], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "html" / "index.html").is_file()
