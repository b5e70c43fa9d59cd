"""Printing and grouping whole tables at once beside the decisions page read one cell at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from worlds import ages, flat, geography

from statlas.disclosure import groups
from statlas.disclosure.axis import NOWHERE, sums_under
from statlas.disclosure.cubes import PerturbedCube, PublicCube
from statlas.disclosure.printing import print_cells
from statlas.disclosure.printing_definition import group_definition, printed_definition, sums_under_definition
from statlas.engine.axes import FieldAxis, field_axis
from statlas.model.cells import CellStatus

FIELDS = (geography(), ages(), flat("SEX", 2), flat("TENURE", 3, inherit=False))
THRESHOLD = 5


def axis_of(field) -> FieldAxis:
    """All official nodes of a field."""
    return field_axis(field, [(node,) for node in field.classification.nodes])


AXES = tuple(axis_of(field) for field in FIELDS)


@st.composite
def perturbed_tables(draw) -> tuple[np.ndarray, tuple[FieldAxis, ...]]:
    """Perturbed counts over one or two axes, near the threshold and the margin, few to most of them none."""
    axes = tuple(draw(st.lists(st.sampled_from(AXES), min_size=1, max_size=2, unique=True)))
    rng, shape = np.random.default_rng(draw(st.integers(0, 2**20))), [len(axis.nodes) for axis in axes]
    counts = rng.integers(0, draw(st.sampled_from([9, 25])), shape)
    counts[rng.random(shape) < draw(st.sampled_from([0.0, 0.5, 0.8]))] = 0
    return counts, axes


@given(table=perturbed_tables(), margin=st.sampled_from([-1, 3, 11]))
def test_every_cell_prints_what_the_definition_says(table, margin):
    """Inheriting and threshold of a whole table equal those of each cell by itself."""
    counts, axes = table
    inner = [axis.axis for axis in axes]
    public = print_cells(PerturbedCube(counts, np.ones(counts.shape, bool)), inner, threshold=THRESHOLD, margin=margin)
    for cell in np.ndindex(counts.shape):
        expected = printed_definition(counts, inner, cell, threshold=THRESHOLD, margin=margin)
        assert (int(public.values[cell]) if public.status[cell] == CellStatus.SHOWN else None) == expected


@given(
    axis=st.sampled_from(AXES),
    data=st.data(),
    blocked=st.booleans(),
)
def test_every_group_adds_what_the_definition_says(axis, data, blocked):
    """Shares of hidden nodes and sums of covers equal those of each group by itself, whatever the nodes print."""
    n = len(axis.nodes)
    printed = data.draw(arrays.arrays(np.int64, n, elements=st.integers(0, 60)))
    nothing = CellStatus.CONFIDENTIAL if blocked else CellStatus.LOW
    status = np.where(printed < THRESHOLD, nothing, CellStatus.SHOWN).astype(np.uint8)
    public = PublicCube(np.where(printed < THRESHOLD, 0, printed), status)
    covers = data.draw(st.lists(st.lists(st.integers(0, n - 1), min_size=2, unique=True), min_size=1, max_size=4))
    made = groups.group(groups.start(public), axis.axis, 0, [np.array(c) for c in covers], threshold=THRESHOLD)
    hidden = (status != CellStatus.SHOWN).tolist()
    for found, cover in zip(made.values, covers, strict=True):
        expected = group_definition(public.values.tolist(), hidden, axis.axis, cover, threshold=THRESHOLD)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@given(
    rows=st.lists(st.tuples(st.integers(-9, 9), st.integers(NOWHERE, 6)), max_size=30),
    n_nodes=st.integers(7, 9),
)
def test_sums_under_parents_are_the_plain_sums(rows, n_nodes):
    """The sorted sums equal a loop over the codes; codes without a parent are left out."""
    values, parents = [value for value, _ in rows], [parent for _, parent in rows]
    made = sums_under(np.array(values, np.int64), np.array(parents, np.int64), n_nodes)
    assert made.tolist() == sums_under_definition(values, parents, n_nodes)
