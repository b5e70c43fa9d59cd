"""Tables from cuboids: the words of a coarse table added up to those of the table asked for.

A cuboid has the packed words of ``counting.count_atoms``, count in the low half and key sum in the high half, at the
atoms of one field or two.

Theory of operation.
Cuboids belong to one file of records and speak of the leaves listed in it, as the records do: a *partition* tells in
which of a cuboid's atoms each leaf is.
A plan tells in which of its own atoms each leaf is.
Where no atom of the cuboid has leaves in two atoms of the plan, the plan's words are sums of the cuboid's, and equal to
the bit what counting the records gives: addition wraps alike in any order.
So a definition that changes over kept records, with other levels or more codes, needs no rule here: either its atoms
are unions of the cuboid's, or the records are counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import sums_under
from statlas.engine.axes import FieldAxis
from statlas.engine.nodes import sum_nodes
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, Records, atoms_of

_COUNT = np.uint64(2**32 - 1)
_KEY_BITS = np.uint64(32)


def digest_of(array: NDArray[np.generic]) -> str:
    """SHA-256 of the bytes of an array, in hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


@dataclass(frozen=True, eq=False, repr=False)
class Partition:
    """In which atom of a field's cuboids each leaf of a record file is.

    atoms: (file leaves,) uint32. n_atoms: how many atoms there are, those without a leaf included.
    """

    atoms: NDArray[np.uint32]
    n_atoms: int

    def up_to(self, atoms: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """(n_atoms,) in which coarser atom each is; None where one of them lies in several.

        Args:
            atoms: (file leaves,) the coarser atom of each leaf.
        """
        if len(atoms) != len(self.atoms):
            return None
        found = np.zeros(self.n_atoms, dtype=np.int64)
        found[self.atoms] = atoms
        return found if np.array_equal(found[self.atoms], atoms) else None

    def is_same(self, other: Partition) -> bool:
        """Whether both tell the same leaves apart, by the same numbers."""
        return self.n_atoms == other.n_atoms and np.array_equal(self.atoms, other.atoms)


@dataclass(frozen=True, eq=False, repr=False)
class Cuboid:
    """The words of one coarse table; its repr shows no number.

    fields: ids of its fields, in definition order. words: uint64, one axis for each field, atoms along it.
    digest: of the words as they were written; empty for words that were just counted.
    """

    fields: tuple[str, ...]
    words: NDArray[np.uint64]
    digest: str = ""

    def __repr__(self) -> str:
        return f"<Cuboid of {', '.join(self.fields)}>"

    @property
    def n_cells(self) -> int:
        """How many words there are."""
        return self.words.size

    @cached_property
    def is_whole(self) -> bool:
        """Whether the words are as they were written; looked at when the cuboid is first used."""
        return not self.digest or digest_of(self.words) == self.digest


@dataclass(frozen=True, eq=False, repr=False)
class Cuboids:
    """The cuboids of one file of records.

    records: SHA-256 of that file. n_rows: how many records it holds.
    partitions: by field id. tables: the smallest first.
    budget: the part of the record file's bytes that they might take when they were chosen.
    """

    records: str
    n_rows: int
    budget: float
    partitions: Mapping[str, Partition]
    tables: tuple[Cuboid, ...]

    def __repr__(self) -> str:
        return f"<Cuboids of {len(self.tables)} tables>"

    def __len__(self) -> int:
        return len(self.tables)

    def count(self, plan: Plan, records: Records) -> RawCube | None:
        """Counts and key sums at the official nodes of a plan; None where no cuboid has them.

        Raises:
            BackendError: a code of the records is no longer in the definition, as where they are counted.
        """
        ups = self._ups(plan, records)
        cuboid = None if ups is None else self._smallest(ups)
        if ups is None or cuboid is None:
            return None
        atoms = _rolled_up(cuboid, ups).reshape([axis.n_atoms for axis in plan.axes])
        words = sum_nodes(atoms, plan.axes)
        return RawCube((words & _COUNT).astype(np.int64), (words >> _KEY_BITS).astype(np.uint32))

    def cells_behind(self, plan: Plan, records: Records) -> int | None:
        """How many words the answer to a plan is added up from; None where the records have to be counted."""
        ups = self._ups(plan, records)
        cuboid = None if ups is None else self._smallest(ups)
        return None if cuboid is None else cuboid.n_cells

    def _ups(self, plan: Plan, records: Records) -> dict[str, _Up] | None:
        """For each field that the plan tells apart how its cuboids' atoms add up; None where they do not."""
        if plan.measures or plan.database.weight is not None or records.n_rows != self.n_rows:
            return None
        asked = [axis for axis in plan.axes if axis.n_atoms > 1]
        if any(axis.field.id not in self.partitions for axis in asked):
            return None
        found = {axis.field.id: self._up(axis, records) for axis in asked}
        whole = {field_id: up for field_id, up in found.items() if up is not None}
        return whole if len(whole) == len(found) else None

    def _up(self, axis: FieldAxis, records: Records) -> _Up | None:
        atoms = self.partitions[axis.field.id].up_to(atoms_of(axis, records))
        return None if atoms is None else _Up(atoms, axis.n_atoms)

    def _smallest(self, fields: Mapping[str, _Up]) -> Cuboid | None:
        """The smallest cuboid with all of these fields."""
        having = (cuboid for cuboid in self.tables if fields.keys() <= set(cuboid.fields))
        return next((cuboid for cuboid in having if cuboid.is_whole), None)


OpenCuboids = Callable[[str], Cuboids | None]
"""Gives the cuboids of a period of the release; None where there are none."""


def no_cuboids(_period: str) -> None:
    """No period has any."""


@dataclass(frozen=True, eq=False)
class _Up:
    """In which of ``n_atoms`` coarser atoms each atom along an axis is."""

    atoms: NDArray[np.int64]
    n_atoms: int


def _rolled_up(cuboid: Cuboid, ups: Mapping[str, _Up]) -> NDArray[np.uint64]:
    """A new array: the words of a cuboid added up along each axis; to one where a field is not asked for."""
    words = cuboid.words
    for position, field_id in enumerate(cuboid.fields):
        if field_id not in ups:
            words = words.sum(axis=position, keepdims=True)
    for position, field_id in enumerate(cuboid.fields):
        if field_id in ups:
            words = _along(words, position, ups[field_id])
    return np.array(words, order="C")  # what is mapped cannot be written to, and loops are compiled for what can


def _along(words: NDArray[np.uint64], position: int, up: _Up) -> NDArray[np.uint64]:
    if up.n_atoms == len(up.atoms) and np.array_equal(up.atoms, np.arange(up.n_atoms)):
        return words
    return np.moveaxis(sums_under(np.moveaxis(words, position, 0), up.atoms, up.n_atoms), 0, position)
