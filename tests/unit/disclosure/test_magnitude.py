"""The noise of sums: parameters, refusals and examples by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from statlas.disclosure.magnitude import FlexParameters, flex_noise, magnification, magnifications
from statlas.disclosure.magnitude_compatibility import published_flex
from statlas.disclosure.magnitude_definition import look_up_definition
from statlas.disclosure.numeric_generation import make_numeric_ptable
from statlas.disclosure.presets import amounts_ptable
from statlas.disclosure.sums import measure_purpose, perturb_sums, scaled, sum_noise

TABLE = amounts_ptable()
INTERPOLATED = make_numeric_ptable(2, 1, grain=1, least=0, ratios=(1, 2, 4), interpolated=True)


def noise(total, top, u, flex, *, flag=False):
    """The noise of one cell."""
    return flex_noise(np.array(total), np.array(top), np.array(u), flex, np.array(flag))


@pytest.mark.parametrize(
    "wrong",
    [
        {"p_large": 0},
        {"p_small": 0.02},
        {"p_small": np.inf},
        {"fp": -1},
        {"fp": np.nan},
        {"fp": np.inf},
        {"q": 0},
        {"mu_c": -1},
        {"epsilon": ()},
        {"epsilon": (1, 0)},
    ],
)
def test_impossible_parameters_are_refused(wrong):
    """Shares are positive and fall, weights are positive, the flex point is a number from 0."""
    with pytest.raises(ValueError, match=r"steps are|each contribution"):
        FlexParameters(TABLE, **{"fp": 0} | wrong)


def test_shapes_and_numbers_that_do_not_fit_are_refused():
    """As many contributions and look-up numbers as weights, in the shape of the totals; numbers below 1."""
    flex = sum_noise()
    for top, u in (([1, 1], [0.5] * 3), ([1, 1, 1], [0.5] * 2), ([[1], [1], [1]], [0.5] * 3)):
        with pytest.raises(ValueError, match="do not fit"):
            noise(9, top, u, flex)
    for u in (1.0, -0.1, np.nan):
        with pytest.raises(ValueError, match=r"lie in \[0, 1\)"):
            noise(9, [1, 1, 1], [0.5, 0.5, u], flex)


def test_the_share_of_a_contribution():
    """.3 up to the flex point, .245 at one and a half of it, .03 far above; one share where there is no flex point."""
    flex = sum_noise(1000)
    sizes = np.array([0.0, 999, 1000, 1500, 1e9])
    shares = [0.3, 0.3, 0.3, 0.24504, 0.03]
    assert [round(magnification(x, flex), 6) for x in sizes] == shares
    assert magnifications(sizes, flex).round(6).tolist() == shares
    assert magnifications(sizes, sum_noise()).tolist() == [0.3] * 5


def test_noise_by_hand():
    """The last row of every block, five steps up: .3 of 100 for the first, .15 and .06 for the others."""
    almost_one = np.nextafter(1.0, 0)
    assert round(float(noise(10_000, [100, 100, 100], [almost_one] * 3, sum_noise())), 9) == 5 * (30 + 15 + 6)
    assert round(float(noise(10_000, [100, 0, 0], [almost_one] * 3, sum_noise())), 9) == 5 * 30
    assert round(float(noise(10_000, [100, 0, 0], [almost_one] * 3, sum_noise(), flag=True)), 9) == 5.25 * 30
    assert round(float(noise(-10_000, [-100, 0, 0], [almost_one] * 3, sum_noise())), 9) == -5 * 30


def test_the_first_row_of_a_small_ratio_takes_what_there_is():
    """A total of 100 in three and a third steps of 30 falls by three steps at most; then the others have less room."""
    assert round(float(noise(100, [100, 0, 0], [0, 0, 0], sum_noise())), 9) == -90
    assert noise(100, [100, 0, 0], [0, 0, 0], sum_noise(1), flag=True) > -100
    assert noise(100, [100, 0, 0], [0, 0, 0], sum_noise(1_000), flag=True) == -100


def test_nobody_has_no_noise():
    """A cell without contributions stays 0, in a table of any shape, and an empty table stays empty."""
    shape = (2, 3)
    found = flex_noise(np.zeros(shape), np.zeros((3, *shape)), np.zeros((3, *shape)), sum_noise(), np.ones(shape, bool))
    assert found.tolist() == np.zeros(shape).tolist()
    assert flex_noise(*(np.zeros(s) for s in ((0,), (3, 0), (3, 0))), sum_noise(), np.zeros(0, bool)).shape == (0,)


@pytest.mark.parametrize(("ratio", "between"), [(0.5, (1, 1)), (1.5, (1, 2)), (3, (2, 4)), (9, (4, 4))])
def test_the_published_form_interpolates_between_blocks(ratio, between):
    """A ratio between two blocks gives the mean of both, looked up with the same number, where it lies halfway."""
    low, high = (look_up_definition(INTERPOLATED, float(r), 0.9) for r in between)
    assert look_up_definition(INTERPOLATED, ratio, 0.9) == (low + high) / 2
    flex = published_flex(INTERPOLATED, fp=0, p=(0.1, 0.1))
    assert noise(ratio, [10], [0.9], flex) == (look_up_definition(INTERPOLATED, max(ratio, 1), 0.9) * min(ratio, 1))


def test_the_purpose_of_a_contribution_is_a_hash_of_its_name():
    """Purposes are frozen: a measure's numbers never change because another is added or the code moves."""
    assert [measure_purpose("LAHBAMT", k) for k in (1, 2, 3)] == [4020377077, 988808371, 3581508554]
    assert len({measure_purpose(name, k) for name in ("A", "A:1", "B", "a") for k in (1, 2, 3)}) == 12


