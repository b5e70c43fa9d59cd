"""Keys that never leave the machine: made on first use, one file each, read by their owner alone.

A secret is written beside and then *linked* to its name: linking fails where the name exists, so that of two processes
that make the same secret at once one wins and both use the winner's, and a crash leaves no half-written key.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import durable


def read(path: Path, n_bytes: int) -> bytes | None:
    """The secret in a file, or None where there is none.

    Raises:
        HomeError: others may read the file, or it does not hold ``n_bytes`` bytes in hexadecimal.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise HomeError(f"Others may read {path.name}.", mend=f"chmod 600 {path}")
            text = file.read()
    except FileNotFoundError:
        return None
    return _bytes_of(text, n_bytes, path.name)


def _bytes_of(text: bytes, n_bytes: int, name: str) -> bytes:
    try:
        found = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        found = b""
    if len(found) != n_bytes:
        # The cause is left out on purpose: it would quote the file.
        raise HomeError(
            f"{name} does not hold a secret of {n_bytes} bytes.", mend="Restore it from a backup."
        ) from None
    return found


def fresh(n_bytes: int) -> bytes:
    """A new secret from the system's generator."""
    return secrets.token_bytes(n_bytes)


def keep(path: Path, value: bytes) -> bytes:
    """Write a secret under its name unless there is one; the one that stands there afterwards."""
    make_folder(path.parent)
    beside = path.with_name(f".{secrets.token_hex(8)}.new")
    durable.write_new(beside, value.hex().encode() + b"\n", mode=0o600)
    try:
        os.link(beside, path)
        durable.flush(path.parent)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    found = read(path, len(value))
    assert found is not None
    return found


def make_folder(folder: Path) -> None:
    """The folder of secrets, for its owner alone whatever the umask.

    Raises:
        HomeError: it is there and open to others.
    """
    try:
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
    except FileExistsError:
        if folder.stat().st_mode & 0o077:
            raise HomeError(f"Others may look into {folder.name}/.", mend=f"chmod 700 {folder}") from None
