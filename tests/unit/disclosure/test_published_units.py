"""Units of publication: boundaries, and what cannot be rounded."""

import numpy as np
import pytest

from statlas.disclosure.published_units import mean_units, publish_means, publish_sums, round_to_figures, sum_units


def units(total, n, variance, **least):
    """The unit of one sum."""
    return int(sum_units(np.array([total]), np.array([n]), variance, **least)[0])


@pytest.mark.parametrize(
    ("total", "n", "unit"),
    [
        (0, 100, 1),
        (333, 100, 1),
        (334, 100, 10),
        (3_333, 100, 10),
        (3_334, 100, 100),
        (-3_334, 100, 100),
        (10**15, 30, 10**14),
        (10**15 - 1, 30, 10**13),
        (3 * 10**5, 9 * 10**5, 1),
        (100, 0, 1),
    ],
)
def test_units_change_exactly_at_powers_of_ten(total, n, unit):
    """With a standard deviation of 3 the unit becomes 10 where |S| 3 / n̂ reaches ten, not a penny earlier or later."""
    assert units(total, n, 9.0) == unit


@pytest.mark.parametrize("power", range(1, 16))
def test_no_power_of_ten_is_missed(power):
    """At every exact power of ten the unit is that power, and one unit of the sum below it the one before."""
    assert units(10**power, 1, 1.0) == 10**power
    assert units(10**power - 1, 1, 1.0) == 10 ** (power - 1)


def test_open_data_are_not_rounded():
    """Without noise the unit is the smallest, and means are exact to it."""
    sums, n = np.array([123_456_789, -25, 7]), np.array([7, 10, 0])
    assert publish_sums(sums, n, 0).tolist() == sums.tolist()
    assert publish_means(sums, n, 0).tolist() == [17_636_684, -2, 0]
    assert publish_means(sums, n, 0, decimals=2).tolist() == [1_763_668_414, -250, 0]


def test_the_least_unit_is_kept():
    """A weighted count in ten-thousandths is printed in whole persons at least."""
    assert units(12_345, 100, 9.0, least=10_000) == 10_000
    assert publish_sums(np.array([15_000, 25_000]), np.array([10, 10]), 0, least=10_000).tolist() == [20_000, 20_000]


def test_a_group_is_printed_in_the_unit_of_its_noise():
    """Variances may differ from cell to cell: nine cells' noise moves the boundary by three."""
    sums, n = np.array([400, 400]), np.array([100, 100])
    assert sum_units(sums, n, np.array([1.0, 9.0])).tolist() == [1, 10]
    assert publish_sums(sums + 5, n, np.array([1.0, 9.0])).tolist() == [405, 400]


def test_a_mean_is_rounded_once():
    """A mean that two roundings would take to 20 is printed as 10: 14.96 is not first 15."""
    sums, n = np.array([1_496]), np.array([100])
    assert mean_units(sums, n, 10_000.0).tolist() == [10]
    assert publish_means(sums, n, 10_000.0).tolist() == [10]


def test_halves_go_to_even_units():
    """25 in tens is 20, 35 is 40; below zero alike."""
    assert publish_sums(np.array([25, 35, -25, -35]), np.array([1]), 1.0).tolist() == [20, 40, -20, -40]


def test_what_does_not_fit_is_refused():
    """Numbers of 63 bits are refused rather than wrapped around."""
    for largest in (2**62, -(2**63)):
        with pytest.raises(ValueError, match="too large"):
            publish_sums(np.array([largest]), np.array([10]), 3.0)
        with pytest.raises(ValueError, match="too large"):
            publish_means(np.array([largest]), np.array([10]), 3.0)
    with pytest.raises(ValueError, match="too large"):
        publish_means(np.array([10**18]), np.array([10]), 3.0, decimals=1)


def test_significant_figures():
    """Two figures, halves to even, as the nearest double; zero stays zero and the shape stays."""
    values = np.array([[0, 0.0123456, 1250.0], [1350.0, 99.6, 0.0999]])
    assert round_to_figures(values).tolist() == [[0, 0.012, 1200], [1400, 100, 0.1]]
    assert round_to_figures(np.array([1234.5]), 3).tolist() == [1230]
    assert round_to_figures(np.zeros((0, 2))).shape == (0, 2)
