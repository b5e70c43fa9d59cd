"""Where everything of a home lies; the one place that knows the names of its files and folders.

::

    HOME/
      home.json                         {"format": 1}
      secrets/                          0700; every file 0600
        family-<family>.v1.key          32 bytes in hexadecimal
        noise.v1.key                    16 bytes in hexadecimal
      databases/<id>/
        current                         number of the release that answers
        files/<aa>/<sha256>.arrow       encoded records, shared by releases, never changed
        cuboids/<sha256>.cuboids        0700, 0600; counted from the file of that name, may be removed at any time
        releases/<n>/manifest.json, database.json, definition/...
        staging-*/                      what a publish writes before it is visible
      cache/answers/<release>/<query>.answer   0600; tables already given, may be removed at any time
      cache/catalogue/<digest>.sqlite3         what can be searched for, may be removed at any time
      cache/jobs/<id>                 0700, 0600; the file of a job, and its numbers while it is made
      permalinks/<aa>/<sha256>        0600; tables behind permanent links, and their databases: nothing makes them again
      uploads/<id>/                   0700, 0600; what a producer sent, until its draft is made
"""

from __future__ import annotations

import re
from pathlib import Path

from statlas.errors import HomeError

FORMAT = 1
"""The only layout there has been; a home of a later one is refused rather than misread."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


def safe_name(name: str, what: str) -> str:
    """The name itself, if it can be the name of a file: no separator, no leading dot, at most 100 letters.

    Raises:
        HomeError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise HomeError(
            f"{name!r} cannot be the id of a {what}.",
            mend="Use letters, digits, '_', '-' and '.', not starting with '-' or '.'.",
        )
    return name


def home_file(home: Path) -> Path:
    """The file that says that a folder is a home, and of which format."""
    return home / "home.json"


def secrets_folder(home: Path) -> Path:
    """The folder of keys that never leave the machine."""
    return home / "secrets"


def secret_file(home: Path, name: str) -> Path:
    """The file of one secret: ``family-dwp.v1`` lies in ``family-dwp.v1.key``."""
    return secrets_folder(home) / f"{safe_name(name, 'secret')}.key"


def family_secret(family: str, version: int = 1) -> str:
    """The name of a family's secret."""
    return f"family-{family}.v{version}"


FAMILY_BYTES = 32
"""Bytes of a family's secret: the output of SHA-256, beyond which RFC 2104 finds no gain."""


def databases_folder(home: Path) -> Path:
    """The folder that has one folder a database."""
    return home / "databases"


def database_folder(home: Path, database_id: str) -> Path:
    """Everything of one database."""
    return databases_folder(home) / safe_name(database_id, "database")


def current_file(database: Path) -> Path:
    """The file with the number of the release that answers."""
    return database / "current"


def releases_folder(database: Path) -> Path:
    """The folder that has one folder a release."""
    return database / "releases"


def release_folder(database: Path, release: str) -> Path:
    """Manifest, database and definition of one release."""
    return releases_folder(database) / safe_name(release, "release")


def files_folder(database: Path) -> Path:
    """The encoded records, each file under the SHA-256 of its bytes."""
    return database / "files"


def record_file(database: Path, sha256: str) -> Path:
    """The file of encoded records with these bytes."""
    return files_folder(database) / sha256[:2] / f"{sha256}.arrow"


CUBOIDS = ".cuboids"
"""How the name of a file of cuboids ends."""


def cuboids_folder(database: Path) -> Path:
    """The cuboids of each file of records: confidential, and none the worse for being removed."""
    return database / "cuboids"


def cuboid_file(database: Path, sha256: str) -> Path:
    """The cuboids counted from the file of records with these bytes."""
    return cuboids_folder(database) / f"{sha256}{CUBOIDS}"


STAGING = "staging-"
"""How the folders start in which a publish writes before anything is visible."""


def answers_folder(home: Path) -> Path:
    """The tables already given: public, and none the worse for being removed."""
    return home / "cache" / "answers"


def catalogue_folder(home: Path) -> Path:
    """The index of what can be searched for: public, and none the worse for being removed."""
    return home / "cache" / "catalogue"


def jobs_folder(home: Path) -> Path:
    """The files that jobs made, each in a folder of its own: public, and removed when their time is over."""
    return home / "cache" / "jobs"


def uploads_folder(home: Path) -> Path:
    """What producers sent to be made drafts, each in a folder of its own: confidential, removed once it is read."""
    return home / "uploads"


def permanent_folder(home: Path) -> Path:
    """What permanent links show, each file under the SHA-256 of its bytes: public, and kept for good."""
    return home / "permalinks"


ANSWER, DRAFT, LOCK = ".answer", ".new", ".lock"
"""How the files end that hold an answer, one being written, and the lock of whoever works one out."""
