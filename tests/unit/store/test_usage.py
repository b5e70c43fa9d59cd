"""Counts of use on the disk: many processes, kills at any moment, midnight, and files that are none of ours."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from statlas.errors import HomeError
from statlas.service import tables
from statlas.service.tables import usage as service
from statlas.service.tables.usage import Client, Usage, Use, UseKind
from statlas.store import durable, owned
from statlas.store import usage as stored
from statlas.store.usage import RECORD_BYTES, Counting

KEY = ("hb_new", "table", "page", "browser")


@pytest.fixture
def clock(monkeypatch):
    """The clock of the counts; ``clock.now`` is set by hand."""

    class Clock(datetime):
        moment = datetime(2026, 11, 23, 12, tzinfo=UTC)

        @classmethod
        def now(cls, _tz=None):
            return cls.moment

    monkeypatch.setattr(stored, "datetime", Clock)
    return Clock


def n_of(home):
    """How often the one thing was counted, over all months."""
    return sum(stored.counts(home).values())


def test_each_use_is_counted_in_its_month(tmp_path, clock):
    """Counts of two months, of several things, are told apart."""
    counting = Counting(tmp_path)
    for _ in range(3):
        counting.add(KEY)
    counting.add(("uc", "view", "page", "bot"))
    clock.moment = datetime(2026, 12, 1, tzinfo=UTC)
    counting.add(KEY)
    assert stored.counts(tmp_path) == {
        ("2026-11", *KEY): 3,
        ("2026-11", "uc", "view", "page", "bot"): 1,
        ("2026-12", *KEY): 1,
    }


def test_days_that_are_over_are_added_up_and_forgotten(tmp_path, clock):
    """Two days later the counts of a day stand in the file of its month alone, without the day."""
    counting = Counting(tmp_path)
    for day in (1, 1, 2, 3):
        clock.moment = datetime(2026, 11, day, 23, 59, 59, tzinfo=UTC)
        counting.add(KEY)
    stored.add_up(tmp_path)
    names = sorted(path.name for path in (tmp_path / "usage").iterdir())
    assert [name[:10] for name in names] == ["2026-11-02", "2026-11-03", "2026-11.js"]
    assert stored.counts(tmp_path) == {("2026-11", *KEY): 4}
    clock.moment += timedelta(days=40)
    stored.add_up(tmp_path)
    assert [path.name for path in (tmp_path / "usage").iterdir()] == ["2026-11.json"]
    assert "-01" not in (tmp_path / "usage" / "2026-11.json").read_text()[:20]
    assert stored.counts(tmp_path) == {("2026-11", *KEY): 4}


@pytest.mark.parametrize("step", range(5))
def test_nothing_is_lost_or_counted_twice_when_adding_up_is_killed(tmp_path, clock, monkeypatch, step):
    """Wherever the adding up ends, the counts are the same before, after, and when it is done again."""
    for n in range(3):
        counting = Counting(tmp_path)
        for _ in range(n + 1):
            counting.add(KEY)
        counting.close()
    clock.moment += timedelta(days=3)
    left = [step]

    class Killed(BaseException):
        pass

    def or_die(real):
        def run(*args, **kwargs):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(*args, **kwargs)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(durable, "replace", or_die(durable.replace))
        patch.setattr(Path, "unlink", or_die(Path.unlink))
        with pytest.raises(Killed):
            stored.add_up(tmp_path)
    assert n_of(tmp_path) == 6
    stored.add_up(tmp_path)
    assert n_of(tmp_path) == 6
    stored.add_up(tmp_path)
    assert n_of(tmp_path) == 6


def test_a_clock_that_jumps_loses_nothing(tmp_path, clock):
    """A clock put on by a year and back again adds up early; what is counted afterwards is counted once too."""
    counting = Counting(tmp_path)
    counting.add(KEY)
    real = clock.moment
    clock.moment = real + timedelta(days=365)
    counting.add(KEY)
    stored.add_up(tmp_path)
    clock.moment = real
    counting.add(KEY)
    clock.moment = real + timedelta(days=3)
    stored.add_up(tmp_path)
    assert stored.counts(tmp_path) == {("2026-11", *KEY): 2, ("2027-11", *KEY): 1}


def test_threads_of_a_process_count_together(tmp_path):
    """Eight threads at once lose no count."""
    counting = Counting(tmp_path)
    threads = [threading.Thread(target=lambda: [counting.add(KEY) for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert n_of(tmp_path) == 4_000


def test_a_process_that_forks_counts_into_two_files(tmp_path):
    """A worker that is a copy of another process counts for itself from where it was copied."""
    counting = Counting(tmp_path)
    counting.add(KEY)
    child = os.fork()
    if child == 0:
        for _ in range(10):
            counting.add(KEY)
        os._exit(0)
    os.waitpid(child, 0)
    counting.add(KEY)
    assert n_of(tmp_path) == 12
    assert len([*(tmp_path / "usage").iterdir()]) == 2


COUNTER = """
import sys
from pathlib import Path
from statlas.store.usage import Counting
counting, n = Counting(Path(sys.argv[1])), 0
sys.stdout.reconfigure(line_buffering=True)
while True:
    for form in ("page", "csv", "xlsx" * 20):
        counting.add(("hb_new", "table", form, "browser"))
        n += 1
    print(n)
