"""A1: cut the same people in two in a hundred ways, add each pair up, take the mean (Asghar and Kaafar 2020)."""

import numpy as np
import pytest
from attackers import cells, classic
from targets import Target, groups, publish, record_keys, whole

N_AREAS, N_KINDS, N_PARTITIONS = 200, 12, 100


def partitions(rng: np.random.Generator) -> np.ndarray:
    """(N_PARTITIONS, N_KINDS) different ways to cut the codes in two; neither side is empty."""
    numbers = rng.choice(2 ** (N_KINDS - 1) - 1, N_PARTITIONS, replace=False) + 1
    return (numbers[:, np.newaxis] >> np.arange(N_KINDS) & 1).astype(bool)


def recovered(estimates: np.ndarray, true: np.ndarray) -> float:
    """Share of areas whose estimate, rounded, is the true count."""
    return float((np.rint(estimates) == true).mean())


@pytest.fixture(scope="module")
def people(scale) -> dict[str, np.ndarray]:
    """About 300 people in each area, of twelve kinds."""
    rng = np.random.default_rng(1)
    area = np.repeat(np.arange(N_AREAS * scale), rng.integers(250, 350, N_AREAS * scale))
    return {"AREA": area, "KIND": rng.integers(0, N_KINDS, len(area))}


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("averaging"), people)


@pytest.fixture(scope="module")
def halves() -> np.ndarray:
    """The ways to cut the kinds in two."""
    return partitions(np.random.default_rng(2))


def test_classic_groups_average_out_to_the_truth(people, halves, measured):
    """Groups with noise of their own: at least .90 of the areas' true counts are the mean of a hundred sums."""
    keys = record_keys(len(people["AREA"]))
    true = np.bincount(people["AREA"])
    sides = (side for half in halves for side in (half[people["KIND"]], ~half[people["KIND"]]))
    answers = [classic(*cells(keys[side], people["AREA"][side], sizes=true.shape)) for side in sides]
    estimates = np.stack(answers).reshape(N_PARTITIONS, 2, -1).sum(axis=1).mean(axis=0)
    assert measured("A1 averaging, 100 partitions, classic", recovered(estimates, true)) >= 0.90


def our_means(target: Target, halves: np.ndarray) -> np.ndarray:
    """(areas,) means of what Statlas prints for the hundred pairs of groups."""
    asked, which = np.unique(np.concatenate([halves, ~halves]), axis=0, return_inverse=True)
    answers = target.numbers(whole("AREA"), groups("KIND", asked))[:, which.reshape(-1)]
    return answers.reshape(-1, 2, N_PARTITIONS).sum(axis=1).mean(axis=1)


def test_our_groups_average_out_to_nothing(people, target, halves, measured):
    """Groups of printed numbers: at most .15 of the areas' true counts are found."""
    share = recovered(our_means(target, halves), np.bincount(people["AREA"]))
    assert measured("A1 averaging, 100 partitions, ours", share) <= 0.15


def test_our_groups_add_nothing_to_the_printed_total(people, target, halves, measured):
    """However the mean of the groups is weighed against the printed total, it finds what the total alone finds."""
    true, printed, means = np.bincount(people["AREA"]), target.numbers(whole("AREA")), our_means(target, halves)
    best = max(recovered(weight * printed + (1 - weight) * means, true) for weight in np.linspace(0, 1, 21))
    one_look = measured("A1 one look at the printed total, ours", recovered(printed, true))
    assert measured("A1 total and partitions weighed best, ours", best) <= one_look + 0.05
