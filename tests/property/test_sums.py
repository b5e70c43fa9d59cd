"""Laws of sums and means: what an asker may rely on, and what an attacker may not find."""

import math
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from amount_attacks import flat_cells, guessed_counts, published
from hypothesis import given
from hypothesis import strategies as st

from statlas.disclosure.dominance import is_dominated
from statlas.disclosure.lookup import look_up_numbers
from statlas.disclosure.magnitude import FlexParameters, flex_noise
from statlas.disclosure.magnitude_definition import flex_noise_definition
from statlas.disclosure.numeric_generation import make_numeric_ptable
from statlas.disclosure.presets import PRESETS, amounts_ptable, preset_ptable
from statlas.disclosure.published_units import mean_units, publish_means, publish_sums, sum_units
from statlas.disclosure.sums import (
    measure_purpose,
    perturb_sum_definition,
    perturb_sums,
    scaled,
    scaled_definition,
    sum_noise,
)

K = 3
KEY = bytes(range(16))
LARGEST = 10**15
SMALL_TABLE = make_numeric_ptable(5, 1, grain=5, least=0, ratios=(1, 3, 5), interpolated=True)
INTERPOLATED = make_numeric_ptable(10, 3, grain=2, least=0, ratios=(1, 5, 10), interpolated=True)
PARAMETERS = [
    sum_noise(),
    sum_noise(5_000),
    FlexParameters(amounts_ptable(), fp=300, mu_c=2, small_table=SMALL_TABLE),
    FlexParameters(INTERPOLATED, fp=1_000, mu_c=2, small_table=SMALL_TABLE, published=True),
    FlexParameters(INTERPOLATED, fp=0, p_small=0.1, p_large=0.1, published=True),
]
# The exact square of each preset's standard deviation.
VARIANCES = {name: Fraction(preset.V) for name, preset in PRESETS.items()} | {"open": Fraction(0)}

amounts = st.one_of(st.integers(-50, 500), st.integers(-(10**9), 10**9), st.sampled_from([0, 1, -1, 5_000, 10**12]))
numbers = st.floats(0, 1, exclude_max=True)


