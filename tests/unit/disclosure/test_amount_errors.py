"""Standard errors of a survey's sums and means, and the noise that they take over from the sum."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from statlas.disclosure.amount_errors import (
    grossing_errors,
    grossing_mean_errors,
    noise_ratio,
    replicate_errors,
    replicate_mean_errors,
)


@dataclass
class Cell:
    """The true numbers of one cell, in arrays."""

    counts: np.ndarray
    sums: np.ndarray
    top: np.ndarray
    nonzero_counts: np.ndarray
    nonzero_keys: np.ndarray


def cell(n: int, amounts: list[int]) -> Cell:
    """A cell of n records that contribute these amounts."""
    largest = sorted(amounts, key=abs, reverse=True)[:3]
    count = np.array([n])
    top = np.array(largest + [0] * (3 - len(largest)))[:, np.newaxis]
    return Cell(count, np.array([sum(amounts)]), top, count, count.astype(np.uint32))


def whole(*numbers: int) -> np.ndarray:
    """Whole numbers of any size."""
    return np.array(numbers, dtype=object)


def moments(amounts: list[int], weights: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum, weight, and sums of v, v x and v x² with v = w(w - 1), of one cell."""
    pairs = list(zip(amounts, weights, strict=True))
    squares = [[sum(w * (w - 1) * x**power for x, w in pairs)] for power in range(3)]
    return whole(sum(x * w for x, w in pairs)), whole(sum(weights)), np.array(squares, dtype=object)


@pytest.mark.parametrize("kind", [np.int64, object])
def test_replicates_by_hand(kind):
    """Sums of 103 and 96 beside 100 are off by 3 and 4; means of 103/10 and 96/12 beside 100/10 by .3 and 2."""
    sums, weights = np.array([[100], [103], [96]], dtype=kind), np.array([[10], [10], [12]], dtype=kind)
    assert replicate_errors(sums, 0.5).tolist() == [math.sqrt(12.5)]
    assert replicate_mean_errors(sums, weights, 0.5) == pytest.approx([math.sqrt(0.5 * (0.3**2 + 2**2))])


def test_the_mean_of_equal_amounts_has_no_error():
    """Everybody has 7,001, whatever the weights: their sum may be off, their mean is not, to the last bit."""
    weights = np.array([[1_000_003], [900_001], [1_100_009]])
    assert replicate_mean_errors(weights * 7_001, weights, 0.95).tolist() == [0.0]
    total, weight, squares = moments([7_001] * 3, [11, 13, 500_009])
    assert grossing_mean_errors(total, weight, squares).tolist() == [0.0]
    assert grossing_errors(squares[2])[0] > 0


def test_a_replicate_without_weight_is_left_out():
    """Where a replicate leaves everybody out there is no mean to differ; without any weight there is no error."""
    sums, weights = np.array([[100, 0], [0, 0], [96, 5]]), np.array([[10, 0], [0, 0], [12, 1]])
    assert replicate_mean_errors(sums, weights, 1.0) == pytest.approx([2.0, 0.0])
    nothing = np.zeros((3, 1), dtype=object)
    assert grossing_mean_errors(whole(0), whole(0), nothing).tolist() == [0.0]


def test_weights_below_one_cannot_make_a_negative_variance():
    """In tenths, a weight of one half has w(w - 1) of minus a quarter; the error is 0 and no root of it."""
    squares = np.array([[-25], [-50], [-100]], dtype=object)
    assert grossing_errors(squares[2]).tolist() == [0.0]
    assert grossing_mean_errors(whole(14), whole(7), squares).tolist() == [0.0]


def test_numbers_beyond_a_word_are_exact():
    """A single pound more among amounts of ten million million is told: nothing is lost before the whole part goes."""
    total, weight, squares = moments([10**15, 10**15, 10**15 + 4], [20, 20, 20])
    of_small = grossing_mean_errors(*moments([0, 0, 4], [20, 20, 20]))
    assert grossing_mean_errors(total, weight, squares) == pytest.approx(of_small)


def test_a_grossing_factor_gives_the_errors_of_poisson_sampling():
    """Over many samples drawn unit by unit the stated errors are the spread of sums and means."""
    random, n_samples = np.random.default_rng(1), 3_000
    amounts = random.gamma(4, 100, 300).astype(np.int64)
    weight = random.integers(2, 12, 300)
    drawn = random.random((n_samples, 300)) < 1 / weight
    v = drawn * weight * (weight - 1)
    total, of = (drawn * weight) @ amounts, (drawn * weight).sum(axis=1)
    squares = np.stack([v.sum(axis=1), v @ amounts, v @ amounts**2]).astype(object)
    of_sums, of_means = (
        grossing_errors(squares[2]),
        grossing_mean_errors(total.astype(object), of.astype(object), squares),
    )
    assert math.isclose(math.sqrt((of_sums**2).mean()), total.std(), rel_tol=0.05)
    assert math.isclose(math.sqrt((of_means**2).mean()), (total / of).std(), rel_tol=0.05)


def test_an_error_takes_part_in_all_noise_of_its_sum():
    """A sum of 100 that prints 130, 120 for its count and ten for its contributions, has 1.3 times its error."""
    assert noise_ratio(cell(10, [10] * 10), np.array([12]), np.array([130])) == pytest.approx([1.3])
    assert noise_ratio(cell(10, [10] * 10), np.array([10]), np.array([100])).tolist() == [1.0]
    assert noise_ratio(cell(0, []), np.array([0]), np.array([0])).tolist() == [0.0]


def test_a_dominated_cell_does_not_tell_its_largest_contribution():
    """Of weight 9 and one large amount, the error gives that amount only as the printed sum does."""
    true = cell(10, [9_000, *[1] * 9])
    se = math.sqrt(9 * 8) * 1_000  # of the sum, nearly all of it from one
    for printed in (6_300, 11_700):
        ratio = noise_ratio(true, np.array([10]), np.array([printed]))[0]
        told = se * ratio / math.sqrt(9 * 8) * 9
        assert told == pytest.approx(printed, rel=0.01)
        assert abs(told - 9_000) > 2_500


def test_amounts_that_cancel_keep_errors_in_bounds():
    """Where gains and losses add up to nothing, the noise is measured by the largest of them, not by their sum."""
    ratio = noise_ratio(cell(10, [500, -500]), np.array([10]), np.array([300]))
    assert ratio.tolist() == [1.3]
    assert noise_ratio(cell(10, [500, -499]), np.array([10]), np.array([-1_498])) == pytest.approx([0.5], abs=0.01)
