"""Making perturbation tables: refusals, retries and identity."""

import numpy as np
import pytest

from statlas.disclosure.generation import make_ptable
from statlas.disclosure.presets import PRESETS, preset_ptable
from statlas.errors import InfeasibleTableError


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"D": 0, "V": 1}, "D is 0"),
        ({"D": -3, "V": 1}, "D is -3"),
        ({"D": 1_000_000, "V": 1}, "from 1 to 100"),
        ({"D": 5, "V": 0}, "V is 0"),
        ({"D": 5, "V": -1}, "V is -1"),
        ({"D": 5, "V": float("nan")}, "V is nan"),
        ({"D": 5, "V": float("inf")}, "V is inf"),
        ({"D": 5, "V": 3, "js": -1}, "js is -1"),
        ({"D": 2, "V": 3, "js": 2}, "cannot jump over the forbidden counts 1 to js=2"),
        ({"D": 2, "V": 1, "js": 1}, "variance above 1, and V is 1"),
        ({"D": 4, "V": 1, "pstay": 1.0}, "pstay is 1 for the true count 1"),
        ({"D": 4, "V": 1, "pstay": [0.1, -0.2, 0.1, 0.1]}, "pstay is -0.2 for the true count 2"),
        ({"D": 4, "V": 1, "pstay": float("nan")}, "pstay is nan"),
        ({"D": 4, "V": 1, "pstay": [0.5, 0.5]}, "pstay has 2 values; this table has 4 rows"),
        ({"D": 4, "V": 1.8, "js": 1, "mono": [True] * 4}, "mono has 4 values; this table has 6 rows"),
        ({"D": 10, "V": 1e-9}, "No noise for the true count 1"),
        ({"D": 4, "V": 1, "pstay": 0.9999999999}, "No noise for the true count 1"),
    ],
)
def test_impossible_settings_are_refused_with_the_reason(settings, reason):
    """Settings without a table are refused; the message says which constraint cannot hold, and how to mend it."""
    with pytest.raises(InfeasibleTableError, match=reason) as caught:
        make_ptable(**settings)
    assert caught.value.mend


def test_a_variance_a_little_above_the_least_is_solved():
    """At js = 2 the least variance is 2: V = 2 has no table, V = 2.001 has one."""
    assert make_ptable(5, 2.001, 2).rows_below_variance == ()


def test_a_missed_variance_lets_the_probability_of_staying_down():
    """D4 V2 pstay .5 misses V for the true count 2 at .5 and meets it at .45, as the ptable package finds."""
    table = make_ptable(4, 2, pstay=0.5)
    stay = {n: sum(p for i, _, v, p, *_ in table.rows() if (i, v) == (n, 0)) for n in (2, 3, 4)}
    assert stay == pytest.approx({2: 0.45, 3: 0.5, 4: 0.5}, abs=1e-7)


def test_probabilities_rise_towards_no_noise_from_the_left_unless_told_otherwise():
    """Row 3 of D2 V1.05 js1 breaks the rule only where mono is off for it."""
    free = make_ptable(2, 1.05, 1, mono=[True, True, False, True])
    bound = make_ptable(2, 1.05, 1)
    row = {table: table.p[table.i == 3] for table in (free, bound)}
    assert row[free][0] > row[free][1]
    assert row[bound][0] <= row[bound][1] + 1e-8


def test_one_value_stands_for_all_rows():
    """A list of one value means the same as the value."""
    assert make_ptable(4, 1, pstay=[0.5]) == make_ptable(4, 1, pstay=0.5)


def test_a_wide_table_is_solved():
    """A table of D = 40 meets its constraints: mean zero, variance at most V, p at least 1e-8 to the digits kept."""
    table = make_ptable(40, 60, 5)
    assert table.variances.max() <= 60.0005
    assert table.p.min() >= 0


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_what_its_settings_generate(name):
    """Making the table of a preset again gives the frozen one to 1e-6."""
    preset, frozen = PRESETS[name], preset_ptable(name)
    made = make_ptable(preset.D, preset.V, preset.js)
    np.testing.assert_allclose(np.array(list(made.rows())), np.array(list(frozen.rows())), rtol=0, atol=1e-6)
