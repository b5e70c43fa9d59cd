"""Sums over the atoms of every official node, axis by axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.axes import FieldAxis


@compiled
def _sum_axis(atoms: NDArray[np.uint64], starts: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.uint64]:
    n_outer, _, n_inner = atoms.shape
    n_nodes = len(starts) - 1
    out = np.zeros((n_outer, n_nodes, n_inner), dtype=np.uint64)
    for cell in range(n_outer * n_nodes):
        outer, node = cell // n_nodes, cell % n_nodes
        for place in range(starts[node], starts[node + 1]):
            for inner in range(n_inner):
                out[outer, node, inner] += atoms[outer, held[place], inner]
    return out


def sum_nodes(atoms: NDArray[np.uint64], axes: tuple[FieldAxis, ...]) -> NDArray[np.uint64]:
    """Sums at official nodes from sums at atoms.

    Args:
        atoms: one axis for each of ``axes``, n_atoms along it; sums wrap at 2^64.

    Returns:
        uint64 array with the nodes of each axis along it.
    """
    summed = atoms
    for position, axis in enumerate(axes):
        before = int(np.prod(summed.shape[:position], dtype=np.int64))
        after = int(np.prod(summed.shape[position + 1 :], dtype=np.int64))
        starts, held = axis.node_atoms
        flat = _sum_axis(summed.reshape(before, axis.n_atoms, after), starts, held)
        summed = flat.reshape(*summed.shape[:position], len(axis.nodes), *summed.shape[position + 1 :])
    return summed
