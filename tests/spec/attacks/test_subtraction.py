"""Group{A, B} less A, where A is large and B holds nobody to four people: does what is left prove that B is there?

The control sums counts that have noise but no threshold yet, the shortest way to a group and one that is not allowed:
what is left is then B's perturbed count, and any but 0 is proof.
"""

import numpy as np
import pytest
from attackers import classic_cells, deviations, proved
from targets import Target, groups, publish, record_keys, whole

N_AREAS, N_LARGE, N_SMALL = 160, 60, 125
RAW_SUMS = {1: 0.27, 2: 0.59, 3: 0.80, 4: 0.92}


@pytest.fixture(scope="module")
def people(scale) -> dict[str, np.ndarray]:
    """In every area 60 people of the first kind; of the others none, one, two, three or four."""
    rng = np.random.default_rng(4)
    small = np.tile(np.arange(N_SMALL) % 5, (N_AREAS * scale, 1))
    counts = np.column_stack([np.full(len(small), N_LARGE), rng.permuted(small, axis=1)])
    return {
        "AREA": np.repeat(np.arange(len(small)), counts.sum(axis=1)),
        "KIND": np.concatenate([np.repeat(np.arange(N_SMALL + 1), row) for row in counts]),
    }


@pytest.fixture(scope="module")
def true(people, scale) -> np.ndarray:
    """(areas, small kinds) true counts."""
    found = np.zeros((N_AREAS * scale, N_SMALL + 1), int)
    np.add.at(found, tuple(people.values()), 1)
    return found[:, 1:]


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("subtraction"), people)


@pytest.mark.parametrize("n", RAW_SUMS)
def test_sums_of_unprinted_counts_prove_presence(people, true, n, measured):
    """The control: .27, .59, .80 and .92 of the cells with one to four people are proved to hold somebody."""
    sizes = (len(true), N_SMALL + 1)
    perturbed = classic_cells(record_keys(len(people["AREA"])), *people.values(), sizes=sizes)
    pair = perturbed[:, :1] + perturbed[:, 1:]
    left = pair - perturbed[:, :1]
    share = measured(f"group {{A, B}} - A, {n} in B, sums of raw counts", proved(left[true == n], left[true == 0]))
    assert share >= RAW_SUMS[n] - 0.005 - deviations(RAW_SUMS[n], (true == n).sum())


@pytest.mark.parametrize("n", RAW_SUMS)
def test_sums_of_printed_counts_prove_what_the_cell_prints(target, true, n, measured):
    """Ours: what is left proves presence where B itself prints a number, and nowhere else."""
    pairs = np.column_stack([np.ones(N_SMALL, bool), np.eye(N_SMALL, dtype=bool)])
    printed = target.numbers(whole("AREA"), whole("KIND"))
    left = target.numbers(whole("AREA"), groups("KIND", pairs)) - printed[:, :1]
    itself = measured(f"group {{A, B}} - A, {n} in B, the printed cell", (printed[:, 1:][true == n] > 0).mean())
    share = measured(f"group {{A, B}} - A, {n} in B, ours", proved(left[true == n], left[true == 0]))
    assert share <= itself


def test_what_is_left_is_one_number_for_all_hidden_kinds(target, true):
    """In one area the hidden kinds leave the same number, whether they hold nobody or four people."""
    pairs = np.column_stack([np.ones(N_SMALL, bool), np.eye(N_SMALL, dtype=bool)])
    printed = target.numbers(whole("AREA"), whole("KIND"))
    left = target.numbers(whole("AREA"), groups("KIND", pairs)) - printed[:, :1]
    hidden = printed[:, 1:] == 0
    for area in range(len(true)):
        assert len(set(left[area][hidden[area]].tolist())) == 1
        assert set(true[area][hidden[area]].tolist()) >= {0, 1, 2, 3}
