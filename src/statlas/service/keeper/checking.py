"""Is an unsealed draft what was sealed, and does it keep what was promised? Nothing is believed for lying there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from statlas.errors import HomeError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import DraftFacts, Manifest, OtherFile, RecordFile, ReleaseFacts
from statlas.service.tables.commitment import fingerprints, hides, opens, read_statement
from statlas.service.tables.databases import DATABASE_FILE
from statlas.service.tables.drafting import PRIVATE_SALT
from statlas.store import Home, durable, layout


def check(home: Home, promised: DraftFacts, told: ReleaseFacts, manifest: Manifest, staged: Manifest) -> None:
    """See that a draft is whole and is the one whose digest staff were told.

    Args:
        promised: what lies beside the sealed file.
        told: what readers will be told.
        manifest: as it will be. staged: the same with its files where they lie now.

    Raises:
        HomeError: it is not.
    """
    _check_commitment(home, promised, told, manifest, staged)
    _check_files(home, manifest, staged)
    _check_kept(home, manifest)


def check_tables(told: ReleaseFacts, database: Database, release: str, ask: Callable[[Query], Cube]) -> None:
    """See that every ready-made table prints what was promised.

    Raises:
        HomeError: one does not.
    """
    found, promised = fingerprints(database, release, ask), read_statement(told.statement).get("tables")
    if found != promised:
        raise HomeError(
            "A ready-made table of a draft does not print what was promised when it was sealed.",
            mend="See that the keys of the home and the version of Statlas are those it was sealed with; or make the "
            "draft again.",
        )


def _check_commitment(
    home: Home, promised: DraftFacts, told: ReleaseFacts, manifest: Manifest, staged: Manifest
) -> None:
    said = read_statement(told.statement)
    folder = _release_folder(home, staged)
    salt = json.loads((folder / layout.SEAL).read_bytes())[PRIVATE_SALT]
    holds = (
        promised.digest == told.digest,
        _says_the_same(promised, told, manifest),
        opens(told.digest, told.salt, told.statement),
        {promised.database, told.database, manifest.database, said.get("database")} == {manifest.database},
        {promised.release, told.release, manifest.release, said.get("release")} == {manifest.release},
        said.get("definition") == hashlib.sha256((folder / DATABASE_FILE).read_bytes()).hexdigest(),
        hides(str(said.get("manifest")), bytes.fromhex(salt), (folder / layout.MANIFEST).read_bytes()),
    )
    if not all(holds):
        raise _not_sealed()


def _says_the_same(promised: DraftFacts, told: ReleaseFacts, manifest: Manifest) -> bool:
    """Whether what the office was told is what is sealed; drafts of earlier versions tell nothing."""
    said = (promised.kind, promised.version, promised.policy)
    return not any(said) or said == (told.kind.value, told.version, manifest.policy)


def _release_folder(home: Home, staged: Manifest) -> Path:
    return next(home.path_of(file).parent for file in staged.files if file.path.endswith(f"/{layout.SEAL}"))


def _check_files(home: Home, manifest: Manifest, staged: Manifest) -> None:
    """Every file that comes with the draft lies in its folder, as the manifest says."""
    folder = layout.release_folder(layout.database_folder(home.path, manifest.database), manifest.release)
    for final, now in zip(_listed(manifest), _listed(staged), strict=True):
        comes = final.path != now.path
        inside = ".." not in final.path.split("/") and (home.path / final.path).is_relative_to(folder)
        if comes != inside or (comes and durable.digest(home.path / now.path) != (now.size, now.sha256)):
            raise _not_sealed()


def _listed(manifest: Manifest) -> tuple[RecordFile | OtherFile, ...]:
    return (*manifest.records, *manifest.files)


def _check_kept(home: Home, manifest: Manifest) -> None:
    """Every file of records that is kept is one of the release before, as that has it."""
    folder = layout.release_folder(layout.database_folder(home.path, manifest.database), manifest.release)
    kept = [r for r in manifest.records if not (home.path / r.path).is_relative_to(folder)]
    before = home.any_manifest(manifest.database, manifest.previous).records if manifest.previous else ()
    if not {*kept} <= {*before}:
        raise _not_sealed()


def _not_sealed() -> HomeError:
    return HomeError(
        "A draft is not as it was sealed, or not the one whose digest was told.",
        mend="Discard it, find out who could write to the home, and make it again from its records.",
    )
