"""Giving tables to many: the same question once, two lanes, turns that end, and answers without the engine."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from homes import write_definition, write_records

from statlas.engine import tabulate
from statlas.errors import BusyError, QueryError
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.tables import counting, giving
from statlas.service.tables.cancelling import Patience
from statlas.service.tables.flights import Flights
from statlas.service.tables.lanes import Lane

ALL = Dimension("MONTH", time=TimeSelector(TimeKind.ALL))
TOWNS = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX")))
ENDLESS = Patience.of(None, None)
SOON = 20.0
"""Seconds within which anything here has ended, however busy the machine."""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The clubs, published once."""
    folder = tmp_path_factory.mktemp("giving")
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=write_definition(folder), records=[write_records(folder / "r.csv")])
    return home


@pytest.fixture
def home(published, monkeypatch):
    """The clubs, with nothing kept and nobody there."""
    for path in (published.path / "cache").rglob("*.answer"):
        path.unlink()
    giving.answers.clear()
    monkeypatch.setattr(giving, "small", Lane(at_once=2, most_waiting=64))
    monkeypatch.setattr(giving, "large", Lane(at_once=1, most_waiting=1))
    return published


@pytest.fixture
def counts(monkeypatch):
    """The queries counted; each waits until ``counts.go`` is set."""

    class Counts(list):
        go = threading.Event()
        begun = threading.Semaphore(0)

    found = Counts()

    def counted(**given):
        found.append(given["query"])
        found.begun.release()
        assert found.go.wait(SOON)
        return counting.count(**given)

    monkeypatch.setattr(giving, "count", counted)
    return found


def ask(home, query=TOWNS, **more):
    """The table of a query."""
    return tables.table(home=home, query=query, door="test", **more)


def until(condition) -> None:
    """Wait until something holds."""
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def standing(lane: Lane) -> int:
    """How many wait in a lane."""
    return lane._waiting


# --- the same question ------------------------------------------------------------------------------------------------


def test_the_same_question_at_the_same_time_is_counted_once(home, counts):
    """Eight threads, two spellings, one count; all get the same numbers."""
    spelt_out = replace(TOWNS, measures=("MEMBERS",))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, home, q) for q in [TOWNS, spelt_out] * 4]
        until(lambda: standing(giving.small) == 7)
        counts.go.set()
        answers = [one.result() for one in asked]
    assert len(counts) == 1
    assert len({one.measures[0].values.tobytes() for one in answers}) == 1


def test_another_process_waits_for_the_answer_instead_of_counting(home, counts):
    """While somebody else holds a question nothing is counted; then their answer is taken from the disk."""
    counts.go.set()
    answer = ask(home)
    made = giving.Giving.of(home, tables.manifest(home=home, database_id="clubs"), ENDLESS)
    data = {path: path.read_bytes() for path in (home.path / "cache").rglob("*.answer")}
    for path in data:
        path.unlink()
    giving.answers.clear()
    counts.clear()
    name = giving.name_of(answer.query)
    with ThreadPoolExecutor(1) as pool:
        with made.shelf.files.alone(made.shelf.release, name) as mine:
            assert mine
            asked = pool.submit(ask, home)
            time.sleep(0.2)
            for path, kept in data.items():
                path.write_bytes(kept)
        assert asked.result(SOON).measures[0].values.tolist() == answer.measures[0].values.tolist()
    assert not counts


def test_a_refusal_is_everybodys_and_a_failure_nobodys():
    """Who waited is refused with the first one; if the first one fails or leaves, the next one makes the answer."""
    for error, told in ((QueryError("no"), QueryError), (BusyError("no", retry_after=1), None), (KeyError("no"), None)):
        flights, lane, go, calls = Flights(), Lane(1, 9), threading.Event(), []

        def make(error=error, go=go, calls=calls):
            calls.append(1)
            if len(calls) == 1:
                assert go.wait(SOON)
                raise error
            return "a table"

        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(flights.answer, "key", make, lane, ENDLESS)
            until(lambda flights=flights: len(flights) == 1)
            second = pool.submit(flights.answer, "key", make, lane, ENDLESS)
            until(lambda lane=lane: standing(lane) == 1)
            go.set()
            assert isinstance(first.exception(SOON), type(error))
            if told:
                assert isinstance(second.exception(SOON), told)
            else:
                assert second.result(SOON) == "a table"
        assert not len(flights)


# --- lanes ------------------------------------------------------------------------------------------------------------


def test_a_large_table_does_not_hold_up_small_ones(home, counts, monkeypatch):
    """While one large table is counted a small one is given, a second large one waits, and a third is sent away."""
    monkeypatch.setattr(giving.costing, "seconds", lambda made, *_, **__: 9.0 if len(made.all_periods) > 1 else 0.0)
    larges = [Query("clubs", dimensions=(ALL, Dimension(name))) for name in ("AREA", "SEX", "AGE_BAND")]
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(ask, home, larges[0])
        assert counts.begun.acquire(timeout=SOON)
        second = pool.submit(ask, home, larges[1])
        until(lambda: standing(giving.large) == 1)
        with pytest.raises(BusyError) as busy:
            ask(home, larges[2])
        assert busy.value.as_problem()["retry_after"] > 0
        small = pool.submit(ask, home, TOWNS)
        assert counts.begun.acquire(timeout=SOON)
        assert len(counts) == 2
        counts.go.set()
        assert [one.result(SOON).n_cells for one in (first, second, small)] == [10, 4, 10]
    assert ask(home, larges[2]).n_cells == 8


