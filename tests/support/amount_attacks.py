"""What an attacker reads from a printed sum about the true count of its cell, who knows all but the keys."""

from types import SimpleNamespace

import numpy as np

from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.magnitude import flex_noise
from statlas.disclosure.published_units import mean_units, publish_means, publish_sums, sum_units
from statlas.disclosure.sums import perturb_sums

NOISE_KEY = bytes(range(16))
# Numbers of people around the likeliest that the attacker tries.
WINDOW = np.arange(-6, 7)


def flat_cells(n, share, rate, n_cells, seed):
    """Cells of n people of whom a share has the same amount and the others nothing; keys at random."""
    some = round(n * share)
    random = np.random.default_rng(seed)
    counts = np.full(n_cells, n)
    return SimpleNamespace(
        counts=counts,
        keys=random.integers(0, 2**32, n_cells, dtype=np.uint64),
        sums=np.full(n_cells, some * rate),
        nonzero_counts=np.full(n_cells, some),
        nonzero_keys=random.integers(0, 2**32, n_cells, dtype=np.uint64).astype(np.uint32),
        top=np.full((3, n_cells), rate) * (np.arange(3) < some)[:, None],
    )


def published(cells, table, flex, *, perturb=perturb_sums):
    """Printed counts, sums with their noise, and what is printed of sums and means."""
    u = look_up_numbers(
        cells.keys, cells.counts, noise_key=NOISE_KEY, purpose=COUNT_PURPOSE, epoch=0, ptable_id=table.id
    )
    n_hat = perturb_counts(cells.counts, u, table)
    sums = perturb(cells, n_hat, measure_id="AWARD", noise_key=NOISE_KEY, epoch=0, flex=flex)
    return n_hat, sums


def guessed_counts(n_hat, sums, rate, table, flex):
    """The likeliest true count of each cell, from its printed count, sum and mean; ``sums`` are not rounded yet."""
    return guessed_within(n_hat, *interval(n_hat, sums, table.V), rate, table, flex)


def guessed_within(n_hat, low, high, rate, table, flex):
    """The likeliest true count of each cell, from its printed count and the bounds of its sum that are printed.

    The attacker tries every noise of the count and every number of people with the amount, and asks how likely the
    noise is that would make the printed numbers of them.
    """
    last = table.i == table.n_max
    noises, prior = table.v[last], table.p[last]
    likelihood = np.zeros((len(noises), len(n_hat)))
    distribution = noise_distribution(rate, flex)
    for place, v in enumerate(noises):
        n = n_hat - v
        some = np.rint((low + high) / 2 / rate * n / n_hat)[None] + WINDOW[:, None]
        exact = some * rate * n_hat / n
        chance = distribution(high - exact) - distribution(low - exact)
        likelihood[place] = prior[place] * np.where((some >= 1) & (some <= n), chance, 0).sum(axis=0)
    return n_hat - noises[likelihood.argmax(axis=0)]


def interval(n_hat, sums, variance):
    """Between which amounts the sum lies, by what is printed of it and of the mean."""
    units = sum_units(sums, n_hat, variance), mean_units(sums, n_hat, variance)
    return bounds(n_hat, publish_sums(sums, n_hat, variance), publish_means(sums, n_hat, variance), units)


def bounds(n_hat, total, mean, units):
    """Between which amounts a sum lies that is printed as ``total`` and ``mean``, each in its unit."""
    low = np.maximum(total - units[0] / 2, (mean - units[1] / 2) * n_hat)
    return low, np.minimum(total + units[0] / 2, (mean + units[1] / 2) * n_hat)


def noise_distribution(rate, flex, n_draws=400_000):
    """The distribution function of the noise of a large cell in which all contributions are alike."""
    u = np.random.default_rng(0).random((flex.n_top, n_draws))
    totals, top = np.full(n_draws, 1000 * rate), np.full((flex.n_top, n_draws), rate)
    drawn = np.sort(flex_noise(totals, top, u, flex, np.zeros(n_draws, bool)))
    return lambda x: np.searchsorted(drawn, x) / n_draws
