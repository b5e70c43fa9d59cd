"""Counts and key sums at the nodes of all axes, made while those at the atoms are still in cache.

A large table at its atoms, at the nodes of one axis after another, and as counts and keys is many times written to
memory and read again.
Here a core counts a few atoms of one axis, the *leading* one, at a time; adds them up along the others, in memory that
it uses again and again; and writes what is ready where it is to stay.
A node of the leading axis with one atom is ready at once; the others, of which there are few, are added up aside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.axes import FieldAxis
from statlas.engine.nodes import sum_axis
from statlas.engine.runs import in_runs

CHUNK_WORDS = 1 << 17
"""Most words of the atoms that are worked on at a time: 1 MB, as much as a second-level cache of 2026 holds."""

MOST_ASIDE = 4_000_000
"""Most words that a core adds up aside: 32 MB."""

Words = NDArray[np.uint64]
Produce = Callable[[int, int], Words]
"""Packed words of some atoms of the leading axis, from one to before another: (atoms, atoms of the others, flat)."""


@dataclass(frozen=True, eq=False)
class Holders:
    """The nodes that hold each atom of an axis.

    starts, nodes: those of atom a are ``nodes[starts[a]:starts[a + 1]]``; what is below 0 is ``~place`` in ``aside``.
    aside: the nodes that have not exactly one atom.
    """

    starts: NDArray[np.int64]
    nodes: NDArray[np.int64]
    aside: NDArray[np.int64]

    @staticmethod
    def of(axis: FieldAxis) -> Holders:
        """The holders of the atoms of an axis."""
        starts, held = axis.node_atoms
        sizes = np.diff(starts)
        aside = np.flatnonzero(sizes != 1)
        named = np.arange(len(sizes))
        named[aside] = ~np.arange(len(aside))
        order = np.argsort(held, kind="stable")
        ends = np.cumsum(np.bincount(held, minlength=axis.n_atoms))
        return Holders(np.append(0, ends), np.repeat(named, sizes)[order], aside)


def fits(leading: FieldAxis, others: Sequence[FieldAxis]) -> bool:
    """Whether what is added up aside, and what is worked on at a time, stays small."""
    n_aside = int(np.count_nonzero(np.diff(leading.node_atoms[0]) != 1))
    return n_aside * _n_nodes(others) <= MOST_ASIDE and _most_words(others) <= CHUNK_WORDS


def fill_nodes(
    leading: FieldAxis, others: Sequence[FieldAxis], shares: Sequence[tuple[int, int, Produce]]
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Counts and key sums at the nodes of all axes.

    Args:
        others: in the order of the words, the one that changes fastest last.
        shares: for each core from which atom to before which other it works, and what counts them; together all atoms.

    Returns:
        int64 and uint32 arrays with the nodes of ``leading`` and then of each of ``others`` along their axes.
    """
    holders, n_inner = Holders.of(leading), _n_nodes(others)
    counts = np.empty((len(leading.nodes), n_inner), dtype=np.int64)
    keys = np.empty((len(leading.nodes), n_inner), dtype=np.uint32)

    def work(which: slice) -> Words:
        aside = np.zeros((len(holders.aside), n_inner), dtype=np.uint64)
        first, last, produce = shares[which.start]
        margins, step = _Margins(others, last - first), _step(others)
        for begin in range(first, last, step):
            end = min(begin + step, last)
            words = margins.of(produce(begin, end))
            _settle(words, begin, (holders.starts, holders.nodes), aside, counts, keys)
        return aside

    aside = sum(in_runs(work, len(shares), len(shares)))
    counts[holders.aside], keys[holders.aside] = aside & np.uint64(2**32 - 1), aside >> np.uint64(32)
    shape = [len(leading.nodes), *(len(axis.nodes) for axis in others)]
    return counts.reshape(shape), keys.reshape(shape)


def _n_nodes(axes: Sequence[FieldAxis]) -> int:
    return prod(len(axis.nodes) for axis in axes)


def _most_words(others: Sequence[FieldAxis]) -> int:
    """Most words that one atom of the leading axis takes, before and while it is added up along the others."""
    sizes = [axis.n_atoms for axis in others]
    most = prod(sizes)
    for position in reversed(range(len(others))):
        sizes[position] = len(others[position].nodes)
        most = max(most, prod(sizes))
    return most


def _step(others: Sequence[FieldAxis]) -> int:
    """Atoms of the leading axis that are worked on at a time."""
    return max(1, CHUNK_WORDS // _most_words(others))


class _Margins:
    """Adds up along some axes, in two stretches of memory by turns."""

    def __init__(self, axes: Sequence[FieldAxis], most_atoms: int) -> None:
        self.axes = axes
        n_words = min(most_atoms, _step(axes)) * _most_words(axes)
        self.stretches = [np.empty(n_words, dtype=np.uint64) for _ in range(2)]

    def of(self, words: Words) -> Words:
        """(atoms, nodes of the axes, flat) from (atoms, atoms of the axes, flat)."""
        before, after = words.size, 1
        for turn, axis in enumerate(reversed(self.axes)):
            before, n_nodes = before // axis.n_atoms, len(axis.nodes)
            out = self.stretches[turn % 2][: before * n_nodes * after].reshape(before, n_nodes, after)
            sum_axis(out, words.reshape(before, axis.n_atoms, after), *axis.node_atoms, (0, before), (0, after))
            words, after = out, after * n_nodes
        return words.reshape(before, after)


@compiled
def _settle(
    words: Words,
    first: int,
    holders: tuple[NDArray[np.int64], NDArray[np.int64]],
    aside: Words,
    counts: NDArray[np.int64],
    keys: NDArray[np.uint32],
) -> None:
    """Write the words of some atoms, from ``first`` on, to the nodes that are these atoms, and add them to others."""
    starts, nodes = holders
    for atom in range(len(words)):
        for place in range(starts[first + atom], starts[first + atom + 1]):
            if nodes[place] < 0:
                _add_row(aside[~nodes[place]], words[atom])
            else:
                _unpack_row(words[atom], counts[nodes[place]], keys[nodes[place]])


@compiled
def _add_row(sums: Words, words: Words) -> None:
    for cell in range(words.size):
        sums[cell] += words[cell]


@compiled
def _unpack_row(words: Words, counts: NDArray[np.int64], keys: NDArray[np.uint32]) -> None:
    for cell in range(words.size):
        counts[cell] = np.int64(words[cell] & np.uint64(2**32 - 1))
        keys[cell] = np.uint32(words[cell] >> np.uint64(32))
