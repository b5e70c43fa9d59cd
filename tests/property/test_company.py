"""Whatever the noise within its bounds, a cell that is seen in company does not inherit along its axis."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from geographies import geographies
from hypothesis import given, settings
from hypothesis import strategies as st

from statlas.disclosure.company import keeps_to_itself
from statlas.disclosure.cubes import PerturbedCube
from statlas.disclosure.printing import print_cells
from statlas.engine import slicing
from statlas.engine.axes import field_axis

D, THRESHOLD = 2, 5
MARGIN = 2 * D + 1


def with_worst_noise(axis, leaves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Counts of every node with noise of -D or D where there is anybody, never below 0."""
    starts, held = axis.node_atoms
    atoms = np.bincount(axis.leaf_atoms, leaves, minlength=axis.n_atoms).astype(np.int64)
    true = np.add.reduceat(atoms[held], starts[:-1])
    return np.where(true > 0, np.maximum(true + rng.choice([-D, D], len(true)), 0), 0)


@settings(max_examples=600, deadline=None)
@given(area=geographies, seed=st.integers(0, 2**32), crowd=st.sampled_from([1, 2, 3, 8]), n_siblings=st.integers(0, 3))
def test_what_is_seen_in_company_prints_its_own_number(area, seed, crowd, n_siblings):
    """If the company settles it, the whole axis prints of an area its own number, or hides it as too small."""
    rng, nodes = np.random.default_rng(seed), area.classification.nodes
    axis = field_axis(area, [(nodes[seed % len(nodes)],), *((node,) for node in nodes)])
    (asked,) = axis.covers[0].positions.tolist()
    leaves = rng.integers(0, crowd + 1, len(axis.leaf_atoms)) * (rng.random(len(axis.leaf_atoms)) < rng.random())
    # The area itself is just printed: only then may it inherit.
    leaves[rng.choice(area.classification.members[nodes[seed % len(nodes)]])] += rng.integers(3, 8)
    counts = with_worst_noise(axis, leaves, rng)
    printed = print_cells(
        PerturbedCube(counts, np.ones(counts.shape, dtype=bool)), [axis.axis], threshold=THRESHOLD, margin=MARGIN
    )
    with patch.object(slicing, "N_SIBLINGS", n_siblings):
        seen = list(slicing.companies(axis, np.array([asked]), 0)) if asked else []
    for company in seen:
        if keeps_to_itself([counts], company, threshold=THRESHOLD, margin=MARGIN, largest_noise=D):
            own = int(counts[asked])
            assert printed.values[asked] == (own if own >= THRESHOLD else 0)
