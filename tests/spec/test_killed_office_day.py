"""Kill -9 at 100 moments of a release day as people and the keeper live it: draft, approve, minute, withdraw, restore.

``tests/support/office_day.py`` says what is done, and what has to be so after each kill; the files alone are killed in
``test_killed_release_day.py``, a whole site in ``tests/web/test_killed_site.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SEED = 9


@pytest.mark.parametrize(
    "n_moments",
    [
        pytest.param(8, marks=pytest.mark.timeout(300)),
        pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_the_office_may_be_killed_at_any_moment_of_a_release_day(tmp_path: Path, root: Path, n_moments: int) -> None:
    """Nothing published is lost, nothing unreleased is seen, and whoever goes on is told how, to the day's end."""
    support = root / "tests" / "support"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(support)}
    command = [sys.executable, str(support / "office_day.py"), str(tmp_path), str(n_moments), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr + done.stdout
    print(done.stdout)  # noqa: T201 - the seed, and what was seen
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["killed"] >= n_moments - 1, "one may have come too late"
    assert told["first"]
    assert told["both"]
