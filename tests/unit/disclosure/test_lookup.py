"""Look-up numbers and perturbed counts beside their definitions."""

import numpy as np
import pytest

from statlas.disclosure.lookup import (
    COUNT_PURPOSE,
    look_up_number_definition,
    look_up_numbers,
    perturb_count_definition,
    perturb_counts,
)
from statlas.disclosure.presets import PRESETS, preset_ptable

KEY = bytes(range(16))
SETTINGS = {"noise_key": KEY, "purpose": COUNT_PURPOSE, "epoch": 0, "ptable_id": 7}


def numbers(cell_keys, counts, **settings):
    """Look-up numbers of a few cells with the usual settings, unless told otherwise."""
    return look_up_numbers(np.asarray(cell_keys, np.uint32), np.asarray(counts), **SETTINGS | settings)


def test_a_look_up_number_is_the_hash_of_five_words():
    """Cell key, count, purpose, epoch and ptable id, eight little-endian bytes each; 53 bits of SipHash-2-4.

    The expected number was computed with ``openssl mac -macopt size:8 SIPHASH`` from the 40 bytes.
    """
    u = numbers([0x89ABCDEF], [3], purpose=2, epoch=1, ptable_id=0xB59CA24FE4EA3EF6)
    assert u[0] == (0xE54B52B740910DE6 >> 11) / 2**53


def test_look_up_numbers_equal_the_definition():
    """Random cells, also with 64-bit words that have their top bit set, get the number of the formula."""
    rng = np.random.default_rng(1)
    keys = rng.integers(0, 2**32, 50, dtype=np.uint32)
    counts = rng.integers(0, 1000, 50)
    epochs = rng.integers(0, 4, 50)
    settings = {"noise_key": rng.bytes(16), "purpose": 2**63 + 5, "ptable_id": 2**64 - 1}
    expected = [
        look_up_number_definition(int(key), int(n), epoch=int(epoch), **settings)
        for key, n, epoch in zip(keys, counts, epochs, strict=True)
    ]
    assert look_up_numbers(keys, counts, epoch=epochs, **settings).tolist() == expected


def test_an_epoch_for_each_period_broadcasts_to_the_cells():
    """Epochs along the period axis of a table give what the same epoch in every cell gives."""
    keys = np.arange(6, dtype=np.uint32).reshape(2, 3)
    counts = np.full((2, 3), 9)
    by_period = numbers(keys, counts, epoch=np.array([0, 1, 2]))
    assert by_period.shape == (2, 3)
    assert np.array_equal(by_period[:, 1], numbers(keys, counts, epoch=1)[:, 1])
    assert not np.isin(by_period[:, 1], numbers(keys, counts, epoch=0)).any()


@pytest.mark.parametrize("changed", [{"noise_key": bytes(16)}, {"purpose": 1}, {"epoch": 1}, {"ptable_id": 8}])
def test_every_setting_redraws_every_number(changed):
    """Another key, purpose, epoch or table gives other numbers in all cells; the same settings give the same."""
    keys, counts = np.arange(100), np.full(100, 4)
    assert np.array_equal(numbers(keys, counts), numbers(keys, counts))
    assert (numbers(keys, counts) != numbers(keys, counts, **changed)).all()


def test_any_slicing_and_layout_gives_the_same_bits():
    """Cells depend on nothing but themselves: slices, views and other integer types give the same numbers."""
    rng = np.random.default_rng(2)
    keys = rng.integers(0, 2**32, (30, 20), dtype=np.uint32)
    counts = rng.integers(0, 50, (30, 20))
    whole = numbers(keys, counts)
    assert np.array_equal(whole[7:9], numbers(keys[7:9], counts[7:9]))
    assert np.array_equal(whole.T, numbers(keys.T, counts.T))
    assert np.array_equal(whole[:, ::3], numbers(keys[:, ::3], counts[:, ::3].astype(np.uint8)))


def test_a_table_without_cells():
    """An empty table has no numbers and no noise."""
    u = numbers([], np.empty(0, np.int64))
    assert u.shape == (0,)
    assert perturb_counts(np.empty(0, np.int64), u, preset_ptable("standard")).shape == (0,)


def test_a_table_of_one_cell_without_dimensions():
    """A single number without axes is perturbed too."""
    u = numbers(np.uint32(5), np.array(12))
    assert perturb_counts(np.array(12), u, preset_ptable("standard")).shape == ()


def test_shapes_that_differ_are_refused():
    """Cell keys, counts and numbers must belong to the same cells."""
    with pytest.raises(ValueError, match="differ in shape"):
        numbers([1, 2], [1])
    with pytest.raises(ValueError, match="differ in shape"):
        perturb_counts(np.array([1, 2]), np.array([0.5]), preset_ptable("standard"))


@pytest.mark.parametrize(("count", "u"), [(-1, 0.5), (3, 1.0), (3, -0.1), (3, np.nan)])
def test_inputs_out_of_range_are_refused_without_being_shown(count, u):
    """A negative count or a number outside [0, 1) is refused; the message holds neither."""
    with pytest.raises(ValueError, match=r"^counts are never negative and look-up numbers lie in \[0, 1\)$"):
        perturb_counts(np.array([5, count]), np.array([0.5, u]), preset_ptable("standard"))


@pytest.mark.parametrize("name", PRESETS)
def test_perturbed_counts_equal_the_definition(name):
    """Every block and beyond, at the bounds themselves and next to them, as the definition says."""
    table = preset_ptable(name)
    counts = np.repeat(np.arange(table.n_max + 20), len(table.ub) * 2 - 2)
    below = np.nextafter(table.ub[:-1], 0)
    u = np.tile(np.concatenate([table.ub[:-1], below]) % 1, table.n_max + 20)
    expected = [perturb_count_definition(int(n), float(x), table) for n, x in zip(counts, u, strict=True)]
    assert perturb_counts(counts, u, table).tolist() == expected


def test_an_interval_holds_its_lower_bound_and_not_its_upper():
    """The number ub belongs to the next row, as the published look-up 'first row with ck < ub' says."""
    table = preset_ptable("standard")
    first = table.starts[1]
    u = np.array([0.0, np.nextafter(table.ub[first], 0), table.ub[first]])
    assert perturb_counts(np.ones(3, np.int64), u, table).tolist() == [0, 0, 3]


def test_counts_above_the_last_block_use_it():
    """A million people get the noise of the last block."""
    table = preset_ptable("standard")
    u = np.array([0.001, 0.5, 0.999])
    assert perturb_counts(np.full(3, 10**12), u, table).tolist() == [10**12 - 5, 10**12, 10**12 + 5]
