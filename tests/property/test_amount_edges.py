"""The bounds that Statlas chooses for the bands of a measure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from statlas.records.edges import LEAST, N_BANDS, TAIL, edges_of


def _drawn(seed, n, width, zeros, spread):
    rng = np.random.default_rng(seed)
    amounts = np.rint(np.clip(width * rng.lognormal(0, spread, n), -(2**60), 2**60)).astype(np.int64)
    return np.where(rng.random(n) < zeros, 0, amounts * rng.choice([1, 1, 1, -1], n))


AMOUNTS = st.builds(
    _drawn,
    st.integers(0, 2**32 - 1),
    st.integers(0, 30_000),
    st.integers(1, 10**12),
    st.sampled_from([0.0, 0.4, 0.99]),
    st.sampled_from([0.0, 0.5, 2.0]),
)


@given(amounts=AMOUNTS)
def test_every_band_holds_a_thousand(amounts):
    """Bounds rise, there are at most twenty bands between them, and none of these holds fewer than a thousand."""
    edges = edges_of(amounts)
    assert list(edges) == sorted(set(edges))
    assert len(edges) != 1
    assert len(edges) - 1 <= N_BANDS
    inside = np.bincount(np.searchsorted(edges, amounts, side="right"), minlength=len(edges) + 1)[1:-1] if edges else []
    assert all(n >= LEAST for n in inside)


@given(amounts=AMOUNTS)
def test_few_records_lie_beyond_the_ends(amounts):
    """Percentiles from the 10th to the 90th lie between the first bound and the last."""
    edges = edges_of(amounts)
    if edges:
        beyond = (amounts < edges[0]).sum() + (amounts >= edges[-1]).sum()
        assert beyond <= 2 * (TAIL * len(amounts) + 1)


@given(amounts=AMOUNTS, seed=st.integers(0, 99))
def test_the_order_of_the_records_means_nothing(amounts, seed):
    """The same amounts give the same bounds."""
    assert edges_of(np.random.default_rng(seed).permutation(amounts)) == edges_of(amounts)


@given(amounts=AMOUNTS, extreme=st.sampled_from([-(2**62), 2**62]))
def test_no_bound_follows_one_persons_amount(amounts, extreme):
    """However large one amount grows, the ends stay where they are."""
    if len(amounts):
        largest = np.argmax(amounts) if extreme > 0 else np.argmin(amounts)
        grown = amounts.copy()
        grown[largest] = extreme
        assert edges_of(grown) == edges_of(amounts)


def test_bounds_are_round():
    """Amounts without any pattern are cut at numbers that a person would choose."""
    amounts = np.random.default_rng(7).lognormal(9, 0.6, 200_000).astype(np.int64)
    edges = edges_of(amounts)
    assert len(edges) == N_BANDS + 1
    assert all(edge % 500 == 0 for edge in edges)


def test_one_amount_for_all_needs_no_bands():
    """A flat rate, or too few records, leaves nothing to choose."""
    assert edges_of(np.full(50_000, 777)) == ()
    assert edges_of(np.arange(1_999)) == ()
    assert edges_of(np.array([], np.int64)) == ()
