"""The folder of one installation: which databases it has, which release answers, where its files lie.

Reading needs no lock: a release never changes once it can be seen, and which one answers changes at one instant.
"""

from __future__ import annotations

from pathlib import Path

from statlas.errors import UnknownNameError
from statlas.model.release import Destroyed, Manifest, Notice, OtherFile, RecordFile, ReleaseFacts
from statlas.store import founding, layout, reading, secret
from statlas.store.publication import Publication
from statlas.wording import _


class Home:
    """One installation's folder, such as ``Home(Path("statlas-home"))``; nothing is read or made until asked for."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path).absolute()

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    @property
    def exists(self) -> bool:
        """Whether there is a home here.

        Raises:
            HomeError: there is one of another format, or ``home.json`` is damaged.
        """
        return reading.exists(self.path)

    def create(self) -> Home:
        """Make the folder a home unless it is one; the home itself."""
        founding.found(self.path)
        return self

    def databases(self) -> tuple[str, ...]:
        """Ids of the databases with a release that answers, sorted."""
        return reading.databases(self.path)

    @property
    def immediate(self) -> bool:
        """Whether this home wants releases without ceremony, as ``home.json`` says; one that does not exist does not.

        Raises:
            HomeError: as ``exists``.
        """
        return reading.is_immediate(self.path)

    def want_immediate(self, *, wanted: bool = True) -> None:
        """Let this home want releases without ceremony, or no longer."""
        founding.want_immediate(self.path, wanted=wanted)

    def releases(self, database_id: str) -> tuple[str, ...]:
        """Numbers of the releases that may be asked for, oldest first; withdrawn ones are not among them."""
        return reading.releases(self.path, database_id)

    def all_releases(self, database_id: str) -> tuple[str, ...]:
        """Numbers of the releases there have ever been, oldest first, withdrawn ones too; never one to come."""
        return reading.all_releases(self.path, database_id)

    def all_databases(self) -> tuple[str, ...]:
        """Ids of the databases that ever had a release, sorted; of some every release may be withdrawn."""
        return reading.all_databases(self.path)

    def has(self, database_id: str) -> bool:
        """Whether a database of that id ever had a release; False for what cannot be an id."""
        return reading.is_database(self.path, database_id)

    def withdrawn(self, database_id: str) -> dict[str, Notice]:
        """The notice of each withdrawn release, by number."""
        return reading.withdrawn(self.path, database_id)

    def restored(self, database_id: str) -> dict[str, tuple[str, ...]]:
        """When each release was restored after it had been withdrawn, by number: ISO 8601 UTC, empty if damaged."""
        return reading.restored(self.path, database_id)

    def destroyed(self, database_id: str) -> dict[str, Destroyed]:
        """Of which releases the records were destroyed, by number."""
        return reading.destroyed(self.path, database_id)

    def is_destroyed(self, database_id: str, release: str) -> bool:
        """Whether the records of a release were destroyed."""
        return reading.is_destroyed(self.path, database_id, release)

    def facts(self, database_id: str, release: str) -> ReleaseFacts:
        """What readers are told of a release, withdrawn or not; of a home of old, what follows from its manifest.

        Raises:
            UnknownNameError: there is no such database or release.
            HomeError: they are damaged.
        """
        return reading.facts(self.path, database_id, release)

    def current(self, database_id: str) -> Manifest:
        """The manifest of the release that answers.

        Raises:
            WithdrawnError: there is none, as the last one was withdrawn.
            UnknownNameError: there is no such database.
        """
        found = reading.current(self.path, database_id)
        if found is None:
            notices = reading.withdrawn(self.path, database_id)
            if notices:
                raise reading.withdrawn_error(list(notices.values())[-1])
            raise UnknownNameError(
                _("{database_id!r} is not a database of this home.").format(database_id=database_id),
                component=database_id,
                mend=_("It has {listed}.").format(
                    listed=", ".join(self.databases()) or _("none yet: publish one first")
                ),
            )
        return found

    def manifest(self, database_id: str, release: str) -> Manifest:
        """The manifest of one release that may be asked for.

        Raises:
            UnknownNameError: there is no such database or release.
            WithdrawnError: it was withdrawn.
            HomeError: the manifest is missing or damaged.
        """
        return reading.manifest(self.path, database_id, release)

    def any_manifest(self, database_id: str, release: str) -> Manifest:
        """The manifest of one release, withdrawn or not: for those who compare and keep, never for an answer.

        Raises:
            UnknownNameError: there is no such database or release.
            HomeError: the manifest is missing or damaged.
        """
        return reading.any_manifest(self.path, database_id, release)

    def path_of(self, file: RecordFile | OtherFile) -> Path:
        """Where a file that a manifest lists lies."""
        return self.path / file.path

    def read_file(self, manifest: Manifest, name: str) -> bytes:
        """The bytes of a file of a release other than its records: ``database.json``, ``definition/hb_new.yaml``.

        Raises:
            UnknownNameError: the release lists no such file.
        """
        database = layout.database_folder(self.path, manifest.database)
        wanted = layout.release_folder(database, manifest.release) / name
        for file in manifest.files:
            if self.path_of(file) == wanted:
                return wanted.read_bytes()
        raise UnknownNameError(_("{name!r} is not a file of the release.").format(name=name), component=name)

    def reports(self, database_id: str, release: str) -> bytes:
        """What the checks found before a release was public, for staff; empty where nothing was kept of it."""
        try:
            return layout.reports_file(layout.database_folder(self.path, database_id), release).read_bytes()
        except FileNotFoundError:
            return b""

    def manifest_bytes(self, manifest: Manifest) -> bytes:
        """The file of a release's manifest, to the byte."""
        folder = layout.release_folder(layout.database_folder(self.path, manifest.database), manifest.release)
        return (folder / layout.MANIFEST).read_bytes()

    def secret(self, name: str, n_bytes: int) -> bytes:
        """A secret of this home by name, ``secret("noise.v1", 16)``; made on first use.

        Raises:
            HomeError: it is damaged, or others may read it.
        """
        path = layout.secret_file(self.path, name)
        found = secret.read(path, n_bytes)
        if found is None:
            self.create()
            found = secret.keep(path, secret.fresh(n_bytes))
        return found

    def publish(self, database_id: str) -> Publication:
        """A context in which a release of ``database_id`` is made; nothing is visible before its ``commit``.

        Raises:
            HomeError: somebody else is publishing this database now.
        """
        return Publication(self.path, database_id)
