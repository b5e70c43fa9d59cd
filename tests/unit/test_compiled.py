"""The decorator of compiled loops."""

import importlib
import os
import subprocess
import sys
import time
from pkgutil import walk_packages

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import statlas
from statlas.compiled import StampedCache, compiled, named_by, stamp
from statlas.disclosure.siphash import sip_round


def plus_one(x):
    """A loop to compile."""
    return x + 1


def test_a_compiled_function_gives_what_the_function_gives():
    """Compiling changes the speed of a function, not its answer."""
    assert compiled(plus_one)(41) == plus_one(41)


def test_loops_release_the_lock_and_are_cached():
    """Slices of a table may be given to several threads, and a second process compiles nothing."""
    assert sip_round.targetoptions["nogil"]
    assert isinstance(sip_round._cache, StampedCache)


def test_a_read_only_installation_works_without_a_cache(monkeypatch):
    """Where no folder for the cache can be written the function is compiled all the same."""

    def refusing(*_):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr("statlas.compiled.FunctionCache.__init__", refusing)
    made = compiled(plus_one)
    assert made(41) == 42
    assert not isinstance(made._cache, StampedCache)


# --- what the cache is stamped with -----------------------------------------------------------------------------------

CALLEE = """\
from statlas.compiled import compiled
from limits import MOST
@compiled
def least(x):
    return min(x, MOST)
"""
CALLER = """\
from statlas.compiled import compiled
from callee import least
@compiled
def twice(x):
    return {factor} * least(x)
"""
PROGRAM = "from caller import twice; print(twice(9), sum(twice.stats.cache_hits.values()))"


@pytest.fixture
def package(tmp_path):
    """Writes a loop that calls a loop that names a constant, each in a module of its own, and runs it in a process."""

    def run(factor=2, callee=CALLEE, most=5):
        sources = {"limits.py": f"MOST = {most}\n", "callee.py": callee, "caller.py": CALLER.format(factor=factor)}
        for name, text in sources.items():
            if not (tmp_path / name).exists() or (tmp_path / name).read_text() != text:
                (tmp_path / name).write_text(text)
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return tuple(map(int, done.stdout.split()))

    return run


def test_the_cache_is_renewed_when_anything_compiled_in_changes(package):
    """A second process compiles nothing; one after a change of what is called, or of a constant in it, does."""
    assert package() == (10, 0)
    assert package() == (10, 1)
    assert package(callee=CALLEE.replace("min(x, MOST)", "min(x, MOST) + 1")) == (12, 0)
    assert package(most=7) == (14, 0)
    assert package(most=7) == (14, 1)
    assert package(factor=3, most=7) == (21, 0)


def loops():
    """Every compiled loop of the package."""
    for module in walk_packages(statlas.__path__, "statlas."):
        if module.name.startswith(("statlas.disclosure", "statlas.engine", "statlas.records")):
            found = vars(importlib.import_module(module.name)).values()
            yield from (f for f in found if isinstance(f, Dispatcher) and f.py_func.__module__ == module.name)


def test_loops_name_only_what_a_stamp_can_hold():
    """A loop calls loops of the same decorator, names plain constants, and of modules numpy alone."""
    assert len(list(loops())) > 20
    for loop in loops():
        for name, value in named_by(loop.py_func):
            ours = isinstance(value, Dispatcher) and isinstance(value._cache, StampedCache)
            plain = isinstance(value, int | float | np.integer | tuple) and "..." not in repr(value)
            assert ours or plain or value is np, f"{loop.py_func.__qualname__} names {name}"


def test_a_stamp_costs_a_cold_process_next_to_nothing():
    """All stamps together take less than 5 ms, in the best of ten runs on a busy machine."""
    ours = [(loop.py_func, loop._cache.own_stamp) for loop in loops()]

    def seconds():
        begun = time.perf_counter()
        assert len({stamp(function, own) for function, own in ours}) == len(ours)
        return time.perf_counter() - begun

    assert min(seconds() for _ in range(10)) < 0.005


@pytest.mark.parametrize("n_threads", ["1", "2"])
def test_the_bits_do_not_depend_on_the_number_of_threads(n_threads):
    """A process with another number of numba threads gives the same look-up numbers.

    The expected hash was made from 10,000 numbers by ``look_up_number_definition``.
    """
    program = (
        "import numpy as np; from statlas.disclosure.lookup import look_up_numbers as f;"
        "n = np.arange(10_000); u = f(n, n, noise_key=bytes(16), purpose=0, epoch=0, ptable_id=1);"
        "import hashlib; print(hashlib.sha256(u.tobytes()).hexdigest())"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": n_threads}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "abf6af6b33af3da0988a8bd1a02f39d57e99007f7b75de6c3be2e022092dfa8e"
