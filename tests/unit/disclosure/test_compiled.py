"""The decorator of compiled loops."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numba
import pytest

from statlas.disclosure.compiled import compiled
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
    assert type(sip_round._cache).__name__ == "FunctionCache"


def test_a_read_only_installation_works_without_a_cache(monkeypatch):
    """Where no folder for the cache can be written the function is compiled all the same."""

    def refusing(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(**options)

    monkeypatch.setattr("statlas.disclosure.compiled.numba", SimpleNamespace(njit=refusing))
    assert compiled(plus_one)(41) == 42


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
