"""The compiled hash beside its definition."""

import numpy as np
import pytest

from statlas.disclosure.siphash import key_words, siphash24_definition, siphash24_words


@pytest.mark.parametrize("n_words", [1, 2, 5, 32, 40])
def test_the_compiled_hash_equals_the_definition(n_words):
    """On random keys and messages, also longer than a length byte can say, both give the same."""
    rng = np.random.default_rng(n_words)
    key = rng.bytes(16)
    words = rng.integers(0, 2**64, (20, n_words), dtype=np.uint64)
    expected = [siphash24_definition(key, row.astype("<u8").tobytes()) for row in words]
    assert siphash24_words(key, words).tolist() == expected


def test_words_need_not_be_contiguous():
    """A column of a larger array hashes like a copy of it."""
    words = np.arange(40, dtype=np.uint64).reshape(4, 10)
    assert np.array_equal(siphash24_words(bytes(16), words[:, ::2]), siphash24_words(bytes(16), words[:, ::2].copy()))


def test_a_key_of_another_length_is_refused_without_being_shown():
    """A key that is not of 16 bytes is refused, and the message does not hold it."""
    with pytest.raises(ValueError, match="has 16 bytes, not 6") as caught:
        key_words(b"secret")
    assert "secret" not in str(caught.value)
