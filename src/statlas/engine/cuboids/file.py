r"""Cuboids on the disk: one file for each file of records, mapped into memory.

::

    "statlas cuboids\n"      16 bytes
    length of the head       8 bytes, the least significant first
    seal of the head         32 bytes, SHA-256
    head                     JSON: format, SHA-256 of the record file, rows, budget, partitions and cuboids, each with
                             its place among the arrays and the digest of its bytes
    arrays                   each at a multiple of 64 bytes, numbers with the least significant byte first

Opening reads the head and the partitions; the words of a cuboid are read, and held against their digest, when it is
first used.
Whatever is not as it was written is no cuboid.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.engine.cuboids.using import Cuboid, Cuboids, Partition, digest_of

FORMAT = 1
"""Raised whenever the bytes change; files of another format are not read."""

_MAGIC = b"statlas cuboids\n"
_LENGTH, _SEAL, _ALIGNED = 8, 32, 64
_FIRST = len(_MAGIC) + _LENGTH + _SEAL


def dumps(cuboids: Cuboids) -> Iterator[bytes | memoryview]:
    """The bytes of a file, part by part."""
    arrays: list[NDArray[Any]] = []
    head = {
        "format": FORMAT,
        "records": cuboids.records,
        "rows": cuboids.n_rows,
        "budget": cuboids.budget,
        "partitions": {
            name: {"n_atoms": one.n_atoms, **_placed(arrays, one.atoms.astype("<u4"))}
            for name, one in cuboids.partitions.items()
        },
        "cuboids": [{"fields": one.fields, **_placed(arrays, one.words.astype("<u8"))} for one in cuboids.tables],
    }
    text = json.dumps(head, sort_keys=True).encode()
    text += b" " * (-(_FIRST + len(text)) % _ALIGNED)
    yield _MAGIC + len(text).to_bytes(_LENGTH, "little") + hashlib.sha256(text).digest() + text
    for array in arrays:
        yield np.ascontiguousarray(array).data.cast("B") if array.size else b""
        yield b"\0" * (-array.nbytes % _ALIGNED)


def _placed(arrays: list[NDArray[Any]], array: NDArray[Any]) -> dict[str, Any]:
    """What the head says of an array that comes after those."""
    at = sum(-(-one.nbytes // _ALIGNED) * _ALIGNED for one in arrays)
    arrays.append(array)
    return {"at": at, "shape": array.shape, "digest": digest_of(array)}


def open_cuboids(path: Path, sha256: str) -> Cuboids | None:
    """The cuboids of the file of records with that SHA-256; None where there are none that can be believed."""
    try:
        return _read(_mapped(path), sha256)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mapped(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def _read(data: mmap.mmap, sha256: str) -> Cuboids | None:
    length = int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + _LENGTH], "little")
    seal, text = data[_FIRST - _SEAL : _FIRST], data[_FIRST : _FIRST + length]
    if data[: len(_MAGIC)] != _MAGIC or len(text) != length or hashlib.sha256(text).digest() != seal:
        return None
    head = json.loads(text)
    if head["format"] != FORMAT or head["records"] != sha256:
        return None
    body = _FIRST + length
    partitions = {name: _partition(data, body, one) for name, one in head["partitions"].items()}
    tables = tuple(
        Cuboid(tuple(one["fields"]), _array(data, body, one, np.dtype("<u8")), one["digest"]) for one in head["cuboids"]
    )
    return Cuboids(sha256, head["rows"], head["budget"], partitions, tables)


def _partition(data: mmap.mmap, body: int, one: dict[str, Any]) -> Partition:
    atoms = _array(data, body, one, np.dtype("<u4"))
    if digest_of(atoms) != one["digest"]:
        raise ValueError("a partition is not as it was written")
    return Partition(atoms, one["n_atoms"])


def _array(data: mmap.mmap, body: int, one: dict[str, Any], kind: np.dtype[Any]) -> NDArray[Any]:
    """An array where it lies.

    Raises:
        ValueError: the file ends before it does.
    """
    n = int(np.prod(one["shape"], dtype=np.int64))
    return np.frombuffer(data, kind, n, body + one["at"]).reshape(one["shape"])
