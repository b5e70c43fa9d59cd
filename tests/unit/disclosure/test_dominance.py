"""Which cells are dominated."""

import numpy as np
import pytest

from statlas.disclosure.dominance import is_dominated


@pytest.mark.parametrize(
    ("top", "total", "dominated"),
    [
        ([0, 0, 0], 0, False),
        ([100, 0, 0], 100, True),
        ([60, 40, 0], 100, True),
        ([50, 45, 5], 100, True),
        ([50, 40, 5], 100, False),
        ([50, 40, 10], 100, False),
        ([50, 41, 9], 100, True),
        ([80, 1, 1], 91, False),
        ([80, 1, 1], 88, True),
        ([10, 10, 10], 300, False),
    ],
)
def test_the_two_rules(top, total, dominated):
    """Unsafe: others than the two largest give under 10% of the largest, or the two largest over 90% of all."""
    found = is_dominated(np.array(top)[:, None], np.array([total]))
    assert found.tolist() == [dominated]


def test_signs_do_not_matter():
    """A large negative contribution dominates as a large positive one; a sum in which they cancel is no smaller."""
    top = np.array([[-100, 100, -50], [90, 3, 50], [5, 2, 50]])
    assert is_dominated(top, np.array([-5, 95, 100])).tolist() == [True, True, False]


def test_rules_of_others():
    """The parameters are percentages, and n is how many of the largest are taken together."""
    top, total = np.array([[50], [20], [20]]), np.array([100])
    assert not is_dominated(top, total).any()
    assert is_dominated(top, total, p=61).all()
    assert is_dominated(top, total, n=3, k=89).all()
    assert is_dominated(top, total, n=1, k=49).all()


def test_the_largest_sums_are_judged_without_overflow():
    """Contributions of 2^60 pence are judged as those of a pound."""
    top = np.array([[2**60, 2**60], [2**59, 2**59], [1, 2**58]])
    assert is_dominated(top, np.array([2**60 + 2**59 + 1, 2**61])).tolist() == [True, False]
