"""Building cuboids: several are added up from one table of all their fields, and that is counted from the records.

Reading the records takes nearly all the time, and a table of five fields takes little longer to count than one of two.
So the fields of cuboids that are wanted are put together as long as their table stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis, level_axis
from statlas.engine.counting import count_atoms
from statlas.engine.cuboids.using import Cuboid, Cuboids, Partition
from statlas.engine.kernel import PACKED_ROWS
from statlas.engine.plan import Plan
from statlas.engine.query_rules import is_small_level
from statlas.engine.raw import Records, atoms_of
from statlas.model.database import Database, Field, FieldKind
from statlas.model.query import Query

Fields = tuple[str, ...]
"""Ids of a cuboid's fields, in definition order."""


MOST_WORDS = 1 << 17
"""Words of the table from which several cuboids are added up, unless a cuboid is larger: 1 MB. Measured, November
2026: four times as many take twice as long, a quarter of them a sixth longer."""


def counted_axis(field: Field) -> FieldAxis | None:
    """The axis of a field in its cuboids: all levels, of a geography those at authorities and above (D8).

    None where a geography has no such level.
    """
    is_area = field.kind is FieldKind.GEOGRAPHY
    levels = [v.id for v in field.classification if not (is_area and is_small_level(v))]
    return level_axis(field, levels) if levels else None


def axes_of(database: Database) -> dict[str, FieldAxis]:
    """The axis of every field of which there can be cuboids, in definition order; none in a survey.

    A survey's numbers are weights, which cuboids do not hold.
    """
    if database.weight is not None:
        return {}
    return {field.id: axis for field in database.categories if (axis := counted_axis(field)) is not None}


def build(
    database: Database,
    records: Records,
    wanted: Iterable[Fields],
    *,
    sha256: str,
    budget: float,
    before: Cuboids | None = None,
) -> Cuboids:
    """Cuboids of one file of records.

    Args:
        wanted: the fields of each.
        sha256: of the file.
        budget: what they were chosen by.
        before: cuboids of the same file, of which those that are wanted are taken over.

    Raises:
        BackendError: a record has a code that its field no longer has.
    """
    axes = axes_of(database)
    wanted = [fields for fields in dict.fromkeys(wanted) if all(name in axes for name in fields)]
    if records.n_rows > PACKED_ROWS:
        wanted = []
    partitions = {name: _partition(axes[name], records) for name in axes if any(name in fields for fields in wanted)}
    made = _kept(before, wanted, partitions)
    missing = [fields for fields in wanted if fields not in made]
    while missing:
        together = _together(missing, axes)
        whole = _counted(database, records, together, axes)
        held = [fields for fields in missing if set(fields) <= set(together)]
        made |= {fields: _part(whole, fields) for fields in held}
        missing = [fields for fields in missing if fields not in held]
    tables = sorted((made[fields] for fields in wanted), key=lambda one: one.n_cells)
    return Cuboids(sha256, records.n_rows, budget, partitions, tuple(tables))


def n_cells(axes: Mapping[str, FieldAxis], fields: Fields) -> int:
    """Words of the cuboid of some fields."""
    return prod(axes[name].n_atoms for name in fields)


def _partition(axis: FieldAxis, records: Records) -> Partition:
    return Partition(atoms_of(axis, records).astype(np.uint32), axis.n_atoms)


def _kept(before: Cuboids | None, wanted: list[Fields], now: Mapping[str, Partition]) -> dict[Fields, Cuboid]:
    """Those cuboids made before that are wanted and count what would be counted now."""
    if before is None:
        return {}
    same = {name for name, one in now.items() if name in before.partitions and one.is_same(before.partitions[name])}
    held = [one for one in before.tables if one.fields in wanted and same.issuperset(one.fields) and one.is_whole]
    return {one.fields: Cuboid(one.fields, one.words) for one in held}


def _together(missing: list[Fields], axes: Mapping[str, FieldAxis]) -> Fields:
    """The fields to count next: those of the largest cuboid, and whatever brings more of them into the same table."""
    together, sets = max(missing, key=lambda one: n_cells(axes, one)), {frozenset(fields) for fields in missing}
    while True:
        gained = {
            name: sum(frozenset((name, other)) in sets for other in (name, *together))
            for name in axes
            if name not in together and n_cells(axes, together) * axes[name].n_atoms <= MOST_WORDS
        }
        best = max(gained, key=lambda name: (gained[name], -axes[name].n_atoms), default="")
        if not gained.get(best):
            return together
        together = _ordered(axes, {*together, best})


def _ordered(axes: Mapping[str, FieldAxis], names: set[str]) -> Fields:
    """Fields in definition order."""
    return tuple(name for name in axes if name in names)


def _part(whole: Cuboid, fields: Fields) -> Cuboid:
    """The cuboid of some of the fields of another."""
    left_out = tuple(position for position, name in enumerate(whole.fields) if name not in fields)
    words: NDArray[np.uint64] = whole.words.sum(axis=left_out) if left_out else whole.words
    return Cuboid(fields, words)


def _counted(database: Database, records: Records, fields: Fields, axes: Mapping[str, FieldAxis]) -> Cuboid:
    asked = tuple(axes[name] for name in fields)
    words = count_atoms(Plan(database, Query(database.id), (), asked, ()), records, packed=True)
    return Cuboid(fields, np.ascontiguousarray(words[0]))
