"""Where everything of a home lies; the one place that knows the names of its files and folders.

::

    HOME/
      home.json                         {"format": 1, "immediate": true}: whether it wants releases without ceremony
      secrets/                          0700; every file 0600
        family-<family>.v1.key          32 bytes in hexadecimal
        noise.v1.key                    16 bytes in hexadecimal
      databases/<id>/
        releases/<n>/                   a release, made by one rename and never changed
          manifest.json, database.json, definition/...
          release.json                  what readers are told of it, and the sign that the folder is a whole release
          reports.json                  0600; what the checks found before it was public, for staff
          records/<sha256>.arrow        encoded records that are new with it; later releases share them by path
        notices/<n>.json                release n is withdrawn, and why
        restored/<n>-*.json             notices that hold no longer
        destroyed/<n>.json              the records of release n were destroyed, and why
        printed/<n>/                    tables of it that outlive its records, kept before the first of them goes
        cuboids/<sha256>.cuboids        0700, 0600; counted from the file of that name, may be removed at any time
        staging-*/                      what a publish writes before it is visible
        current                         of a home of old: number of the newest release without a release.json
        files/<aa>/<sha256>.arrow       of a home of old: encoded records, shared by releases
      sealed/<draft>/                   0700; a draft: facts.json for staff, everything else in one encrypted file
      keeper.pub                        whom drafts are encrypted for
      keeper/                           0700, the keeper's alone: its key, drafts made ready for their minute, the
                                        minute before which each stays closed, ends of the audit log, who was answered
      line/                             0700; the keeper's socket, and what keeper and watch say of themselves
      logs/alarms.jsonl                 alarms: the keeper is gone, a release is overdue
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
    if not is_safe(name):
        raise HomeError(
            f"{name!r} cannot be the id of a {what}.",
            mend="Use letters, digits, '_', '-' and '.', not starting with '-' or '.'.",
        )
    return name


def is_safe(name: str) -> bool:
    """Whether ``safe_name`` takes it."""
    return _NAME.fullmatch(name) is not None


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
    """In a home of old, the file with the number of the newest release that has no ``release.json``."""
    return database / "current"


def releases_folder(database: Path) -> Path:
    """The folder that has one folder a release."""
    return database / "releases"


def release_folder(database: Path, release: str) -> Path:
    """Manifest, database and definition of one release."""
    return releases_folder(database) / safe_name(release, "release")


MANIFEST, FACTS = "manifest.json", "release.json"
"""Files of a release: what it is made of, and what readers are told of it."""


REPORTS = "reports.json"
"""The file of a release with what the checks found before it was public: for staff, and listed by no manifest."""

SEAL = "seal.json"
"""The file of a release that opens the commitment to its manifest; it says nothing more than the rest."""


def facts_file(database: Path, release: str) -> Path:
    """What readers are told of a release; where it lies, the folder is a whole release."""
    return release_folder(database, release) / FACTS


def reports_file(database: Path, release: str) -> Path:
    """What the checks found before a release was public; older releases have none."""
    return release_folder(database, release) / REPORTS


def record_file(release: Path, sha256: str) -> Path:
    """The file of encoded records with these bytes, in the folder of the release that brought them."""
    return release / "records" / f"{sha256}.arrow"


def old_files_folder(database: Path) -> Path:
    """In a home of old, the encoded records of all releases."""
    return database / "files"


def old_record_file(database: Path, sha256: str) -> Path:
    """In a home of old, the file of encoded records with these bytes."""
    return old_files_folder(database) / sha256[:2] / f"{sha256}.arrow"


def notice_file(database: Path, release: str) -> Path:
    """Where it lies, the release is withdrawn."""
    return database / "notices" / f"{safe_name(release, 'release')}.json"


def restored_file(database: Path, release: str, mark: str) -> Path:
    """A notice that holds no longer."""
    return database / "restored" / f"{safe_name(release, 'release')}-{mark}.json"


def printed_folder(database: Path, release: str) -> Path:
    """Tables that outlive the records of a release."""
    return database / "printed" / safe_name(release, "release")


def destroyed_file(database: Path, release: str) -> Path:
    """Where it lies, the records of the release were destroyed."""
    return database / "destroyed" / f"{safe_name(release, 'release')}.json"


def sealed_folder(home: Path) -> Path:
    """The folder that has one folder a draft."""
    return home / "sealed"


def draft_folder(home: Path, draft_id: str) -> Path:
    """A sealed draft."""
    return sealed_folder(home) / safe_name(draft_id, "draft")


def recipient_file(home: Path) -> Path:
    """The keeper's public key: whom drafts are encrypted for."""
    return home / "keeper.pub"


KEEPER, KEY = "keeper", "key"
"""The name of the keeper's own folder, and of its private key in it."""

_held: dict[Path, Path] = {}
"""Of a home, the keeper's folder as a process of the keeper's holds it open."""


def hold_keeper_folder(home: Path, place: int) -> None:
    """From now on ``keeper_folder`` is what is open here, in this process, whatever is laid under its name."""
    _held[home] = Path(f"/proc/self/fd/{place}")


def let_go_of_keeper_folder(home: Path) -> None:
    """From now on ``keeper_folder`` is what lies under its name."""
    _held.pop(home, None)


def is_held(home: Path) -> bool:
    """Whether this process holds the keeper's folder open."""
    return home in _held


def keeper_folder(home: Path) -> Path:
    """The keeper's own folder, which no process that answers the public ever looks into."""
    return _held.get(home, home / KEEPER)


def keeper_key(home: Path) -> Path:
    """The keeper's private key."""
    return keeper_folder(home) / KEY


def opened_file(home: Path, draft_id: str) -> Path:
    """Which release a draft has become."""
    return keeper_folder(home) / "opened" / f"{safe_name(draft_id, 'draft')}.json"


def asked_file(home: Path) -> Path:
    """Who was answered about an unpublished release."""
    return keeper_folder(home) / "asked.jsonl"


def first_seen_folder(home: Path) -> Path:
    """What the keeper remembers of scheduled drafts."""
    return keeper_folder(home) / "scheduled"


def first_seen_file(home: Path, draft_id: str) -> Path:
    """For which minute a draft was scheduled when the keeper first saw it so."""
    return first_seen_folder(home) / f"{safe_name(draft_id, 'draft')}.json"


def prepared_folder(home: Path, draft_id: str) -> Path:
    """A draft made ready for its minute."""
    return keeper_folder(home) / "prepared" / safe_name(draft_id, "draft")


def line_folder(home: Path) -> Path:
    """Where the keeper and the site meet: the keeper's socket, and what each says of itself; nothing secret."""
    return home / "line"


def socket_file(home: Path) -> Path:
    """The socket at which the keeper answers."""
    return line_folder(home) / "keeper.sock"


def heartbeat_file(home: Path) -> Path:
    """What the keeper says of itself every second."""
    return line_folder(home) / "keeper.json"


def watch_file(home: Path) -> Path:
    """What whoever watches over the keeper says, every second."""
    return line_folder(home) / "watch.json"


def clock_file(home: Path) -> Path:
    """Where somebody says that the machine's clock is right although it jumped."""
    return line_folder(home) / "clock.json"


def logs_folder(home: Path) -> Path:
    """The logs of a home."""
    return home / "logs"


def alarms_file(home: Path) -> Path:
    """The alarms sounded so far, a line of JSON each."""
    return logs_folder(home) / "alarms.jsonl"


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
