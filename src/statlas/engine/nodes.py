"""Sums over the atoms of every official node, axis by axis, and the largest contributions among them.

Atoms share no record, so what is merged along an axis has no unit in common.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.axes import FieldAxis
from statlas.engine.contributions import add_cell
from statlas.engine.runs import in_runs, n_runs_for


def sum_nodes(atoms: NDArray[np.uint64], axes: tuple[FieldAxis, ...]) -> NDArray[np.uint64]:
    """Sums at official nodes from sums at atoms.

    Args:
        atoms: one axis for each of ``axes``, n_atoms along it; sums wrap at 2^64.

    Returns:
        uint64 array with the nodes of each axis along it.
    """
    return _along_axes(atoms, axes, sum_axis)


def merge_nodes(atoms: NDArray[np.uint64], axes: tuple[FieldAxis, ...]) -> NDArray[np.uint64]:
    """Cells of a measure at official nodes from its cells at atoms.

    Args:
        atoms: one axis for each of ``axes``, n_atoms along it, then the words of a cell: the ranks of the largest
            contributions first, then sums, which wrap at 2^64.

    Returns:
        uint64 array with the nodes of each axis along it, and the words last.
    """
    return _along_axes(atoms, axes, _merge_axis)


def _along_axes(
    atoms: NDArray[np.uint64], axes: tuple[FieldAxis, ...], loop: Callable[..., object]
) -> NDArray[np.uint64]:
    done, words = np.asarray(atoms, order="C"), atoms.shape[len(axes) :]
    # Last axes first: those loops are the shortest, and there is least to do before others have become longer.
    for position in reversed(range(len(axes))):
        axis, shape = axes[position], done.shape[: len(axes)]
        before = prod(shape[:position])
        after = prod(shape[position + 1 :])
        out = np.empty((before, len(axis.nodes), after, *words), dtype=np.uint64)
        _one_axis(out, done.reshape(before, axis.n_atoms, after, *words), axis, loop)
        done = out.reshape(*shape[:position], len(axis.nodes), *shape[position + 1 :], *words)
    return done


def _one_axis(out: NDArray[np.uint64], atoms: NDArray[np.uint64], axis: FieldAxis, loop: Callable[..., object]) -> None:
    """Fill (before, nodes, after) from (before, atoms, after), in runs of what there is most of."""
    before, after = out.shape[0], out.shape[2]
    starts, held = axis.node_atoms
    most = max(before, after)

    def work(run: slice) -> None:
        outer, inner = (run, slice(0, after)) if before > after else (slice(0, before), run)
        loop(out, atoms, starts, held, (outer.start, outer.stop), (inner.start, inner.stop))

    in_runs(work, most, min(most, n_runs_for(before * len(held) * after)))


@compiled
def sum_axis(
    out: NDArray[np.uint64],
    atoms: NDArray[np.uint64],
    starts: NDArray[np.int64],
    held: NDArray[np.int64],
    outer_run: tuple[int, int],
    inner_run: tuple[int, int],
) -> None:
    """Fill a part of (before, nodes, after) sums from (before, atoms, after) sums.

    Args:
        starts, held: the atoms of each node, as in ``FieldAxis.node_atoms``.
        outer_run, inner_run: from where to where, before and after.
    """
    n_atoms, n_nodes, n_inner = np.uint64(atoms.shape[1]), np.uint64(out.shape[1]), np.uint64(out.shape[2])
    low, high = np.uint64(inner_run[0]), np.uint64(inner_run[1])
    # Flat, and counted without a sign, because a loop is often as short as a field has codes.
    cells, parts = out.reshape(-1), atoms.reshape(-1)
    for outer in range(np.uint64(outer_run[0]), np.uint64(outer_run[1])):
        for node in range(n_nodes):
            cell = (outer * n_nodes + node) * n_inner
            if n_inner == 1:
                total = np.uint64(0)
                for place in range(np.uint64(starts[node]), np.uint64(starts[node + np.uint64(1)])):
                    total += parts[outer * n_atoms + np.uint64(held[place])]
                cells[cell] = total
                continue
            for inner in range(low, high):
                cells[cell + inner] = 0
            for place in range(np.uint64(starts[node]), np.uint64(starts[node + np.uint64(1)])):
                part = (outer * n_atoms + np.uint64(held[place])) * n_inner
                for inner in range(low, high):
                    cells[cell + inner] += parts[part + inner]


@compiled
def _merge_axis(
    out: NDArray[np.uint64],
    atoms: NDArray[np.uint64],
    starts: NDArray[np.int64],
    held: NDArray[np.int64],
    outer_run: tuple[int, int],
    inner_run: tuple[int, int],
) -> None:
    n_atoms, n_nodes, n_inner, n_words = atoms.shape[1], out.shape[1], out.shape[2], out.shape[3]
    # Flat, because a view of an array for every atom would cost more than the cells.
    cells, parts = out.reshape(-1, n_words), atoms.reshape(-1, n_words)
    for outer in range(outer_run[0], outer_run[1]):
        for node in range(n_nodes):
            cell = (outer * n_nodes + node) * n_inner
            cells[cell + inner_run[0] : cell + inner_run[1]] = 0
            for place in range(starts[node], starts[node + 1]):
                part = (outer * n_atoms + held[place]) * n_inner
                for inner in range(inner_run[0], inner_run[1]):
                    add_cell(cells, cell + inner, parts, part + inner)