@st.composite
def cells(draw, *, non_negative=False):
    """The contributions of a few cells, some of none, their true and perturbed counts, and keys."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        contributions = [abs(x) if non_negative else x for x in draw(st.lists(amounts, max_size=8))]
        n = len(contributions)
        largest = sorted((x for x in contributions if x), key=abs, reverse=True)
        found.append(
            {
                "counts": n,
                "sums": sum(contributions),
                "nonzero_counts": len(largest),
                "nonzero_keys": draw(st.integers(0, 2**32 - 1)),
                "top": (largest + [0] * K)[:K],
                "perturbed": max(0, n + draw(st.integers(-5, 5))) if n else 0,
            }
        )
    return found


def arrays(found):
    """Cells as the engine gives them, and their perturbed counts."""
    columns = {name: np.array([cell[name] for cell in found]) for name in found[0]}
    raw = SimpleNamespace(**columns | {"top": columns["top"].T, "nonzero_keys": columns["nonzero_keys"].astype("u4")})
    return raw, columns["perturbed"]


def perturbed(raw, n_hat, **settings):
    """The sums of some cells with their noise."""
    usual = {"measure_id": "AWARD", "noise_key": KEY, "epoch": 0, "flex": sum_noise()}
    return perturb_sums(raw, n_hat, **usual | settings)


def numbers_of(raw, flex, measure_id="AWARD"):
    """The look-up numbers of the contributions of some cells."""
    rows = [
        look_up_numbers(
            raw.nonzero_keys,
            raw.nonzero_counts,
            noise_key=KEY,
            purpose=measure_purpose(measure_id, k),
            epoch=0,
            ptable_id=flex.table.id,
        )
        for k in (1, 2, 3)
    ]
    return np.stack(rows)


@pytest.mark.parametrize("flex", PARAMETERS)
@given(cells(), st.lists(numbers, min_size=K, max_size=K), st.booleans())
def test_the_noise_is_that_of_the_definition(flex, found, u, flag):
    """Compiled and textbook noise agree, in our form and in the published one, for hostile contributions too."""
    raw, _ = arrays(found)
    noise = flex_noise(raw.sums, raw.top, np.tile(u, (len(found), 1)).T, flex, np.full(len(found), flag))
    for cell, got in zip(found, noise, strict=True):
        steps = flex_noise_definition(cell["sums"], tuple(cell["top"]), tuple(u), flex, dominated=flag)
        assert math.isclose(got, sum(step.noise for step in steps), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("flex", PARAMETERS[:2])
@given(cells())
def test_a_perturbed_sum_is_that_of_the_definition(flex, found):
    """Each sum is X n̂ / n, rounded half to even, and the noise of its contributions in whole units."""
    raw, n_hat = arrays(found)
    got = perturbed(raw, n_hat, flex=flex)
    noise = flex_noise(raw.sums, raw.top, numbers_of(raw, flex), flex, is_dominated(raw.top, raw.sums))
    for cell, one, h in zip(found, got.tolist(), noise.tolist(), strict=True):
        assert one == perturb_sum_definition(cell["sums"], cell["counts"], cell["perturbed"], tuple(cell["top"]), h)


@given(
    st.integers(-LARGEST, LARGEST),
    st.integers(0, 2**32 - 1),
    st.one_of(st.integers(-21, 21), st.integers(-(2**31), 2**31)),
)
def test_scaling_loses_no_penny(total, n, v):
    """A sum of up to ten million million pounds times n̂ / n is right to the last penny, halves going to even ones."""
    n_hat = min(max(n + v, 0), 2**32 - 1)
    if n and abs(total) * n_hat // n >= 2**61:
        return
    got = scaled(np.array([total]), np.array([n]), np.array([n_hat]))[0]
    assert got == scaled_definition(total, n, n_hat)


@given(st.integers(-(10**6), 10**6), st.sampled_from([2, 4, 8, 20]), st.integers(0, 30))
def test_halves_go_to_even(total, n, n_hat):
    """Where X n̂ / n ends in a half, the even neighbour is taken, below zero too."""
    got = scaled(np.array([total]), np.array([n]), np.array([n_hat]))[0]
    assert got == round(Fraction(total * n_hat, n))


@given(cells(), st.randoms(use_true_random=False))
def test_a_cell_has_the_same_sum_wherever_it_stands(found, random):
    """The order of cells, the cells beside them and the shape of the table change nothing."""
    shuffled = found.copy()
    random.shuffle(shuffled)
    order = [found.index(cell) for cell in shuffled]
    whole = perturbed(*arrays(found))
    assert perturbed(*arrays(shuffled)).tolist() == whole[order].tolist()
    assert [perturbed(*arrays([cell]))[0] for cell in found] == whole.tolist()


@given(cells(non_negative=True), st.sampled_from([0, 100, 10**6]))
def test_a_sum_without_negative_amounts_is_never_negative(found, flex_point):
    """Noise does not cross zero; nobody, or nobody with an amount, gives 0."""
    raw, n_hat = arrays(found)
    got = perturbed(raw, n_hat, flex=sum_noise(flex_point))
    assert (got >= 0).all()
    assert (got[(raw.counts == 0) | (n_hat == 0) | (raw.nonzero_counts == 0)] == 0).all()


@given(cells(), st.sampled_from([0, 100, 10**6]))
def test_no_sum_is_without_noise(found, flex_point):
    """The sum of anybody's amounts moves, even one that cancels; only the zero it may not cross can stop it."""
    raw, n_hat = arrays(found)
    got = perturbed(raw, n_hat, flex=sum_noise(flex_point))
    without = scaled(raw.sums, raw.counts, n_hat)
    moving = (raw.nonzero_counts > 0) & (n_hat > 0) & ~((got == 0) & (np.abs(raw.sums) >= np.abs(raw.top[0])))
    assert (got[moving] != without[moving]).all()