"""


@pytest.mark.parametrize("seed", range(3))
def test_killed_processes_lose_no_count(tmp_path, seed):
    """Processes killed at random moments leave every count that they had told, and not one more than they made."""
    chance = random.Random(seed)
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNTER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline()
    drained = [[] for _ in processes]
    readers = [
        threading.Thread(target=lambda p=p, d=d: d.extend(p.stdout)) for p, d in zip(processes, drained, strict=True)
    ]
    for reader in readers:
        reader.start()
    time.sleep(0.05 + chance.random() * 0.1)
    for process in processes:
        process.send_signal(signal.SIGKILL)
    for process, reader in zip(processes, readers, strict=True):
        process.wait()
        reader.join()
        process.stdout.close()
    told = sum(int([line for line in lines if line.endswith("\n")][-1]) for lines in drained)
    assert told <= n_of(tmp_path) <= told + 4 * len(processes)


def test_a_record_stays_within_a_page_of_memory():
    """What a killed process may leave half-written is a write over two pages: no record lies over two."""
    assert 4_096 % RECORD_BYTES == 0
    assert len(stored._record(("x" * 100, "download", "chart-embedded" * 2, "command-line"))) == RECORD_BYTES


@pytest.mark.parametrize("junk", [b"", b"\0" * 300, b"x" * 255 + b"\n", b"000000000001 \xff", os.urandom(1_000)])
def test_what_is_no_record_is_passed_over(tmp_path, junk):
    """A damaged file of a day costs its damaged records alone."""
    counting = Counting(tmp_path)
    counting.add(KEY)
    (tmp_path / "usage" / "2026-11-23.0123456789abcdef.counts").write_bytes(junk)
    (tmp_path / "usage" / "2026-99-99.0123456789abcdef.counts").write_bytes(junk)
    (tmp_path / "usage" / "notes.txt").write_bytes(junk)
    assert n_of(tmp_path) == 1


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{}", b'{"counts": [[]], "added": []}', b"[" * 100_000])
def test_a_damaged_month_is_told_and_not_overwritten(tmp_path, clock, damaged):
    """Nobody publishes half a month: it is an error until somebody restores it, and counting goes on."""
    counting = Counting(tmp_path)
    counting.add(KEY)
    month = tmp_path / "usage" / "2026-11.json"
    month.write_bytes(damaged)
    clock.moment += timedelta(days=5)
    with pytest.raises(HomeError):
        stored.counts(tmp_path)
    with pytest.raises(HomeError):
        stored.add_up(tmp_path)
    assert month.read_bytes() == damaged
    month.write_text(json.dumps({"added": [], "counts": [[*KEY, 5]]}))
    assert n_of(tmp_path) == 6


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path, monkeypatch):
    """A full disk, or a folder that is none, loses the count and nothing else; later ones are counted."""
    counting = Counting(tmp_path)
    counting.add(KEY)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        counting.add(KEY)
        counting.add(("uc", "view", "page", "bot"))
    counting.add(("uc", "view", "page", "bot"))
    counting.add(KEY)
    assert Counter(stored.counts(tmp_path)).total() == 3
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "usage").write_text("no folder")
    Counting(tmp_path / "other").add(KEY)


# --- for doors --------------------------------------------------------------------------------------------------------


def test_the_service_tells_of_a_month_or_a_database(tmp_path, clock):
    """Uses come back as what they are, in order, all or some."""
    home = tables.open_home(tmp_path)
    for database in ("uc", "hb_new", "hb_new"):
        service.count(home=home, use=Use(database, UseKind.DOWNLOAD, "csv"), client=Client.R)
    row = Usage("2026-11", "hb_new", UseKind.DOWNLOAD, "csv", Client.R, 2)
    assert service.usage(home=home)[0] == row
    assert service.usage(home=home, database_id="hb_new") == (row,)
    assert len(service.usage(home=home, month="2026-11")) == 2
    assert service.usage(home=home, month="2026-10") == ()


def test_nothing_but_words_of_ours_is_written(tmp_path):
    """In the files stand a number and what was given: no address, no account, no program, no hour."""
    home = tables.open_home(tmp_path)
    service.count(home=home, use=Use("hb_new", UseKind.TABLE, "page"), client=Client.PYTHON)
    (file,) = (tmp_path / "usage").iterdir()
    assert file.read_text().split() == ["000000000001", "hb_new", "table", "page", "python"]


def test_a_folder_that_root_makes_is_the_owners(tmp_path, monkeypatch):
    """A command of root's does not shut the owner of the home out of its logs; a folder that is there stays."""
    given = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(owned, "owner_of", lambda _home: (4_711, 4_712))
    monkeypatch.setattr(os, "fchown", lambda descriptor, *owner: given.append((os.fstat(descriptor).st_ino, owner)))
    owned.make_folder(tmp_path / "logs", tmp_path)
    assert given == [((tmp_path / "logs").stat().st_ino, (4_711, 4_712))]
    owned.make_folder(tmp_path / "logs", tmp_path)
    assert len(given) == 1
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Not a directory"):
        owned.make_folder(tmp_path / "file", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "logs"]
