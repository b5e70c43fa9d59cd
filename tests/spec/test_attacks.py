"""Attacks on counts that the classic method falls to, tried on both: classic must fall, ours must not (D9: A1, A5).

Classic means the published method as it stands: every group, official or not, draws noise from its own members.
"""

from __future__ import annotations

import numpy as np
from worlds import NOISE_KEY, MemoryRecords, database, flat, manifest

from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import policy_for
from statlas.engine.tabulate import tabulate
from statlas.model.classification import Node
from statlas.model.query import Dimension, Item, Query, TimeKind, TimeSelector

N_CODES, N_PARTITIONS, N_TRIALS = 12, 100, 120
STANDARD = policy_for("standard")


def classic(counts: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """What the classic method prints for groups with these true counts and key sums."""
    u = look_up_numbers(keys, counts, noise_key=NOISE_KEY, purpose=COUNT_PURPOSE, epoch=0, ptable_id=STANDARD.ptable.id)
    return perturb_counts(counts, u, STANDARD.ptable)


def ours(world, records: dict[str, MemoryRecords], *dimensions: Dimension) -> np.ndarray:
    """What Statlas prints; 0 where it prints no number."""
    cube = tabulate(
        world,
        manifest(world),
        Query(world.id, dimensions=dimensions),
        open_period=records.__getitem__,
        policy=STANDARD,
        noise_key=NOISE_KEY,
    )
    return cube.measures[0].values


def partitions(rng: np.random.Generator) -> np.ndarray:
    """(2 * N_PARTITIONS, N_CODES) random groups of codes, each followed by its complement; none empty."""
    halves = rng.random((N_PARTITIONS, N_CODES)).argsort(axis=1) < rng.integers(1, N_CODES, (N_PARTITIONS, 1))
    return np.stack([halves, ~halves], axis=1).reshape(-1, N_CODES)


def recovered(printed: np.ndarray, true: int) -> bool:
    """Whether the mean of all partitions' sums, rounded, is the true count."""
    return round(float(printed.reshape(-1, 2).sum(axis=1).mean())) == true


def test_averaging_partitions_recovers_nothing():
    """A1: a hundred ways to cut the same people in two; classic averages out to the truth, ours says one thing."""
    field = flat("KIND", N_CODES)
    world = database(field)
    nodes = np.array([node.code for node in field.classification.leaves])
    fell = {"classic": 0, "ours": 0}
    for trial in range(N_TRIALS):
        rng = np.random.default_rng([1, trial])
        n = int(rng.integers(250, 350))
        kinds, keys = rng.integers(0, N_CODES, n), rng.integers(0, 2**32, n, dtype=np.uint32)
        groups = partitions(rng)
        inside = groups[:, kinds]
        sums = (inside * keys.astype(np.uint64)).sum(axis=1) % np.uint64(2**32)
        fell["classic"] += recovered(classic(inside.sum(axis=1), sums.astype(np.uint32)), n)
        unique = np.unique(groups, axis=0, return_inverse=True)
        items = tuple(Item(tuple(Node("C_KIND", code) for code in nodes[row])) for row in unique[0])
        records = {"202501": MemoryRecords(keys, {"KIND": kinds.astype(np.uint8)})}
        printed = ours(world, records, Dimension("KIND", items=items))[0]
        fell["ours"] += recovered(printed[unique[1].reshape(-1)], n)
    assert fell["classic"] >= 0.90 * N_TRIALS
    assert fell["ours"] <= 0.15 * N_TRIALS


def test_five_years_of_the_same_people_say_one_number():
    """A5: a cell that does not change prints the same in sixty months; with fresh keys its mean would be the truth."""
    months = tuple(f"{2021 + n // 12}{n % 12 + 1:02d}" for n in range(60))
    world = database(flat("KIND", 20), periods=months)
    rng = np.random.default_rng(5)
    kinds, keys = rng.integers(0, 20, 800).astype(np.uint8), rng.integers(0, 2**32, 800, dtype=np.uint32)
    true = np.bincount(kinds, minlength=20)
    steady = dict.fromkeys(months, MemoryRecords(keys, {"KIND": kinds}))
    fresh = {m: MemoryRecords(rng.integers(0, 2**32, 800, dtype=np.uint32), {"KIND": kinds}) for m in months}
    asked = (Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("KIND"))
    assert (np.rint(ours(world, fresh, *asked).mean(axis=0)) == true).mean() >= 0.85
    printed = ours(world, steady, *asked)
    assert (printed == printed[0]).all()
    assert (np.rint(printed.mean(axis=0)) == true).mean() <= 0.45


def test_a_group_less_its_part_says_no_more_than_the_other_part():
    """What remains of {A, B} when A is taken away is what B prints, or its share of its parent: never B's truth."""
    field = flat("KIND", 6)
    world = database(field)
    pair = Item((Node("C_KIND", "1"), Node("C_KIND", "2")))
    base = Item((Node("C_KIND", "1"),)), Item((Node("C_KIND", "2"),))
    for alone in (0, 1, 2, 3, 4):
        left = set()
        for trial in range(30):
            rng = np.random.default_rng([9, trial])
            kinds = np.concatenate([np.repeat([0, 2, 3, 4, 5], 60), np.full(alone, 1)]).astype(np.uint8)
            keys = rng.integers(0, 2**32, len(kinds), dtype=np.uint32)
            records = {"202501": MemoryRecords(keys, {"KIND": kinds})}
            first, second, both = ours(world, records, Dimension("KIND", items=(*base, pair)))[0]
            if not second:
                left.add(both - first)
            else:
                assert both - first == second
        assert left <= {0, 1, 2, 3, 4}
        assert len(left) > 1
