"""A5: ask for the same cell in sixty months and take the mean."""

import numpy as np
import pytest
from attackers import classic
from targets import Target, printed, publish, whole

from statlas.model.query import Dimension, TimeKind, TimeSelector

N_MONTHS, N_KINDS, N_EACH = 60, 480, 14
MONTHS = tuple(f"{2021 + n // 12}{n % 12 + 1:02d}" for n in range(N_MONTHS))
ALL_MONTHS = Dimension("MONTH", time=TimeSelector(TimeKind.ALL))
# People who are of one kind in odd months and of the next one in even months, so that only the other kinds stay.
MOVERS = slice(0, N_KINDS // 4 * N_EACH, N_EACH * 2)


@pytest.fixture(scope="module")
def people() -> dict[str, dict[str, np.ndarray]]:
    """For every month the same people; ``TWIN`` names the kinds otherwise; some move from kind to kind."""
    steady = np.repeat(np.arange(N_KINDS), N_EACH)
    moved = steady.copy()
    moved[MOVERS] += 1
    return {
        month: {"KIND": kinds, "TWIN": N_KINDS - 1 - kinds}
        for number, month in enumerate(MONTHS)
        for kinds in [(steady, moved)[number % 2]]
    }


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("time"), people[MONTHS[0]], months=people)


def stays() -> np.ndarray:
    """(N_KINDS,) which kinds hold the same people in every month."""
    return np.arange(N_KINDS) >= N_KINDS // 4


def recovered(answers: np.ndarray) -> float:
    """Share of the cells whose mean over the months, rounded, is their true count."""
    return float((np.rint(answers.mean(axis=0)) == N_EACH).mean())


def test_fresh_keys_average_out_to_the_truth(measured):
    """Keys drawn anew for every snapshot: at least .95 of the true counts are the mean of five years."""
    sums = np.random.default_rng(8).integers(0, 2**32, (N_MONTHS, N_KINDS), dtype=np.uint64)
    answers = classic(np.full((N_MONTHS, N_KINDS), N_EACH), sums)
    assert measured("A5 sixty months, fresh keys", recovered(answers)) >= 0.95


def test_five_years_of_the_same_people_are_one_look(target, measured):
    """Keys for life: at most .30 of the true counts are the mean of five years, no more than in one month."""
    answers = printed(target.ask(ALL_MONTHS, whole("KIND")))[:, stays()]
    share = measured("A5 sixty months, ours", recovered(answers))
    assert share <= 0.30
    assert share == recovered(answers[:1])


def test_equal_sets_have_equal_numbers(target):
    """The same people print the same in every month and under every name, whoever moves elsewhere."""
    answers = printed(target.ask(ALL_MONTHS, whole("KIND")))
    twins = printed(target.ask(ALL_MONTHS, whole("TWIN")))[:, ::-1]
    assert np.array_equal(answers, twins)
    assert (answers[:, stays()] == answers[0, stays()]).all()
    assert np.array_equal(answers[::2], np.broadcast_to(answers[0], answers[::2].shape))
    assert (answers[1, ~stays()] != answers[0, ~stays()]).mean() > 0.5
