"""A digest of what a table prints, the same whichever way the table came and however it is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import numpy as np

from statlas.model.cells import CubeMeasure
from statlas.model.cube import CellFlag, CellStatus, Cube
from statlas.model.query_data import query_data

_OF_THE_NUMBER = np.uint8(0xFF & ~(CellFlag.PROVISIONAL | CellFlag.REVISED))
PRINTED = (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)


def fingerprint(cube: Cube) -> str:
    """SHA-256, in hexadecimal, of the query as answered and of every cell: its status, marks and printed number.

    Numbers that a status hides are no part of it, nor are words: a label that is mended leaves it as it is.
    Nor are the marks of provisional and revised numbers, which tell of other releases.
    """
    asked = json.dumps([query_data(cube.query), cube.shape, [m.id for m in cube.measures]], separators=(",", ":"))
    found = hashlib.sha256(asked.encode())
    for measure in cube.measures:
        for part in _parts(measure):
            found.update(part)
    return found.hexdigest()


def _parts(measure: CubeMeasure) -> Iterator[bytes]:
    yield measure.status.astype("u1").tobytes()
    yield (measure.flags & _OF_THE_NUMBER).astype("u1").tobytes()
    # 0.0 is added so that zero has one sign.
    yield (np.where(np.isin(measure.status, PRINTED), measure.values, 0).astype("<f8") + 0.0).tobytes()
