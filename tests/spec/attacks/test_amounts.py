"""Standard rates, and A8: sums and means beside counts, solved for the true counts."""

from types import SimpleNamespace

import numpy as np
import pytest
from amount_attacks import bounds, guessed_within
from attackers import STANDARD, cells, classic
from targets import NOISE_KEY, Target, publish, record_keys, whole

from statlas.disclosure.magnitude import FlexParameters
from statlas.disclosure.sums import perturb_sums, sum_noise

ONE_LOOK = float(STANDARD.p[(STANDARD.i == STANDARD.n_max) & (STANDARD.v == 0)][0])
"""How often the printed count of a cell is the true one."""

# --- standard rates ---------------------------------------------------------------------------------------------------

N_EACH, N_CELLS, RATE = 40, 900, 9_205
SHARES = (1.0, 0.5)


@pytest.fixture(scope="module")
def rated() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Cells of forty people; in some all have the same weekly amount, in others half of them and the others none."""
    people = {
        "SHARE": np.repeat(np.arange(len(SHARES)), N_CELLS * N_EACH),
        "KIND": np.tile(np.repeat(np.arange(N_CELLS), N_EACH), len(SHARES)),
    }
    paid = np.tile(np.arange(N_EACH), N_CELLS * len(SHARES)) < N_EACH * np.array(SHARES)[people["SHARE"]]
    return people, np.where(paid, RATE, 0)


@pytest.fixture(scope="module")
def rated_target(rated, tmp_path_factory) -> Target:
    """Their published home."""
    people, pence = rated
    return publish(tmp_path_factory.mktemp("rates"), people, pence=pence)


def flex_alone(rated: tuple[dict[str, np.ndarray], np.ndarray], flex: FlexParameters) -> np.ndarray:
    """(shares, kinds) sums with noise of their largest contributions and none of their counts."""
    people, pence = rated
    keys, places, sizes = record_keys(len(pence)), tuple(people.values()), (len(SHARES), N_CELLS)
    counts, _ = cells(keys, *places, sizes=sizes)
    paid = pence > 0
    n_paid, paid_keys = cells(keys[paid], *(place[paid] for place in places), sizes=sizes)
    found = SimpleNamespace(
        counts=counts,
        sums=n_paid * RATE,
        nonzero_counts=n_paid,
        nonzero_keys=(paid_keys % np.uint64(2**32)).astype(np.uint32),
        top=np.full((flex.n_top, *sizes), RATE),
    )
    return perturb_sums(found, counts, measure_id="PAY", noise_key=NOISE_KEY, epoch=0, flex=flex)


@pytest.mark.parametrize(("flex_point", "least"), [(RATE // 4, 0.83), (1, 0.99)])
def test_noise_of_the_largest_alone_gives_the_counts_away(rated, flex_point, least, measured):
    """The control: a sum of equal amounts with noise of a part of one is the true count, times the amount."""
    printed = flex_alone(rated, sum_noise(flex_point))[0]
    share = (np.rint(printed / RATE) == N_EACH).mean()
    assert measured(f"flat rates, noise of the largest alone, flex point {flex_point}", share) >= least


@pytest.mark.parametrize("share", range(len(SHARES)))
def test_sums_and_means_give_no_more_than_one_look(rated_target, share, measured):
    """From count, sum and mean together the likeliest true count is right no more often than the printed count."""
    total, mean, n_hat = (
        numbers[share]
        for numbers in rated_target.measured(whole("SHARE"), whole("KIND"), measures=("PAY:SUM", "PAY:MEAN", "T"))
    )
    pence, n_hat = (np.rint(100 * total), np.rint(100 * mean)), n_hat.astype(int)
    units = tuple(unit_of(numbers) for numbers in pence)
    found = guessed_within(n_hat, *bounds(n_hat, *pence, units), RATE, STANDARD, sum_noise()) == N_EACH
    what = f"flat rates, {SHARES[share]:.0%} of a cell, count and sum and mean, ours"
    assert measured(what, found.mean()) <= ONE_LOOK + 0.05
    alone = np.rint(pence[0] / RATE / SHARES[share]) == N_EACH
    assert measured(f"flat rates, {SHARES[share]:.0%} of a cell, the sum alone, ours", alone.mean()) <= ONE_LOOK + 0.05


def unit_of(pence: np.ndarray) -> np.ndarray:
    """A unit no larger than that in which each amount is printed: the power of ten that divides them all."""
    return np.full(pence.shape, 10 ** next(k for k in range(9, -1, -1) if not (pence % 10**k).any()))


# --- means ------------------------------------------------------------------------------------------------------------

N_PAIRS = 1_200
NOISES = np.arange(-STANDARD.D, STANDARD.D + 1)
LAST = {int(v): float(p) for i, v, p in zip(STANDARD.i, STANDARD.v, STANDARD.p, strict=True) if i == STANDARD.n_max}


@pytest.fixture(scope="module")
def paired() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Pairs of groups of 15 to 60 people with pay of their own, and unlike on average."""
    rng = np.random.default_rng(13)
    sizes = rng.integers(15, 61, (N_PAIRS, 2))
    people = {
        "PAIR": np.repeat(np.arange(N_PAIRS), sizes.sum(axis=1)),
        "SIDE": np.concatenate([np.repeat([0, 1], pair) for pair in sizes]),
    }
    return people, (rng.gamma(6, 1_500, len(people["PAIR"])) * np.array([1.0, 1.6])[people["SIDE"]]).astype(int) + 1