def one_cell(**changes):
    """A cell of ten people with a pound each."""
    usual = {"counts": 10, "sums": 1000, "nonzero_counts": 10, "nonzero_keys": 77}
    columns = {name: np.array([value]) for name, value in (usual | changes).items()}
    return SimpleNamespace(**columns, top=np.array([[100], [100], [100]]))


@pytest.mark.parametrize(
    "weak",
    [
        published_flex(TABLE, fp=0, p=(0.3, 0.3), epsilon=(1, 0.5, 0.2)),
        FlexParameters(TABLE, fp=0, p_small=0.3, p_large=0.02),
        FlexParameters(TABLE, fp=0, epsilon=(0.5, 0.5, 0.2)),
        FlexParameters(INTERPOLATED, fp=0),
    ],
)
def test_weaker_noise_than_decided_is_refused(weak):
    """Neither the published form nor steps below .03, nor a table with noise of 0, can perturb what is published."""
    with pytest.raises(ValueError, match="never none"):
        perturb_sums(one_cell(), np.array([10]), measure_id="A", noise_key=bytes(16), epoch=0, flex=weak)


def test_a_sum_is_frozen():
    """The same cell under the same key has this number for ever."""
    found = perturb_sums(one_cell(), np.array([12]), measure_id="A", noise_key=bytes(16), epoch=0, flex=sum_noise())
    assert found.tolist() == [1111]


@pytest.mark.parametrize(
    ("value", "n", "n_hat"),
    [(1, -1, 1), (1, 1, -1), (1, 2**32, 1), (1, 1, 2**32), (2**62, 1, 1), (-(2**63), 1, 1), (2**61, 1, 2)],
)
def test_what_does_not_fit_is_refused(value, n, n_hat):
    """Counts below 0 or of 33 bits and sums of 63 bits are refused rather than wrapped around; no number is told."""
    with pytest.raises(ValueError, match=r"^counts lie in \[0, 2\^32\), and sums stay below 2\^62$"):
        scaled(np.array([value]), np.array([n]), np.array([n_hat]))


def test_arrays_of_other_shapes_are_refused():
    """Sums and counts stand in the same shape."""
    with pytest.raises(ValueError, match="differ in shape"):
        scaled(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(3, np.int64))
