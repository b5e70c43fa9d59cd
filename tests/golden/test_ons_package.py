"""Our integer mode beside the cell key package of the Office for National Statistics, run here on fresh random people.

Source: PyPI package cell-key-perturbation 3.1.0 (MIT).
Recorded outputs of the same package stand in ``test_ptables.py``; these runs reach what no record does: counts above
750, keys of 256 and of 4,096, other tables, empty cells.
"""

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
from cell_key_perturbation.create_perturbed_table import create_perturbed_table
from cell_key_perturbation.utils.generate_test_ptable import generate_ptable_10_5_rule
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statlas.disclosure import compatibility
from statlas.disclosure.keys import cell_keys
from statlas.disclosure.presets import preset_ptable

FIELDS = ("area", "age", "sex")


def drawn(seed: int, sizes: tuple[int, ...], n: int, skew: float, modulus: int) -> pd.DataFrame:
    """People with three codes, crowded in the first ones by ``skew``, and a record key."""
    rng = np.random.default_rng(seed)
    codes = {field: (size * rng.random(n) ** skew).astype(int) for field, size in zip(FIELDS, sizes, strict=True)}
    return pd.DataFrame({**codes, "record_key": rng.integers(0, modulus, n)}).assign(modulus=modulus)


PEOPLE = st.builds(
    drawn,
    st.integers(0, 2**32),
    st.tuples(*[st.integers(1, 4)] * len(FIELDS)),
    st.sampled_from([1, 30, 400, 5_000]),
    st.floats(1, 4),
    st.sampled_from([256, 4096]),
)
BEYOND_750 = drawn(1, (1, 1, 3), 5_000, 2.0, 256)


def ours(people: pd.DataFrame, noise: np.ndarray, threshold: int) -> dict[tuple[int, ...], tuple[int, int, int | None]]:
    """For each crossing of codes that occur: true count, cell key, and perturbed count or None."""
    codes = [sorted(people[field].unique()) for field in FIELDS]
    sizes = tuple(len(known) for known in codes)
    at = [np.searchsorted(known, people[field]) for known, field in zip(codes, FIELDS, strict=True)]
    cells, n_cells = np.ravel_multi_index(at, sizes), int(np.prod(sizes))
    counts = np.bincount(cells, minlength=n_cells)
    keys = cell_keys(people["record_key"].to_numpy(np.uint32), cells, n_cells, modulus=noise.shape[1])
    perturbed, shown = compatibility.integer_perturb_counts(counts, keys, noise, threshold=threshold)
    numbers = [int(value) if seen else None for value, seen in zip(perturbed, shown, strict=True)]
    return dict(zip(product(*codes), zip(counts.tolist(), keys.tolist(), numbers, strict=True), strict=True))


def theirs(people: pd.DataFrame, ptable: pd.DataFrame, threshold: int) -> dict:
    """The same by the package; rows of counts that no crossing has are spared it, as it copies them all."""
    occur = np.unique(compatibility.count_rows(people.groupby(list(FIELDS)).size().to_numpy()))
    made = create_perturbed_table(
        data=people,
        ptable=ptable[ptable["pcv"].isin(occur)],
        geog=["area"],
        tab_vars=["age", "sex"],
        record_key="record_key",
        threshold=threshold,
    )
    numbers = [None if pd.isna(value) else int(value) for value in made["count"]]
    places = zip(*(made[field].tolist() for field in FIELDS), strict=True)
    return dict(
        zip(places, zip(made["pre_sdc_count"].tolist(), made["ckey"].tolist(), numbers, strict=True), strict=True)
    )


@cache
def ten_five_rule() -> pd.DataFrame:
    """The table that the package ships."""
    return generate_ptable_10_5_rule()


@cache
def noise_of(name: str, modulus: int) -> np.ndarray:
    """A preset as a table of counts and integer keys: key k stands for the middle of its share of the unit interval."""
    table = preset_ptable(name)
    middles = (np.arange(modulus) + 0.5) / modulus
    noise = np.zeros((compatibility.N_COUNT_ROWS + 1, modulus), np.int64)
    for n in range(1, len(noise)):
        first, last = table.starts[min(n, table.n_max)], table.starts[min(n, table.n_max) + 1]
        noise[n] = table.v[first:last][np.searchsorted(table.ub[first:last], middles, side="right")]
    return noise


@cache
def ptable_of(name: str, modulus: int) -> pd.DataFrame:
    """The same as the package reads it: one row for each count from 1 and each key."""
    noise = noise_of(name, modulus)[1:]
    counts, keys = np.indices(noise.shape)
    return pd.DataFrame({"pcv": counts.reshape(-1) + 1, "ckey": keys.reshape(-1), "pvalue": noise.reshape(-1)})


@settings(max_examples=20)
@given(people=PEOPLE)
@example(people=BEYOND_750)
def test_the_ten_five_rule_equals_the_package(people):
    """The table that the package ships: every crossing has the count, the key and the printed number of the package."""
    people = people.assign(record_key=people["record_key"] % 256)
    assert ours(people, compatibility.ten_five_noise(), 10) == theirs(people, ten_five_rule(), 10)


@settings(max_examples=20)
@given(people=PEOPLE, name=st.sampled_from(["light", "standard", "strong"]), threshold=st.sampled_from([0, 5, 10]))
@example(people=BEYOND_750, name="standard", threshold=5)
def test_a_table_of_any_keys_equals_the_package(people, name, threshold):
    """Our presets over 256 and 4,096 keys, at any threshold: the same again."""
    modulus = int(people["modulus"].iloc[0])
    assert ours(people, noise_of(name, modulus), threshold) == theirs(people, ptable_of(name, modulus), threshold)
