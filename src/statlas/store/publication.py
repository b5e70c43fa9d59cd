"""Making a release: write beside, flush, verify, rename.

Theory of operation: everything is written into a ``staging-*`` folder of the database, under a lock.
``commit`` then

1. keeps the secrets that were used for the first time,
2. moves the record files, flushed and hashed once more, to their names by content,
3. moves the folder of the release, complete, to its number,
4. replaces ``current``: the one instant at which the release becomes visible,
5. removes the staging folder.

Killed before 4, the previous release answers as if nothing had happened, and the staging folder tells the next publish
to clean up what no release lists. Killed after 4, the new release answers, and only the staging folder is left.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from statlas.errors import HomeError
from statlas.model.release import Agreement, Manifest, OtherFile, RecordFile
from statlas.store import cleaning, durable, epochs, families, founding, layout, locking, manifests, reading, secret


@dataclass(frozen=True)
class NewRelease:
    """What a release is made of besides its records.

    ``files`` are the bytes of its other files by their name in the release's folder: ``database.json`` and
    ``definition/...``. ``created`` is ISO 8601 UTC. The rest is as in ``Manifest``.
    """

    files: dict[str, bytes]
    created: str
    policy: str
    ptable: str
    family: str
    software: str
    key_version: int = 1
    agreements: tuple[Agreement, ...] = ()


class Publication:
    """A release in the making, inside ``with home.publish("hb_new") as publication``.

    ``staging`` is its own folder, on the home's disk and for its owner alone; ``previous`` the manifest of the release
    that answers, None before the first. Leaving the context without ``commit`` leaves the home as it was.
    """

    staging: Path
    previous: Manifest | None

    def __init__(self, home: Path, database_id: str) -> None:
        self._home = home
        self._database_id = database_id
        self._folder = layout.database_folder(home, database_id)
        self._added: dict[str, RecordFile] = {}
        self._secrets: dict[str, bytes] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        reading.exists(self._home)
        with ExitStack() as stack:
            self._lock(stack)
            cleaning.clean(self._home, self._database_id)
            self.previous = reading.current(self._home, self._database_id)
            self.staging = Path(tempfile.mkdtemp(prefix=layout.STAGING, dir=self._folder))
            stack.callback(shutil.rmtree, self.staging)
            durable.write_new(self.staging / "publisher", locking.who().encode())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if isinstance(error, OSError):
            raise HomeError(
                f"The home could not be written: {error.strerror or kind}.",
                mend="See that its disk has room and works, then publish again.",
            ) from error

    def _lock(self, stack: ExitStack) -> None:
        """Make the database's folder and lock it; what was made is removed on the way out if it stays empty."""
        made = self._make_folders()
        for folder in made[:-1]:
            stack.callback(_remove_if_empty, folder)
        try:
            stack.enter_context(locking.locked(self._folder, wait=False))
        except locking.HeldError:
            raise HomeError(
                f"{self._database_id} is being published now by {_holder(self._folder)}.",
                mend="Wait until it has ended, then publish again.",
            ) from None
        for folder in made[-1:]:  # while it is still locked: nobody else can have begun to use it
            stack.callback(_remove_if_empty, folder)

    def _make_folders(self) -> list[Path]:
        """The folders that were not there, outermost first; those inside the home are their owner's alone."""
        made = []
        for folder in reversed((self._folder, *self._folder.parents)):
            if not folder.exists():
                folder.mkdir(mode=0o755 if folder in (self._home, *self._home.parents) else 0o700, exist_ok=True)
                made.append(folder)
        return made

    def secret(self, name: str, n_bytes: int) -> bytes:
        """A secret of the home by name; one used for the first time is kept when the release is."""
        if name not in self._secrets:
            found = secret.read(layout.secret_file(self._home, name), n_bytes)
            self._secrets[name] = found if found is not None else secret.fresh(n_bytes)
        return self._secrets[name]

    def add_record_file(self, period: str, path: Path, rows: int) -> None:
        """Take a file of encoded records, which lies in ``staging``, for a period; the last one given wins."""
        size, sha256 = durable.digest(path)
        self._added[period] = RecordFile(period, str(path.relative_to(self._home)), rows, size, sha256)

    @property
    def records(self) -> tuple[RecordFile, ...]:
        """The record files of the release as it would be now, with their epochs and where they lie now."""
        return epochs.merged(self.previous, tuple(self._added.values()))

    @property
    def added(self) -> tuple[str, ...]:
        """Periods that the previous release does not have."""
        before = self.previous.periods if self.previous else ()
        return tuple(record.period for record in self.records if record.period not in before)

    @property
    def revised(self) -> tuple[str, ...]:
        """Periods that have other records than in the previous release."""
        before = {record.period: record for record in self.previous.records} if self.previous else {}
        return tuple(r.period for r in self.records if r.period in before and r.epoch != before[r.period].epoch)

    @property
    def needing_agreement(self) -> tuple[RecordFile, ...]:
        """Record files that only the disclosure officer's agreement lets into a release."""
        return epochs.needing_agreement(self.previous, self.records)

    def check_family(self, release: NewRelease) -> None:
        """See early what ``commit`` sees again.

        Raises:
            DefinitionError: the family has a database under another policy.
        """
        families.check(self._home, self._database_id, release.family, release.policy, release.ptable)

    def changes_definition(self, release: NewRelease, name: str) -> bool:
        """Whether a file of the release has other bytes than in the previous one."""
        before = {file.path: file.sha256 for file in self.previous.files} if self.previous else {}
        number = self.previous.release if self.previous else "1"
        file = self._other_file(number, name, release.files[name])
        return before.get(file.path) != file.sha256

    def draft(self, release: NewRelease) -> Manifest:
        """The manifest as it would be; the paths of added files are where they lie now."""
        number = str(int(self.previous.release) + 1) if self.previous else "1"
        files = tuple(self._other_file(number, name, data) for name, data in sorted(release.files.items()))
        return Manifest(
            database=self._database_id,
            release=number,
            created=release.created,
            records=self.records,
            files=files,
            policy=release.policy,
            ptable=release.ptable,
            family=release.family,
            key_version=release.key_version,
            software=release.software,
            previous=self.previous.release if self.previous else None,
            agreements=release.agreements,
        )

    def _other_file(self, number: str, name: str, data: bytes) -> OtherFile:
        path = layout.release_folder(self._folder, number) / name
        return OtherFile(str(path.relative_to(self._home)), len(data), durable.digest_of(data))

    def is_unchanged(self, release: NewRelease) -> bool:
        """Whether a release of this would say nothing but what the previous one says."""
        return self.previous is not None and _content(self.draft(release)) == _content(self.previous)

    def commit(self, release: NewRelease) -> Manifest:
        """Make the release visible, all of it at one instant; its manifest.

        Raises:
            HomeError: the disk did not keep what was written, or a secret was made meanwhile by somebody else.
            DefinitionError: the family has a database under another policy.
        """
        founding.found(self._home)
        with locking.locked(layout.databases_folder(self._home), wait=True):
            families.check(self._home, self._database_id, release.family, release.policy, release.ptable)
            self._keep_secrets()
            manifest = self.draft(release)
            manifest = replace(manifest, records=self._place(manifest.records))
            self._place_release(manifest, release.files)
            number = f"{manifest.release}\n".encode()
            durable.replace(layout.current_file(self._folder), number, draft_folder=self.staging)
        return manifest

    def _keep_secrets(self) -> None:
        for name, value in self._secrets.items():
            if secret.keep(layout.secret_file(self._home, name), value) != value:
                raise HomeError("The keys of the family were made by another publish meanwhile.", mend="Publish again.")

    def _place(self, records: tuple[RecordFile, ...]) -> tuple[RecordFile, ...]:
        """Move added files to their names by content; files of an earlier release stay where they are."""
        added = [record for record in records if self._is_added(record)]
        targets = {record.period: layout.old_record_file(self._folder, record.sha256) for record in added}
        sources = {record.period: self._home / self._added[record.period].path for record in added}
        _move([(sources[r.period], targets[r.period], durable.Digest(r.size, r.sha256)) for r in added])
        paths = {period: str(target.relative_to(self._home)) for period, target in targets.items()}
        return tuple(replace(record, path=paths.get(record.period, record.path)) for record in records)

    def _is_added(self, record: RecordFile) -> bool:
        return record.period in self._added and record.sha256 == self._added[record.period].sha256

    def _place_release(self, manifest: Manifest, files: dict[str, bytes]) -> None:
        made = self.staging / "release"
        for name, data in {**files, "manifest.json": manifests.dumps(manifest)}.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            durable.write_new(made / name, data)
        for folder in (made, *(path for path in made.rglob("*") if path.is_dir())):
            durable.flush(folder)
        target = layout.release_folder(self._folder, manifest.release)
        target.parent.mkdir(exist_ok=True)
        durable.flush(self._folder)
        made.rename(target)
        durable.flush(target.parent)


