"""A draft that lies open in a folder of the keeper's: what it will be, and the tables that it will print.

Only the process that holds the keeper's key calls any of this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from statlas import definitions, store
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest, ReleaseFacts
from statlas.service.tables.counting import MAX_CELLS, count
from statlas.service.tables.databases import DATABASE_FILE, database_of, policy_of
from statlas.service.tables.deriving import with_derived
from statlas.service.tables.drafting import RELEASE, TOLD
from statlas.service.tables.marking import Ask, Marking
from statlas.store import Home, layout, manifests, publication

CUBOIDS = "cuboids"
"""The folder of a draft with the cuboids of its new records."""


@dataclass(frozen=True)
class Draft:
    """A draft that lies open in a folder of the keeper's: what it will be, and where its files are now.

    manifest: as it will be; ``staged`` is the same with its files where they lie. database: with its periods.
    """

    folder: Path
    told: ReleaseFacts
    manifest: Manifest
    staged: Manifest
    database: Database

    @property
    def given(self) -> tuple[str, ...]:
        """Periods whose records are new with it."""
        pairs = zip(self.manifest.records, self.staged.records, strict=True)
        return tuple(final.period for final, now in pairs if final.path != now.path)

    def table(self, home: Home, query: Query, most: int | None = MAX_CELLS) -> Cube:
        """A table as it will be printed, of so many cells at most."""
        return count(
            home=home,
            database=self.database,
            manifest=self.staged,
            query=replace(query, release=self.manifest.release),
            max_cells=most,
            aside=self.folder / CUBOIDS,
        )

    def marked(self, home: Home, query: Query) -> Cube:
        """A table as it will be shown, with the marks that the release will set on its numbers."""
        marking = Marking.of_draft(home, self.staged, self.told, self.database, _counted(home))

        def give(part: Query, most: int | None) -> Cube:
            return marking.marked(self.table(home, part, most))

        if not query.derived:
            return give(query, MAX_CELLS)
        pinned = replace(query, release=self.manifest.release)
        return with_derived(self.database, pinned, give, exact=policy_of(self.database).open, max_cells=MAX_CELLS)


def _counted(home: Home) -> Ask:
    """Counts the same table of the release before."""

    def ask(made: Manifest, query: Query, most: int | None) -> Cube:
        before = database_of(home=home, manifest=made)
        return count(home=home, database=before, manifest=made, query=query, max_cells=most)

    return ask


def read(home: Home, folder: Path) -> Draft:
    """The draft whose files lie in a folder.

    Raises:
        OSError, StatlasError: it is not whole.
    """
    release = folder / RELEASE
    told = store.facts_loads((folder / TOLD).read_bytes())
    manifest = manifests.loads((release / layout.MANIFEST).read_bytes())
    target = layout.release_folder(layout.database_folder(home.path, manifest.database), manifest.release)
    staged = publication.moved(manifest, home.path, target, release)
    text = (release / DATABASE_FILE).read_text("utf-8")
    return Draft(folder, told, manifest, staged, definitions.loads(text).with_periods(manifest.periods))
