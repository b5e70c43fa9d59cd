"""Kill -9 in the middle of acts that are none of a release: dates, organisations, roles, keys, accounts.

``tests/support/office_acts.py`` says what is done, and what has to be so after each kill.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(60, marks=pytest.mark.timeout(300)),
        pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_no_line_of_an_act_stands_that_was_not_kept(tmp_path: Path, root: Path, every: int) -> None:
    """Killed before any transaction ends, the next run takes the line back, and the log says what there is."""
    support = root / "tests" / "support"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(support)}
    command = [sys.executable, str(support / "office_acts.py"), str(tmp_path), str(every)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["killed"] >= told["commits"] >= 12
    assert told["taken back"] >= told["commits"]
