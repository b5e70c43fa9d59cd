"""How much work the cover of a group takes, and where it ends."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from worlds import banded

from statlas.engine import packing
from statlas.engine.axes import tree_of
from statlas.errors import QueryError
from statlas.model.classification import Node
from statlas.model.database import Field

N_AREAS = 7_264
"""Middle-layer areas of England and Wales."""


@pytest.fixture
def programmes(monkeypatch) -> list[int]:
    """Branches of every integer programme solved."""
    branches = []
    solve = packing.milp

    def counted(*args, **options):
        done = solve(*args, **options)
        branches.append(int(done.mip_node_count or 0))
        return done

    monkeypatch.setattr(packing, "milp", counted)
    return branches


def nearest(rng: np.random.Generator, places: np.ndarray, n_centres: int) -> list[int]:
    """The nearest of some random centres to each place: districts as compact and as crooked as real ones."""
    centres = rng.random((n_centres, 2))
    return ((places[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1).tolist()


@pytest.fixture(scope="module")
def country() -> Field:
    """Areas under three geographies that know nothing of one another: authorities, constituencies and wards."""
    rng = np.random.default_rng(11)
    places = rng.random((N_AREAS, 2))
    return banded(N_AREAS, *(nearest(rng, places, n) for n in (331, 575, 1_200)))


@pytest.mark.parametrize("share", [0.75, 0.99, 0.9999])
def test_a_group_of_thousands_of_areas_takes_a_few_programmes_of_one_branch(country, programmes, share):
    """Three crossing geographies, and a group that cuts through all of them: no search to speak of."""
    chosen = np.flatnonzero(np.random.default_rng(3).random(N_AREAS) < share)
    cover = tree_of(country).cover([Node("CODE", str(area)) for area in chosen])
    members = [country.classification.members[node] for node in cover]
    assert sorted(area for areas in members for area in areas) == chosen.tolist()
    assert max(programmes) <= 1
    assert len(programmes) <= 40


def test_a_group_of_nested_levels_takes_no_programme():
    """Without crossing bandings the solver is not even imported: that takes a quarter of a second."""
    script = """
import sys
from worlds import geography
from statlas.engine.axes import tree_of
from statlas.model.classification import Node
cover = tree_of(geography()).cover([Node("TOWN", "E1-1"), Node("REGION", "E2"), Node("COUNTRY", "W")])
assert [node.code for node in cover] == ["E2", "W", "E1-1"], cover
assert "scipy.optimize" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env={"PYTHONPATH": sys.path[0]})


def test_bandings_beyond_the_bound_are_refused_not_covered_by_more(monkeypatch):
    """Where the fewest cannot be found the group is refused, in words about the definition alone."""
    monkeypatch.setattr(packing, "MOST_BRANCHES", 0)
    rng = np.random.default_rng(1)
    tangled = banded(300, *((rng.permutation(300) // 3).tolist() for _ in range(4)))
    with pytest.raises(QueryError, match="more ways than can be compared"):
        tree_of(tangled).cover([Node("CODE", str(n)) for n in range(299)])


@pytest.mark.parametrize("at_once", [1, 3, 30])
def test_the_cover_does_not_depend_on_how_many_ties_are_settled_at_once(country, monkeypatch, at_once):
    """The steps of the search are ours to change; the cover is not."""
    chosen = [Node("CODE", str(n)) for n in range(900)] + [Node("BAND_1", str(n)) for n in range(100)]
    cover = tree_of(country).cover(chosen)
    monkeypatch.setattr(packing, "_SETTLED_AT_ONCE", at_once)
    assert tree_of(country).cover(chosen) == cover
