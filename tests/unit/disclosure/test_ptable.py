"""The perturbation table as a thing: its text, its identity and what it refuses to be."""

import dataclasses
import hashlib

import numpy as np
import pytest

from statlas.disclosure import frozen_tables
from statlas.disclosure.generation import make_ptable
from statlas.disclosure.presets import PRESETS, preset_ptable
from statlas.disclosure.ptable import ptable_from_csv, ptable_to_csv
from statlas.errors import BackendError, DataError

SMALL = """\
i,j,v,p,lb,ub
0,0,0,1.00000000,0.00000000,1.00000000
1,0,-1,0.25000000,0.00000000,0.25000000
1,1,0,0.50000000,0.25000000,0.75000000
1,2,1,0.25000000,0.75000000,1.00000000
"""


def small(text=SMALL, **settings):
    """The table of a text, with D 1, V .5, js 0 unless told otherwise."""
    return ptable_from_csv(text, **{"D": 1, "V": 0.5, "js": 0} | settings)


def test_a_table_and_its_text_are_the_same():
    """Reading the text of a table gives an equal table with the same text."""
    table = make_ptable(4, 1.8, 1)
    again = ptable_from_csv(ptable_to_csv(table), D=4, V=1.8, js=1)
    assert again == table
    assert hash(again) == hash(table)
    assert ptable_to_csv(again) == ptable_to_csv(table)
    assert ptable_to_csv(small()) == SMALL


def test_the_identity_is_the_hash_of_the_text():
    """The digest is the SHA-256 of the text and the id its first 64 bits."""
    expected = hashlib.sha256(SMALL.encode()).hexdigest()
    assert small().digest == expected
    assert small().id == int(expected, 16) >> 192


def test_tables_of_other_settings_differ():
    """Tables with another V or other rows are not equal, nor is something that is no table."""
    assert make_ptable(4, 1.8, 1) != make_ptable(4, 1.9, 1)
    assert small() != small(V=0.6)
    assert small() != SMALL


def test_blocks_and_figures():
    """n_max, the first row of each block, the variance of each row and the public sd."""
    assert small().n_max == 1
    assert small().starts.tolist() == [0, 1, 4]
    assert small().variances.tolist() == [0, 0.5]
    assert (small().variance, small().sd) == (0.5, 0.7)
    assert len(small()) == 4
    assert small(V=0.6).rows_below_variance == (1,)


def test_a_table_is_frozen():
    """Neither a field nor a value of a column can be changed."""
    with pytest.raises(ValueError, match="read-only"):
        small().ub[1] = 0.9
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().V = 9


def test_a_table_keeps_its_own_copy():
    """Changing the array a table was built from does not change the table."""
    table = small()
    bounds = table.ub.copy()
    built = dataclasses.replace(table, ub=bounds)
    bounds[1] = 0.9
    assert built == table


@pytest.mark.parametrize(
    ("old", "new", "settings", "fault"),
    [
        (SMALL, "", {}, "empty"),
        (SMALL, "i,j,v,p,lb,ub\n", {}, "empty"),
        ("i,j,v,p", "i,j,v,q", {}, "columns i, j, v, p, lb, ub"),
        ("0.5000", "much", {}, "columns i, j, v, p, lb, ub"),
        ("1,1,0,", "1.5,1,0,", {}, "columns i, j, v, p, lb, ub"),
        ("1,1,0,", f"{10**30},1,0,", {}, "columns i, j, v, p, lb, ub"),
        ("0.50000000", "nan", {}, "not finite"),
        ("\n0,0,0", "\n1,0,0", {}, "in order"),
        ("\n1,", "\n2,", {}, "in order"),
        ("1,2,1,", "1,2,2,", {}, "v is not j - i"),
        ("1,1,0,", "1,0,-1,", {}, "ascending"),
        ("1,0,-1,", "1,-1,-2,", {"D": 2, "V": 9}, "makes a count negative"),
        ("1,2,1,", "1,3,2,", {}, "exceeds D=1"),
        ("", "", {"js": 1}, "forbidden count"),
        ("0,0,0,", "0,1,1,", {}, "a true zero does not stay zero"),
        ("0.75000000,1.00000000", "0.75000000,0.99000000", {}, "do not cover 0 to 1"),
        ("0.25000000,0.75000000", "0.26000000,0.75000000", {}, "do not cover 0 to 1"),
        ("0.50000000,0.25", "0.40000000,0.25", {}, "p is not ub - lb"),
        ("0.25000000,0.75000000,1.0", "0.20000000,0.80000000,1.0", {}, "do not cover 0 to 1"),
        ("", "", {"V": 0.4}, "variance above V=0.4"),
    ],
)
def test_rows_that_are_no_table_are_refused(old, new, settings, fault):
    """A text that could not be looked up safely is refused, and the message says why."""
    with pytest.raises(DataError, match=fault):
        small(SMALL.replace(old, new) if old else SMALL, **settings)


def test_noise_that_is_not_zero_on_average_is_refused():
    """A row with a mean other than zero would bias every published total."""
    text = SMALL.replace("0.50000000,0.25000000,0.75000000", "0.65000000,0.25000000,0.90000000").replace(
        "0.25000000,0.75000000,1.0", "0.10000000,0.90000000,1.0"
    )
    with pytest.raises(DataError, match="mean other than zero"):
        small(text)


@pytest.mark.parametrize("name", PRESETS)
def test_the_text_of_a_preset_is_the_one_that_was_frozen(name):
    """The shipped text has the recorded digest: no number of any home can have moved."""
    text = getattr(frozen_tables, name.upper())
    assert hashlib.sha256(text.encode()).hexdigest() == PRESETS[name].digest == preset_ptable(name).digest


@pytest.mark.parametrize(("name", "sd"), [("light", 1.3), ("standard", 1.7), ("strong", 3.0)])
def test_the_public_sd_of_the_presets(name, sd):
    """The standard deviation that anybody may know, to one decimal."""
    assert preset_ptable(name).sd == sd


def test_a_damaged_preset_is_not_used(monkeypatch):
    """A shipped table whose text has changed is refused."""
    preset_ptable.cache_clear()
    monkeypatch.setattr(frozen_tables, "LIGHT", ptable_to_csv(make_ptable(4, 1.7, 1)))
    with pytest.raises(BackendError, match="damaged"):
        preset_ptable("light")


def test_a_table_prints_as_its_settings():
    """The repr names D, V, js and the start of the digest, and no row."""
    assert repr(small()) == f"Ptable(D=1, V=0.5, js=0, 4 rows, {small().digest[:12]})"


def test_columns_of_different_length_are_refused():
    """A table built from columns of different length is refused."""
    with pytest.raises(DataError, match="differ in length"):
        dataclasses.replace(small(), p=np.ones(3))
