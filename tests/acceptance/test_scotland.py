"""The 63,388 persons of Scotland's 2011 census teaching file, published protected.

Every count of every one- and two-way table is checked against brute force: the rows counted by pandas, the keys summed
one by one, and the noise, inheriting and threshold looked up by the definitions.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from oracle import Oracle

from statlas.disclosure.lookup import look_up_number_definition, perturb_count_definition
from statlas.disclosure.policy import policy_for
from statlas.model.cells import CellStatus
from statlas.model.database import Field
from statlas.model.derivation import Column
from statlas.model.query import Dimension, Query
from statlas.service import tables

N_PERSONS = 63_388
FILE = "data/census_teaching/scotland_2011_1pct.csv.gz"


@pytest.fixture(scope="module")
def home(shared, root, tmp_path_factory) -> tables.Home:
    """A home with the census published from the example's definition."""
    made = tables.open_home(tmp_path_factory.mktemp("scotland") / "home")
    definition = root / "examples" / "scotland_census_2011" / "definition.yaml"
    tables.publish(home=made, definition=definition, records=[shared / FILE])
    return made


@pytest.fixture(scope="module")
def persons(shared, home) -> pd.DataFrame:
    """The file as text, with each person's record key by the definition."""
    frame = pd.read_csv(shared / FILE, dtype=str, keep_default_na=False)
    secret = home.secret("family-scotland_census_2011.v1", 32)
    keys = [hmac.new(secret, person.encode(), hashlib.sha256).digest()[:4] for person in frame["Record_Number"]]
    frame["key"] = [int.from_bytes(key, "big") for key in keys]
    return frame


def column_of(field: Field) -> str:
    """The column of a field that is a plain column."""
    assert isinstance(field.source, Column)
    return field.source.column


def perturbed_counts(home: tables.Home, persons: pd.DataFrame, fields: list[Field], epoch: int = 0):
    """The perturbed count of any place, from the rows themselves."""
    ptable, noise_key = policy_for("standard").ptable, home.secret("noise.v1", 16)
    inside = [
        {leaf: (persons[column_of(f)] == node.code).to_numpy() for leaf, node in enumerate(f.classification.leaves)}
        for f in fields
    ]
    keys = persons["key"].to_numpy()
    found: dict = {}

    def perturbed(place) -> int:
        if place not in found:
            mask = np.ones(len(persons), dtype=bool)
            for by_leaf, leaves in zip(inside, place, strict=True):
                if len(leaves) < len(by_leaf):
                    mask &= np.logical_or.reduce([by_leaf[leaf] for leaf in leaves])
            n, key = int(mask.sum()), int(keys[mask].sum()) % 2**32
            u = look_up_number_definition(key, n, noise_key=noise_key, purpose=0, epoch=epoch, ptable_id=ptable.id)
            found[place] = perturb_count_definition(n, u, ptable) if n else 0
        return found[place]

    return perturbed


def test_everybody_is_there(home):
    """The count of all persons is within the noise of 63,388."""
    cube = tables.table(home=home, query=Query("scotland_census_2011"), door="test")
    assert abs(int(cube.measures[0].values.sum()) - N_PERSONS) <= policy_for("standard").ptable.D


def test_every_two_way_table_is_the_true_count_and_its_own_noise(home, persons):
    """All fields by all others, at every level, cell by cell."""
    database = tables.database(home=home, database_id="scotland_census_2011")
    checked = hidden = 0
    for pair in combinations(database.categories, 2):
        dimensions = tuple(Dimension(f.id, valueset=f.classification.valuesets[-1].id, total=True) for f in pair)
        cube = tables.table(home=home, query=Query(database.id, dimensions=dimensions), door="test")
        oracle = Oracle(list(pair), perturbed_counts(home, persons, list(pair)), 5, 11)
        covers = [
            [oracle.cover(axis, item.nodes) for item in cube.dimensions[axis + 1].items] for axis in range(len(pair))
        ]
        measure = cube.measures[0]
        for i, first in enumerate(covers[0]):
            for j, second in enumerate(covers[1]):
                expected, derived = oracle.item((first, second))
                low = measure.status[0, i, j] == CellStatus.LOW
                assert (None if low else int(measure.values[0, i, j])) == expected
                assert bool(measure.flags[0, i, j]) == derived
                checked, hidden = checked + 1, hidden + int(low)
    assert checked > 3_000
    assert 0 < hidden < checked / 2