@pytest.fixture(scope="module")
def paired_target(paired, tmp_path_factory) -> Target:
    """Their published home."""
    people, pence = paired
    return publish(tmp_path_factory.mktemp("means"), people, pence=pence)


def solved(counts: np.ndarray, means: np.ndarray | None, slack: np.ndarray | float) -> np.ndarray:
    """(pairs, 2) the likeliest true counts of the two sides, of all that the noise allows.

    Args:
        counts: (pairs, 3) printed counts of the two sides and of both.
        means: (pairs, 3) printed means; None leaves them out.
        slack: standard deviation of what rounding, or noise, leaves of n1 m1 + n2 m2 - (n1 + n2) m, for each person.
    """
    first, second = (noises.reshape(-1) for noises in np.meshgrid(NOISES, NOISES))
    n = counts[:, :2, np.newaxis] - np.stack([first, second])
    chance = np.array([LAST[v] for v in first.tolist()]) * np.array([LAST[v] for v in second.tolist()])
    left = counts[:, 2, np.newaxis] - n.sum(axis=1)
    chance = chance * np.vectorize(lambda v: LAST.get(v, 0.0))(left)
    if means is not None:
        gap = (n * means[:, :2, np.newaxis]).sum(axis=1) - n.sum(axis=1) * means[:, 2, np.newaxis]
        chance = chance * np.exp(-((gap / (slack * n.sum(axis=1))) ** 2) / 2)
    best = chance.argmax(axis=1)
    return n[np.arange(len(n)), :, best]


def right(found: np.ndarray, true: np.ndarray) -> float:
    """Share of the pairs of which both true counts are found."""
    return float((found == true).all(axis=1).mean())


def true_numbers(paired: tuple[dict[str, np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, 3) true counts and means of the two sides and of both."""
    people, pence = paired
    counts = np.zeros((N_PAIRS, 2), int)
    sums = np.zeros((N_PAIRS, 2))
    np.add.at(counts, (people["PAIR"], people["SIDE"]), 1)
    np.add.at(sums, (people["PAIR"], people["SIDE"]), pence)
    counts = np.column_stack([counts, counts.sum(axis=1)])
    return counts, np.column_stack([sums, sums.sum(axis=1)]) / counts / 100


def test_exact_means_give_the_counts_away(paired, measured):
    """The control: means to the penny beside counts with noise leave the true counts of half of the pairs or more."""
    people, pence = paired
    counts, means = true_numbers(paired)
    keys = record_keys(len(pence))
    _, sums = cells(keys, people["PAIR"], people["SIDE"], sizes=(N_PAIRS, 2))
    printed = classic(counts, np.column_stack([sums, sums.sum(axis=1, dtype=np.uint64)]))
    found = solved(printed, np.round(means, 2), 0.005)
    assert measured("A8 means of two groups and their total, classic", right(found, counts[:, :2])) >= 0.5


def test_our_means_give_no_more_than_the_counts(paired, paired_target, measured):
    """Means of printed parts, in units of their noise: no more than .05 above what the printed counts alone give."""
    asked = (whole("PAIR"), whole("SIDE", total=True))
    means, counts = paired_target.measured(*asked, measures=("PAY:MEAN", "T"))
    true, _ = true_numbers(paired)
    alone = measured("A8 the three counts alone, ours", right(solved(counts, None, 0), true[:, :2]))
    best = max(right(solved(counts, means, slack), true[:, :2]) for slack in (0.005, 0.05, 0.5, 1, 2, 4, 8))
    assert measured("A8 means of two groups and their total, ours", best) <= alone + 0.05