def _move(files: list[tuple[Path, Path, durable.Digest]]) -> None:
    """Flush files, see that the disk has what was written, and give them their names.

    All files are flushed before the first has its name, and each folder once, after the last has: the order matters to
    a crash, and flushing in between would make the disk write down every move by itself.
    """
    waiting = [(source, target, expected) for source, target, expected in files if source.exists()]
    for source, _, expected in waiting:
        durable.flush(source)
        if durable.digest(source) != expected:
            raise HomeError("The disk did not keep what was written.", mend="Check the disk, then publish again.")
        source.chmod(0o400)
    for source, target, _ in waiting:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    folders = dict.fromkeys(folder for _, target, _ in waiting for folder in list(target.parents)[:3])
    for folder in sorted(folders, key=lambda folder: -len(folder.parts)):
        durable.flush(folder)


def _content(manifest: Manifest) -> tuple[object, ...]:
    """What of a release matters to those who ask it: everything but its number, time, software and places."""
    folder = f"/releases/{manifest.release}/"
    files = tuple((file.path.partition(folder)[2], file.sha256) for file in manifest.files)
    records = tuple((r.period, r.sha256, r.epoch) for r in manifest.records)
    return (files, records, manifest.policy, manifest.ptable, manifest.family, manifest.key_version)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _holder(folder: Path) -> str:
    for staging in sorted(folder.glob(f"{layout.STAGING}*/publisher")):
        try:
            return staging.read_text("utf-8")
        except OSError:
            continue
    return "somebody else"