@pytest.mark.parametrize("flex", [sum_noise(), sum_noise(1), sum_noise(10_000), sum_noise(10**9)])
@given(st.integers(1, 10**9), st.integers(0, 10**9), numbers, st.booleans())
def test_the_first_step_is_at_least_three_hundredths(flex, largest, rest, u, flag):
    """The largest contribution gets noise of at least .03 of it, over .10 in a dominated cell, or all of the total."""
    one = replace(flex, epsilon=(1.0,))
    noise = flex_noise(np.array([largest + rest]), np.array([[largest]]), np.array([[u]]), one, np.array([flag]))[0]
    share = 0.1 if flag else 0.03
    assert abs(noise) >= share * largest * (1 - 1e-12) or noise == -(largest + rest)


def test_amounts_of_both_signs_keep_their_noise():
    """Where amounts cancel to almost nothing the noise is still that of the largest, and the sum may cross zero."""
    n = 20_000
    raw = SimpleNamespace(
        counts=np.full(n, 12),
        sums=np.full(n, 5),
        nonzero_counts=np.full(n, 12),
        nonzero_keys=np.random.default_rng(1).integers(0, 2**32, n, dtype=np.uint64).astype(np.uint32),
        top=np.repeat([[100_000], [-99_995], [70]], n, axis=1),
    )
    moved = perturbed(raw, np.full(n, 12), flex=sum_noise(100)) - 5
    assert np.median(np.abs(moved)) > 3_000
    assert 0.4 < (moved < -5).mean() < 0.6


@pytest.mark.parametrize("flex", [sum_noise(), sum_noise(20_000)])
def test_the_noise_of_a_large_cell_has_mean_zero_and_the_variance_of_its_table(flex):
    """Over many keys the noise of a cell that nobody dominates has no bias, and its variance is Σ Δ² V."""
    n = 200_000
    u = np.random.default_rng(2).random((K, n))
    top = np.repeat([[90_000], [50_000], [10_000]], n, axis=1)
    noise = flex_noise(np.full(n, 10_000_000), top, u, flex, np.zeros(n, bool))
    steps = flex_noise_definition(1e7, (90_000, 50_000, 10_000), (0.5,) * 3, flex, dominated=False)
    sd = math.sqrt(3 * sum(step.delta**2 for step in steps))
    assert abs(noise.mean()) < 5 * sd / math.sqrt(n)
    assert math.isclose(noise.std(), sd, rel_tol=0.01)


@pytest.mark.parametrize("total", [1000, 1250, 1400])
def test_noise_without_much_room_below_has_mean_zero_too(total):
    """A total of three or four steps has less room down than up, and no bias either."""
    n = 200_000
    u = np.random.default_rng(3).random((1, n))
    noise = flex_noise(
        np.full(n, total), np.full((1, n), 1000), u, replace(sum_noise(), epsilon=(1.0,)), np.zeros(n, bool)
    )
    assert noise.min() >= -total
    assert abs(noise.mean()) < 5 * noise.std() / math.sqrt(n)


def test_contributions_and_measures_draw_unrelated_noise():
    """Two measures of the same people, two contributions, two epochs and two keys have no correlation."""
    n = 100_000
    raw = flat_cells(50, 1, 10_000, n, 4)
    n_hat = np.full(n, 50)
    first = perturbed(raw, n_hat)
    for other in ({"measure_id": "RENT"}, {"epoch": 1}, {"noise_key": bytes(16)}):
        assert abs(np.corrcoef(first, perturbed(raw, n_hat, **other))[0, 1]) < 5 / math.sqrt(n)
    assert abs(np.corrcoef(numbers_of(raw, sum_noise())))[0, 1:].max() < 5 / math.sqrt(n)
    assert first.tolist() == perturbed(raw, n_hat, epoch=np.zeros(n, np.int64)).tolist()


