"""The audit log under many processes at once, and under kill -9: no line that was told to be written is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from statlas.store import audit

WRITER = """
import sys
from pathlib import Path
from statlas.store import audit
for n in range(int(sys.argv[3])):
    line = audit.append(
        Path(sys.argv[1]), actor=sys.argv[2], action="release.approve", subject=str(n), reason="x" * 900
    )
    print(line.sequence, flush=True)
"""


def writer(home: Path, name: str, n_lines: int) -> subprocess.Popen[str]:
    """A process that adds lines and prints the number of each when it is told to be written."""
    command = [sys.executable, "-c", WRITER, str(home), name, str(n_lines)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def printed(process: subprocess.Popen[str]) -> list[int]:
    """The numbers that a process printed, whole lines alone."""
    told = process.communicate(timeout=60)[0]
    return [int(number) for number in told.split("\n")[:-1]]


def test_many_processes_write_one_chain(tmp_path: Path) -> None:
    """Eight processes at once make one chain without a gap, each line told with its own number."""
    processes = [writer(tmp_path, f"p{n}", 20) for n in range(8)]
    told = [printed(process) for process in processes]
    assert sorted(number for numbers in told for number in numbers) == list(range(1, 161))
    found = audit.verify(tmp_path)
    assert (found.n_lines, found.faults, found.remarks) == (160, (), ())
    by_actor = defaultdict(list)
    for line in audit.lines(tmp_path):
        by_actor[line.actor].append(int(line.subject))
    assert by_actor == {f"p{n}": list(range(20)) for n in range(8)}


@pytest.mark.parametrize("seed", range(8))
def test_killed_processes_lose_no_line_that_was_told(tmp_path: Path, seed: int) -> None:
    """Writers killed at random moments, again and again, leave a log in which every line that was told stands."""
    chance = random.Random(seed)
    told: set[int] = set()
    for _ in range(3):
        processes = [writer(tmp_path, f"p{n}", 10_000) for n in range(3)]
        _wait_for_growth(tmp_path)
        time.sleep(chance.random() * 0.05)
        for process in processes:
            process.send_signal(signal.SIGKILL)
        told |= {number for process in processes for number in printed(process)}
    last = audit.append(tmp_path, actor="the next", action="release.approve", subject="after all")
    found = audit.verify(tmp_path)
    assert (found.n_lines, found.faults, found.remarks) == (last.sequence, (), ())
    assert told <= {line.sequence for line in audit.lines(tmp_path)}
    assert len(told) >= 9


def _wait_for_growth(home: Path) -> None:
    log, until = home / "logs" / "audit.jsonl", time.monotonic() + 60
    size = log.stat().st_size if log.exists() else 0
    while not log.exists() or log.stat().st_size <= size + 7_000:  # six lines, of which three at most were not told yet
        assert time.monotonic() < until, "no line was written"
        time.sleep(0.002)
