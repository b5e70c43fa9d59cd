"""Weighted counts and the standard errors of a survey's design."""

import math

import numpy as np
import pytest

from statlas.disclosure.weights import (
    grossing_standard_errors,
    publish_weighted_counts,
    replicate_standard_errors,
    weighted_counts,
)


def test_a_weighted_count_takes_part_in_the_noise_of_its_count():
    """Twelve for ten people of weight 8.125 are 97.5, in ten-thousandths; an empty cell is 0."""
    found = weighted_counts(np.array([812_500, 0]), np.array([10, 0]), np.array([12, 0]))
    assert found.tolist() == [975_000, 0]


@pytest.mark.parametrize(
    ("weighted", "n_hat", "variance", "printed"),
    [(975_000, 12, 3.0, 100), (9_755_000, 120, 3.0, 980), (9_755_000, 120, 0.01, 976), (9_754_999, 120, 0, 975)],
)
def test_a_weighted_count_is_printed_in_the_unit_of_its_noise(weighted, n_hat, variance, printed):
    """Noise of 14 persons leaves tens; less noise leaves whole persons, and never parts of one."""
    found = publish_weighted_counts(np.array([weighted]), np.array([n_hat]), variance, precision=4)
    assert found.tolist() == [printed]


def test_replicates_by_hand():
    """Differences of 3 and -4 with a scale of .5 give the root of 12.5, times n̂ / n, to two figures."""
    totals, replicates = np.array([100, 0]), np.array([[103, 0], [96, 0]])
    found = replicate_standard_errors(totals, replicates, np.array([10, 0]), np.array([12, 0]), scale=0.5, precision=0)
    assert found.tolist() == [float(f"{math.sqrt(12.5) * 1.2:.1e}"), 0]


def test_replicates_in_units_of_the_weight():
    """Ten thousand ten-thousandths are one: the error is in persons whatever the precision."""
    one = replicate_standard_errors(
        np.array([100]), np.array([[103], [96]]), np.array([10]), np.array([12]), scale=0.5, precision=0
    )
    other = replicate_standard_errors(
        np.array([10**6]), np.array([[1_030_000], [960_000]]), np.array([10]), np.array([12]), scale=0.5, precision=4
    )
    assert one.tolist() == other.tolist()


def test_a_grossing_factor_alone():
    """Ten people of weight 8 have w(w - 1) of 560 together; weights below 1 cannot make a negative variance."""
    squares = np.array([560, 0, -3])
    found = grossing_standard_errors(squares, np.array([10, 0, 5]), np.array([10, 0, 6]), precision=0)
    assert found.tolist() == [24, 0, 0]
    assert grossing_standard_errors(squares * 10_000, np.full(3, 10), np.full(3, 10), precision=4)[0] == 24


def test_a_grossing_factor_gives_the_error_of_poisson_sampling():
    """Over many samples drawn unit by unit the stated error is the spread of the weighted counts."""
    random, n_samples = np.random.default_rng(1), 4_000
    probability = random.uniform(0.05, 0.5, 300)
    drawn = random.random((n_samples, 300)) < probability
    weights = drawn / probability
    squares = np.rint(1e4 * (weights * (weights - 1) * drawn).sum(axis=1)).astype(np.int64)
    n = drawn.sum(axis=1)
    stated = grossing_standard_errors(squares, n, n, precision=4)
    assert math.isclose(math.sqrt((stated**2).mean()), weights.sum(axis=1).std(), rel_tol=0.05)
