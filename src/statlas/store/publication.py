"""Making a release: write beside, flush, verify, rename.

Theory of operation: everything is written into a ``staging-*`` folder of the database, under a lock (``staging``).
``build`` completes the folder of the release there, record files flushed and hashed once more; ``commit`` opens it
(``opening``): one rename, at which the release becomes public.

Killed before, the previous release answers as if nothing had happened; killed after, the new one does. What is left is
the staging folder, which the next publish removes.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from statlas.errors import HomeError
from statlas.model.release import Agreement, Manifest, OtherFile, RecordFile, ReleaseFacts
from statlas.store import (
    durable,
    epochs,
    families,
    founding,
    layout,
    locking,
    manifests,
    opening,
    reading,
    secret,
    staging,
)


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
    that answers, None before the first; ``number`` is what the release will have. Leaving without ``commit``
    leaves the home as it was.
    """

    staging: Path
    previous: Manifest | None
    number: str

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
            self.staging = stack.enter_context(staging.begun(self._home, self._database_id))
            self.previous = reading.current(self._home, self._database_id)
            self.number = reading.next_release(self._home, self._database_id)
            self._earlier = self._all_manifests()
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

    def _all_manifests(self) -> tuple[Manifest, ...]:
        releases = reading.all_releases(self._home, self._database_id)
        return tuple(reading.any_manifest(self._home, self._database_id, release) for release in releases)

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
        return epochs.merged(self.previous, tuple(self._added.values()), self._earlier)

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
        number = self.number
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

    @property
    def made(self) -> Path:
        """The folder of the release as it will be, once it is built."""
        return self.staging / "release"

    def build(self, release: NewRelease, reports: bytes = b"") -> Manifest:
        """Write the release as it will be into ``made``, all but what readers are told of it; its manifest.

        Args:
            reports: what the checks found, for staff; where they are known already.

        Raises:
            HomeError: the disk did not keep what was written.
        """
        manifest = self.draft(release)
        self._place(manifest.records)
        manifest = replace(manifest, records=tuple(self._final(record) for record in manifest.records))
        for name, data in {**release.files, layout.MANIFEST: manifests.dumps(manifest)}.items():
            (self.made / name).parent.mkdir(parents=True, exist_ok=True)
            durable.write_new(self.made / name, data)
        if reports:
            self.keep_reports(reports)
        for folder in (*(path for path in self.made.rglob("*") if path.is_dir()), self.made):
            durable.flush(folder)
        return manifest

    def keep_reports(self, reports: bytes) -> None:
        """Put what the checks found, for staff, beside what was built."""
        durable.write_new(self.made / layout.REPORTS, reports, mode=0o600)

    def staged(self, manifest: Manifest) -> Manifest:
        """A manifest that was built, with its files where they lie until the release is opened."""
        return moved(manifest, self._home, layout.release_folder(self._folder, manifest.release), self.made)

    def commit(self, release: NewRelease, told: ReleaseFacts | None = None, reports: bytes = b"") -> Manifest:
        """Make the release public, all of it at one instant; its manifest.

        Args:
            told: what readers are told of it; database, number and moment are filled in.
            reports: what the checks found, for staff.

        Raises:
            HomeError: the disk did not keep what was written, a secret was made meanwhile by somebody else, or another
                release was.
            DefinitionError: the family has a database under another policy.
        """
        founding.found(self._home, immediate=True)
        manifest = self.build(release, reports)
        told = told or ReleaseFacts(self._database_id, manifest.release)
        told = replace(told, database=self._database_id, release=manifest.release)
        told = replace(told, public_from=told.public_from or manifest.created)
        opening.open_release(self._home, self.made, manifest, told, keep=self._keep_secrets)
        return manifest

    def keep(self, release: NewRelease) -> None:
        """Keep the secrets that were used for the first time, as a draft needs them that will be opened later.

        Raises:
            HomeError: a secret was made meanwhile by somebody else.
            DefinitionError: the family has a database under another policy.
        """
        founding.found(self._home)
        with locking.locked(layout.databases_folder(self._home), wait=True):
            self.check_family(release)
            self._keep_secrets()

    def _keep_secrets(self) -> None:
        for name, value in self._secrets.items():
            if secret.keep(layout.secret_file(self._home, name), value) != value:
                raise HomeError("The keys of the family were made by another publish meanwhile.", mend="Publish again.")

    def _place(self, records: tuple[RecordFile, ...]) -> None:
        """Move added files into the folder of the release; files of an earlier release stay where they are."""
        added = [record for record in records if self._is_added(record)]
        targets = [layout.record_file(self.made, record.sha256) for record in added]
        sources = [self._home / record.path for record in added]
        digests = [durable.Digest(record.size, record.sha256) for record in added]
        _move(list(zip(sources, targets, digests, strict=True)))

    def _final(self, record: RecordFile) -> RecordFile:
        """A record file where it lies in the release."""
        if not self._is_added(record):
            return record
        folder = layout.release_folder(self._folder, self.number)
        return replace(record, path=str(layout.record_file(folder, record.sha256).relative_to(self._home)))

    def _is_added(self, record: RecordFile) -> bool:
        return record.period in self._added and record.path == self._added[record.period].path


def moved(manifest: Manifest, home: Path, before: Path, after: Path) -> Manifest:
    """A manifest with the files of one folder in another, where they are read before they have their place."""
    old, new = (f"{folder.relative_to(home) if folder.is_relative_to(home) else folder}/" for folder in (before, after))

    def placed(path: str) -> str:
        return new + path.removeprefix(old) if path.startswith(old) else path

    records = tuple(replace(record, path=placed(record.path)) for record in manifest.records)
    files = tuple(replace(file, path=placed(file.path)) for file in manifest.files)
    return replace(manifest, records=records, files=files)


def _move(files: list[tuple[Path, Path, durable.Digest]]) -> None:
    """Flush files, see that the disk has what was written, and give them their names.

    All files are flushed before the first has its name; their folder is flushed once, with the rest of the release:
    flushing in between would make the disk write down every move by itself.
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


def _content(manifest: Manifest) -> tuple[object, ...]:
    """What of a release matters to those who ask it.

    Its number, time, software and places do not, nor what follows from the rest.
    """
    folder = f"/releases/{manifest.release}/"
    names = ((file.path.partition(folder)[2], file.sha256) for file in manifest.files)
    files = tuple((name, sha256) for name, sha256 in names if name != layout.SEAL)
    records = tuple((r.period, r.sha256, r.epoch) for r in manifest.records)
    return (files, records, manifest.policy, manifest.ptable, manifest.family, manifest.key_version)
