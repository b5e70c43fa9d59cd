"""The published forms kept for comparison."""

import numpy as np

from statlas.disclosure.compatibility import count_rows, integer_perturb_counts, ten_five_noise, unit_cell_keys


def test_unit_keys_add_exactly_modulo_one():
    """Ten keys of .1 add up to 0, which binary fractions would miss; records in no cell add nothing."""
    keys = np.full(12, 0.1)
    cells = np.array([0] * 10 + [1, -1])
    assert unit_cell_keys(keys, cells, 3).tolist() == [0.0, 0.1, 0.0]


def test_large_counts_cycle_through_the_last_250_rows():
    """Counts up to 750 have their own row; 751 is like 501, 1000 like 750, 1001 like 501."""
    assert count_rows(np.array([0, 1, 750, 751, 1000, 1001])).tolist() == [0, 1, 750, 501, 750, 501]


def test_the_ten_five_rule():
    """Below ten falls to zero; others go to the nearest multiple of five, also where the rows cycle."""
    counts = np.array([0, 4, 9, 10, 12, 13, 749, 753, 1002])
    perturbed, shown = integer_perturb_counts(counts, np.zeros(9, np.int64), ten_five_noise(), threshold=10)
    assert perturbed.tolist() == [0, 0, 0, 10, 10, 15, 750, 755, 1000]
    assert shown.tolist() == [False] * 3 + [True] * 6
