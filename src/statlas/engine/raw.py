"""What a backend returns: true counts and sums of record keys.  Never leaves the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.errors import BackendError

N_TOP = 3
"""Largest contributions kept of each cell: K of decision D6."""


@dataclass(frozen=True, eq=False, repr=False)
class RawMeasure:
    """What one measure adds up to in every cell; amounts in units of 10**-precision, weighted in a survey.

    counts, keys: int64 and uint32, records with an amount (not blank) and their key sum; the cube's own arrays where
    nothing is blank.
    sums: int64.  nonzero_counts, nonzero_keys: of the records that contribute something other than 0.
    top: (N_TOP, ...) int64, the largest contributions by absolute value, the largest first, with their sign; of equal
    ones the positive first; 0 where there are fewer.
    """

    counts: NDArray[np.int64]
    keys: NDArray[np.uint32]
    sums: NDArray[np.int64]
    nonzero_counts: NDArray[np.int64]
    nonzero_keys: NDArray[np.uint32]
    top: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"<RawMeasure of shape {self.sums.shape}>"


@dataclass(frozen=True, eq=False, repr=False)
class RawCube:
    """True counts of one period at the official nodes of every axis; its repr shows no number.

    counts: int64 array; keys: uint32 array, sum of record keys modulo 2^32; one axis for each of the plan's.
    measures: what each measure of the plan adds up to, by its id.
    weights: (1 + replicates, ...) int64 sums of weights, then of replicate weights; squares: int64 sums of
    w(w - 1) in units of the weight's precision; None where nothing is weighted.
    """

    counts: NDArray[np.int64]
    keys: NDArray[np.uint32]
    measures: Mapping[str, RawMeasure] = field(default_factory=dict)
    weights: NDArray[np.int64] | None = None
    squares: NDArray[np.int64] | None = None

    def __repr__(self) -> str:
        return f"<RawCube of shape {self.counts.shape}>"


class Records(Protocol):
    """The records of one period, as ``records.open_period`` gives them."""

    @property
    def n_rows(self) -> int:
        """Records in the period."""

    @property
    def keys(self) -> NDArray[np.uint32]:
        """(n_rows,) record keys."""

    def positions(self, field_id: str) -> NDArray[np.unsignedinteger]:
        """(n_rows,) position of each record's code in the file's leaves of the field."""

    def translation(self, field_id: str) -> NDArray[np.int32]:
        """(file leaves,) position of each in the leaves of today's definition."""

    def starts(self, field_id: str) -> NDArray[np.int64] | None:
        """(file leaves + 1,) where the rows of each leaf begin, the number of rows last; None if not sorted by it."""

    def measure(self, measure_id: str) -> NDArray[np.int64]:
        """(n_rows,) int64 amounts in units of 10**-precision; 0 where blank."""

    def missing(self, measure_id: str) -> NDArray[np.bool_] | None:
        """(n_rows,) whether an amount was blank; None where none was."""

    def weights(self) -> tuple[NDArray[np.int64], ...]:
        """(n_rows,) int64 weights in units of 10**-precision, then each replicate; empty where nothing is weighted."""


def atoms_of(axis: FieldAxis, records: Records) -> NDArray[np.int64]:
    """(file leaves,) the atom of each leaf in the records' file.

    Raises:
        BackendError: a leaf of the file is not in today's definition, which publishing refuses.
    """
    return _atoms_of(Kept(axis.leaf_atoms), Kept(records.translation(axis.field.id)), axis.field.id)


@dataclass(frozen=True)
class Kept:
    """An array hashed by identity."""

    value: NDArray[Any]

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and other.value is self.value


@lru_cache(maxsize=256)
def _atoms_of(leaf_atoms: Kept, translation: Kept, field_id: str) -> NDArray[np.int64]:
    """Kept, as a series of periods with the same codes asks for the same again and again."""
    if (translation.value < 0).any():
        raise BackendError(
            f"Records of this release have a code that {field_id} no longer has.",
            mend="Publish the period again under the new definition.",
        )
    found: NDArray[np.int64] = leaf_atoms.value[translation.value]
    found.flags.writeable = False
    return found


Backend = Callable[[Plan, Records], RawCube]
"""Counts one period: the one contract a backend meets; all agree to the last bit."""

OpenPeriod = Callable[[str], Records]
"""Gives the records of a period of the release."""

Epochs = Mapping[str, int]
"""How often the records of each period were changed after their first release (D1)."""
