"""Statlas from Python: ``statlas.open(home)["hb_new"].table(rows="TENURE_PUB")``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from statlas import definitions
from statlas.model.cube import Cube
from statlas.model.database import Database, Field
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank
from statlas.model.query import Dimension, Filter, Query, Role
from statlas.model.release_difference import LevelDifference, ReleaseDifference
from statlas.service import tables
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.history import PublicRelease, history
from statlas.service.tables.times import release_as_of, release_named
from statlas.store.durable import replace as replace_file

Asked = str | Mapping[str, Any]
"""A field as a definition writes it: ``"AREA"``, ``"AREA@REGION"``, or a mapping with codes, groups, total."""


Worked = Derived | Mapping[str, Any]
"""A derived number, or the mapping by which a definition writes it."""


@dataclass(frozen=True, eq=False, repr=False)
class Table(Cube):
    """A cube that saves itself: ``table.save("table.xlsx")``."""

    definition: Database | None = None

    def save(self, path: Path | str, format: str = "", *, link: str = "") -> Path:  # noqa: A002 - as pandas calls it
        """Write the table as a file, whole or not at all.

        Args:
            path: the file; a folder takes the name that the site would give.
            format: ``csv``, ``xlsx``, ``ods``, ``parquet`` and the other names of ``statlas.formats.FORMATS``; left
                out, that of the path's ending.
            link: address of the table, to stand in the file.

        Returns:
            The path of the file.

        Raises:
            QueryError: there is no such format, or it cannot hold the table.
        """
        from statlas import formats  # noqa: PLC0415  # who saves no table loads no writers

        wanted, folder = Path(path), Path(path).is_dir()
        form = formats.find(format or "csv") if format or folder else formats.of_path(wanted.name)
        about = formats.about_of(self, link, database=self.definition)
        out = wanted / formats.file_name(self, about, form) if folder else wanted
        replace_file(out, form.write(self, about))
        return out


def _table(cube: Cube, definition: Database) -> Table:
    return Table(**{one.name: getattr(cube, one.name) for one in fields(cube)}, definition=definition)


class OpenDatabase:
    """One database of a home, ready to be asked."""

    def __init__(self, home: tables.Home, database_id: str, release: str | None) -> None:
        self._home = home
        self._release = release
        self.definition: Database = tables.database(home=home, database_id=database_id, release=release)

    def __repr__(self) -> str:
        d = self.definition
        lines = [f"{d.label} ({d.id}), {d.periods[0]} to {d.periods[-1]}"]
        lines += [f"  {f.id}: {f.label} [{', '.join(v.id for v in f.classification)}]" for f in d.fields]
        lines += [f"  {m.id}: {m.label} ({', '.join(m.statistics)})" for m in d.measures]
        return "\n".join(lines)

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by id, the date first."""
        return {field.id: field for field in self.definition.fields}

    @property
    def releases(self) -> tuple[PublicRelease, ...]:
        """Every release there has been, the newest first: version, what each changed, and what became of it."""
        return history(home=self._home, database_id=self.definition.id)

    def as_of(self, moment: str) -> OpenDatabase:
        """The database of the release that answered at a moment: ``2026-03-01``, ``2026-03-01T09:30:00Z``.

        Raises:
            QueryError: it is no moment, it lies ahead, or nothing was public then.
            WithdrawnError: the release of then was withdrawn since.
        """
        release = release_as_of(home=self._home, database_id=self.definition.id, moment=moment)
        return OpenDatabase(self._home, self.definition.id, release)

    def at(self, release: str) -> OpenDatabase:
        """The database of a release by its number.

        Raises:
            UnknownNameError: there is no such release.
            WithdrawnError: it was withdrawn.
        """
        return OpenDatabase(self._home, self.definition.id, release)

    def changes(self, then: str, now: str | None = None) -> tuple[ReleaseDifference, tuple[LevelDifference, ...]]:
        """What differs between two releases: definition and periods, and by level the numbers beyond noise.

        Args:
            then, now: numbers of releases, or days on which they answered; ``now`` left out is that of this database.

        Raises:
            UnknownNameError: there is no such release, or nothing was public on a day.
        """
        later = self._named(now) if now else self._release
        found = difference(home=self._home, database_id=self.definition.id, then=self._named(then), now=later)
        return found, tuple(level_difference(home=self._home, found=found, level=level) for level in found.levels)

    def _named(self, name: str) -> str:
        return release_named(home=self._home, database_id=self.definition.id, name=name)

    def table(
        self,
        rows: Asked | Sequence[Asked] = (),
        columns: Asked | Sequence[Asked] = (),
        wafers: Asked | Sequence[Asked] = (),
        *,
        periods: str = "latest",
        filters: Mapping[str, str | list[str]] | None = None,
        measures: str | Sequence[str] = (),
        derived: Worked | Sequence[Worked] = (),
        release: str | None = None,
    ) -> Table:
        """The protected table of these fields.

        Args:
            rows, columns, wafers: one field or several; ``"AREA"``, ``"AREA@REGION"``, or a mapping with ``field``,
                ``level``, ``codes``, ``groups`` and ``total``.
            periods: ``latest``, ``latest(13)``, ``from 202404``, ``202404..202503``, ``yearly``, ``all``.
            filters: for each field the codes that count.
            measures: ``"PAY:MEAN"``, ``"PAY"`` for its first statistic, the record table's id for the count; one or
                several, none for the count.
            derived: numbers worked out from the printed ones, one or several: ``{"percentage": "row"}``,
                ``{"change": "year", "percent": True}``, ``{"rank": "AREA"}``,
                ``{"formula": "{PAY:SUM} / {T}", "label": "Pay a head"}``, or nouns of ``statlas.model.derived``.
            release: None is the one this database was opened at.

        Raises:
            QueryError: a name is not in the database, or the table makes no sense.
            DisclosureRefused: a rule of disclosure control refuses the table.
        """
        query = self._query({Role.ROWS: rows, Role.COLUMNS: columns, Role.WAFERS: wafers}, periods, filters, measures)
        worked = tuple(map(_worked_out, _one_or_more(derived)))
        query = replace(query, derived=worked, release=release or self._release)
        return _table(tables.table(home=self._home, query=query, door="python"), self.definition)

    def plan(
        self,
        rows: Asked | Sequence[Asked] = (),
        columns: Asked | Sequence[Asked] = (),
        wafers: Asked | Sequence[Asked] = (),
        *,
        periods: str = "latest",
        filters: Mapping[str, str | list[str]] | None = None,
        measures: str | Sequence[str] = (),
        release: str | None = None,
    ) -> tables.TablePlan:
        """How large the table would be, what each rule says of it, and what to leave out; it is not made.

        Args: as for ``table``.

        Raises:
            QueryError: a name is not in the database, or the table makes no sense.
        """
        query = self._query({Role.ROWS: rows, Role.COLUMNS: columns, Role.WAFERS: wafers}, periods, filters, measures)
        return tables.plan(home=self._home, query=replace(query, release=release or self._release))

    def _query(
        self,
        roles: Mapping[Role, Asked | Sequence[Asked]],
        periods: str,
        filters: Mapping[str, str | list[str]] | None,
        measures: str | Sequence[str],
    ) -> Query:
        asked = [(role, one) for role, several in roles.items() for one in _listed(several)]
        dimensions = [definitions.parse_dimension(self.definition, one, role) for role, one in asked]
        return Query(
            self.definition.id,
            measures=(measures,) if isinstance(measures, str) else tuple(measures),
            dimensions=self._dated(dimensions, periods),
            filters=tuple(self._filter(field, codes) for field, codes in (filters or {}).items()),
        )

    def _dated(self, dimensions: list[Dimension], periods: str) -> tuple[Dimension, ...]:
        """The periods on the date where it is asked without codes, else on a date of its own in the wafers."""
        date, time = self.definition.date.id, definitions.parse_periods(periods, self.definition.calendar)
        if date not in [d.field for d in dimensions]:
            return (Dimension(date, time=time, role=Role.WAFERS), *dimensions)
        return tuple(replace(d, time=time) if d.field == date and d.items is None else d for d in dimensions)

    def _filter(self, name: str, codes: str | list[str]) -> Filter:
        field = self.definition.field(name)
        return Filter(field.id, definitions.parse_codes(field, [codes] if isinstance(codes, str) else codes))


def _one_or_more(derived: Worked | Sequence[Worked]) -> Sequence[Worked]:
    return [derived] if isinstance(derived, Mapping | Percentage | Change | Rank | Formula) else derived


def _worked_out(derived: Worked) -> Derived:
    return definitions.parse_derived(derived) if isinstance(derived, Mapping) else derived


def _listed(several: Asked | Sequence[Asked]) -> list[Asked]:
    return [several] if isinstance(several, str | Mapping) else list(several)


class OpenHome(Mapping[str, OpenDatabase]):
    """A home as a mapping from database ids to databases."""

    def __init__(self, home: tables.Home) -> None:
        self._home = home

    def __getitem__(self, database_id: str) -> OpenDatabase:
        return OpenDatabase(self._home, database_id, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._home.databases())

    def __len__(self) -> int:
        return len(self._home.databases())

    def __repr__(self) -> str:
        return f"<Statlas home with {', '.join(self) or 'no database'}>"


def open_home(path: Path | str) -> OpenHome:
    """The databases published in a home.

    Raises:
        HomeError: the folder is no home.
    """
    return OpenHome(tables.existing_home(path))


__all__ = ["OpenDatabase", "OpenHome", "Table", "open_home"]