@given(
    st.integers(-LARGEST, LARGEST),
    st.integers(1, 2**31),
    st.sampled_from(sorted(VARIANCES)),
    st.sampled_from([1, 4, 9]),
    st.sampled_from([1, 100]),
)
def test_the_unit_of_a_sum_is_the_power_of_ten_below_its_noise(total, n, policy, m, least):
    """The unit is the largest power of ten whose square is at most S² m V / n̂², judged by whole numbers; else least."""
    variance = VARIANCES[policy] * m
    unit = sum_units(np.array([total]), np.array([n]), float(variance), least=least)[0]
    assert unit == max(least, power_below(total**2 * variance / Fraction(n) ** 2))


@given(st.integers(-LARGEST, LARGEST), st.integers(1, 10**6), st.sampled_from(sorted(VARIANCES)), st.integers(0, 2))
def test_the_unit_of_a_mean_is_the_power_of_ten_below_its_noise(total, n, policy, decimals):
    """The same for means: the square of the unit is at most S² V / n̂⁴."""
    unit = mean_units(np.array([total]), np.array([n]), float(VARIANCES[policy]), decimals=decimals)[0]
    assert unit == power_below((total * 10**decimals) ** 2 * VARIANCES[policy] / Fraction(n) ** 4)


def power_below(square):
    """The largest power of ten, at least 1, whose square is at most a fraction; by whole numbers."""
    power = 1
    while (10 * power) ** 2 <= square:
        power *= 10
    return power


@given(st.integers(-LARGEST, LARGEST), st.integers(1, 10**6), st.sampled_from(sorted(VARIANCES)))
def test_what_is_printed_is_rounded_once_half_to_even(total, n, policy):
    """A printed sum is the multiple of its unit nearest to Ŝ, a printed mean that nearest to the exact Ŝ / n̂."""
    sums, counts, variance = np.array([total]), np.array([n]), float(VARIANCES[policy])
    unit, of_mean = (int(u(sums, counts, variance)[0]) for u in (sum_units, mean_units))
    assert publish_sums(sums, counts, variance)[0] == round(Fraction(total, unit)) * unit
    assert publish_means(sums, counts, variance)[0] == round(Fraction(total, n * of_mean)) * of_mean


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("share", [1, 0.8, 0.5, 0.3, 0.13])
@pytest.mark.parametrize("flex", [sum_noise(), sum_noise(10_000)], ids=["plain", "flex"])
def test_a_flat_rate_gives_the_true_count_no_more_often_than_one_look(name, share, flex):
    """Where everybody, or some, have the same known amount, sum and mean add nothing to what the count gives (D9)."""
    assert recovered(name, share, flex) <= one_look(name) + 0.05


def test_the_attack_on_flat_rates_works_where_noise_is_small():
    """The controls: steps of .03 for every amount give away the true count where some people have the amount.

    So do such steps alone, without the noise of the count, where all have it.
    """
    weak = replace(sum_noise(), p_small=0.03, p_large=0.03)
    assert recovered("standard", 0.8, weak) > 0.75
    assert recovered("standard", 0.3, weak) > 0.5
    cells = flat_cells(40, 1, 10_000, 2_000, 5)
    alone = np.rint(perturbed(cells, cells.counts, flex=weak) / 10_000)
    assert (alone == 40).mean() > 0.83


def recovered(name, share, flex):
    """In how many cells of forty the attacker finds the true count."""
    table = preset_ptable(name)
    cells = flat_cells(40, share, 10_000, 2_000, 5)
    n_hat, sums = published(cells, table, flex)
    return (guessed_counts(n_hat, sums, 10_000, table, flex) == cells.counts).mean()


def one_look(name):
    """How often the printed count is the true one."""
    table = preset_ptable(name)
    return table.p[(table.i == table.n_max) & (table.v == 0)][0]
