"""The perturbation table of amounts: its text, its identity, what it refuses to be, and the one that is shipped."""

import dataclasses
import hashlib

import numpy as np
import pytest

from statlas.disclosure import frozen_amounts
from statlas.disclosure.numeric_generation import make_numeric_ptable
from statlas.disclosure.numeric_ptable import numeric_ptable_from_csv, numeric_ptable_to_csv
from statlas.disclosure.presets import AMOUNTS, amounts_ptable
from statlas.errors import BackendError, DataError, InfeasibleTableError

SMALL = """\
i,v,p,lb,ub
1,-1,0.60000000,0.00000000,0.60000000
1,1.5,0.40000000,0.60000000,1.00000000
2,-1.5,0.25000000,0.00000000,0.25000000
2,-1,0.25000000,0.25000000,0.50000000
2,1,0.25000000,0.50000000,0.75000000
2,1.5,0.25000000,0.75000000,1.00000000
"""


def small(text=SMALL, **settings):
    """The table of a text, with noise of 1 and 1.5 steps unless told otherwise."""
    usual = {"D": 2, "V": 2, "grain": 2, "least": 1, "interpolated": False}
    return numeric_ptable_from_csv(text, **usual | settings)


def test_a_table_and_its_text_are_the_same():
    """Reading the text of a table gives an equal table with the same text, and its identity is the text's hash."""
    table = make_numeric_ptable(5, 3, grain=10, least=1, ratios=range(1, 6))
    text = numeric_ptable_to_csv(table)
    again = numeric_ptable_from_csv(text, D=5, V=3, grain=10, least=1, interpolated=False)
    assert again == table
    assert hash(again) == hash(table)
    assert numeric_ptable_to_csv(small()) == SMALL
    assert table.digest == hashlib.sha256(text.encode()).hexdigest()
    assert table.id == int(table.digest, 16) >> 192


def test_blocks_and_figures():
    """The ratios, the first row of each block and the variance of the last."""
    assert small().ratios.tolist() == [1, 2]
    assert small().starts.tolist() == [0, 2, 6]
    assert small().last_variance == 0.5 * 1 + 0.5 * 2.25
    assert len(small()) == 6
    assert repr(small()).startswith("NumericPtable(D=2, V=2, 6 rows")


def test_tables_of_other_settings_differ():
    """Tables with another variance, way of looking up or rows are not equal, nor is something that is no table."""
    assert small() != small(V=3)
    assert small() != small(interpolated=True)
    assert small() != amounts_ptable()
    assert small() != SMALL


def test_a_table_is_frozen():
    """Neither a field nor a value of a column can be changed."""
    with pytest.raises(ValueError, match="read-only"):
        small().ub[1] = 0.9
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().V = 9


def test_columns_of_others_are_passed_over():
    """A text with a target and a type beside our columns is read all the same."""
    lines = SMALL.splitlines()
    wider = "\n".join([lines[0] + ",j,type", *(line + ",0,all" for line in lines[1:])])
    assert small(wider) == small()


@pytest.mark.parametrize(
    ("old", "new", "settings", "fault"),
    [
        (SMALL, "", {}, "empty"),
        ("i,v,p", "i,w,p", {}, "columns i, v, p, lb, ub"),
        ("0.40000000", "much", {}, "columns i, v, p, lb, ub"),
        ("1,1.5,", "1.5,1.5,", {}, "columns i, v, p, lb, ub"),
        ("0.40000000", "nan", {}, "not finite"),
        ("\n1,", "\n7,", {}, "begin at a ratio of 0 or 1"),
        ("1,1.5,0.40", "1,-1.5,0.40", {}, "ascending multiple of 1/2"),
        ("1,1.5,0.40", "1,1.4,0.40", {}, "ascending multiple of 1/2"),
        ("1,-1,", "1,-1.5,", {}, "exceeds D=2 or the ratio"),
        ("", "", {"D": 1}, "exceeds D=1 or the ratio"),
        ("", "", {"least": 1.5}, "smaller than 1.5"),
        ("2,-1.5,", "2,-2,", {}, "last block is not symmetric"),
        ("0.60000000,1.0", "0.61000000,1.0", {}, "without gaps"),
        ("1,-1,0.6", "1,-1,0.5", {}, "p is not ub - lb"),
        ("1,1.5,", "1,1,", {}, "mean other than zero"),
        ("", "", {"V": 1}, "variance above V=1"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(old, new, settings, fault):
    """Rows that could not be looked up, or would bias or bare a sum, are refused; the message says what is wrong."""
    with pytest.raises(DataError, match=fault):
        small(SMALL.replace(old, new) if old else SMALL, **settings)


def test_impossible_settings_are_refused():
    """Noise of at least one step cannot have a variance of less than one."""
    with pytest.raises(InfeasibleTableError, match="total of 1 steps"):
        make_numeric_ptable(5, 0.9, grain=10, least=1, ratios=(1, 5))


def test_the_shipped_table_is_the_one_its_settings_make():
    """Made again, the frozen table comes out the same to 1e-6, and its text has the recorded hash."""
    made = make_numeric_ptable(5, 3, grain=10, least=1, ratios=range(1, 6))
    frozen = amounts_ptable()
    assert made.i.tolist() == frozen.i.tolist()
    assert made.v.tolist() == frozen.v.tolist()
    np.testing.assert_allclose(made.p, frozen.p, rtol=0, atol=1e-6)
    assert hashlib.sha256(frozen_amounts.AMOUNTS.encode()).hexdigest() == AMOUNTS.digest


def test_a_damaged_table_is_refused(monkeypatch):
    """A shipped text that is not the frozen one is never used."""
    other = make_numeric_ptable(5, 3, grain=10, least=1, ratios=(1, 5))
    monkeypatch.setattr(frozen_amounts, "AMOUNTS", numeric_ptable_to_csv(other))
    amounts_ptable.cache_clear()
    try:
        with pytest.raises(BackendError, match="damaged"):
            amounts_ptable()
    finally:
        amounts_ptable.cache_clear()


def test_the_shipped_table_is_never_none_symmetric_and_thin_at_its_ends():
    """Noise is at least one step, as often up as down where there is room, and five steps come once in 37,000 times."""
    table = amounts_ptable()
    last = table.i == table.i[-1]
    assert np.abs(table.v).min() == 1
    assert table.ratios.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(table.p[last], table.p[last][::-1], rtol=0, atol=2e-8)
    ends = table.p[last & (np.abs(table.v) == AMOUNTS.D)].sum()
    assert round(1 / ends, -3) == 37_000
    for ratio in table.ratios:
        block = table.i == ratio
        assert abs(table.v[block] @ table.p[block]) < 1e-6