def test_nobody_waits_longer_than_they_said(home, counts):
    """A turn that does not come in time is an error that says when to ask again; the command line waits for ever."""
    lane = giving.small
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(ask, home, replace(TOWNS, dimensions=(Dimension(n),))) for n in ("SEX", "AREA")]
        until(lambda: len(counts) == 2)
        with pytest.raises(BusyError):
            ask(home, wait_s=0.05)
        patient = pool.submit(ask, home, wait_s=None)
        until(lambda: standing(lane) == 1)
        counts.go.set()
        assert patient.result(SOON).n_cells == 10
        assert [one.result(SOON).n_cells for one in running] == [2, 5]


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_a_cancelled_question_ends_before_its_next_period(home, monkeypatch):
    """Cancelled while its first period is opened, a question of two periods opens no second one."""
    cancel, opened = tables.Cancel(), []
    real = counting._open_period

    def opening(path, defined):
        opened.append(path)
        cancel.cancel()
        return real(path, defined)

    monkeypatch.setattr(counting, "_open_period", opening)
    query = replace(TOWNS, dimensions=(ALL, *TOWNS.dimensions))
    with pytest.raises(tables.CancelledError):
        ask(home, query, cancel=cancel)
    assert len(opened) == 1
    assert ask(home, query).n_cells == 20


def test_a_cancelled_question_waits_no_longer(home, counts):
    """Whoever leaves while waiting for a turn, or for another's answer, leaves at once."""
    cancel = tables.Cancel()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, home)
        assert counts.begun.acquire(timeout=SOON)
        second = pool.submit(ask, home, cancel=cancel)
        until(lambda: standing(giving.small) == 1)
        cancel.cancel()
        assert isinstance(second.exception(SOON), tables.CancelledError)
        counts.go.set()
        assert first.result(SOON).n_cells == 10
    assert standing(giving.small) == 0


# --- what is kept -----------------------------------------------------------------------------------------------------

COLD = """\
import sys
from pathlib import Path
from statlas.model.query import Dimension, Query
from statlas.service import tables
query = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX")))
found = tables.table(home=tables.open_home(sys.argv[1]), query=query, door="test")
print(found.measures[0].values.tolist(), sorted({"numba", "duckdb", "scipy", "statlas.engine"} & set(sys.modules)))
"""


def test_a_cold_process_gives_a_kept_answer_without_the_engine(home):
    """Another process finds the table, and imports neither numba nor DuckDB nor the engine for it."""
    values = ask(home).measures[0].values.tolist()
    told = subprocess.run([sys.executable, "-c", COLD, home.path], capture_output=True, text=True, check=True).stdout
    assert told == f"{values} []\n"


def test_a_full_disk_costs_nothing_but_the_answers(home, monkeypatch):
    """Where no file can be written the tables are the same, counted each time."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("statlas.store.answers._write", full)
    first = ask(home)
    giving.answers.clear()
    assert ask(home).measures[0].values.tolist() == first.measures[0].values.tolist()
    assert not list((home.path / "cache").rglob("*.answer"))


def test_other_keys_other_records_and_other_software_have_other_shelves(home, monkeypatch):
    """What was kept for one noise, manifest or version of the software is never found for another."""
    found = tables.manifest(home=home, database_id="clubs")
    epochs = replace(found, records=tuple(replace(r, epoch=r.epoch + 1) for r in found.records))
    changed = [replace(found, ptable="x"), replace(found, key_version=2), replace(found, policy="x"), epochs]
    shelves = [giving.shelf(home.path, one, bytes(16), 1) for one in (found, *changed)]
    shelves.append(giving.shelf(home.path, found, b"k" * 16, 1))
    monkeypatch.setattr("statlas.service.tables.shelf.software", lambda: b"newer")
    giving.shelf.cache_clear()
    shelves.append(giving.shelf(home.path, found, bytes(16), 1))
    giving.shelf.cache_clear()
    assert len({one.release for one in shelves}) == len(shelves)


def test_nobody_can_write_into_an_answer_that_others_are_given(home):
    """The numbers of a table given cannot be changed, from memory as little as from the disk."""
    for _ in range(3):
        given = ask(home)
        with pytest.raises(ValueError, match="read-only"):
            given.measures[0].values[0] = 1
        giving.answers.clear()


def test_counting_is_the_engines_work(home):
    """The control: without anything kept the engine is asked, so that the tests above do not pass for nothing."""
    assert callable(tabulate)
    begun = len(giving.answers)
    ask(home)
    assert len(giving.answers) > begun
