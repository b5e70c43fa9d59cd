"""The answers of one release on the disk: tables by the query as it was answered, and other spellings of it.

The folder of a release is named by everything that its numbers are made of: the manifest (records and their epochs,
definition with its policy, perturbation table, version of the keys), the key of the noise, and the software.
The names tell nothing of the key: they are keyed digests of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from statlas.model.cube import Cube
from statlas.model.query import Query
from statlas.model.query_data import query_data
from statlas.model.release import Manifest
from statlas.service.tables import cube_codec
from statlas.store import AnswerFiles
from statlas.store.answers import NAME_BYTES
from statlas.store.manifests import dumps
from statlas.version import VERSION

ROOMS = ("definitions", "disclosure", "engine", "model", "records", "service/tables")
"""Whatever makes or keeps numbers: when a file of theirs changes, what was kept is not asked for any more."""

_ROOT = Path(__file__).parents[2]
_SPELLING = b"as "
_NOBODY = "0" * 2 * NAME_BYTES


@dataclass(frozen=True)
class Shelf:
    """Where the answers of a release are kept.

    release: the digest of all that its numbers are made of. key: seals what is kept.
    """

    files: AnswerFiles
    release: str
    key: bytes

    def find(self, query: Query) -> Cube | None:
        """The table given to this query, however it was spelt; None if it is not kept."""
        name = name_of(query)
        found = self.files.read(self.release, name, self.key)
        if found is not None and found.startswith(_SPELLING):
            name = found.removeprefix(_SPELLING).decode()
            found = self.files.read(self.release, name, self.key)
        return None if found is None else self._read(name, found)

    def all(self) -> dict[str, bytes]:
        """Everything that is kept of the release, by name: tables, and other spellings of what they answer."""
        return self.files.all(self.release, self.key)

    def printed(self, read: Callable[[str], bytes | None], query: Query) -> Cube | None:
        """The table given to a query, from elsewhere; None if it is not there."""
        found = read(name_of(query))
        if found is not None and found.startswith(_SPELLING):
            found = read(found.removeprefix(_SPELLING).decode())
        try:
            return None if found is None else cube_codec.loads(found)
        except ValueError:
            return None

    def keep(self, cube: Cube) -> None:
        """Keep a table under the query that it answers."""
        self.files.keep(self.release, name_of(cube.query), self.key, cube_codec.dumps(cube))

    def keep_spelling(self, query: Query, answered: Query) -> None:
        """Remember that one query is answered as another."""
        if query != answered:
            self.files.keep(self.release, name_of(query), self.key, _SPELLING + name_of(answered).encode())

    def _read(self, name: str, data: bytes) -> Cube | None:
        try:
            return cube_codec.loads(data)
        except ValueError:
            self.files.remove(self.release, name)
            return None


def name_of(query: Query) -> str:
    """Equal queries have equal names."""
    text = json.dumps(query_data(query), separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=NAME_BYTES).hexdigest()


ONE_LARGE = (_NOBODY, _NOBODY)
"""The name of the lock that a large table holds: one at a time in all processes."""


@lru_cache(maxsize=256)
def shelf(home: Path, manifest: Manifest, noise_key: bytes, max_bytes: int) -> Shelf:
    """The shelf of a release; kept, as a release never changes."""
    key = hashlib.blake2b(b"seal", key=noise_key, person=b"statlas-answers").digest()
    made_of = hashlib.blake2b(dumps(manifest) + software(), key=key, digest_size=NAME_BYTES)
    return Shelf(_files(home, max_bytes), made_of.hexdigest(), key)


@lru_cache(maxsize=16)
def _files(home: Path, max_bytes: int) -> AnswerFiles:
    return AnswerFiles(home, max_bytes)


@cache
def software() -> bytes:
    """The version of the software and of each of its files that makes numbers."""
    files = sorted(path for room in ROOMS for path in (_ROOT / room).rglob("*.py"))
    told = [(path.relative_to(_ROOT).as_posix(), (s := path.stat()).st_size, s.st_mtime_ns) for path in files]
    return json.dumps([VERSION, cube_codec.FORMAT, told]).encode()
