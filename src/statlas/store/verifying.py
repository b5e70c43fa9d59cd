"""Re-hashing a home: is every file of every release there, and as it was written?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from statlas.errors import HomeError
from statlas.model.faults import Fault, FaultReport
from statlas.model.release import Manifest, OtherFile, RecordFile
from statlas.store import (
    checked_json,
    destroying,
    draft_files,
    durable,
    facts,
    layout,
    locking,
    notices,
    printed,
    reading,
    secret,
)

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and 0 for a rate of records."""

_RESTORE = "Restore it from a backup, or publish the records again."


def verify(home: Path, progress: Progress | None = None) -> FaultReport:
    """What is missing, changed, or there without a release that lists it, in every database of a home.

    Raises:
        HomeError: there is no home, or one of another format.
    """
    if not reading.exists(home):
        raise HomeError(f"{home} is no home.", mend="Name its folder with --home or STATLAS_HOME, or publish first.")
    manifests: list[Manifest] = []
    faults: list[Fault] = []
    for database_id in sorted(folder.name for folder in layout.databases_folder(home).iterdir()):
        found, damaged = _manifests(home, database_id)
        manifests += found
        # With a manifest lost, nobody can tell which files are extra.
        faults += damaged or [
            *_extra(home, layout.database_folder(home, database_id), found),
            *_not_destroyed(home, database_id),
        ]
        faults += _told_faults(home, layout.database_folder(home, database_id), found)
    faults += _secret_faults(home, manifests)
    faults += _file_faults(home, manifests, progress)
    faults += draft_files.faults(home)
    return FaultReport(tuple(faults))


def _manifests(home: Path, database_id: str) -> tuple[list[Manifest], list[Fault]]:
    """The manifests of a database's releases, and a fault for each that cannot be read."""
    manifests: list[Manifest] = []
    faults: list[Fault] = []
    folder = layout.database_folder(home, database_id)
    try:
        releases = reading.all_releases(home, database_id)
    except HomeError as error:
        return [], [_damaged(home, layout.current_file(folder), error)]
    # Numbers follow each other: one that is not there was lost.
    lost = sorted({str(n) for n in range(1, int(max(releases, key=int, default="0")))} - set(releases), key=int)
    paths = [str(layout.release_folder(folder, number).relative_to(home)) for number in lost]
    faults += [Fault("missing-file", path, "a release.", _RESTORE) for path in paths]
    for release in releases:
        try:
            manifests.append(reading.any_manifest(home, database_id, release))
        except HomeError as error:
            faults.append(_damaged(home, layout.release_folder(folder, release) / "manifest.json", error))
    return manifests, faults


def _damaged(home: Path, path: Path, error: HomeError) -> Fault:
    code = "changed-file" if path.exists() else "missing-file"
    return Fault(code, str(path.relative_to(home)), error.message, _RESTORE)


def _secret_faults(home: Path, manifests: list[Manifest]) -> Iterator[Fault]:
    for name in sorted({layout.family_secret(m.family, m.key_version) for m in manifests}):
        path = layout.secret_file(home, name)
        try:
            if secret.read(path, layout.FAMILY_BYTES) is None:
                mend = "Restore it from a backup; without it no period can be added or revised."
                yield Fault("missing-file", str(path.relative_to(home)), "the secret of a family.", mend)
        except HomeError as error:
            yield Fault("unusable-secret", str(path.relative_to(home)), error.message, error.mend)


def _file_faults(home: Path, manifests: list[Manifest], progress: Progress | None) -> Iterator[Fault]:
    gone = {str(path.relative_to(home)) for path in _destroyed(home, manifests)}
    files = {file.path: file for manifest in manifests for file in _files_of(manifest) if file.path not in gone}
    total, done = max(sum(file.size for file in files.values()), 1), 0

    def tell(n_bytes: int) -> None:
        nonlocal done
        done += n_bytes
        if progress is not None:
            progress("verifying", min(done / total, 1.0), 0.0)

    for path, file in sorted(files.items()):
        fault = _file_fault(home, path, durable.Digest(file.size, file.sha256), tell)
        if fault is not None:
            yield fault


def _destroyed(home: Path, manifests: list[Manifest]) -> Iterator[Path]:
    for database_id in sorted({manifest.database for manifest in manifests}):
        with suppress(HomeError):  # told as a damaged manifest
            yield from destroying.destroyed_files(home, database_id)


def _not_destroyed(home: Path, database_id: str) -> Iterator[Fault]:
    for path in destroying.left(home, database_id):
        mend = "Destroy the records of the release again, which brings it to its end."
        yield Fault("extra-file", str(path.relative_to(home)), "no records of releases that were destroyed.", mend)


def _told_faults(home: Path, folder: Path, manifests: list[Manifest]) -> Iterator[Fault]:
    """What is told of releases and cannot be read: facts, notices, and that records were destroyed."""
    for manifest in manifests:
        try:
            facts.of(folder, manifest)
        except HomeError as error:
            yield _damaged(home, layout.facts_file(folder, manifest.release), error)
    yield from printed.faults(home, folder)
    for path in notices.files(folder):
        try:
            checked_json.loads(path.read_bytes(), path.name)
        except (HomeError, OSError):
            yield Fault("changed-file", str(path.relative_to(home)), "a notice as it was written.", _RESTORE)


def _file_fault(home: Path, path: str, expected: durable.Digest, tell: Callable[[int], None]) -> Fault | None:
    try:
        found = durable.digest(home / path, tell)
    except FileNotFoundError:
        return Fault("missing-file", path, "a file that a release lists.", _RESTORE)
    except OSError:
        return Fault("unreadable", path, "a file that can be read.", "Check its mode, and the disk.")
    if found != expected:
        return Fault("changed-file", path, "the bytes that were published.", _RESTORE)
    return None


def _files_of(manifest: Manifest) -> tuple[RecordFile | OtherFile, ...]:
    return (*manifest.records, *manifest.files)


def _extra(home: Path, folder: Path, manifests: list[Manifest]) -> list[Fault]:
    """Files of a database that no release lists, cuboids apart; nothing while it is being published."""
    known = {home / file.path for manifest in manifests for file in _files_of(manifest)}
    numbers = [manifest.release for manifest in manifests]
    known |= {layout.release_folder(folder, number) / layout.MANIFEST for number in numbers}
    known |= {layout.facts_file(folder, number) for number in numbers}
    known |= {layout.reports_file(folder, number) for number in numbers}
    known |= {layout.current_file(folder), *notices.files(folder), *printed.files(folder)}
    try:
        with locking.locked(folder, wait=False):
            found = sorted(path for path in folder.rglob("*") if not path.is_dir() and path not in known)
            found = [path for path in found if layout.cuboids_folder(folder) not in path.parents]
    except locking.HeldError:
        return []
    return [_extra_fault(home, path) for path in found]


def _extra_fault(home: Path, path: Path) -> Fault:
    staged = any(part.startswith(layout.STAGING) for part in path.parts)
    mend = "The next publish of the database removes it." if staged else "Remove it if nobody misses it."
    return Fault("extra-file", str(path.relative_to(home)), "files that a release lists.", mend)
