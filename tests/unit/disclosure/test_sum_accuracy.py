"""The stated standard deviation of printed sums and means, against noise that is drawn."""

import math

import numpy as np
import pytest
from amount_attacks import flat_cells, published

from statlas.disclosure.presets import PRESETS, preset_ptable
from statlas.disclosure.published_units import publish_means, publish_sums
from statlas.disclosure.sum_accuracy import mean_noise_sd, sum_noise_sd
from statlas.disclosure.sums import sum_noise

N = 20_000


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("n", [60, 1_000])
@pytest.mark.parametrize("flex", [sum_noise(), sum_noise(5_000)], ids=["plain", "flex"])
def test_the_stated_deviation_is_that_of_the_noise(name, n, flex):
    """Where amounts are alike, printed sums and means deviate from the true ones as stated, to a tenth."""
    table = preset_ptable(name)
    cells = flat_cells(n, 1, 10_000, N, 7)
    n_hat, sums = published(cells, table, flex)
    one, n_one = np.array([n * 10_000]), np.array([n])
    spread = (publish_sums(sums, n_hat, table.V) - cells.sums).std()
    assert math.isclose(spread, sum_noise_sd(one, n_one, table.V, flex)[0], rel_tol=0.1)
    of_mean = (publish_means(sums, n_hat, table.V) - 10_000).std()
    assert of_mean <= mean_noise_sd(one, n_one, table.V, flex)[0] * 1.1


def test_the_deviation_of_a_mean_is_not_overstated_much():
    """Noise and rounding of a mean are stated together, within a factor of two of what is seen."""
    table, flex = preset_ptable("standard"), sum_noise()
    cells = flat_cells(60, 1, 9_876, N, 8)
    n_hat, sums = published(cells, table, flex)
    seen = (publish_means(sums, n_hat, table.V) - 9_876).std()
    stated = mean_noise_sd(np.array([60 * 9_876]), np.array([60]), table.V, flex)[0]
    assert seen / 2 < stated < 2 * max(seen, 1)


def test_the_largest_possible_amount_bounds_it():
    """A ceiling of the amounts at ten times the mean enlarges the part of the contributions, 590, tenfold."""
    args = np.array([1_000_000]), np.array([1_000]), 3.0, sum_noise()
    assert sum_noise_sd(*args) == 1_900
    assert sum_noise_sd(*args, largest=10_000) == 6_200


def test_groups_and_empty_cells():
    """Four cells double both parts; where nobody is printed nothing is stated."""
    sums, n = np.array([1_000_000, 0]), np.array([1_000, 0])
    assert sum_noise_sd(sums, n, 4 * 3.0, sum_noise(), n_cells=4).tolist() == [3_700, 0]
    assert mean_noise_sd(sums, n, 4 * 3.0, sum_noise(), n_cells=4)[1] == 0


def test_open_data_have_no_noise_of_the_count():
    """Without variance only the largest contributions' part is left; callers of open data do not ask."""
    assert sum_noise_sd(np.array([1_000]), np.array([10]), 0, sum_noise()).tolist() == [59]
