"""What a backend returns: true counts and sums of record keys.  Never leaves the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.errors import BackendError


@dataclass(frozen=True, eq=False, repr=False)
class RawCube:
    """True counts of one period at the official nodes of every axis; its repr shows no number.

    counts: int64 array; keys: uint32 array, sum of record keys modulo 2^32; one axis for each of the plan's.
    """

    counts: NDArray[np.int64]
    keys: NDArray[np.uint32]

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


def atoms_of(axis: FieldAxis, records: Records) -> NDArray[np.int64]:
    """(file leaves,) the atom of each leaf in the records' file.

    Raises:
        BackendError: a leaf of the file is not in today's definition, which publishing refuses.
    """
    translation = records.translation(axis.field.id)
    if (translation < 0).any():
        raise BackendError(
            f"Records of this release have a code that {axis.field.id} no longer has.",
            mend="Publish the period again under the new definition.",
        )
    return axis.leaf_atoms[translation]


Backend = Callable[[Plan, Records], RawCube]
"""Counts one period: the one contract a backend meets; all agree to the last bit."""

OpenPeriod = Callable[[str], Records]
"""Gives the records of a period of the release."""

Epochs = Mapping[str, int]
"""How often the records of each period were changed after their first release (D1)."""
