"""Laws of the count noise: what an asker may rely on, and what an attacker may not find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.disclosure.generation import make_ptable
from statlas.disclosure.keys import KEY_SPACE, cell_keys, pack, unpack
from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.presets import PRESETS, preset_ptable
from statlas.errors import InfeasibleTableError

N = 200_000


def noise(table, counts, cell_keys, **settings):
    """The noise of each cell."""
    usual = {"noise_key": bytes(range(16)), "purpose": COUNT_PURPOSE, "epoch": 0, "ptable_id": table.id}
    return perturb_counts(counts, look_up_numbers(cell_keys, counts, **usual | settings), table) - counts


def keys_of(seed, n=N):
    """Uniform cell keys, as sums of uniform record keys are."""
    return np.random.default_rng(seed).integers(0, KEY_SPACE, n, dtype=np.uint64)


records = st.lists(st.tuples(st.integers(0, KEY_SPACE - 1), st.integers(-1, 4)), max_size=30)


@given(records, st.randoms(use_true_random=False))
def test_cell_keys_do_not_depend_on_the_order_of_records(rows, random):
    """Shuffled records have the same cell keys, and these are the sums modulo 2^32 of Python's exact integers."""
    shuffled = rows.copy()
    random.shuffle(shuffled)
    found = [
        cell_keys(np.array([k for k, _ in r], np.uint32), np.array([c for _, c in r], np.int64), 5)
        for r in (rows, shuffled)
    ]
    exact = [sum(k for k, c in rows if c == cell) % KEY_SPACE for cell in range(5)]
    assert found[0].tolist() == found[1].tolist() == exact


@given(records, st.integers(0, 30))
def test_packed_parts_add_up_to_the_whole(rows, cut):
    """Records packed in two parts and added have the count and key of all of them."""
    parts = [
        pack(np.ones(len(part), np.int64), np.array([k for k, _ in part], np.uint64)).sum(dtype=np.uint64)
        for part in (rows[:cut], rows[cut:])
    ]
    counts, sums = unpack(np.add(*parts).reshape(1))
    assert (counts[0], sums[0]) == (len(rows), sum(k for k, _ in rows) % KEY_SPACE)


@given(
    st.sampled_from(sorted(PRESETS)),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, KEY_SPACE - 1)), min_size=1, max_size=50),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**64 - 1),
)
def test_a_perturbed_count_is_always_possible(name, cells, noise_key, purpose):
    """Never negative, never in 1..js, never further than D, and zero stays zero, whatever the keys."""
    table = preset_ptable(name)
    counts = np.array([n for n, _ in cells])
    v = noise(table, counts, np.array([k for _, k in cells], np.uint64), noise_key=noise_key, purpose=purpose)
    perturbed = counts + v
    assert (perturbed >= 0).all()
    assert not ((perturbed >= 1) & (perturbed <= table.js)).any()
    assert (np.abs(v) <= table.D).all()
    assert (v[counts == 0] == 0).all()


@given(st.integers(1, 8), st.floats(0.2, 12), st.integers(0, 4), st.one_of(st.none(), st.floats(0, 0.9)), st.booleans())
def test_every_table_that_can_be_made_is_sound(D, V, js, pstay, mono):
    """Settings are refused, or give a table of mean zero within D and V that never shows 1..js."""
    try:
        table = make_ptable(D, V, js, pstay=pstay, mono=mono)
    except InfeasibleTableError:
        return
    assert table.n_max == (D if js == 0 else D + js + 1)
    assert (table.variances <= V + 0.0005).all()
    means = np.add.reduceat(table.v * table.p, table.starts[:-1])
    np.testing.assert_allclose(means, 0, atol=1e-6)
    last = table.p[table.starts[-2] :]
    np.testing.assert_allclose(last, last[::-1], atol=3e-8)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000])
def test_the_noise_has_the_distribution_of_its_row(name, n):
    """Over random keys each noise comes as often as the table says, with mean zero and the row's variance."""
    table = preset_ptable(name)
    v = noise(table, np.full(N, n), keys_of(n))
    block = table.i == min(n, table.n_max)
    for expected, value in zip(table.p[block], table.v[block], strict=True):
        error = 5 * np.sqrt(max(expected, 1e-6) / N)
        assert abs((v == value).mean() - expected) < error
    assert abs(v.mean()) < 5 * np.sqrt(table.V / N)


def test_the_noise_of_n_and_of_one_more_is_unrelated():
    """A person joins a cell: old and new noise have no correlation, however small the person's key is.

    The look-up of the published methods, the cell key itself, is the control: there a small key leaves the noise
    nearly as it was.
    """
    table = preset_ptable("standard")
    before, person = keys_of(3), np.random.default_rng(4).integers(0, 2**24, N, dtype=np.uint64)
    after = (before + person) % np.uint64(KEY_SPACE)
    counts = np.full(N, 20)
    hashed = np.corrcoef(noise(table, counts, before), noise(table, counts + 1, after))[0, 1]
    plain = [perturb_counts(n, k / KEY_SPACE, table) - n for n, k in ((counts, before), (counts + 1, after))]
    assert np.corrcoef(*plain)[0, 1] > 0.95
    assert abs(hashed) < 5 / np.sqrt(N)


@given(
    name=st.sampled_from(sorted(PRESETS)),
    n=st.integers(1, 60),
    key_bits=st.integers(1, 32),
    seed=st.integers(0, 2**32),
)
def test_the_noise_of_any_n_and_of_one_more_is_unrelated(name, n, key_bits, seed):
    """The same for every policy, every count from 1 and every size of the person's key."""
    table, rng, n_cells = preset_ptable(name), np.random.default_rng(seed), 20_000
    before = rng.integers(0, KEY_SPACE, n_cells, dtype=np.uint64)
    after = (before + rng.integers(0, 2**key_bits, n_cells, dtype=np.uint64)) % np.uint64(KEY_SPACE)
    counts = np.full(n_cells, n)
    correlation = np.corrcoef(noise(table, counts, before), noise(table, counts + 1, after))[0, 1]
    # Six standard errors: fifty examples a run, and the noise of one or two people is far from normal.
    assert abs(correlation) < 6 / np.sqrt(n_cells)


@pytest.mark.parametrize("changed", [{"epoch": 1}, {"purpose": 1}, {"ptable_id": 1}, {"noise_key": bytes(16)}])
def test_other_settings_draw_unrelated_noise(changed):
    """A revised period, another purpose, table or key draws noise without correlation to the first."""
    table = preset_ptable("standard")
    keys, counts = keys_of(5), np.full(N, 20)
    assert abs(np.corrcoef(noise(table, counts, keys), noise(table, counts, keys, **changed))[0, 1]) < 5 / np.sqrt(N)


def test_the_same_people_have_the_same_noise_everywhere():
    """A cell of the same people has the same number in any table, at any position and in any month."""
    table = preset_ptable("standard")
    keys = keys_of(6, 1000)
    counts = np.random.default_rng(7).integers(0, 60, 1000)
    order = np.random.default_rng(8).permutation(1000)
    alone = [noise(table, counts[k : k + 1], keys[k : k + 1])[0] for k in range(20)]
    assert np.array_equal(noise(table, counts, keys)[order], noise(table, counts[order], keys[order]))
    assert noise(table, counts, keys)[:20].tolist() == alone
